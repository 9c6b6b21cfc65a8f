//! What a child does: it bounds itself, compiles the scripts, and judges batch after batch until
//! its input ends.
//!
//! Owns the limits of the process and the order of frames. It opens nothing, and speaks to nobody
//! but its parent.

use std::{
    fs,
    io::{self, BufWriter, Read, Write},
    process::ExitCode,
    time::{Duration, Instant},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::{
    engine::{self, Engine, processor_time},
    frame::{self, FRAME_BYTES_MAX, Scripts},
    reply::Reply,
};

/// The argument with which the binary is a child. No command has this name.
pub const COMMAND: &str = "script-worker";

/// How long a batch is worked on before what was judged of it is told: the parent need not wait
/// long to know that a slow script is not a dead one.
const TELL_AFTER: Duration = Duration::from_millis(200);
/// Address space of the process: the binary, the engine's memory and a few of the largest frames.
const ADDRESSES_MAX: u64 = 1024 * 1024 * 1024;
/// Seconds of processor time that the kernel leaves to a batch. What is judged in time takes a
/// third of one; the kernel counts whole ones.
const BATCH_SECONDS_MAX: u64 = 3;

/// The child's whole life. Standard input and output are the parent's pipes.
pub fn main() -> ExitCode {
    let mut output = BufWriter::new(io::stdout().lock());
    let begun = close_inherited().and_then(|()| bound());
    let done = begun.and_then(|()| serve(&mut io::stdin().lock(), &mut output, prolong));
    if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Closes all but the pipes: librdkafka's are not closed when a program is started, and through
/// them a script that broke out of the engine would reach its parent.
#[allow(unsafe_code)]
fn close_inherited() -> io::Result<()> {
    let Ok(open) = fs::read_dir("/dev/fd") else { return Ok(()) };
    let numbers = open.flatten().filter_map(|file| file.file_name().to_str()?.parse().ok());
    let numbers: Vec<i32> = numbers.filter(|number| *number > 2).collect();
    for number in numbers {
        // The folder's own is closed by now.
        if fs::symlink_metadata(format!("/dev/fd/{number}")).is_ok() {
            // SAFETY: it is open, and nothing in this process, which has just begun, owns it.
            unsafe { rustix::io::close(number) }
        }
    }
    Ok(())
}

/// Takes away what a script that broke out of the engine could use.
fn bound() -> io::Result<()> {
    for (resource, most) in [
        (Resource::As, ADDRESSES_MAX),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        // What is open stays open; nothing can be opened.
        (Resource::Nofile, 0),
    ] {
        let most = getrlimit(resource).maximum.map_or(most, |allowed| allowed.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Some more time before the kernel ends this process.
fn prolong() -> io::Result<()> {
    let maximum = getrlimit(Resource::Cpu).maximum;
    let until = processor_time().as_secs() + BATCH_SECONDS_MAX;
    let until = maximum.map_or(until, |most| most.min(until));
    Ok(setrlimit(Resource::Cpu, Rlimit { current: Some(until), maximum })?)
}

/// Answers frames until there are no more, or a script has reached a limit. `prolong` is called
/// before each batch.
pub fn serve(
    input: &mut impl Read,
    output: &mut impl Write,
    prolong: impl Fn() -> io::Result<()>,
) -> io::Result<()> {
    let mut first = Vec::new();
    if !frame::read(input, &mut first, FRAME_BYTES_MAX)? {
        return Ok(());
    }
    let Scripts { scripts, with_log } = Scripts::parse(&first).ok_or_else(frame::garbage)?;
    let served = engine::enter((&scripts, with_log), |compiled| match compiled {
        Ok(engine) => {
            frame::write(output, &Reply::Ready.to_frame())?;
            judge(&engine, input, output, prolong)
        }
        Err(broken) => frame::write(output, &broken.to_frame()),
    });
    served.map_err(io::Error::other)?
}

fn judge(
    engine: &Engine<'_>,
    input: &mut impl Read,
    output: &mut impl Write,
    prolong: impl Fn() -> io::Result<()>,
) -> io::Result<()> {
    let mut batch = Vec::new();
    while frame::read(input, &mut batch, FRAME_BYTES_MAX)? {
        prolong()?;
        batch = engine.load(batch);
        let began = Instant::now();
        let mut verdicts = Vec::new();
        let mut stopped = None;
        while engine.has_more() {
            match engine.judge().ok_or_else(frame::garbage)? {
                Ok(verdict) => verdicts.push(verdict),
                Err(limit) => {
                    stopped = Some(limit);
                    break;
                }
            }
            if began.elapsed() > TELL_AFTER {
                break;
            }
        }
        let reply = Reply::Judged { verdicts, stopped, log: engine.take_log() };
        frame::write(output, &reply.to_frame())?;
        if stopped.is_some() {
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
