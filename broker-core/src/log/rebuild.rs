//! Making a segment's indexes and sidecar agree with its log.
//!
//! What they should hold is computed from the batch headers and written, also where
//! it is there already: what a crashed process failed to sync may be in memory only
//! (see `recover.rs`). The one thing that the log cannot give back, sidecar entries
//! that are no data, is kept as far as it is whole.

use std::io::{self, IoSlice};
use std::path::PathBuf;

use super::epochs::Epochs;
use super::error::{StorageError, storage};
use super::folder::Kind;
use super::handles::Handle;
use super::index::{Largest, OffsetEntry, Pace, Paced};
use super::notes::Batches;
use super::segment::Segment;
use super::sidecar::{ENTRY_BYTES, EntryKind, RaftEntry};
use super::walk::Located;
use crate::ids::LogIndex;

/// What is known before the segment.
pub(crate) struct Before<'a> {
    /// The last Raft entry before the segment, as far as that is known.
    pub index: LogIndex,
    /// Learns the epochs of the segment's batches.
    pub epochs: &'a mut Epochs,
    /// `index.interval.bytes`.
    pub interval: u32,
    /// The segment gets no more batches.
    pub closed: bool,
}

/// What came of it.
pub(crate) struct Rebuilt {
    /// Files that were different before.
    pub changed: Vec<PathBuf>,
    /// The last Raft entry up to the segment's end.
    pub last: LogIndex,
}

/// Goes through the segment's batches, as far as its length says, and writes the files beside it.
pub(crate) fn rebuild(
    segment: &Segment,
    mut batches: Batches<'_>,
    before: Before<'_>,
) -> Result<Rebuilt, StorageError> {
    let mut work = Work::begin(segment, before.index)?;
    let mut pace = Pace::new(0, None, None);
    let walk = |e| storage("go through", e);
    while let Some(batch) = batches.next().map_err(walk)? {
        before.epochs.note(batch.header.leader_epoch, batch.header.base_offset);
        work.sidecar(&batch)?;
        let last = batch.header.last_offset();
        let relative = (last - segment.base()) as u32;
        let at = OffsetEntry { relative, position: batch.position as u32 };
        let largest = Largest { timestamp: batch.header.max_timestamp, offset: last };
        work.index(&pace.batch(at, batch.header.size() as u64, largest, before.interval))?;
    }
    let time = pace.time_entry(segment.base()).filter(|_| before.closed);
    work.index(&Paced { offset: None, time })?;
    work.others(segment.len())?;
    segment.set_largest(pace.largest());
    work.finish()
}

struct Work<'a> {
    segment: &'a Segment,
    /// The last entry that was put, or the one before the segment.
    last: LogIndex,
    index: LogIndex,
    old: Old,
    offsets: Mirror,
    times: Mirror,
    raft: Mirror,
}

impl<'a> Work<'a> {
    fn begin(segment: &'a Segment, before: LogIndex) -> Result<Work<'a>, StorageError> {
        let file = |kind| segment.create(kind).map_err(|e| storage("open", e));
        let old = Old::begin(file(Kind::Raft)?);
        // Its own first entry knows better than whatever was found before it.
        let index = old.next.map_or(before, |entry| LogIndex(entry.index.0.saturating_sub(1)));
        Ok(Work {
            segment,
            last: before,
            index,
            old,
            offsets: Mirror::begin(file(Kind::Index)?, Compared::ByReading),
            times: Mirror::begin(file(Kind::Times)?, Compared::ByReading),
            raft: Mirror::begin(file(Kind::Raft)?, Compared::Elsewhere),
        })
    }

    /// The batch's own entry, and before it those that are no data.
    fn sidecar(&mut self, batch: &Located) -> Result<(), StorageError> {
        self.others(batch.position)?;
        let entry = RaftEntry {
            index: self.index.next(),
            term: batch.header.leader_epoch.max(0) as u64,
            kind: EntryKind::Data,
            base_offset: batch.header.base_offset,
            position: batch.position as u32,
        };
        if self.old.next != Some(entry) {
            // From here on the old file says nothing true.
            self.old.next = None;
        }
        self.put(entry)
    }

    /// Entries that are no data and stand at this position.
    fn others(&mut self, position: u64) -> Result<(), StorageError> {
        while let Some(entry) = self.old.next {
            let here = u64::from(entry.position) == position && entry.index == self.index.next();
            if entry.kind == EntryKind::Data || !here {
                break;
            }
            self.put(entry)?;
        }
        Ok(())
    }

    fn put(&mut self, entry: RaftEntry) -> Result<(), StorageError> {
        (self.index, self.last) = (entry.index, entry.index);
        self.raft.differed |= self.old.next != Some(entry);
        self.old.advance();
        let put = self.raft.put(&entry.bytes());
        put.map_err(StorageError::of("rebuild", &self.segment.path(Kind::Raft)))
    }

    fn index(&mut self, paced: &Paced) -> Result<(), StorageError> {
        if let Some(entry) = paced.offset {
            let put = self.offsets.put(&entry.bytes());
            put.map_err(StorageError::of("rebuild", &self.segment.path(Kind::Index)))?;
        }
        if let Some(entry) = paced.time {
            let put = self.times.put(&entry.bytes());
            put.map_err(StorageError::of("rebuild", &self.segment.path(Kind::Times)))?;
        }
        Ok(())
    }

    fn finish(self) -> Result<Rebuilt, StorageError> {
        let (mut changed, last) = (Vec::new(), self.last);
        let files =
            [(Kind::Index, self.offsets), (Kind::Times, self.times), (Kind::Raft, self.raft)];
        for (kind, mirror) in files {
            let path = self.segment.path(kind);
            let (len, differed) = mirror.finish().map_err(StorageError::of("rebuild", &path))?;
            match kind {
                Kind::Index => self.segment.set_entries(kind, len / 8),
                Kind::Times => self.segment.set_entries(kind, len / 12),
                Kind::Log | Kind::Raft => {}
            }
            changed.extend(differed.then_some(path));
        }
        Ok(Rebuilt { changed, last })
    }
}

/// The sidecar as it was, up to its first entry that is not whole. It is read ahead of what is
/// written in its place.
struct Old {
    file: Handle,
    /// Behind the block, in the file.
    at: u64,
    block: Vec<u8>,
    /// Bytes of the block that were taken.
    taken: usize,
    next: Option<RaftEntry>,
}

/// One read of the sidecar: whole entries.
const OLD_BLOCK_BYTES: usize = 1820 * ENTRY_BYTES;

impl Old {
    fn begin(file: Handle) -> Old {
        let mut old = Old { file, at: 0, block: Vec::new(), taken: 0, next: None };
        old.next = old.read();
        old
    }

    fn advance(&mut self) {
        if self.next.take().is_some() {
            self.next = self.read();
        }
    }

    /// An entry that cannot be read is as good as one that is not there.
    fn read(&mut self) -> Option<RaftEntry> {
        if self.taken == self.block.len() {
            self.block.resize(OLD_BLOCK_BYTES, 0);
            let read = self.file.read_at(&mut self.block, self.at).unwrap_or(0);
            self.block.truncate(read);
            (self.at, self.taken) = (self.at + read as u64, 0);
        }
        let bytes = self.block[self.taken..].first_chunk()?;
        self.taken += ENTRY_BYTES;
        RaftEntry::parse(bytes)
    }
}

/// Writes a file anew and finds out whether that made a difference.
struct Mirror {
    file: Handle,
    at: u64,
    pending: Vec<u8>,
    there: Vec<u8>,
    compared: Compared,
    differed: bool,
}

/// How it is known what a file held before.
#[derive(PartialEq, Eq)]
enum Compared {
    ByReading,
    /// Whoever puts the entries has read it.
    Elsewhere,
}

/// One comparison; bounds the memory that a rebuild takes.
const PENDING_BYTES: usize = 64 << 10;

impl Mirror {
    fn begin(file: Handle, compared: Compared) -> Mirror {
        let (pending, there) = (Vec::new(), Vec::new());
        Mirror { file, at: 0, pending, there, compared, differed: false }
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() < PENDING_BYTES { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.compared == Compared::ByReading {
            self.there.resize(self.pending.len(), 0);
            let read = self.file.read_at(&mut self.there, self.at)?;
            self.differed |= self.there[..read] != self.pending;
        }
        self.file.write_at(&mut [IoSlice::new(&self.pending)], self.at)?;
        self.at += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    /// The file's length and whether anything differed.
    fn finish(mut self) -> io::Result<(u64, bool)> {
        self.flush()?;
        if self.file.len()? != self.at {
            self.differed = true;
            self.file.truncate(self.at)?;
        }
        Ok((self.at, self.differed))
    }
}
