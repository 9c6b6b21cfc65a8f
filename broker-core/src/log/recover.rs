//! Opening a log: believing what was closed in order, checking what was not.
//!
//! Everything before the checkpoint was on disk once. If it is not there now, or
//! not as it was written, records that were acknowledged are lost, and the log
//! stays shut. Behind the checkpoint nothing was promised for certain: a torn end
//! is cut, and the report says so. Nothing is written before all is checked.
//!
//! What is kept behind the checkpoint is written anew before it is synced. When a
//! sync has failed, Linux takes the pages for clean: a later process reads them and
//! a later sync reports success, but they are not on disk.

use std::collections::{BTreeSet, HashSet};
use std::io::{self, IoSlice};
use std::path::PathBuf;
use std::sync::Arc;

use super::checkpoint::{Checkpoint, Point};
use super::epochs::{Epochs, is_temporary};
use super::error::storage;
use super::folder::{Folder, Kind, base_of};
use super::rebuild::{Before, rebuild};
use super::scan::scan;
use super::segment::Segment;
use super::sidecar::{ENTRY_BYTES, RaftEntry};
use super::walk::{SCAN_WINDOW_BYTES, Walk};
use super::{CutTail, Log, LogConfig, OpenError, Place, RecoveryReport, StorageError};
use crate::ids::LogIndex;
use crate::world::Disk;

impl Log {
    /// Opens the log in `path`, creating the folder when it is missing.
    pub fn open(
        disk: Arc<dyn Disk>,
        path: PathBuf,
        config: LogConfig,
    ) -> Result<(Log, RecoveryReport), OpenError> {
        let folder = Arc::new(Folder { disk, path });
        let names = list_or_create(&folder)?;
        let mut found = Found::read(folder, names)?;
        found.forget()?;
        let mut report = RecoveryReport { clean: found.is_clean(), ..Default::default() };
        let good = if report.clean { found.trust() } else { found.check(&mut report)? };
        let incomplete = std::mem::take(&mut found.incomplete);
        let mut log = Log::assemble(config, found, good)?;
        log.mend(good, &incomplete, &mut report)?;
        Ok((log, report))
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

    /// Makes the files agree with what was found good, and syncs what was only checked.
    fn mend(
        &mut self,
        good: Good,
        incomplete: &HashSet<i64>,
        report: &mut RecoveryReport,
    ) -> Result<(), OpenError> {
        let newest = self.newest().clone();
        if self.has_files && newest.len() > good.len {
            cut(&newest, good.len)?;
        }
        for (at, segment) in self.segments.clone().iter().enumerate() {
            let checked = at >= good.trusted && self.has_files && !report.clean;
            if !checked && !incomplete.contains(&segment.base()) {
                continue;
            }
            if checked {
                rewrite(segment, self.point)?;
            }
            let closed = !Arc::ptr_eq(segment, &newest);
            let interval = self.config.index_interval_bytes;
            let index = self.index_before(at);
            let before = Before { index, epochs: &mut self.epochs, interval, closed };
            let rebuilt = rebuild(segment, before)?;
            report.rebuilt.extend(rebuilt);
            sync_segment(segment)?;
        }
        self.settle(report.clean)
    }

    fn settle(&mut self, clean: bool) -> Result<(), OpenError> {
        self.epochs.truncate(self.end);
        self.epochs.trim(self.start);
        let used = self.epochs.last().max(self.point.map(|p| p.epoch));
        self.epoch = used.map_or(0, |last| last + 1);
        match self.point {
            Some(point) if clean => self.newest().set_largest(point.largest),
            _ if !self.has_files => {}
            _ => {
                self.last_index = self.index_before(self.segments.len());
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
            let mut walk = Walk::new(segment, 0, SCAN_WINDOW_BYTES).map_err(go)?;
            while let Some(batch) = walk.next().map_err(go)? {
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

    /// Goes through everything from the segment of the checkpoint on.
    fn check(&self, report: &mut RecoveryReport) -> Result<Good, OpenError> {
        let first = self.first_unsure()?;
        let mut good = Good { trusted: first, segments: first, len: 0, end: 0 };
        for (at, segment) in self.segments.iter().enumerate().skip(first) {
            if at > first && segment.base() != good.end {
                let why = format!("the next segment begins at {} instead", segment.base());
                self.cut_at(good, why, report)?;
                break;
            }
            let scanned = scan(segment).map_err(|e| storage("scan", e))?;
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

/// Writes the log behind the checkpoint as it is.
fn rewrite(segment: &Segment, point: Option<Point>) -> Result<(), StorageError> {
    let file = segment.file(Kind::Log).map_err(|e| storage("open", e))?;
    let mut at = point.filter(|p| p.base == segment.base()).map_or(0, |p| p.position);
    let left = usize::try_from(segment.len().saturating_sub(at)).unwrap_or(usize::MAX);
    let mut bytes = vec![0; left.min(REWRITE_BYTES)];
    while at < segment.len() {
        let part = REWRITE_BYTES.min((segment.len() - at) as usize);
        segment.read_exact(&mut bytes[..part], at).map_err(|e| storage("read", e))?;
        let written = file.write_at(&mut [IoSlice::new(&bytes[..part])], at);
        written.map_err(StorageError::of("write to", &segment.path(Kind::Log)))?;
        at += part as u64;
    }
    Ok(())
}

/// Bounds the memory; larger parts gain nothing.
const REWRITE_BYTES: usize = 1 << 20;

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
