//! What a scan has seen: the headers of the batches that it checked, packed tightly.
//!
//! After a kill the files beside a segment are made anew and the producers are recalled, both
//! from the batches' headers. With these at hand nothing goes through the same bytes again. They
//! are kept while one log is opened, and only up to a limit: behind that the file is read.

use std::collections::HashMap;

use ouzel_wire::batch::{Attributes, BatchHeader};

use super::error::SegmentError;
use super::segment::Segment;
use super::walk::{Located, SCAN_WINDOW_BYTES, Walk};

/// Most bytes of notes on one log. A header takes some sixteen, so these are a million batches;
/// as many partitions as a node opens at once may have as much.
pub(crate) const NOTES_BYTES_MAX: usize = 16 << 20;

/// The notes on the segments that were scanned, by the segments' first offsets.
#[derive(Default)]
pub(crate) struct Seen(HashMap<i64, Notes>);

/// One segment's notes: its batches from the first one on, without a gap.
pub(crate) struct Notes {
    base: i64,
    packed: Vec<u8>,
    bytes_max: usize,
    last: Last,
    is_full: bool,
}

/// What the next header is told by: only what differs takes room.
#[derive(Clone, Copy)]
struct Last {
    /// Behind the last batch, in bytes and as an offset.
    position: u64,
    end: i64,
    epoch: i64,
    attributes: i64,
    timestamp: i64,
    producer: i64,
    sequence: i64,
}

impl Last {
    fn before(base: i64) -> Last {
        Last {
            position: 0,
            end: base,
            epoch: 0,
            attributes: 0,
            timestamp: 0,
            producer: -1,
            sequence: -1,
        }
    }

    fn after(self, header: &BatchHeader) -> Last {
        Last {
            position: self.position + header.size() as u64,
            end: header.next_offset(),
            epoch: header.leader_epoch.into(),
            attributes: header.attributes.0.into(),
            timestamp: header.max_timestamp,
            producer: header.producer_id,
            sequence: header.last_sequence().into(),
        }
    }
}

impl Seen {
    pub fn add(&mut self, notes: Notes) {
        self.0.insert(notes.base, notes);
    }

    /// Bytes that further notes may take.
    pub fn room(&self) -> usize {
        let taken: usize = self.0.values().map(|notes| notes.packed.len()).sum();
        NOTES_BYTES_MAX.saturating_sub(taken)
    }

    /// The batches of a segment: from the notes as far as they go, then from its file.
    pub fn batches<'a>(&'a self, segment: &'a Segment) -> Batches<'a> {
        Batches::of(segment, self.0.get(&segment.base()))
    }
}

impl Notes {
    pub fn new(base: i64, bytes_max: usize) -> Notes {
        let last = Last::before(base);
        Notes { base, packed: Vec::new(), bytes_max, last, is_full: false }
    }

    /// Notes the next batch, which begins with the offset behind the last one.
    pub fn note(&mut self, header: &BatchHeader) {
        self.is_full |= self.packed.len() >= self.bytes_max;
        if self.is_full {
            return;
        }
        debug_assert_eq!(header.base_offset, self.last.end);
        let last = self.last;
        let base = i64::from(header.base_sequence);
        for number in [
            header.batch_length.into(),
            header.last_offset_delta.into(),
            i64::from(header.record_count) - i64::from(header.last_offset_delta),
            i64::from(header.leader_epoch) - last.epoch,
            i64::from(header.attributes.0) - last.attributes,
            header.max_timestamp.wrapping_sub(last.timestamp),
            header.max_timestamp.wrapping_sub(header.base_timestamp),
            header.producer_id.wrapping_sub(last.producer),
            header.producer_epoch.into(),
            base - last.sequence,
        ] {
            put(&mut self.packed, number);
        }
        self.packed.extend(header.crc.to_be_bytes());
        self.last = last.after(header);
    }
}

/// The batches of a segment, one after the other.
pub(crate) struct Batches<'a> {
    segment: &'a Segment,
    packed: &'a [u8],
    last: Last,
    walk: Option<Walk<'a>>,
}

impl<'a> Batches<'a> {
    /// All from the segment's file.
    pub fn read(segment: &'a Segment) -> Batches<'a> {
        Batches::of(segment, None)
    }

    fn of(segment: &'a Segment, notes: Option<&'a Notes>) -> Batches<'a> {
        let packed = notes.map_or(&[][..], |notes| &notes.packed);
        Batches { segment, packed, last: Last::before(segment.base()), walk: None }
    }

    /// The next one; none at the end.
    pub fn next(&mut self) -> Result<Option<Located>, SegmentError> {
        let position = self.last.position;
        if position >= self.segment.len() && self.walk.is_none() {
            return Ok(None);
        }
        if let Some(header) = self.unpack() {
            self.last = self.last.after(&header);
            return Ok(Some(Located { position, header }));
        }
        if self.walk.is_none() {
            self.walk = Some(Walk::new(self.segment, position, SCAN_WINDOW_BYTES)?);
        }
        self.walk.as_mut().map_or(Ok(None), Walk::next)
    }

    fn unpack(&mut self) -> Option<BatchHeader> {
        let last = self.last;
        let mut number = || take(&mut self.packed);
        let (batch_length, last_offset_delta) = (number()? as i32, number()? as i32);
        let record_count = number()? + i64::from(last_offset_delta);
        let (leader_epoch, attributes) = (last.epoch + number()?, last.attributes + number()?);
        let max_timestamp = last.timestamp.wrapping_add(number()?);
        let base_timestamp = max_timestamp.wrapping_sub(number()?);
        let producer_id = last.producer.wrapping_add(number()?);
        let (producer_epoch, base_sequence) = (number()? as i16, last.sequence + number()?);
        let (crc, rest) = self.packed.split_first_chunk()?;
        self.packed = rest;
        Some(BatchHeader {
            base_offset: last.end,
            batch_length,
            leader_epoch: leader_epoch as i32,
            crc: u32::from_be_bytes(*crc),
            attributes: Attributes(attributes as i16),
            last_offset_delta,
            base_timestamp,
            max_timestamp,
            producer_id,
            producer_epoch,
            base_sequence: base_sequence as i32,
            record_count: record_count as i32,
        })
    }
}

/// Small numbers of either sign take one byte.
fn put(out: &mut Vec<u8>, number: i64) {
    let mut left = ((number << 1) ^ (number >> 63)) as u64;
    while left > 0x7f {
        out.push(left as u8 | 0x80);
        left >>= 7;
    }
    out.push(left as u8);
}

fn take(bytes: &mut &[u8]) -> Option<i64> {
    let (mut number, mut place) = (0u64, 0);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << place;
        if byte & 0x80 == 0 {
            return Some((number >> 1) as i64 ^ -((number & 1) as i64));
        }
        place += 7;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use ouzel_wire::batch::{Batch, BatchBuilder};

    use super::*;
    use crate::log::scan::scan;
    use crate::log::{Log, LogConfig, Opened};
    use crate::world::FakeDisk;

    /// A log of batches that differ in all that a header tells.
    fn log() -> Log {
        let disk = Arc::new(FakeDisk::with_folder(Path::new("/data")));
        let opened = Log::open(disk, "/data/orders-0".into(), LogConfig::default());
        let Opened { mut log, .. } = opened.unwrap();
        for n in 0..40_i64 {
            let mut builder = BatchBuilder::new();
            if n % 3 > 0 {
                let sequence = if n % 5 == 0 { i32::MAX } else { n as i32 };
                builder = builder.producer(i64::MAX - n * 1_000, n as i16, sequence);
            }
            for record in 0..=n % 4 {
                let value = vec![b'v'; (n * 100) as usize];
                builder.push_value((n % 7 - 2) * 1_000_000 + record * 13, None, &value);
            }
            log.append(&Batch::parse(&builder.build().unwrap()).unwrap(), 0).unwrap();
        }
        log
    }

    fn all(mut batches: Batches<'_>) -> Vec<(u64, BatchHeader)> {
        std::iter::from_fn(|| batches.next().unwrap()).map(|at| (at.position, at.header)).collect()
    }

    #[test]
    fn notes_tell_the_very_headers_that_the_file_has_also_when_they_end_early() {
        let log = log();
        let segment = &log.segments()[0];
        let read = all(Batches::read(segment));
        assert_eq!(read.len(), 40);
        for bytes_max in [0, 1, 100, 300, usize::MAX] {
            let scanned = scan(segment, i64::MAX, Notes::new(0, bytes_max)).unwrap();
            assert_eq!(scanned.notes.is_full, bytes_max != usize::MAX);
            let mut seen = Seen::default();
            seen.add(scanned.notes);
            assert_eq!(all(seen.batches(segment)), read, "{bytes_max} bytes of notes");
        }
    }

    #[test]
    fn numbers_come_back_from_their_bytes() {
        for number in [0, -1, 1, 63, -64, 64, i64::MAX, i64::MIN, 1 << 40] {
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            assert_eq!(take(&mut &bytes[..]), Some(number));
        }
    }
}
