//! What a round of flushes must sync before anything written so far counts as on disk.

use std::sync::Arc;

use super::checkpoint::Point;
use super::epochs::Epochs;
use super::error::{SegmentError, StorageError, is_passing, storage};
use super::folder::{Folder, Kind};
use super::handles::Handle;
use super::segment::Segment;
use super::{Log, Place};

/// What was written since the last round began.
#[derive(Default)]
pub(crate) struct Dirty {
    segments: Vec<DirtySegment>,
    /// There is a new file.
    names: bool,
    epochs: bool,
}

struct DirtySegment {
    segment: Arc<Segment>,
    /// Kept open until they are synced: a descriptor that was there when a write failed is told so,
    /// and a round needs no new one.
    files: Vec<(Kind, Handle)>,
    /// From now on the files beside its log are taken at their word, and so they are synced too.
    closed: bool,
}

impl Dirty {
    pub fn log(&mut self, segment: &Arc<Segment>) {
        self.segment(segment);
    }

    pub fn closed(&mut self, segment: &Arc<Segment>) {
        let dirty = self.segment(segment);
        dirty.closed = true;
        // Where that fails, the round says so.
        let _ = dirty.hold();
    }

    pub fn created(&mut self, segment: &Arc<Segment>) {
        self.segment(segment);
        self.names = true;
    }

    pub fn epochs(&mut self) {
        self.epochs = true;
    }

    /// Whether the name of a new file may not be on disk.
    pub fn has_names(&self) -> bool {
        self.names
    }

    pub fn holds(&self, segment: &Arc<Segment>) -> bool {
        self.segments.iter().any(|dirty| Arc::ptr_eq(&dirty.segment, segment))
    }

    /// What a round could not do is still to be done.
    fn join(&mut self, undone: Dirty) {
        for DirtySegment { segment, files, closed } in undone.segments {
            let dirty = self.segment(&segment);
            dirty.closed |= closed;
            // These were open already when the round began.
            dirty.files = files;
            let _ = dirty.hold();
        }
        self.names |= undone.names;
        self.epochs |= undone.epochs;
    }

    /// These are out of the log.
    pub fn forget(&mut self, gone: &[Arc<Segment>]) {
        self.segments.retain(|d| !gone.iter().any(|gone| Arc::ptr_eq(gone, &d.segment)));
    }

    fn segment(&mut self, segment: &Arc<Segment>) -> &mut DirtySegment {
        // Nearly always the last of one or two.
        let known = self.segments.iter().rposition(|d| Arc::ptr_eq(&d.segment, segment));
        let at = known.unwrap_or_else(|| {
            let (segment, files) = (segment.clone(), Vec::new());
            let mut dirty = DirtySegment { segment, files, closed: false };
            let _ = dirty.hold();
            self.segments.push(dirty);
            self.segments.len() - 1
        });
        &mut self.segments[at]
    }
}

impl DirtySegment {
    /// Opens all that must be synced.
    fn hold(&mut self) -> Result<(), SegmentError> {
        let wanted = if self.closed { &Kind::ALL[..] } else { &[Kind::Log] };
        for &kind in wanted {
            if self.files.iter().all(|(held, _)| *held != kind) {
                self.files.push((kind, self.segment.file(kind)?));
            }
        }
        Ok(())
    }
}

/// A round: everything it needs, so that it can be performed without holding the log.
pub(crate) struct Round {
    folder: Arc<Folder>,
    dirty: Dirty,
    epochs: Option<Epochs>,
    point: Point,
}

impl Round {
    /// Blocks until all is on disk. An error leaves unknown what is, unless it is for want of a
    /// descriptor: then the round may be put back and performed anew. On a full disk the epochs
    /// are left for later: until then a start learns them from the log.
    pub fn perform(&mut self) -> Result<(), StorageError> {
        for DirtySegment { segment, files, .. } in &self.dirty.segments {
            for (kind, file) in files {
                file.sync().map_err(StorageError::of("sync", &segment.path(*kind)))?;
            }
        }
        let path = &self.folder.path;
        if let Some(epochs) = self.epochs.take() {
            match epochs.write(&self.folder) {
                Ok(()) => {}
                Err(e) if is_passing(&e) => self.epochs = Some(epochs),
                Err(e) => return Err(StorageError::of("write the epochs of", path)(e)),
            }
        }
        if self.dirty.names { self.folder.sync_names() } else { Ok(()) }
    }
}

impl Log {
    /// What must be synced for all that was appended so far; none when all is on disk. After an
    /// error that is still to be done.
    pub(crate) fn begin_round(&mut self) -> Result<Option<Round>, StorageError> {
        let dirty = &mut self.dirty;
        if dirty.segments.is_empty() && !dirty.names && !dirty.epochs {
            return Ok(None);
        }
        for segment in &mut dirty.segments {
            segment.hold().map_err(|e| storage("open", e))?;
        }
        let dirty = std::mem::take(dirty);
        Ok(Some(Round {
            folder: self.folder.clone(),
            epochs: dirty.epochs.then(|| self.epochs.clone()),
            dirty,
            point: self.point_here(),
        }))
    }

    /// The round was not performed for want of a descriptor: the next one does its work too.
    pub(crate) fn put_back(&mut self, round: Round) {
        self.dirty.join(round.dirty);
    }

    /// The round was performed: what it covered is on disk. Whoever owns the log sees to it that
    /// rounds, the end and truncation do not overlap.
    pub(crate) fn end_round(&mut self, round: &Round) -> Result<(), StorageError> {
        self.flushed = round.point.end;
        self.flushed_at = Place { base: round.point.base, position: round.point.position };
        let point = Point { start: self.start, ..round.point };
        self.point = Some(point);
        if round.epochs.is_some() {
            self.dirty.epochs();
        }
        self.check();
        match self.checkpoint.write(&self.folder, &point) {
            // One that is older is true as well.
            Err(e) if is_passing(&e) => Ok(()),
            written => {
                let failed = StorageError::of("write the checkpoint of", &self.folder.path);
                written.map(drop).map_err(failed)
            }
        }
    }

    /// Whether a close would have nothing to do.
    pub fn is_closed(&self) -> bool {
        // Whatever is written needs the tail.
        let untouched = self.tail.is_none() && self.point.is_some_and(|p| p.clean.is_some());
        !self.has_files || untouched
    }

    /// Syncs what was appended; the files beside it are left to [`Log::sync_beside`], or to a sync
    /// of the whole file system, before [`Log::mark_clean`].
    pub fn finish(&mut self) -> Result<(), StorageError> {
        if let Some(mut round) = self.begin_round()? {
            round.perform()?;
            self.end_round(&round)?;
            if round.epochs.is_some() {
                let (act, file) = ("write the epochs of", self.folder.path.clone());
                let source = std::io::ErrorKind::StorageFull.into();
                return Err(StorageError { act, file, source });
            }
        }
        Ok(())
    }

    /// Syncs the newest segment's indexes and sidecar.
    pub fn sync_beside(&self) -> Result<(), StorageError> {
        [Kind::Index, Kind::Times, Kind::Raft].iter().try_for_each(|kind| self.newest().sync(*kind))
    }

    /// Marks that the log ends here in order: all its files are on disk. The mark itself need not
    /// be; without it the next start only checks more.
    pub fn mark_clean(&mut self) -> Result<(), StorageError> {
        let mut lengths = [0; 3];
        for (len, kind) in lengths.iter_mut().zip([Kind::Index, Kind::Times, Kind::Raft]) {
            let bytes = self.newest().file_len(kind).map_err(|e| storage("measure", e))?;
            *len = u32::try_from(bytes).expect("an index is shorter than its segment");
        }
        let point = Point { clean: Some(lengths), ..self.point_here() };
        let written = self.checkpoint.write(&self.folder, &point);
        written.map_err(StorageError::of("write the checkpoint of", &self.folder.path))?;
        self.point = Some(point);
        self.tail = None;
        Ok(())
    }

    /// Writes a point durably.
    pub(super) fn write_point(&mut self, point: Point) -> Result<(), StorageError> {
        let written = self.checkpoint.write_durably(&self.folder, &point);
        written.map_err(StorageError::of("write the checkpoint of", &self.folder.path))?;
        self.point = Some(point);
        Ok(())
    }

    /// The log's end as a point.
    pub(super) fn point_here(&self) -> Point {
        let newest = self.newest();
        Point {
            base: newest.base(),
            position: newest.len(),
            end: self.end,
            start: self.start,
            index: self.last_index,
            largest: newest.largest_known(),
            epoch: self.epochs.last().unwrap_or(-1),
            clean: None,
        }
    }
}
