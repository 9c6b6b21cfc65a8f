//! One child as its parent sees it: started, asked, and killed when it is dropped.
//!
//! Owns the process and its two pipes. At most one frame is under way, so that neither side can
//! wait for the other to read; an answer is waited for only so long, and not longer than somebody
//! wants it.

use std::{
    io::{self, Read},
    os::unix::process::ExitStatusExt,
    path::PathBuf,
    process::{ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::Signal,
};

use super::{
    CHILDREN_MAX, ScriptError, frame,
    reply::{REPLY_BYTES_MAX, Reply},
    worker::COMMAND,
};

/// Longest wait for an answer. A child answers in a third of a second of its own time; on a machine
/// with much else to do, that can take a while.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// How often it is asked whether anybody still wants the answer.
const LOOK_EVERY: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
/// How long a child that has closed its pipe may take to end.
const END_MAX: Duration = Duration::from_secs(1);

/// Another binary than this one, for tests, which are not it.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
/// Children that run.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Starts children from this binary from now on. For tests: they are another one.
pub fn use_program(program: impl Into<PathBuf>) {
    PROGRAM.get_or_init(|| program.into());
}

/// This very binary, even if its file has been replaced since it was started.
fn program() -> io::Result<PathBuf> {
    match PROGRAM.get() {
        Some(program) => Ok(program.clone()),
        None if cfg!(target_os = "linux") => Ok("/proc/self/exe".into()),
        None => std::env::current_exe(),
    }
}

/// One of the children that may run; dropping it gives the place back.
#[derive(Debug)]
pub struct Place(());

impl Place {
    /// Takes one, if there is one.
    pub fn take() -> Option<Place> {
        let more = |running: usize| (running < CHILDREN_MAX).then_some(running + 1);
        RUNNING.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).ok().map(|_| Place(()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum NoReply {
    /// Nobody wants it any more.
    Abandoned,
    /// The child is dead, or is to be; in words.
    Dead(String),
}

impl From<io::Error> for NoReply {
    fn from(error: io::Error) -> NoReply {
        NoReply::Dead(error.to_string())
    }
}

/// See the module.
#[derive(Debug)]
pub struct Child {
    process: std::process::Child,
    input: ChildStdin,
    output: ChildStdout,
    /// What has come of an answer.
    received: Vec<u8>,
    _place: Place,
}

impl Child {
    /// Starts one, with nothing of this process but its two pipes.
    pub fn start(place: Place) -> Result<Child, ScriptError> {
        let failed = |error: io::Error| ScriptError::Start(error.to_string());
        let mut process = Command::new(program().map_err(failed)?)
            .arg(COMMAND)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let (input, output) = (process.stdin.take(), process.stdout.take());
        let (Some(input), Some(output)) = (input, output) else {
            unreachable!("both are pipes");
        };
        Ok(Child { process, input, output, received: Vec::new(), _place: place })
    }

    /// Sends a frame. The answer to the one before must have been received.
    pub fn send(&mut self, frame: &[u8]) -> Result<(), NoReply> {
        match frame::write(&mut self.input, frame) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(self.dead()),
            sent => Ok(sent?),
        }
    }

    /// Waits for the answer.
    pub fn receive(&mut self, abandoned: &AtomicBool) -> Result<Reply, NoReply> {
        let until = Instant::now() + ANSWER_MAX;
        self.received.clear();
        loop {
            if let Some(frame) = whole(&self.received)? {
                let reply = Reply::parse(frame);
                return reply.ok_or_else(|| NoReply::from(frame::garbage()));
            }
            if abandoned.load(Ordering::Relaxed) {
                return Err(NoReply::Abandoned);
            }
            if Instant::now() > until {
                let seconds = ANSWER_MAX.as_secs();
                return Err(NoReply::Dead(format!("it did not answer within {seconds} s")));
            }
            let mut ready = [PollFd::new(&self.output, PollFlags::IN)];
            match poll(&mut ready, Some(&LOOK_EVERY)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => continue,
                polled => polled.map_err(io::Error::from)?,
            };
            let mut piece = [0; 16 * 1024];
            match self.output.read(&mut piece)? {
                0 => return Err(self.dead()),
                length => self.received.extend_from_slice(&piece[..length]),
            }
        }
    }

    /// It has closed a pipe: how it ended.
    fn dead(&mut self) -> NoReply {
        let until = Instant::now() + END_MAX;
        loop {
            match self.process.try_wait() {
                Ok(Some(status)) => return NoReply::Dead(how(status)),
                Ok(None) if Instant::now() < until => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Ok(None) => return NoReply::Dead("it closed its pipe".to_owned()),
                Err(error) => return error.into(),
            }
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The frame, once all of it is there.
fn whole(received: &[u8]) -> io::Result<Option<&[u8]>> {
    let Some((length, frame)) = received.split_first_chunk() else { return Ok(None) };
    let length = u32::from_le_bytes(*length) as usize;
    if length > REPLY_BYTES_MAX || frame.len() > length {
        return Err(frame::garbage());
    }
    Ok((frame.len() == length).then_some(frame))
}

fn how(status: ExitStatus) -> String {
    match status.signal() {
        Some(signal) if signal == Signal::XCPU.as_raw() => {
            "a built-in function took seconds of processor time".to_owned()
        }
        Some(signal) => format!("it was ended by signal {signal}"),
        None => "it ended by itself".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_answer_is_whole_when_all_of_it_is_there_and_garbage_is_told_from_it() {
        let frame = Reply::Ready.to_frame();
        let mut bytes = Vec::new();
        frame::write(&mut bytes, &frame).unwrap();
        for length in 0..bytes.len() {
            assert_eq!(whole(&bytes[..length]).unwrap(), None, "{length}");
        }
        assert_eq!(whole(&bytes).unwrap(), Some(&frame[..]));
        bytes.push(0);
        assert!(whole(&bytes).is_err(), "more than was asked for");
        assert!(whole(b"GET / HTTP/1.1").is_err());
    }

    #[test]
    fn places_are_as_many_as_allowed_and_come_back() {
        let places: Vec<_> = std::iter::from_fn(Place::take).collect();
        assert_eq!(places.len(), CHILDREN_MAX);
        drop(places);
        assert!(Place::take().is_some());
    }
}
