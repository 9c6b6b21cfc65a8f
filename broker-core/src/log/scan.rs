//! Reading a segment from its beginning to its last good batch, with all checksums, once.
//!
//! What is good and was not sure to be on disk is written anew on the way (`recover.rs` says
//! why), and the headers are noted for those who need them next.

use std::io::IoSlice;

use ouzel_wire::batch::{BatchHeader, HEADER_BYTES};

use super::error::{SegmentError, StorageError, storage};
use super::folder::Kind;
use super::notes::Notes;
use super::read::check;
use super::segment::Segment;

/// One read; larger ones gain nothing, and a batch that is longer gets a longer one.
const READ_BYTES: usize = 1 << 20;

/// Where the good part of a segment ends.
pub(crate) struct Scanned {
    /// Bytes of good batches.
    pub good: u64,
    /// The offset behind the last one.
    pub end: i64,
    /// What is wrong with the bytes behind them, if there are any.
    pub bad: Option<String>,
    /// What the good ones are.
    pub notes: Notes,
}

/// Checks batch after batch: length, magic, checksum, and offsets without a gap. Those from the
/// offset `flushed` on are written anew; before the first of them everything was found good.
pub(crate) fn scan(segment: &Segment, flushed: i64, notes: Notes) -> Result<Scanned, StorageError> {
    let mut window = Window { segment, bytes: Vec::new(), at: 0, unsure: None };
    let mut scanned = Scanned { good: 0, end: segment.base(), bad: None, notes };
    while scanned.good < segment.len() {
        match next(&mut window, &scanned)? {
            Ok(header) => {
                if header.base_offset >= flushed {
                    window.unsure.get_or_insert(scanned.good);
                }
                scanned.notes.note(&header);
                scanned.good += header.size() as u64;
                scanned.end = header.last_offset() + 1;
            }
            Err(why) => {
                scanned.bad = Some(why);
                break;
            }
        }
    }
    window.rewrite(scanned.good)?;
    Ok(scanned)
}

fn next(
    window: &mut Window<'_>,
    scanned: &Scanned,
) -> Result<Result<BatchHeader, String>, StorageError> {
    let bytes = window.get(scanned.good, HEADER_BYTES)?;
    let size = match BatchHeader::parse(bytes) {
        Ok(header) => header.size(),
        Err(why) => return Ok(Err(why.to_string())),
    };
    let left = window.segment.len() - scanned.good;
    if size as u64 > left {
        return Ok(Err(format!("{left} bytes of {size} are there")));
    }
    Ok(check(window.get(scanned.good, size)?, scanned.end))
}

/// A part of the segment. It moves on from one good batch to the next.
struct Window<'a> {
    segment: &'a Segment,
    bytes: Vec<u8>,
    at: u64,
    /// From here to the next batch all is good, and must be written anew.
    unsure: Option<u64>,
}

impl Window<'_> {
    /// At least `len` bytes from `at`, or what the segment has. All before `at` is good.
    fn get(&mut self, at: u64, len: usize) -> Result<&[u8], StorageError> {
        let held = self.at + self.bytes.len() as u64;
        if at + len as u64 > held {
            self.rewrite(at)?;
            // What is held of the batch is not read again.
            self.bytes.drain(..(at - self.at) as usize);
            let kept = self.bytes.len();
            self.bytes.resize(len.max(READ_BYTES), 0);
            let read = self.read(kept, held).map_err(|e| storage("scan", e))?;
            self.bytes.truncate(kept + read);
            self.at = at;
        }
        Ok(&self.bytes[(at - self.at) as usize..])
    }

    fn read(&mut self, kept: usize, at: u64) -> Result<usize, SegmentError> {
        let file = self.segment.file(Kind::Log)?;
        file.read_at(&mut self.bytes[kept..], at).map_err(self.segment.io(Kind::Log))
    }

    /// Writes what was not sure to be on disk, up to `good`, as it is.
    fn rewrite(&mut self, good: u64) -> Result<(), StorageError> {
        let Some(unsure) = self.unsure.filter(|unsure| *unsure < good) else { return Ok(()) };
        let part = &self.bytes[(unsure - self.at) as usize..(good - self.at) as usize];
        let file = self.segment.file(Kind::Log).map_err(|e| storage("open", e))?;
        let written = file.write_at(&mut [IoSlice::new(part)], unsure);
        written.map_err(StorageError::of("write to", &self.segment.path(Kind::Log)))?;
        self.unsure = Some(good);
        Ok(())
    }
}
