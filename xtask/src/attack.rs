//! What hostile clients do to an open port. Whether the server bears it is judged by `clients`,
//! whether others become slower is measured by `bench`.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    thread,
    time::Duration,
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{
    problem::{Context, Problem, Result},
    server::http::{connect, read_to_end},
};

/// A server that takes no more bytes for so long will take none.
const TAKES_NOTHING: Duration = Duration::from_millis(200);

/// Asked in one write: sockets hold megabytes, and a question has a hundred bytes.
const QUESTIONS: usize = 1_000;

/// What one frame of garbage says that it is long; far below the longest that is allowed.
const GARBAGE_FRAME_BYTES: usize = 1 << 20;

/// Many connections, held open.
pub struct Crowd(Vec<TcpStream>);

impl Crowd {
    /// Connects so many times, and says the same each time.
    pub fn gather(kafka: SocketAddr, count: usize, words: &[u8]) -> Result<Crowd> {
        raise_file_limit(count as u64)?;
        let mut crowd = Vec::with_capacity(count);
        for _ in 0..count {
            let mut socket = connect(kafka)?;
            socket.write_all(words).context(|| "sending".into())?;
            crowd.push(socket);
        }
        Ok(Crowd(crowd))
    }

    /// So many clients that ask for all of `topic` again and again and read nothing, until the
    /// server takes no more questions.
    pub fn deaf(kafka: SocketAddr, count: usize, topic: &str) -> Result<Crowd> {
        let crowd = Crowd::gather(kafka, count, &[])?;
        let questions = fetch_frame(topic).repeat(QUESTIONS);
        for socket in &crowd.0 {
            socket.set_write_timeout(Some(TAKES_NOTHING)).context(|| "a timeout".into())?;
        }
        // All at once: each is over only when the server has taken nothing for a while.
        thread::scope(|scope| {
            for mut socket in &crowd.0 {
                let questions = &questions;
                scope.spawn(move || while socket.write_all(questions).is_ok() {});
            }
        });
        Ok(crowd)
    }

    /// How many the server has not closed.
    pub fn connected(&self) -> Result<usize> {
        let mut connected = 0;
        for mut socket in &self.0 {
            socket.set_nonblocking(true).context(|| "not to block".into())?;
            let open = match socket.read(&mut [0]) {
                Ok(bytes) => bytes > 0,
                Err(error) => error.kind() == ErrorKind::WouldBlock,
            };
            connected += usize::from(open);
        }
        Ok(connected)
    }
}

/// 99 MB are announced as a Produce request, and its first bytes come.
pub fn half_frame() -> Vec<u8> {
    let mut half = 99_000_000_i32.to_be_bytes().to_vec();
    half.extend([0, 0, 0, 9, 0, 0, 0, 1, 0, 1, b'x', 0]);
    half
}

/// Throws so many bytes without sense; every second connection dresses them up as a Produce
/// request of a megabyte. Returns how many of them the server's machine took.
pub fn garbage(kafka: SocketAddr, bytes: usize) -> Result<usize> {
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    let mut chunk = nonsense(&mut seed, GARBAGE_FRAME_BYTES);
    let (mut offered, mut taken) = (0, 0);
    while offered < bytes {
        // Its end may stay as it is; what a server sees first is new.
        chunk[..64].fill_with(|| random(&mut seed) as u8);
        if (offered / GARBAGE_FRAME_BYTES).is_multiple_of(2) {
            let length = (GARBAGE_FRAME_BYTES - 4) as u32;
            chunk[..4].copy_from_slice(&length.to_be_bytes());
            // Produce v9, correlation id 1, a client name of no bytes and no tags.
            chunk[4..15].copy_from_slice(&[0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0]);
        }
        offered += chunk.len();
        taken += throw(kafka, &chunk)?;
    }
    Ok(taken)
}

/// Sends, closes the writing half, and expects the server to end the connection. Returns how
/// many bytes it took.
pub fn throw(kafka: SocketAddr, bytes: &[u8]) -> Result<usize> {
    let mut socket = connect(kafka)?;
    let mut taken = 0;
    // The server may close before it has read everything: that is its good right.
    while taken < bytes.len() {
        match socket.write(&bytes[taken..]) {
            Ok(more) if more > 0 => taken += more,
            _ => break,
        }
    }
    let _ = socket.shutdown(Shutdown::Write);
    read_to_end(&mut socket)?;
    Ok(taken)
}

/// xorshift: the same garbage in every run, so that a failure can be repeated.
pub fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

fn nonsense(seed: &mut u64, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        bytes.extend(random(seed).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Fetch v4 of partition 0 from its beginning, as much as there is.
fn fetch_frame(topic: &str) -> Vec<u8> {
    let mut body = vec![0, 1, 0, 4, 0, 0, 0, 1, 0, 1, b'x'];
    let numbers = |body: &mut Vec<u8>, numbers: &[i32]| {
        numbers.iter().for_each(|number| body.extend(number.to_be_bytes()));
    };
    // Replica, wait, least and most bytes; isolation; one topic.
    numbers(&mut body, &[-1, 0, 1, i32::MAX]);
    body.push(0);
    numbers(&mut body, &[1]);
    body.extend((topic.len() as u16).to_be_bytes());
    body.extend(topic.as_bytes());
    // One partition: its number, its offset in two halves, most bytes.
    numbers(&mut body, &[1, 0, 0, 0, i32::MAX]);
    let mut frame = (body.len() as u32).to_be_bytes().to_vec();
    frame.extend(body);
    frame
}

/// How many files and sockets a process may have open.
#[cfg(feature = "bench")]
pub fn descriptors() -> usize {
    getrlimit(Resource::Nofile).maximum.map_or(usize::MAX, |most| most as usize)
}

/// The soft limit is often 1,024; up to the hard one is ours to take, and all of it, since there
/// may be several crowds.
fn raise_file_limit(wanted: u64) -> Result<()> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let needed = wanted + 200;
    if maximum.is_some_and(|most| most < needed) {
        return Problem::stop(format!("{needed} open files are needed, {maximum:?} are allowed"));
    }
    if current == maximum {
        return Ok(());
    }
    let raised = Rlimit { current: maximum, maximum };
    setrlimit(Resource::Nofile, raised).context(|| "raising the limit of open files".into())
}
