//! The `checkpoint` file: up to where a partition's log was on disk.
//!
//! Two slots are written in turn, so that one of them is whole whatever a crash
//! does to the other. A slot is written after each round of flushes but not synced:
//! what it says was true when it was written, and an older one is true as well, only
//! less useful. After a crash of the process alone it is exact.
//!
//! Format of a slot, big-endian: magic 4, version 2, flags 2, sequence 8, segment base 8,
//! position 8, end offset 8, log start 8, Raft index 8, largest timestamp 8 and its
//! offset 8, leader epoch 4, lengths at a clean close 3 × 4, CRC-32C 4.

use std::io::{self, IoSlice};

use super::folder::{Folder, read_small};
use super::handles::{Handle, LazyFile};
use super::index::Largest;
use crate::ids::LogIndex;
use crate::world::OpenMode;

/// The file's name.
pub(crate) const FILE: &str = "checkpoint";

const MAGIC: u32 = 0x4f75_7a43;
const VERSION: u16 = 1;
const CLEAN: u16 = 1;
const SLOT_BYTES: usize = 92;
const CRC_AT: usize = SLOT_BYTES - 4;
/// Slots lie in sectors of their own: a torn write of one leaves the other whole.
const SLOT_STRIDE: usize = 512;
const FILE_BYTES: usize = SLOT_STRIDE + SLOT_BYTES;

/// A point up to which the log is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    /// The segment that holds the end.
    pub base: i64,
    /// The end in that segment, in bytes.
    pub position: u64,
    /// The end as an offset.
    pub end: i64,
    /// The first offset there is.
    pub start: i64,
    /// The last Raft entry.
    pub index: LogIndex,
    /// The largest timestamp in that segment.
    pub largest: Option<Largest>,
    /// The last leader epoch that was used.
    pub epoch: i32,
    /// The log was closed here in order, and the segment's index, time index and sidecar were
    /// synced with these lengths. If one of the four files is longer, the log had gone on.
    pub clean: Option<[u32; 3]>,
}

/// The file and the number of the next slot.
pub(crate) struct Checkpoint {
    file: LazyFile,
    sequence: u64,
}

impl Checkpoint {
    /// That of a folder in which there is none.
    pub fn fresh() -> Checkpoint {
        Checkpoint { file: LazyFile::default(), sequence: 0 }
    }

    /// The last point that was written, if any, and the file to go on with.
    pub fn read(folder: &Folder) -> io::Result<(Checkpoint, Option<Point>)> {
        let bytes = read_small(&*folder.disk, &folder.path.join(FILE), FILE_BYTES)?;
        let bytes = bytes.unwrap_or_default();
        let slots = [0, SLOT_STRIDE].map(|at| bytes.get(at..at + SLOT_BYTES).and_then(parse));
        let last = slots.into_iter().flatten().max_by_key(|(sequence, _)| *sequence);
        let sequence = last.map_or(0, |(sequence, _)| sequence + 1);
        let file = LazyFile::default();
        Ok((Checkpoint { file, sequence }, last.map(|(_, point)| point)))
    }

    /// The open file, created when it is missing. While it is held, a write opens nothing.
    pub fn open(&self, folder: &Folder) -> io::Result<Handle> {
        self.file.get(&*folder.disk, OpenMode::OrCreate, || folder.path.join(FILE))
    }

    /// Writes a point into the page cache.
    pub fn write(&mut self, folder: &Folder, point: &Point) -> io::Result<Handle> {
        let file = self.open(folder)?;
        if self.sequence == 0 {
            // Later slots find room on a full disk, or are missed by nobody.
            let _ = file.reserve(FILE_BYTES as u64);
        }
        let at = (self.sequence % 2) * SLOT_STRIDE as u64;
        let bytes = bytes(self.sequence, point);
        file.write_at(&mut [IoSlice::new(&bytes)], at)?;
        self.sequence += 1;
        Ok(file)
    }

    /// Writes a point that must not be fallen behind into both slots: once they are synced, later
    /// writes that a power cut tears leave one that says as much.
    pub fn write_both(&mut self, folder: &Folder, point: &Point) -> io::Result<Handle> {
        self.write(folder, point)?;
        self.write(folder, point)
    }

    /// Writes a point so that it survives a power cut.
    pub fn write_durably(&mut self, folder: &Folder, point: &Point) -> io::Result<()> {
        self.write_both(folder, point)?.sync()?;
        // The file may be new.
        folder.disk.sync_dir(&folder.path)
    }

    /// Lets the file go when it was not used lately.
    pub fn rest(&self) {
        self.file.rest();
    }
}

fn bytes(sequence: u64, point: &Point) -> [u8; SLOT_BYTES] {
    let largest = point.largest.unwrap_or(Largest { timestamp: -1, offset: -1 });
    let mut slot = Vec::with_capacity(SLOT_BYTES);
    slot.extend(MAGIC.to_be_bytes());
    slot.extend(VERSION.to_be_bytes());
    slot.extend(if point.clean.is_some() { CLEAN } else { 0 }.to_be_bytes());
    slot.extend(sequence.to_be_bytes());
    slot.extend(point.base.to_be_bytes());
    slot.extend(point.position.to_be_bytes());
    slot.extend(point.end.to_be_bytes());
    slot.extend(point.start.to_be_bytes());
    slot.extend(point.index.0.to_be_bytes());
    slot.extend(largest.timestamp.to_be_bytes());
    slot.extend(largest.offset.to_be_bytes());
    slot.extend(point.epoch.to_be_bytes());
    slot.extend(point.clean.unwrap_or_default().iter().flat_map(|len| len.to_be_bytes()));
    slot.extend(crc32c::crc32c(&slot).to_be_bytes());
    slot.try_into().expect("a slot's fields add up to its size")
}

fn parse(slot: &[u8]) -> Option<(u64, Point)> {
    let word = |from: usize| u64::from_be_bytes(std::array::from_fn(|i| slot[from + i]));
    let half = |from: usize| u32::from_be_bytes(std::array::from_fn(|i| slot[from + i]));
    let quarter = |from: usize| u16::from_be_bytes([slot[from], slot[from + 1]]);
    let crc = crc32c::crc32c(&slot[..CRC_AT]);
    if half(0) != MAGIC || quarter(4) != VERSION || half(CRC_AT) != crc {
        return None;
    }
    let largest = Largest { timestamp: word(56) as i64, offset: word(64) as i64 };
    let point = Point {
        base: word(16) as i64,
        position: word(24),
        end: word(32) as i64,
        start: word(40) as i64,
        index: LogIndex(word(48)),
        largest: (largest.offset >= 0).then_some(largest),
        epoch: half(72) as i32,
        clean: (quarter(6) & CLEAN != 0).then(|| [half(76), half(80), half(84)]),
    };
    Some((word(8), point))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::world::RealDisk;

    fn point(end: i64) -> Point {
        let largest = Some(Largest { timestamp: 5, offset: end - 1 });
        let (index, base) = (LogIndex(9), 3);
        let clean = (end == 12).then_some([1, 2, 3]);
        Point { base, position: 70, end, start: 1, index, largest, epoch: 4, clean }
    }

    #[test]
    fn the_last_whole_slot_counts() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder { disk: Arc::new(RealDisk), path: dir.path().to_owned() };
        let (mut checkpoint, none) = Checkpoint::read(&folder).unwrap();
        assert_eq!(none, None);
        for end in 10..=12 {
            checkpoint.write(&folder, &point(end)).unwrap();
            assert_eq!(Checkpoint::read(&folder).unwrap().1, Some(point(end)));
        }
        let path = dir.path().join(FILE);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[40] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let (mut checkpoint, before) = Checkpoint::read(&folder).unwrap();
        assert_eq!(before, Some(point(11)), "the slot before the torn one");
        checkpoint.write(&folder, &point(13)).unwrap();
        assert_eq!(Checkpoint::read(&folder).unwrap().1, Some(point(13)));
    }
}
