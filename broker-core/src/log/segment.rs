//! One segment: the log file, its indexes and its sidecar, for readers.
//!
//! Owns the four files and how far they may be read. Only the log that the segment
//! belongs to writes; it publishes a length after the bytes are there, so that
//! readers need no lock.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use super::error::{SegmentError, StorageError, storage};
use super::folder::{Folder, Kind};
use super::handles::{Handle, LazyFile};
use super::index::{self, Largest, OFFSET_ENTRY_BYTES, OffsetEntry, TIME_ENTRY_BYTES, TimeEntry};
use crate::world::OpenMode;

/// An index whose length was not asked for yet.
const UNKNOWN: u64 = u64::MAX;

pub(crate) struct Segment {
    folder: Arc<Folder>,
    base: i64,
    files: [LazyFile; 4],
    /// Bytes of whole batches, entries of the offset index, entries of the time index.
    len: AtomicU64,
    offset_entries: AtomicU64,
    time_entries: AtomicU64,
    largest: Mutex<Known>,
}

/// The largest timestamp, once it was looked up; none when no record has a timestamp.
#[derive(Clone, Copy)]
enum Known {
    NotYet,
    Largest(Option<Largest>),
}

impl Segment {
    /// A segment whose files are there, `len` bytes of log.
    pub fn existing(folder: Arc<Folder>, base: i64, len: u64) -> Segment {
        let unknown = || AtomicU64::new(UNKNOWN);
        Segment {
            folder,
            base,
            files: Default::default(),
            len: AtomicU64::new(len),
            offset_entries: unknown(),
            time_entries: unknown(),
            largest: Mutex::new(Known::NotYet),
        }
    }

    /// A segment without a byte; its files are created when they are first written.
    pub fn empty(folder: Arc<Folder>, base: i64) -> Segment {
        let segment = Segment::existing(folder, base, 0);
        segment.set_entries(Kind::Index, 0);
        segment.set_entries(Kind::Times, 0);
        segment.set_largest(None);
        segment
    }

    pub fn base(&self) -> i64 {
        self.base
    }

    /// Bytes of log that may be read.
    pub fn len(&self) -> u64 {
        self.len.load(Ordering::Acquire)
    }

    pub fn set_len(&self, len: u64) {
        self.len.store(len, Ordering::Release);
    }

    pub fn path(&self, kind: Kind) -> PathBuf {
        self.folder.segment_file(self.base, kind)
    }

    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The open file; that it is missing is an error, lest a reader bring back what was removed.
    pub fn file(&self, kind: Kind) -> Result<Handle, SegmentError> {
        self.open(kind, OpenMode::Existing)
    }

    /// The open file, created when it is missing.
    pub fn create(&self, kind: Kind) -> Result<Handle, SegmentError> {
        self.open(kind, OpenMode::OrCreate)
    }

    fn open(&self, kind: Kind, mode: OpenMode) -> Result<Handle, SegmentError> {
        let open = self.files[kind as usize].get(&*self.folder.disk, mode, || self.path(kind));
        open.map_err(|source| SegmentError::Io { file: self.path(kind), source })
    }

    /// Closes files that were not used since the last call.
    pub fn rest(&self) {
        self.files.iter().for_each(LazyFile::rest);
    }

    /// Fills the buffer from the log, or says that the file is too short.
    pub fn read_exact(&self, buffer: &mut [u8], at: u64) -> Result<(), SegmentError> {
        let read = self.file(Kind::Log)?.read_at(buffer, at);
        match read {
            Ok(n) if n == buffer.len() => Ok(()),
            Ok(n) => Err(self.corrupt(at, format!("the file ends {n} bytes behind"))),
            Err(source) => Err(SegmentError::Io { file: self.path(Kind::Log), source }),
        }
    }

    /// The entries of an index.
    pub fn entries(&self, kind: Kind) -> Result<u64, SegmentError> {
        let (count, bytes) = self.counter(kind);
        let known = count.load(Ordering::Acquire);
        if known != UNKNOWN {
            return Ok(known);
        }
        let found = self.file_len(kind)? / bytes as u64;
        count.store(found, Ordering::Release);
        Ok(found)
    }

    pub fn set_entries(&self, kind: Kind, entries: u64) {
        self.counter(kind).0.store(entries, Ordering::Release);
    }

    /// A position in the log from which a reader that goes on from batch to batch meets `offset`.
    pub fn position_before(&self, offset: i64) -> Result<u64, SegmentError> {
        let count = self.entries(Kind::Index)?;
        if count == 0 {
            return Ok(0);
        }
        let wanted = u32::try_from(offset - self.base).unwrap_or(u32::MAX);
        let file = self.file(Kind::Index)?;
        let found = index::last_where::<OFFSET_ENTRY_BYTES>(&file, count, |bytes| {
            OffsetEntry::parse(bytes).relative <= wanted
        });
        let found = found.map_err(self.io(Kind::Index))?;
        Ok(found.map_or(0, |(_, bytes)| u64::from(OffsetEntry::parse(bytes).position)))
    }

    /// An offset up to which, inclusive, no record is at `timestamp` or later; none when that is
    /// not known of any.
    pub fn offset_before_time(&self, timestamp: i64) -> Result<Option<i64>, SegmentError> {
        let count = self.entries(Kind::Times)?;
        if count == 0 {
            return Ok(None);
        }
        let file = self.file(Kind::Times)?;
        let found = index::last_where::<TIME_ENTRY_BYTES>(&file, count, |bytes| {
            TimeEntry::parse(bytes).timestamp < timestamp
        });
        let found = found.map_err(self.io(Kind::Times))?;
        Ok(found.map(|(_, bytes)| self.base + i64::from(TimeEntry::parse(bytes).relative)))
    }

    /// The largest timestamp; of a segment that was closed the time index's last entry knows it.
    pub fn largest(&self) -> Result<Option<Largest>, SegmentError> {
        if let Known::Largest(largest) = *self.largest.lock() {
            return Ok(largest);
        }
        let last = self.last_time()?;
        let at = |entry: TimeEntry| (entry.timestamp, self.base + i64::from(entry.relative));
        let largest = last.map(at).map(|(timestamp, offset)| Largest { timestamp, offset });
        self.set_largest(largest);
        Ok(largest)
    }

    /// The largest timestamp, if it was looked up; of the newest segment it always was.
    pub fn largest_known(&self) -> Option<Largest> {
        match *self.largest.lock() {
            Known::Largest(largest) => largest,
            Known::NotYet => None,
        }
    }

    pub fn set_largest(&self, largest: Option<Largest>) {
        *self.largest.lock() = Known::Largest(largest);
    }

    /// The last entry of the time index.
    pub fn last_time(&self) -> Result<Option<TimeEntry>, SegmentError> {
        let Some(last) = self.entries(Kind::Times)?.checked_sub(1) else { return Ok(None) };
        let bytes = index::entry(&self.file(Kind::Times)?, last).map_err(self.io(Kind::Times))?;
        Ok(Some(TimeEntry::parse(bytes)))
    }

    /// The bytes of one of its files, as the folder knows it.
    pub fn file_len(&self, kind: Kind) -> Result<u64, SegmentError> {
        Ok(self.folder.disk.meta(&self.path(kind)).map_err(self.io(kind))?.len)
    }

    /// When the log file was last written, for segments whose records have no time.
    pub fn modified_ms(&self) -> Result<i64, SegmentError> {
        let meta = self.folder.disk.meta(&self.path(Kind::Log)).map_err(self.io(Kind::Log))?;
        Ok(meta.modified_ms)
    }

    /// Makes the bytes of one of its files survive a power cut.
    pub fn sync(&self, kind: Kind) -> Result<(), StorageError> {
        let file = self.file(kind).map_err(|e| storage("open", e))?;
        file.sync().map_err(StorageError::of("sync", &self.path(kind)))
    }

    pub fn corrupt(&self, position: u64, why: impl Into<String>) -> SegmentError {
        SegmentError::Corrupt { file: self.path(Kind::Log), position, why: why.into() }
    }

    pub fn io(&self, kind: Kind) -> impl Fn(std::io::Error) -> SegmentError + '_ {
        move |source| SegmentError::Io { file: self.path(kind), source }
    }

    fn counter(&self, kind: Kind) -> (&AtomicU64, usize) {
        match kind {
            Kind::Index => (&self.offset_entries, OFFSET_ENTRY_BYTES),
            Kind::Times => (&self.time_entries, TIME_ENTRY_BYTES),
            Kind::Log | Kind::Raft => panic!("{kind:?} is not an index"),
        }
    }
}
