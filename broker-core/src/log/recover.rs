//! Opening a log: believing what was closed in order, checking what was not.
//!
//! Everything before the checkpoint was on disk once. If it is not there now, or
//! not as it was written, records that were acknowledged are lost, and the log
//! stays shut. Behind the checkpoint nothing was promised for certain: a torn end
//! is cut, and the report says so. Nothing is written before all is checked.
//!
//! All this begins at the checkpoint's mark, up to which the files beside the log were synced as
//! well (see `checkpoint.rs`): what is before it is taken at its word, as after a clean end, and
//! checked by whoever reads it.
//!
//! What is kept behind the checkpoint is written anew before it is synced. When a
//! sync has failed, Linux takes the pages for clean: a later process reads them and
//! a later sync reports success, but they are not on disk.

use std::collections::HashSet;
use std::io::IoSlice;
use std::path::PathBuf;
use std::sync::Arc;

use super::checkpoint::Point;
use super::error::storage;
use super::folder::{Folder, Kind, remove_segment};
use super::found::{Found, Good, list_or_create};
use super::rebuild::{Before, rebuild};
use super::segment::Segment;
use super::sidecar::{ENTRY_BYTES, RaftEntry};
use super::walk::{SCAN_WINDOW_BYTES, Walk};
use super::{Log, LogConfig, OpenError, Place, RecoveryReport, StorageError};
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
        let Found { folder, mut segments, checkpoint, point, epochs, mark, .. } = found;
        for gone in segments.drain(good.segments..) {
            remove_segment(&folder, gone.base())?;
        }
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
            mark: point.and_then(|p| Some((p.base, mark?))),
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
            let mark = self.mark.filter(|(base, _)| *base == segment.base()).map(|(_, mark)| mark);
            let before = Before { index, epochs: &mut self.epochs, interval, closed, mark };
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
                let marked = self.mark.map_or(LogIndex(0), |(_, mark)| mark.index);
                self.last_index = self.index_before(self.segments.len()).max(marked);
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
