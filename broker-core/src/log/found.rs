//! What lies in a log's folder when it is opened, and how much of it is good. Changes nothing but
//! what an interrupted write or removal left.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::checkpoint::{Checkpoint, Mark, Point};
use super::epochs::{Epochs, is_temporary};
use super::error::storage;
use super::folder::{Folder, Kind, base_of, remove_segment};
use super::scan::scan;
use super::segment::Segment;
use super::{CutTail, OpenError, RecoveryReport, StorageError};

/// What lies in the folder.
pub(super) struct Found {
    pub folder: Arc<Folder>,
    pub segments: Vec<Arc<Segment>>,
    pub checkpoint: Checkpoint,
    pub point: Option<Point>,
    /// Segments of which a file beside the log is missing.
    pub incomplete: HashSet<i64>,
    /// Which epoch began where, if that was written down.
    pub epochs: Option<Epochs>,
    /// The checkpoint's mark, if all that it speaks of is there.
    pub mark: Option<Mark>,
}

/// What of it is good.
#[derive(Clone, Copy)]
pub(super) struct Good {
    /// The first segments that were taken at their word.
    pub trusted: usize,
    /// All that stay.
    pub segments: usize,
    /// The bytes of the last of them that stay.
    pub len: u64,
    /// The offset behind them.
    pub end: i64,
}

impl Found {
    pub fn read(folder: Arc<Folder>, names: Vec<String>) -> Result<Found, StorageError> {
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
        let epochs = Epochs::read(&folder).map_err(StorageError::of("read", &folder.path))?;
        let mark = None;
        let found = Found { folder, segments, checkpoint, point, incomplete, epochs, mark };
        Ok(Found { mark: found.usable_mark(), ..found })
    }

    fn usable_mark(&self) -> Option<Mark> {
        let (point, _) = (self.point?, self.epochs.as_ref()?);
        let mark = point.mark?;
        let at = self.segments.binary_search_by_key(&point.base, |s| s.base()).ok()?;
        let segment = &self.segments[at];
        let kinds = [Kind::Index, Kind::Times, Kind::Raft].into_iter();
        let reaches = |(kind, len)| segment.file_len(kind).is_ok_and(|l| l >= u64::from(len));
        let all_reach = kinds.zip(mark.lengths).all(reaches);
        (all_reach && segment.len() >= mark.position).then_some(mark)
    }

    /// Removes segments that end before the start: retention had done so, but not durably. Also
    /// segments that were begun behind others of which a power cut left nothing.
    pub fn forget(&mut self) -> Result<(), StorageError> {
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

    pub fn is_clean(&self) -> bool {
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

    pub fn trust(&self) -> Good {
        let segments = self.segments.len();
        let end = self.point.map_or(0, |point| point.end);
        Good { trusted: segments, segments, len: self.len_of_newest(), end }
    }

    fn len_of_newest(&self) -> u64 {
        self.segments.last().map_or(0, |newest| newest.len())
    }

    /// Goes through everything from the checkpoint's mark on, or from its segment.
    pub fn check(&self, report: &mut RecoveryReport) -> Result<Good, OpenError> {
        let first = self.first_unsure()?;
        let mut good = Good { trusted: first, segments: first, len: 0, end: 0 };
        for (at, segment) in self.segments.iter().enumerate().skip(first) {
            if at > first && segment.base() != good.end {
                let why = format!("the next segment begins at {} instead", segment.base());
                self.cut_at(good, why, report)?;
                break;
            }
            let from = match self.mark.filter(|_| at == first) {
                Some(mark) => (mark.position, mark.end),
                None => (0, segment.base()),
            };
            let scanned = scan(segment, from).map_err(|e| storage("scan", e))?;
            report.bytes_scanned += segment.len() - from.0;
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

pub(super) fn list_or_create(folder: &Folder) -> Result<Vec<String>, StorageError> {
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
