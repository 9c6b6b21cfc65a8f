//! The producers at a point of the log, saved so that a restart need not read the whole log.
//!
//! `<20 digits>.producers` holds what was known before the offset of its name. It is
//! written when a segment begins and at a clean close, and not synced: one that is
//! not whole is passed over, for an older one or for the log itself. When the log is about to lose
//! all its records there is nothing else to go by, and only then it is synced as well.
//!
//! Format, big-endian: magic 4, version 2, producers 4; per producer id 8, epoch 2, seen 8,
//! batches 1, per batch first and last sequence 4 each, base and last offset and timestamp 8
//! each; CRC-32C 4.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::producer_room::PRODUCERS_MAX;
use super::producers::{BATCHES_REMEMBERED, Producer, Producers, SentBatch};
use crate::world::{Disk, OpenMode};

const MAGIC: u32 = 0x4f75_7a50;
const VERSION: u16 = 1;
const BATCH_BYTES: usize = 32;
const PRODUCER_BYTES_MAX: usize = 19 + BATCHES_REMEMBERED * BATCH_BYTES;
const FILE_BYTES_MAX: usize = 14 + PRODUCERS_MAX * PRODUCER_BYTES_MAX;
/// The newest may be torn by a power cut; the one before it was written a segment earlier.
const FILES_KEPT: usize = 2;

/// Makes what was saved survive a power cut. Blocks.
pub(crate) fn sync(disk: &dyn Disk, folder: &Path, offset: i64) -> io::Result<()> {
    disk.open(&path(folder, offset), OpenMode::Existing)?.sync()?;
    disk.sync_dir(folder)
}

/// Saves the producers as they are before `offset`.
pub(crate) fn save(
    disk: &dyn Disk,
    folder: &Path,
    producers: &Producers,
    offset: i64,
) -> io::Result<()> {
    let file = disk.open(&path(folder, offset), OpenMode::Truncated)?;
    file.write_at(&mut [IoSlice::new(&encode(producers))], 0)?;
    let mut offsets = saved(disk, folder)?;
    offsets.truncate(offsets.len().saturating_sub(FILES_KEPT));
    offsets.into_iter().try_for_each(|old| disk.remove_file(&path(folder, old)))
}

/// The newest snapshot at an offset that the log's files have, with that offset. Others are
/// removed for good: one behind the end knows of what was cut off, and must not come back once the
/// log has grown past it; one before the files cannot be completed from them.
pub(crate) fn load(
    disk: &dyn Disk,
    folder: &Path,
    there: RangeInclusive<i64>,
) -> io::Result<Option<(i64, Producers)>> {
    let (mut found, mut removed) = (None, false);
    for offset in saved(disk, folder)?.into_iter().rev() {
        let path = path(folder, offset);
        if !there.contains(&offset) {
            disk.remove_file(&path)?;
            removed = true;
        } else if let Some(producers) = read(disk, &path)? {
            found = Some((offset, producers));
            break;
        }
    }
    if removed {
        disk.sync_dir(folder)?;
    }
    Ok(found)
}

fn read(disk: &dyn Disk, path: &Path) -> io::Result<Option<Producers>> {
    let file = disk.open(path, OpenMode::Existing)?;
    let len = usize::try_from(file.len()?).unwrap_or(usize::MAX);
    if len > FILE_BYTES_MAX {
        return Ok(None);
    }
    let mut bytes = vec![0; len];
    let read = file.read_at(&mut bytes, 0)?;
    Ok(decode(&bytes[..read]))
}

fn path(folder: &Path, offset: i64) -> PathBuf {
    folder.join(format!("{offset:020}.producers"))
}

/// The offsets of the snapshots, oldest first.
fn saved(disk: &dyn Disk, folder: &Path) -> io::Result<Vec<i64>> {
    let offset = |name: String| name.strip_suffix(".producers")?.parse().ok();
    let mut offsets: Vec<i64> = disk.list(folder)?.into_iter().filter_map(offset).collect();
    offsets.sort_unstable();
    Ok(offsets)
}

fn encode(producers: &Producers) -> Vec<u8> {
    let all = producers.iter();
    let mut bytes = Vec::with_capacity(14 + all.len() * PRODUCER_BYTES_MAX);
    bytes.extend(MAGIC.to_be_bytes());
    bytes.extend(VERSION.to_be_bytes());
    bytes.extend((all.len() as u32).to_be_bytes());
    for (id, producer) in all {
        bytes.extend(id.to_be_bytes());
        bytes.extend(producer.epoch.to_be_bytes());
        bytes.extend(producer.seen_ms.to_be_bytes());
        bytes.push(producer.batches.len() as u8);
        for batch in &producer.batches {
            bytes.extend(batch.first_sequence.to_be_bytes());
            bytes.extend(batch.last_sequence.to_be_bytes());
            bytes.extend(batch.base_offset.to_be_bytes());
            bytes.extend(batch.last_offset.to_be_bytes());
            bytes.extend(batch.max_timestamp.to_be_bytes());
        }
    }
    bytes.extend(crc32c::crc32c(&bytes).to_be_bytes());
    bytes
}

fn decode(bytes: &[u8]) -> Option<Producers> {
    let (body, crc) = bytes.split_last_chunk()?;
    if crc32c::crc32c(body) != u32::from_be_bytes(*crc) {
        return None;
    }
    let mut fields = Fields(body);
    if fields.next().map(u32::from_be_bytes)? != MAGIC
        || fields.next().map(u16::from_be_bytes)? != VERSION
    {
        return None;
    }
    let count = fields.next().map(u32::from_be_bytes)?;
    let mut producers = Producers::default();
    for _ in 0..count {
        let id = fields.next().map(i64::from_be_bytes)?;
        producers.restore(id, fields.producer()?);
    }
    fields.0.is_empty().then_some(producers)
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn next<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }

    fn producer(&mut self) -> Option<Producer> {
        let epoch = self.next().map(i16::from_be_bytes)?;
        let seen_ms = self.next().map(i64::from_be_bytes)?;
        let [count] = self.next()?;
        if !(1..=BATCHES_REMEMBERED).contains(&usize::from(count)) {
            return None;
        }
        let mut batches = VecDeque::with_capacity(usize::from(count));
        for _ in 0..count {
            batches.push_back(self.batch()?);
        }
        Some(Producer { epoch, batches, seen_ms })
    }

    fn batch(&mut self) -> Option<SentBatch> {
        Some(SentBatch {
            first_sequence: self.next().map(i32::from_be_bytes)?,
            last_sequence: self.next().map(i32::from_be_bytes)?,
            base_offset: self.next().map(i64::from_be_bytes)?,
            last_offset: self.next().map(i64::from_be_bytes)?,
            max_timestamp: self.next().map(i64::from_be_bytes)?,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::world::RealDisk;

    fn some_producers(seen_ms: i64) -> Producers {
        let batch = |n: i32| SentBatch {
            first_sequence: n,
            last_sequence: n + 1,
            base_offset: 10,
            last_offset: 11,
            max_timestamp: -1,
        };
        let mut producers = Producers::default();
        for id in 0..3 {
            let batches = (0..5).map(batch).collect();
            producers.restore(id, Producer { epoch: 4, batches, seen_ms });
        }
        producers
    }

    #[test]
    fn producers_come_back_from_their_bytes_and_from_no_other_bytes() {
        let producers = some_producers(5);
        let bytes = encode(&producers);
        assert_eq!(decode(&bytes), Some(producers));
        for cut in 0..bytes.len() {
            assert_eq!(decode(&bytes[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn a_torn_snapshot_is_passed_over_and_one_behind_the_end_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let at = |offset| path(dir.path(), offset);
        for offset in [10, 20, 30] {
            save(&RealDisk, dir.path(), &some_producers(offset), offset).unwrap();
        }
        assert!(!at(10).exists(), "two are kept");
        let found = load(&RealDisk, dir.path(), 0..=29).unwrap().unwrap();
        assert_eq!(found, (20, some_producers(20)));
        assert!(!at(30).exists(), "what it knew of is gone");
        std::fs::write(at(20), b"torn").unwrap();
        assert_eq!(load(&RealDisk, dir.path(), 0..=29).unwrap(), None);
        save(&RealDisk, dir.path(), &some_producers(25), 25).unwrap();
        assert_eq!(load(&RealDisk, dir.path(), 26..=29).unwrap(), None, "what follows is gone");
    }
}
