//! Opening a log: believing what was closed in order, checking what was not.
//!
//! Everything before the checkpoint was on disk once. If it is not there now, or
//! not as it was written, records that were acknowledged are lost, and the log
//! stays shut. Behind the checkpoint nothing was promised for certain: a torn end
//! is cut, and the report says so. Nothing is written before all that was promised is checked.
//!
//! What is kept behind the checkpoint is written anew before it is synced. When a
//! sync has failed, Linux takes the pages for clean: a later process reads them and
//! a later sync reports success, but they are not on disk.
//!
//! All that needs the bytes takes part in one scan: the check, the writing anew, and by its notes
//! (`notes.rs`) the files beside the log and, above, the producers. Nothing is read twice.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::checkpoint::{Checkpoint, Point};
use super::epochs::{Epochs, is_temporary};
use super::error::storage;
use super::folder::{Folder, Kind, base_of};
use super::notes::{Batches, Notes, Seen};
use super::rebuild::{Before, rebuild};
use super::scan::scan;
use super::segment::Segment;
use super::sidecar::{ENTRY_BYTES, RaftEntry};
use super::{CutTail, Log, LogConfig, OpenError, Opened, Place, RecoveryReport, StorageError};
use crate::ids::LogIndex;
use crate::world::Disk;

impl Log {
    /// Opens the log in `path`, creating the folder when it is missing.
    pub fn open(
        disk: Arc<dyn Disk>,
        path: PathBuf,
        config: LogConfig,
    ) -> Result<Opened, OpenError> {
        let folder = Arc::new(Folder { disk, path });
        let names = list_or_create(&folder)?;
        let mut found = Found::read(folder, names)?;
        found.forget()?;
        let mut report = RecoveryReport { clean: found.is_clean(), ..Default::default() };
        let mut seen = Seen::default();
        let good = match report.clean {
            true => found.trust(),
            false => found.check(&mut seen, &mut report)?,
        };
        let incomplete = std::mem::take(&mut found.incomplete);
        let mut log = Log::assemble(config, found, good)?;
        let last = log.mend(good, &incomplete, &seen, &mut report)?;
        log.settle(last, report.clean)?;
        Ok(Opened { log, report, seen })
    }

    fn assemble(config: LogConfig, found: Found, good: Good) -> Result<Log, OpenError> {
        let Found { folder, mut segments, checkpoint, point, .. } = found;
        for gone in segments.drain(good.segments..) {
            remove_segment(&folder, gone.base())?;
        }
        let epochs = Epochs::read(&folder).map_err(StorageError::of("read", &folder.path))?;
        let known = epochs.is_some();
        let (has_files, mut log) = (!segments.is_empty(), Log::empty(folder, config));
        if has_files {
            log.segments = Arc::new(segments);
        }
        let oldest = log.segments[0].base();
        let mut log = Log {
            has_files,
            start: point.map_or(oldest, |p| p.start.max(oldest)).min(good.end),
            end: good.end,
            flushed: good.end,
            flushed_at: Place { base: oldest, position: 0 },
            last_index: point.map_or(LogIndex(0), |p| p.index),
            epochs: epochs.unwrap_or_default(),
            checkpoint,
            point,
            ..log
        };
        if !known {
            log.learn_epochs(good.trusted)?;
        }
        Ok(log)
    }

    /// Makes the files agree with what was found good, and syncs what was only checked. Returns
    /// the last Raft entry, if the newest segment was gone through.
    fn mend(
        &mut self,
        good: Good,
        incomplete: &HashSet<i64>,
        seen: &Seen,
        report: &mut RecoveryReport,
    ) -> Result<Option<LogIndex>, OpenError> {
        let newest = self.newest().clone();
        if self.has_files && newest.len() > good.len {
            cut(&newest, good.len)?;
        }
        let mut last = None;
        for (at, segment) in self.segments.clone().iter().enumerate() {
            let checked = at >= good.trusted && self.has_files && !report.clean;
            if !checked && !incomplete.contains(&segment.base()) {
                last = None;
                continue;
            }
            let closed = !Arc::ptr_eq(segment, &newest);
            let interval = self.config.index_interval_bytes;
            let index = last.unwrap_or_else(|| self.index_before(at));
            let before = Before { index, epochs: &mut self.epochs, interval, closed };
            let rebuilt = rebuild(segment, seen.batches(segment), before)?;
            last = Some(rebuilt.last);
            report.rebuilt.extend(rebuilt.changed);
            sync_segment(segment)?;
        }
        Ok(last)
    }

    fn settle(&mut self, last: Option<LogIndex>, clean: bool) -> Result<(), OpenError> {
        self.epochs.truncate(self.end);
        self.epochs.trim(self.start);
        let used = self.epochs.last().max(self.point.map(|p| p.epoch));
        self.epoch = used.map_or(0, |last| last + 1);
        match self.point {
            Some(point) if clean => self.newest().set_largest(point.largest),
            _ if !self.has_files => {}
            _ => {
                let last = last.unwrap_or_else(|| self.index_before(self.segments.len()));
                self.last_index = last;
                self.folder.sync_names()?;
                let point = Point { epoch: used.unwrap_or(-1), ..self.point_here() };
                match self.write_point(point) {
                    // The next start checks once more what this one has checked.
                    Err(e) if e.is_passing() => self.point = Some(point),
                    written => written?,
                }
            }
        }
        self.flushed_at = self.end_at();
        self.check();
        Ok(())
    }

    /// The epochs of segments that nothing else goes through.
    fn learn_epochs(&mut self, trusted: usize) -> Result<(), StorageError> {
        for segment in self.segments.iter().take(trusted) {
            let go = |e| storage("go through", e);
            let mut batches = Batches::read(segment);
            while let Some(batch) = batches.next().map_err(go)? {
                self.epochs.note(batch.header.leader_epoch, batch.header.base_offset);
            }
        }
        Ok(())
    }

    /// The last Raft entry before this segment, as far as the sidecars tell.
    fn index_before(&self, segment: usize) -> LogIndex {
        let last = |segment: &Arc<Segment>| {
            let file = segment.file(Kind::Raft).ok()?;
            let at = (file.len().ok()? / ENTRY_BYTES as u64).checked_sub(1)?;
            let mut bytes = [0; ENTRY_BYTES];
            file.read_at(&mut bytes, at * ENTRY_BYTES as u64).ok()?;
            RaftEntry::parse(&bytes)
        };
        let before = self.segments[..segment].iter().rev().find_map(last);
        before.map_or(LogIndex(0), |entry| entry.index)
    }
}

/// What lies in the folder.
struct Found {
    folder: Arc<Folder>,
    segments: Vec<Arc<Segment>>,
    checkpoint: Checkpoint,
    point: Option<Point>,
    /// Segments of which a file beside the log is missing.
    incomplete: HashSet<i64>,
}

/// What of it is good.
#[derive(Clone, Copy)]
struct Good {
    /// The first segments that were taken at their word.
    trusted: usize,
    /// All that stay.
    segments: usize,
    /// The bytes of the last of them that stay.
    len: u64,
    /// The offset behind them.
    end: i64,
}

impl Found {
    fn read(folder: Arc<Folder>, names: Vec<String>) -> Result<Found, StorageError> {
        let mut bases: Vec<i64> = names.iter().filter_map(|name| base_of(name, "log")).collect();
        bases.sort_unstable();
        let incomplete = tidy(&folder, names, &bases)?;
        let failed = StorageError::of("read the checkpoint of", &folder.path);
        let (checkpoint, point) = Checkpoint::read(&folder).map_err(failed)?;
        let mut segments = Vec::with_capacity(bases.len());
        for base in bases {
            let path = folder.segment_file(base, Kind::Log);
            let meta = folder.disk.meta(&path).map_err(StorageError::of("look at", &path))?;
            segments.push(Arc::new(Segment::existing(folder.clone(), base, meta.len)));
        }
        Ok(Found { folder, segments, checkpoint, point, incomplete })
    }

    /// Removes segments that end before the start: retention had done so, but not durably. Also
    /// segments that were begun behind others of which a power cut left nothing.
    fn forget(&mut self) -> Result<(), StorageError> {
        let start = self.point.map_or(0, |point| point.start);
        let ends_before = self.segments.partition_point(|segment| segment.base() <= start);
        let is_baseless = |first: &Arc<Segment>| self.point.is_none() && first.base() > 0;
        let baseless = self.segments.first().is_some_and(is_baseless)
            && self.segments.iter().all(|segment| segment.len() == 0);
        let gone = match baseless {
            true => self.segments.len(),
            false => ends_before.saturating_sub(1),
        };
        for gone in self.segments.drain(..gone) {
            remove_segment(&self.folder, gone.base())?;
        }
        Ok(())
    }

    fn is_clean(&self) -> bool {
        match (&self.point, self.segments.last()) {
            (Some(point), Some(newest)) => {
                let same = newest.base() == point.base && newest.len() == point.position;
                same && point.clean.is_some_and(|lengths| has_lengths(newest, lengths))
            }
            (None, None) => true,
            (Some(point), None) => point.end == 0,
            (None, Some(_)) => false,
        }
    }

    fn trust(&self) -> Good {
        let segments = self.segments.len();
        let end = self.point.map_or(0, |point| point.end);
        Good { trusted: segments, segments, len: self.len_of_newest(), end }
    }

    fn len_of_newest(&self) -> u64 {
        self.segments.last().map_or(0, |newest| newest.len())
    }

    /// Goes through everything from the segment of the checkpoint on. What is good behind the
    /// checkpoint is written anew as soon as all before it was found good too.
    fn check(&self, seen: &mut Seen, report: &mut RecoveryReport) -> Result<Good, OpenError> {
        let first = self.first_unsure()?;
        let flushed = self.point.map_or(0, |point| point.end);
        let mut good = Good { trusted: first, segments: first, len: 0, end: 0 };
        for (at, segment) in self.segments.iter().enumerate().skip(first) {
            if at > first && segment.base() != good.end {
                let why = format!("the next segment begins at {} instead", segment.base());
                self.cut_at(good, why, report)?;
                break;
            }
            let scanned = scan(segment, flushed, Notes::new(segment.base(), seen.room()))?;
            seen.add(scanned.notes);
            report.bytes_scanned += segment.len();
            good = Good { segments: at + 1, len: scanned.good, end: scanned.end, ..good };
            if let Some(why) = scanned.bad {
                self.cut_at(good, why, report)?;
                break;
            }
        }
        match self.point {
            Some(point) if good.end < point.end => {
                Err(self.damaged(good, format!("the log ends at offset {}", good.end)))
            }
            _ => Ok(good),
        }
    }

    /// The segment of the checkpoint; all before it is closed and was synced.
    fn first_unsure(&self) -> Result<usize, OpenError> {
        let Some(point) = self.point else { return Ok(0) };
        match self.segments.binary_search_by_key(&point.base, |s| s.base()) {
            Ok(at) => Ok(at),
            // Nothing before the end is wanted any more, and so its segment may be gone.
            Err(at) if point.start >= point.end => Ok(at.min(self.segments.len())),
            Err(_) => Err(OpenError::Damaged {
                file: self.checkpoint_segment(point),
                position: 0,
                why: "the file is missing".to_owned(),
                flushed: point.end,
            }),
        }
    }

    fn checkpoint_segment(&self, point: Point) -> PathBuf {
        self.folder.segment_file(point.base, Kind::Log)
    }

    /// The log ends at `good` because of `why`: fine if nothing that was flushed lies behind.
    fn cut_at(
        &self,
        good: Good,
        why: String,
        report: &mut RecoveryReport,
    ) -> Result<(), OpenError> {
        if self.point.is_some_and(|point| good.end < point.end) {
            return Err(self.damaged(good, why));
        }
        let last = &self.segments[good.segments - 1];
        let later: u64 = self.segments[good.segments..].iter().map(|s| s.len()).sum();
        let bytes = last.len() - good.len + later;
        let file = last.path(Kind::Log);
        report.cut = Some(CutTail { file, position: good.len, bytes, why });
        Ok(())
    }

    fn damaged(&self, good: Good, why: String) -> OpenError {
        let file = match good.segments.checked_sub(1) {
            Some(last) => self.segments[last].path(Kind::Log),
            None => self.point.map_or_else(PathBuf::new, |p| self.checkpoint_segment(p)),
        };
        let flushed = self.point.map_or(0, |point| point.end);
        OpenError::Damaged { file, position: good.len, why, flushed }
    }
}

fn list_or_create(folder: &Folder) -> Result<Vec<String>, StorageError> {
    let path = &folder.path;
    match folder.disk.list(path) {
        Ok(names) => Ok(names),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            folder.disk.create_dir(path).map_err(StorageError::of("create", path))?;
            Ok(Vec::new())
        }
        Err(source) => Err(StorageError { act: "list", file: path.clone(), source }),
    }
}

/// Removes what an interrupted write or removal left, and finds segments that lack a file.
fn tidy(folder: &Folder, names: Vec<String>, bases: &[i64]) -> Result<HashSet<i64>, StorageError> {
    let beside = [Kind::Index, Kind::Times, Kind::Raft];
    let names: BTreeSet<String> = names.into_iter().collect();
    for name in &names {
        let base = beside.iter().find_map(|kind| base_of(name, kind.extension()));
        let orphan = base.is_some_and(|base| bases.binary_search(&base).is_err());
        if orphan || is_temporary(name) {
            let path = folder.path.join(name);
            folder.disk.remove_file(&path).map_err(StorageError::of("remove", &path))?;
        }
    }
    let lacks = |base: &&i64| {
        beside.iter().any(|kind| !names.contains(&format!("{base:020}.{}", kind.extension())))
    };
    Ok(bases.iter().filter(lacks).copied().collect())
}

/// Whether the files beside the log are there, as long as they were at a clean close.
fn has_lengths(segment: &Segment, lengths: [u32; 3]) -> bool {
    let kinds = [Kind::Index, Kind::Times, Kind::Raft].into_iter();
    kinds.zip(lengths).all(|(kind, len)| segment.file_len(kind).is_ok_and(|l| l == u64::from(len)))
}

pub(super) fn cut(segment: &Segment, len: u64) -> Result<(), StorageError> {
    let file = segment.file(Kind::Log).map_err(|e| storage("open", e))?;
    file.truncate(len).map_err(StorageError::of("cut", &segment.path(Kind::Log)))?;
    segment.set_len(len);
    Ok(())
}

pub(super) fn sync_segment(segment: &Segment) -> Result<(), StorageError> {
    for kind in Kind::ALL {
        segment.sync(kind)?;
    }
    Ok(())
}

/// Removes a segment's files, the log first: without it the others are orphans.
pub(super) fn remove_segment(folder: &Folder, base: i64) -> Result<(), StorageError> {
    for kind in Kind::ALL {
        let path = folder.segment_file(base, kind);
        match folder.disk.remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                return Err(StorageError { act: "remove", file: path, source: e });
            }
            _ => {}
        }
    }
    Ok(())
}
