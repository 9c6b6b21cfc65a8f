//! Requests out of a byte stream, one frame at a time.
//!
//! Memory grows with the bytes that came, never with the length that was announced; and a length
//! or a key that cannot be is refused before its body is read.

use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use ouzel_wire::ApiKey;
use ouzel_wire::frame::frame_length;
use tokio::io::AsyncReadExt;
use tokio::net::tcp::OwnedReadHalf;
use tokio::time::timeout;

use crate::buffers;
use crate::config::Limits;

use super::closed::Closed;
use super::room::{Requests, Room};

/// The four bytes of length in front of a frame.
const LENGTH_BYTES: usize = 4;
/// Length, key and version: what must be known before more is read.
const PEEK_BYTES: usize = LENGTH_BYTES + 4;
/// Key, version and correlation id: no request is shorter.
const FRAME_BYTES_MIN: usize = 8;
/// Room for a first read: most requests are shorter.
const READ_BYTES: usize = 8 * 1024;
/// Largest step by which the room for one frame grows.
const STEP_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Frames that are worth a buffer of their own at once. Longer ones grow with what has come: so
/// much memory is not there for a length that somebody announces.
const LARGE: std::ops::RangeInclusive<usize> = 64 * 1024..=STEP_BYTES_MAX;
/// Most that the first request of a connection may have, unless it is Produce. Clients begin with
/// a greeting or a question of a few hundred bytes; some send records at once, though.
const FIRST_FRAME_BYTES_MAX: usize = 1024 * 1024;
/// Most that a request may have which names a few things: nobody names thousands of these, and
/// what is answered to a short name is many times as long.
const SHORT_QUESTION_BYTES_MAX: usize = 1024 * 1024;
/// Most that any other request without records may have: a commit for every partition there can
/// be, with room to spare. Once decoded, such requests are many times as large, unlike records.
const QUESTION_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The longest request there may be. One larger than the budget would wait for ever.
pub(super) fn frame_bytes_max(limits: &Limits) -> usize {
    limits.frame_bytes_max.min(limits.bytes_in_flight)
}

/// The memory of all requests, with room for the longest.
pub(super) fn requests(limits: &Limits) -> Requests {
    Requests::new(limits, LENGTH_BYTES + frame_bytes_max(limits))
}

/// One request as it came, without its length, and the memory it holds.
pub(super) struct Frame {
    pub bytes: Bytes,
    pub room: Room,
}

pub(super) struct Frames {
    stream: OwnedReadHalf,
    buffer: BytesMut,
    requests: Requests,
    frame_bytes_max: usize,
    idle: Duration,
    stall: Duration,
    is_first: bool,
}

impl Frames {
    pub fn new(stream: OwnedReadHalf, requests: Requests, limits: &Limits) -> Frames {
        Frames {
            stream,
            buffer: BytesMut::new(),
            requests,
            frame_bytes_max: frame_bytes_max(limits),
            idle: limits.idle,
            stall: limits.stall,
            is_first: true,
        }
    }

    /// The next request, or why there is none.
    pub async fn next(&mut self) -> Result<Frame, Closed> {
        if self.buffer.is_empty() {
            self.wait_for_more().await?;
        }
        self.read_to(LENGTH_BYTES).await?;
        let b = &self.buffer;
        let length = frame_length([b[0], b[1], b[2], b[3]], self.frame_bytes_max)?;
        if length < FRAME_BYTES_MIN {
            return Err(Closed::TooShort { length });
        }
        self.read_to(PEEK_BYTES).await?;
        self.let_in(length)?;
        let whole = LENGTH_BYTES + length;
        let (mut frame, room) = match LARGE.contains(&whole) {
            true => self.fill_large(whole).await?,
            false => {
                let room = self.fill(whole).await?;
                (self.buffer.split_to(whole).freeze(), room)
            }
        };
        self.is_first = false;
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new(); // An idle connection keeps no buffer.
        }
        Ok(Frame { bytes: frame.split_off(LENGTH_BYTES), room })
    }

    /// Waits without a buffer: most connections wait most of the time.
    async fn wait_for_more(&mut self) -> Result<(), Closed> {
        let idle = self.idle;
        let first = async {
            self.stream.readable().await?;
            self.read_some().await
        };
        match timeout(idle, first).await {
            Ok(Err(Closed::InRequest)) => Err(Closed::ByClient),
            Ok(read) => read,
            Err(_) => Err(Closed::Idle(idle)),
        }
    }

    /// Whether to go on with the frame at the front, by its key.
    fn let_in(&self, length: usize) -> Result<(), Closed> {
        let b = &self.buffer;
        let api_key = i16::from_be_bytes([b[4], b[5]]);
        let api_version = i16::from_be_bytes([b[6], b[7]]);
        let Some(key) = ApiKey::from_i16(api_key) else {
            return Err(Closed::NotServed { api_key, api_version });
        };
        let max = match key {
            ApiKey::Produce => return Ok(()),
            _ if self.is_first => FIRST_FRAME_BYTES_MAX,
            ApiKey::FindCoordinator
            | ApiKey::DescribeConfigs
            | ApiKey::DescribeGroups
            | ApiKey::DeleteGroups => SHORT_QUESTION_BYTES_MAX,
            _ => QUESTION_BYTES_MAX,
        };
        match length > max {
            true => Err(Closed::TooLong { api_key, length, max }),
            false => Ok(()),
        }
    }

    /// Reads until the buffer has this many bytes, and holds memory for them.
    async fn fill(&mut self, bytes: usize) -> Result<Room, Closed> {
        let stall = self.stall;
        let mut room = Room::default();
        loop {
            let come = self.buffer.len().min(bytes);
            // What has come vouches for as much again.
            let end = bytes.min(come + come.clamp(READ_BYTES, STEP_BYTES_MAX));
            let more = timeout(stall, self.requests.widen(&mut room, end, bytes)).await;
            more.map_err(|_| Closed::NoMemory(stall))?;
            if come == bytes {
                return Ok(room);
            }
            self.buffer.reserve(end - self.buffer.len());
            match room.is_last() {
                // Others wait, so a byte now and then is not enough.
                true => {
                    let read = timeout(stall, self.read_to(end)).await;
                    read.map_err(|_| Closed::Stalled(stall))??;
                }
                false => self.read_to(end).await?,
            }
        }
    }

    /// Reads a frame into memory that others have used before; nothing of the next one with it.
    async fn fill_large(&mut self, bytes: usize) -> Result<(Bytes, Room), Closed> {
        let (stall, mut room) = (self.stall, Room::default());
        let mut large = buffers::take(bytes);
        let mut come = self.buffer.len().min(bytes);
        self.buffer.copy_to_slice(&mut large.bytes()[..come]);
        while come < bytes {
            let end = bytes.min(come + come.clamp(READ_BYTES, STEP_BYTES_MAX));
            let more = timeout(stall, self.requests.widen(&mut room, end, bytes)).await;
            more.map_err(|_| Closed::NoMemory(stall))?;
            let step = read_exact(&mut self.stream, &mut large.bytes()[come..end], stall);
            match room.is_last() {
                // Others wait, so a byte now and then is not enough.
                true => timeout(stall, step).await.map_err(|_| Closed::Stalled(stall))??,
                false => step.await?,
            }
            come = end;
        }
        Ok((large.share(bytes), room))
    }

    /// Reads until the buffer has this many bytes.
    async fn read_to(&mut self, bytes: usize) -> Result<(), Closed> {
        let stall = self.stall;
        while self.buffer.len() < bytes {
            let more = timeout(stall, self.read_some()).await;
            more.map_err(|_| Closed::Stalled(stall))??;
        }
        Ok(())
    }

    async fn read_some(&mut self) -> Result<(), Closed> {
        if self.buffer.capacity() == self.buffer.len() {
            self.buffer.reserve(READ_BYTES);
        }
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(Closed::InRequest),
            _ => Ok(()),
        }
    }
}

/// Fills the buffer as long as there is progress every `stall`.
async fn read_exact(
    stream: &mut OwnedReadHalf,
    mut buffer: &mut [u8],
    stall: Duration,
) -> Result<(), Closed> {
    while !buffer.is_empty() {
        let read = timeout(stall, stream.read(buffer)).await;
        match read.map_err(|_| Closed::Stalled(stall))?? {
            0 => return Err(Closed::InRequest),
            read => buffer = &mut buffer[read..],
        }
    }
    Ok(())
}
