//! Memory for records on their way through, used again and again.
//!
//! Owns buffers of some sizes that nobody uses at the moment. The first touch of memory that is
//! fresh from the system costs a fault for each page, which on virtual machines is about a
//! millisecond for a mebibyte: more than to copy and to check what is put there. What a buffer
//! held before is in it still; whoever takes one writes before it reads.

use std::sync::LazyLock;

use bytes::Bytes;
use parking_lot::Mutex;

/// Shorter buffers are not kept: the allocator has those at hand.
const KEPT_FROM: usize = 64 << 10;
/// Sizes double from one class to the next; the last one holds 4 MiB.
const CLASSES: usize = 7;
/// A batch of a round size comes with a header and a frame.
const SLACK: usize = 16;
/// Most bytes kept for later: enough for what a few busy connections turn over at a time, and
/// little beside what the broker may have in flight.
const KEPT_BYTES_MAX: usize = 32 << 20;

/// Most pieces of scratch kept: what is unpacked is used up before the thread turns to another.
const SCRATCH_KEPT: usize = 8;
/// Larger ones are given back: batches unpack to this only where producers were told to.
const SCRATCH_BYTES_MAX: usize = 4 << 20;

static SCRATCH: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());
static POOL: LazyLock<Pool> = LazyLock::new(|| Pool::new(KEPT_BYTES_MAX));

/// A buffer of at least some length, with bytes of no meaning in it.
pub struct Buffer(Vec<u8>);

/// A buffer with room for so many bytes.
pub fn take(bytes: usize) -> Buffer {
    Buffer(POOL.take(bytes))
}

/// Memory that grows as it is written to.
pub struct Scratch(Vec<u8>);

/// Some of which the length is not known yet, empty.
pub fn scratch() -> Scratch {
    Scratch(SCRATCH.lock().pop().unwrap_or_default())
}

impl Scratch {
    /// The memory.
    pub fn memory(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let mut memory = std::mem::take(&mut self.0);
        let kept = &mut SCRATCH.lock();
        if kept.len() < SCRATCH_KEPT && (KEPT_FROM..=SCRATCH_BYTES_MAX).contains(&memory.capacity())
        {
            memory.clear();
            kept.push(memory);
        }
    }
}

impl Buffer {
    /// All of it; it may be longer than was asked for.
    pub fn bytes(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// The first so many bytes, to be shared. When the last share is gone, the buffer is kept for
    /// others.
    pub fn share(mut self, bytes: usize) -> Bytes {
        let whole = std::mem::take(&mut self.0);
        match class(whole.len()) {
            Some(_) => Bytes::from_owner(Shared { whole, bytes }),
            None => {
                let mut whole = whole;
                whole.truncate(bytes);
                whole.into()
            }
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        POOL.keep(std::mem::take(&mut self.0));
    }
}

struct Shared {
    whole: Vec<u8>,
    bytes: usize,
}

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.whole[..self.bytes]
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        POOL.keep(std::mem::take(&mut self.whole));
    }
}

struct Pool {
    kept_bytes_max: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    bytes: usize,
    /// By class; the one used last is on top, since the processor's cache may know it.
    buffers: [Vec<Vec<u8>>; CLASSES],
}

impl Pool {
    fn new(kept_bytes_max: usize) -> Pool {
        Pool { kept_bytes_max, kept: Mutex::default() }
    }

    fn take(&self, bytes: usize) -> Vec<u8> {
        let Some(class) = class(bytes) else { return vec![0; bytes] };
        let mut kept = self.kept.lock();
        match kept.buffers[class].pop() {
            Some(buffer) => {
                kept.bytes -= buffer.len();
                buffer
            }
            None => {
                drop(kept);
                vec![0; class_bytes(class)]
            }
        }
    }

    fn keep(&self, buffer: Vec<u8>) {
        let Some(class) = class(buffer.len()).filter(|c| class_bytes(*c) == buffer.len()) else {
            return;
        };
        let mut kept = self.kept.lock();
        if kept.bytes + buffer.len() <= self.kept_bytes_max {
            kept.bytes += buffer.len();
            kept.buffers[class].push(buffer);
        }
    }
}

/// The class whose buffers hold so many bytes; none for what is not kept.
fn class(bytes: usize) -> Option<usize> {
    (bytes >= KEPT_FROM).then(|| (0..CLASSES).find(|class| class_bytes(*class) >= bytes)).flatten()
}

fn class_bytes(class: usize) -> usize {
    let round = KEPT_FROM << class;
    round + round / SLACK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_serves_again_once_nobody_has_a_share_of_it() {
        let pool = Pool::new(10 << 20);
        let first = pool.take(1 << 20);
        assert!(first.len() >= 1 << 20);
        let place = first.as_ptr();
        let second = pool.take(1 << 20);
        assert_ne!(place, second.as_ptr());
        pool.keep(first);
        let third = pool.take((1 << 20) + 100);
        assert_eq!(place, third.as_ptr(), "with room for a header");
    }

    #[test]
    fn no_more_is_kept_than_may_be_and_odd_sizes_are_not() {
        let pool = Pool::new(3 << 20);
        let buffers: Vec<_> = (0..4).map(|_| pool.take(1 << 20)).collect();
        buffers.into_iter().for_each(|buffer| pool.keep(buffer));
        pool.keep(vec![0; 100_000]);
        pool.keep(vec![0; 10]);
        assert!((2 << 20..=3 << 20).contains(&pool.kept.lock().bytes));
        assert_eq!(pool.take(5 << 20).len(), 5 << 20, "too large for any class");
    }

    #[test]
    fn what_is_shared_is_what_was_written() {
        for bytes in [1, 1000, KEPT_FROM, 1 << 20, 5 << 20] {
            let mut buffer = take(bytes);
            buffer.bytes()[..bytes].fill(7);
            let shared = buffer.share(bytes);
            assert_eq!((shared.len(), shared.iter().all(|b| *b == 7)), (bytes, true));
        }
    }
}
