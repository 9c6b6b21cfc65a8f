//! The log of one partition: segment files with Kafka's own batches.
//!
//! Owns every byte under the partition's folder except the producers' snapshots.
//! Knows offsets, epochs, Raft indexes and files; who may append, and how far
//! consumers may read, is decided above. Start at [`Log::append`].
//!
//! The folder holds, per segment, `<20 digits>.log`, `.index` and `.timeindex` in
//! Kafka's formats and the `.raft` sidecar (see `sidecar.rs`), and once
//! `checkpoint` (see `checkpoint.rs`) and `leader-epoch-checkpoint` (Kafka's).
//! A partition without a record has no segment files at all.

mod checkpoint;
mod config;
mod epochs;
mod error;
mod folder;
mod handles;
mod index;
mod notes;
mod place;
mod read;
mod rebuild;
mod recover;
mod report;
mod round;
mod scan;
mod segment;
mod sidecar;
mod tail;
mod trim;
mod truncate;
mod walk;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use checkpoint::{Checkpoint, Point};
use folder::{Folder, Kind};
use recover::remove_segment;
use round::Dirty;
use tail::Tail;

pub use config::{Cleanup, LogConfig, Repack, TimestampType};
pub(crate) use epochs::Epochs;
pub(crate) use error::storage;
pub use error::{OpenError, SegmentError, StorageError};
pub(crate) use notes::Seen;
pub(crate) use place::Place;
#[cfg(test)]
pub(crate) use read::WITHOUT_CHECKSUMS;
pub(crate) use read::{Span, batch, batches, locate};
pub use report::{CutTail, RecoveryReport};
pub(crate) use round::Round;
pub(crate) use segment::Segment;
pub use sidecar::{EntryKind, RaftEntry};
pub(crate) use trim::{Bounds, NewStart, Trimmed, remove};
pub(crate) use walk::{Located, SCAN_WINDOW_BYTES, Walk};

use ouzel_wire::batch::{Batch, BatchHeader};

use crate::ids::LogIndex;
use crate::world::Disk;

/// The segments from oldest to newest, never none; cheap to clone, and a clone stays as it is.
pub(crate) type Segments = Arc<Vec<Arc<Segment>>>;

/// A partition's log, for the one who writes it. Readers use its segments.
pub struct Log {
    folder: Arc<Folder>,
    config: LogConfig,
    segments: Segments,
    /// The end of the newest segment, once something is to be written there.
    tail: Option<Tail>,
    /// An untouched partition is an empty folder: its one segment is there in name only.
    has_files: bool,
    start: i64,
    end: i64,
    flushed: i64,
    /// Where `flushed` lies.
    flushed_at: Place,
    last_index: LogIndex,
    /// The epoch that the next batch carries; in `epochs` from its first batch on.
    epoch: i32,
    epochs: Epochs,
    checkpoint: Checkpoint,
    /// The last point that was written there.
    point: Option<Point>,
    dirty: Dirty,
}

/// A log that was opened.
pub struct Opened {
    /// The log.
    pub log: Log,
    /// What was found and done.
    pub report: RecoveryReport,
    /// What was gone through on the way, for those who would go through it next.
    pub(crate) seen: Seen,
}

/// Where a batch was put.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    /// Its first offset.
    pub base_offset: i64,
    /// It is the first one of a new segment.
    pub rolled: bool,
}

impl Log {
    /// Makes the log of a folder that does not exist yet, and looks for nothing there.
    pub fn create(
        disk: Arc<dyn Disk>,
        path: PathBuf,
        config: LogConfig,
    ) -> Result<Log, StorageError> {
        disk.create_dir(&path).map_err(StorageError::of("create", &path))?;
        Ok(Log::empty(Arc::new(Folder { disk, path }), config))
    }

    /// A log without a record.
    fn empty(folder: Arc<Folder>, config: LogConfig) -> Log {
        Log {
            config,
            segments: Arc::new(vec![Arc::new(Segment::empty(folder.clone(), 0))]),
            folder,
            tail: None,
            has_files: false,
            start: 0,
            end: 0,
            flushed: 0,
            flushed_at: Place { base: 0, position: 0 },
            last_index: LogIndex(0),
            epoch: 0,
            epochs: Epochs::default(),
            checkpoint: Checkpoint::fresh(),
            point: None,
            dirty: Dirty::default(),
        }
    }

    /// Appends a checked batch, which came at `now_ms`, to the page cache and returns its base
    /// offset, which it gets here like its leader epoch. When the disk is full or no file can be
    /// opened, the log is as it was before; after any other error it must not be written again:
    /// what the disk holds behind `end` is unknown.
    pub fn append(&mut self, batch: &Batch, now_ms: i64) -> Result<Placed, StorageError> {
        let rolled = self.make_room(&batch.header, now_ms)?;
        let (base_offset, epoch) = (self.end, self.epoch);
        let index = self.last_index.next();
        let entry = RaftEntry { kind: EntryKind::Data, ..self.entry(index)? };
        let config = self.config;
        let append = |log: &mut Log| log.tail()?.append(batch, &entry, (epoch, now_ms), &config);
        let placed = self.or_undo(append)?;
        self.dirty.log(&placed);
        if self.epochs.note(epoch, base_offset) {
            self.dirty.epochs();
        }
        self.end = base_offset + i64::from(batch.header.last_offset_delta) + 1;
        self.last_index = index;
        self.check();
        Ok(Placed { base_offset, rolled })
    }

    /// Appends a Raft entry that is no data: it takes no offset and leaves no trace in the log,
    /// and so it is on disk when this returns. Blocks.
    pub fn append_entry(&mut self, kind: EntryKind) -> Result<LogIndex, StorageError> {
        assert_ne!(kind, EntryKind::Data, "data comes with a batch");
        let entry = RaftEntry { kind, ..self.entry(self.last_index.next())? };
        let segment = self.tail()?.append_entry(&entry)?;
        segment.sync(Kind::Raft)?;
        self.folder.sync_names()?;
        self.last_index = entry.index;
        Ok(entry.index)
    }

    /// Ends the newest segment and begins another at the log's end; one that is empty goes on.
    pub fn roll(&mut self) -> Result<(), StorageError> {
        match self.newest().len() {
            0 => Ok(()),
            _ => self.or_undo(Log::begin_segment),
        }
    }

    fn begin_segment(&mut self) -> Result<(), StorageError> {
        // Of two new names a power cut could leave the second one alone, and with it records
        // behind a hole.
        if self.dirty.has_names() {
            self.folder.sync_names()?;
        }
        let closed = self.tail()?.finish()?;
        self.dirty.closed(&closed);
        let segment = Arc::new(Segment::empty(self.folder.clone(), self.end));
        let tail = Tail::create(segment.clone()).inspect_err(|_| {
            // The log may go on without it, and then no segment may begin there.
            let _ = remove_segment(&self.folder, segment.base());
        })?;
        self.dirty.created(&segment);
        self.tail = Some(tail);
        Arc::make_mut(&mut self.segments).push(segment);
        Ok(())
    }

    pub(crate) fn segments(&self) -> &Segments {
        &self.segments
    }

    /// The log's folder.
    pub fn path(&self) -> &Path {
        &self.folder.path
    }

    /// The offset behind a segment's last record.
    pub(crate) fn end_of(&self, segment: &Segment) -> i64 {
        let next = self.segments.partition_point(|s| s.base() <= segment.base());
        self.segments.get(next).map_or(self.end, |next| next.base())
    }

    /// The first offset there is.
    pub fn start(&self) -> i64 {
        self.start
    }

    /// The offset the next record will get.
    pub fn end(&self) -> i64 {
        self.end
    }

    /// Up to here all is on disk.
    pub fn flushed(&self) -> i64 {
        self.flushed
    }

    /// Where in the files that is.
    pub(crate) fn flushed_at(&self) -> Place {
        self.flushed_at
    }

    /// Where the next batch will be written, unless a segment begins with it.
    pub(crate) fn end_at(&self) -> Place {
        let newest = self.newest();
        Place { base: newest.base(), position: newest.len() }
    }

    /// The last Raft entry; 0 before the first.
    pub fn last_index(&self) -> LogIndex {
        self.last_index
    }

    /// The epoch that the next batch will carry.
    pub fn epoch(&self) -> i32 {
        self.epoch
    }

    /// How the log behaves.
    pub fn config(&self) -> &LogConfig {
        &self.config
    }

    /// From now on the log behaves like this.
    pub fn set_config(&mut self, config: LogConfig) {
        self.config = config;
    }

    /// Which epoch began where.
    pub(crate) fn epochs(&self) -> &Epochs {
        &self.epochs
    }

    /// Bytes of all segments.
    pub fn size_bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.len()).sum()
    }

    /// Closes files that were not used since the last call and hold nothing that must be synced.
    pub fn rest(&self) {
        for segment in self.segments.iter().filter(|s| !self.dirty.holds(s)) {
            segment.rest();
        }
        self.checkpoint.rest();
    }

    fn newest(&self) -> &Arc<Segment> {
        self.segments.last().expect("a log has at least one segment")
    }

    fn tail(&mut self) -> Result<&mut Tail, StorageError> {
        if self.tail.is_none() {
            let segment = self.newest().clone();
            self.tail = Some(if self.has_files {
                Tail::resume(segment)?
            } else {
                let tail = Tail::create(segment.clone())?;
                self.dirty.created(&segment);
                self.has_files = true;
                tail
            });
        }
        Ok(self.tail.as_mut().expect("set above"))
    }

    /// Writes to the tail; for want of room or of descriptors it takes back what it wrote.
    fn or_undo<T>(
        &mut self,
        write: impl FnOnce(&mut Log) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let tail = self.tail()?;
        // What is open stays so: once a write has begun, no descriptor is wanting for the rest.
        let _open = tail.open()?;
        let before = tail.before()?;
        let written = write(self);
        if let Err(cause) = &written
            && cause.is_passing()
        {
            let undone = self.tail()?.undo(&before);
            // A reason of its own, whatever the system said: from here on the end is unknown.
            undone.map_err(|e| StorageError { source: std::io::Error::other(e.source), ..e })?;
        }
        written
    }

    fn make_room(&mut self, header: &BatchHeader, now_ms: i64) -> Result<bool, StorageError> {
        let (config, next) = (self.config, self.end);
        let full = self.tail()?.is_full_for(header, (next, now_ms), &config)?;
        if full {
            self.roll()?;
        }
        Ok(full)
    }

    /// A sidecar entry for what comes next.
    fn entry(&mut self, index: LogIndex) -> Result<RaftEntry, StorageError> {
        let (term, base_offset) = (self.epoch as u64, self.end);
        let position = self.tail()?.position();
        Ok(RaftEntry { index, term, kind: EntryKind::NoOp, base_offset, position })
    }

    /// Invariant: start <= end and flushed <= end; the newest segment begins at or before end.
    fn check(&self) {
        let (start, end, flushed) = (self.start, self.end, self.flushed);
        assert!(start <= end && flushed <= end, "start {start} flushed {flushed} end {end}");
        assert!(self.newest().base() <= end, "newest {} end {end}", self.newest().base());
    }
}

#[cfg(test)]
mod tests;
