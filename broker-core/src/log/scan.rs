//! Reading a segment from its beginning to its last good batch, with all checksums.

use ouzel_wire::batch::{BatchHeader, HEADER_BYTES};

use super::error::SegmentError;
use super::folder::Kind;
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
}

/// Checks batch after batch: length, magic, checksum, and offsets without a gap.
pub(crate) fn scan(segment: &Segment) -> Result<Scanned, SegmentError> {
    let mut window = Window { segment, bytes: Vec::new(), at: 0 };
    let mut scanned = Scanned { good: 0, end: segment.base(), bad: None };
    while scanned.good < segment.len() {
        match next(&mut window, &scanned)? {
            Ok(header) => {
                scanned.good += header.size() as u64;
                scanned.end = header.last_offset() + 1;
            }
            Err(why) => {
                scanned.bad = Some(why);
                break;
            }
        }
    }
    Ok(scanned)
}

fn next(
    window: &mut Window<'_>,
    scanned: &Scanned,
) -> Result<Result<BatchHeader, String>, SegmentError> {
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

struct Window<'a> {
    segment: &'a Segment,
    bytes: Vec<u8>,
    at: u64,
}

impl Window<'_> {
    /// At least `len` bytes from `at`, or what the segment has.
    fn get(&mut self, at: u64, len: usize) -> Result<&[u8], SegmentError> {
        let held = self.at + self.bytes.len() as u64;
        if at < self.at || at + len as u64 > held {
            self.bytes.resize(len.max(READ_BYTES), 0);
            let file = self.segment.file(Kind::Log)?;
            let read = file.read_at(&mut self.bytes, at).map_err(self.segment.io(Kind::Log))?;
            self.bytes.truncate(read);
            self.at = at;
        }
        Ok(&self.bytes[(at - self.at) as usize..])
    }
}
