//! Cutting the end off a log that a new leader does not have.

use std::sync::Arc;

use super::checkpoint::Point;
use super::error::{StorageError, storage};
use super::folder::Kind;
use super::handles::Handle;
use super::index;
use super::notes::Batches;
use super::read::locate;
use super::rebuild::{Before, rebuild};
use super::recover::{cut, remove_segment, sync_segment};
use super::segment::Segment;
use super::sidecar::{ENTRY_BYTES, EntryKind, RaftEntry};
use super::{Log, Place};
use crate::ids::LogIndex;

impl Log {
    /// Removes this Raft entry and all behind it; durable when it returns. An index behind the
    /// log's last one removes nothing.
    pub fn truncate_from(&mut self, from: LogIndex) -> Result<(), StorageError> {
        if from > self.last_index {
            return Ok(());
        }
        for at in (0..self.segments.len()).rev() {
            let segment = self.segments[at].clone();
            let Some(first) = entry(&segment, 0)? else { continue };
            if let Some(slot) = from.0.checked_sub(first.index.0) {
                return match entry(&segment, slot)? {
                    Some(entry) => self.cut_before(at, slot, entry),
                    None => Ok(()),
                };
            }
        }
        panic!("entry {from} is before the log's first one");
    }

    /// Removes the batch that holds `offset` and all behind it.
    pub fn truncate_to(&mut self, offset: i64) -> Result<(), StorageError> {
        assert!(self.segments[0].base() <= offset, "offset {offset} is before the log");
        let at = self.segments.partition_point(|s| s.base() <= offset) - 1;
        let segment = self.segments[at].clone();
        let Some(batch) = locate(&segment, offset).map_err(|e| storage("search", e))? else {
            return Ok(());
        };
        let file = segment.file(Kind::Raft).map_err(|e| storage("open", e))?;
        let before = |bytes: [u8; ENTRY_BYTES]| {
            let at = u32::from_be_bytes(std::array::from_fn(|i| bytes[24 + i]));
            u64::from(at) < batch.position
        };
        let found = index::last_where(&file, entries(&segment, &file)?, before);
        let found = found.map_err(StorageError::of("read", &segment.path(Kind::Raft)))?;
        let mut slot = found.map_or(0, |(slot, _)| slot + 1);
        while let Some(entry) = entry(&segment, slot)? {
            if entry.kind == EntryKind::Data {
                return self.cut_before(at, slot, entry);
            }
            slot += 1;
        }
        panic!("the batch at {offset} has no entry in the sidecar");
    }

    fn cut_before(&mut self, at: usize, slot: u64, entry: RaftEntry) -> Result<(), StorageError> {
        self.finish()?;
        let segment = self.segments[at].clone();
        self.promise_less(&segment, entry)?;
        for later in self.segments.iter().skip(at + 1).rev() {
            remove_segment(&self.folder, later.base())?;
        }
        Arc::make_mut(&mut self.segments).truncate(at + 1);
        cut(&segment, entry.position.into())?;
        let file = segment.file(Kind::Raft).map_err(|e| storage("open", e))?;
        let sidecar = file.truncate(slot * ENTRY_BYTES as u64);
        sidecar.map_err(StorageError::of("cut", &segment.path(Kind::Raft)))?;
        self.forget_behind(&segment, entry)
    }

    /// Says that less is on disk before it is so: a crash in between leaves whole batches behind
    /// the checkpoint, and they may stay or go.
    fn promise_less(&mut self, segment: &Segment, entry: RaftEntry) -> Result<(), StorageError> {
        self.write_point(Point {
            base: segment.base(),
            position: entry.position.into(),
            end: entry.base_offset,
            start: self.start.min(entry.base_offset),
            index: LogIndex(entry.index.0 - 1),
            largest: None,
            epoch: self.epochs.last().unwrap_or(-1),
            clean: None,
        })
    }

    fn forget_behind(&mut self, segment: &Segment, entry: RaftEntry) -> Result<(), StorageError> {
        (self.end, self.flushed) = (entry.base_offset, entry.base_offset);
        self.flushed_at = Place { base: segment.base(), position: entry.position.into() };
        self.start = self.start.min(self.end);
        self.last_index = LogIndex(entry.index.0 - 1);
        self.tail = None;
        let (epochs, interval) = (&mut self.epochs, self.config.index_interval_bytes);
        epochs.truncate(entry.base_offset);
        let before = Before { index: self.last_index, epochs, interval, closed: false };
        rebuild(segment, Batches::read(segment), before)?;
        self.epochs.write(&self.folder).map_err(StorageError::of("write", &self.folder.path))?;
        sync_segment(segment)?;
        self.check();
        Ok(())
    }
}

/// The sidecar's entry in this slot; none behind its end.
fn entry(segment: &Segment, slot: u64) -> Result<Option<RaftEntry>, StorageError> {
    let path = segment.path(Kind::Raft);
    let file = segment.file(Kind::Raft).map_err(|e| storage("open", e))?;
    if slot >= entries(segment, &file)? {
        return Ok(None);
    }
    let bytes = index::entry(&file, slot).map_err(StorageError::of("read", &path))?;
    let bad = || std::io::Error::other(format!("entry {slot} is not whole"));
    let entry = RaftEntry::parse(&bytes).ok_or_else(bad);
    entry.map(Some).map_err(StorageError::of("read", &path))
}

fn entries(segment: &Segment, file: &Handle) -> Result<u64, StorageError> {
    let len = file.len().map_err(StorageError::of("measure", &segment.path(Kind::Raft)))?;
    Ok(len / ENTRY_BYTES as u64)
}
