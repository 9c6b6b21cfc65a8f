//! Retention: which segments may go, and letting them go.

use std::sync::Arc;

use super::config::LogConfig;
use super::error::StorageError;
use super::folder::Folder;
use super::handles::Handle;
use super::recover::remove_segment;
use super::segment::Segment;
use super::{Log, Point};

/// What retention must know of a segment.
#[derive(Debug, Clone, Copy)]
struct Facts {
    /// The offset behind its last record.
    end: i64,
    bytes: u64,
    /// When its latest record was made.
    latest_ms: i64,
}

/// When and how far segments may go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub now_ms: i64,
    /// Records from here on may still be on their way to consumers or followers.
    pub high_watermark: i64,
}

/// Segments that are out of the log, though their files are still there, and the start behind
/// them.
pub(crate) struct Trimmed {
    pub segments: Vec<Arc<Segment>>,
    pub start: NewStart,
}

/// A start that was written and may not be on disk yet. Until it is, a power cut brings the old
/// one back.
pub(crate) struct NewStart {
    folder: Arc<Folder>,
    file: Handle,
}

impl NewStart {
    /// Makes it survive a power cut. Needs no lock: later rounds write starts that are no lower.
    pub fn sync(&self) -> Result<(), StorageError> {
        let path = &self.folder.path;
        let synced = self.file.sync().and_then(|()| self.folder.disk.sync_dir(path));
        synced.map_err(StorageError::of("write the start of", path))
    }
}

impl Log {
    /// Whether all that there is may go. Then the log must be rolled first, and the empty segment
    /// must be on disk: the end of a log outlives its last records in the name of a file.
    pub(crate) fn is_all_expired(&self, bounds: Bounds) -> bool {
        self.newest().len() > 0 && self.expired(bounds) == self.segments.len()
    }

    /// Takes segments that retention no longer keeps out of the log, but never the newest. Their
    /// files may go once the new start is on disk: whichever of the files a power cut brings back
    /// then, the log does not begin with them again. For want of a descriptor nothing is changed.
    pub(crate) fn trim(&mut self, bounds: Bounds) -> Result<Option<Trimmed>, StorageError> {
        let gone = self.expired(bounds).min(self.segments.len() - 1);
        if gone == 0 {
            return Ok(None);
        }
        let _open = self.open_checkpoint()?;
        let segments: Vec<_> = Arc::make_mut(&mut self.segments).drain(..gone).collect();
        self.dirty.forget(&segments);
        let start = self.move_start(self.start.max(self.segments[0].base()))?;
        Ok(Some(Trimmed { segments, start }))
    }

    /// Moves the start up, if `offset` is higher. What was flushed must reach it. For want of a
    /// descriptor nothing is changed.
    pub(crate) fn advance_start(&mut self, offset: i64) -> Result<Option<NewStart>, StorageError> {
        assert!(offset <= self.flushed, "start {offset} flushed {}", self.flushed);
        if offset <= self.start {
            return Ok(None);
        }
        let _open = self.open_checkpoint()?;
        self.move_start(offset).map(Some)
    }

    fn open_checkpoint(&self) -> Result<Handle, StorageError> {
        let failed = StorageError::of("write the start of", &self.folder.path);
        self.checkpoint.open(&self.folder).map_err(failed)
    }

    fn move_start(&mut self, start: i64) -> Result<NewStart, StorageError> {
        self.start = start;
        self.epochs.trim(start);
        self.check();
        let point = Point { start, ..self.point.unwrap_or_else(|| self.point_here()) };
        let written = self.checkpoint.write_both(&self.folder, &point);
        let file = written.map_err(StorageError::of("write the start of", &self.folder.path))?;
        self.point = Some(point);
        Ok(NewStart { folder: self.folder.clone(), file })
    }

    fn expired(&self, bounds: Bounds) -> usize {
        let high_watermark = bounds.high_watermark.min(self.flushed);
        let bounds = Bounds { high_watermark, ..bounds };
        let empty = usize::from(self.newest().len() == 0);
        let there = self.segments.len() - empty;
        expired(&self.facts(), self.start, &self.config, bounds).min(there)
    }

    fn facts(&self) -> Vec<Facts> {
        let ends = self.segments.iter().skip(1).map(|next| next.base()).chain([self.end]);
        let facts = |(segment, end): (&Arc<Segment>, i64)| Facts {
            end,
            bytes: segment.len(),
            latest_ms: latest_ms(segment),
        };
        self.segments.iter().zip(ends).map(facts).collect()
    }
}

/// Removes the files of a segment that is in no log any more.
pub(crate) fn remove(segment: &Segment) -> Result<(), StorageError> {
    remove_segment(segment.folder(), segment.base())
}

/// When a segment's latest record was made; without any time, when the file was written. What
/// cannot be told never makes a segment old.
fn latest_ms(segment: &Segment) -> i64 {
    match segment.largest() {
        Ok(Some(largest)) => largest.timestamp,
        Ok(None) if segment.len() > 0 => segment.modified_ms().unwrap_or(i64::MAX),
        _ => i64::MAX,
    }
}

/// How many of the oldest segments may go, by any of the rules.
fn expired(segments: &[Facts], start: i64, config: &LogConfig, bounds: Bounds) -> usize {
    let total: u64 = segments.iter().map(|s| s.bytes).sum();
    let deletes = config.cleanup.deletes();
    let age_max = config.retention_ms.filter(|_| deletes).unwrap_or(i64::MAX);
    let keep = config.retention_bytes.filter(|_| deletes).unwrap_or(u64::MAX);
    let below_start = prefix(segments, |s| s.end <= start);
    let too_old = prefix(segments, |s| bounds.now_ms.saturating_sub(s.latest_ms) > age_max);
    let mut left = total;
    let too_many = prefix(segments, |s| {
        left -= s.bytes;
        left >= keep
    });
    let allowed = prefix(segments, |s| s.end <= bounds.high_watermark);
    below_start.max(too_old).max(too_many).min(allowed)
}

fn prefix(segments: &[Facts], mut holds: impl FnMut(&Facts) -> bool) -> usize {
    segments.iter().take_while(|s| holds(s)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Cleanup;

    /// Three segments of ten records and a hundred bytes, made at 1000, 2000 and 3000.
    const SEGMENTS: [Facts; 3] = [
        Facts { end: 10, bytes: 100, latest_ms: 1000 },
        Facts { end: 20, bytes: 100, latest_ms: 2000 },
        Facts { end: 30, bytes: 100, latest_ms: 3000 },
    ];

    fn gone(start: i64, config: LogConfig, now_ms: i64, high_watermark: i64) -> usize {
        expired(&SEGMENTS, start, &config, Bounds { now_ms, high_watermark })
    }

    fn keeping(retention_ms: Option<i64>, retention_bytes: Option<u64>) -> LogConfig {
        LogConfig { retention_ms, retention_bytes, ..LogConfig::default() }
    }

    #[test]
    fn age_counts_from_the_latest_record_of_a_segment() {
        assert_eq!(gone(0, keeping(Some(500), None), 1500, 30), 0, "just old enough");
        assert_eq!(gone(0, keeping(Some(500), None), 1501, 30), 1);
        assert_eq!(gone(0, keeping(Some(500), None), 9999, 30), 3, "the newest one too");
        assert_eq!(gone(0, keeping(None, None), i64::MAX, 30), 0);
    }

    #[test]
    fn size_removes_a_segment_only_when_enough_is_left() {
        assert_eq!(gone(0, keeping(None, Some(200)), 0, 30), 1);
        assert_eq!(gone(0, keeping(None, Some(201)), 0, 30), 0);
        assert_eq!(gone(0, keeping(None, Some(0)), 0, 30), 3);
    }

    #[test]
    fn what_lies_before_the_start_goes_and_what_is_behind_the_high_watermark_stays() {
        assert_eq!(gone(19, keeping(None, None), 0, 30), 1);
        assert_eq!(gone(20, keeping(None, None), 0, 30), 2);
        assert_eq!(gone(0, keeping(Some(1), None), 9999, 19), 1);
    }

    #[test]
    fn a_compacted_log_keeps_what_is_old() {
        let config = LogConfig { cleanup: Cleanup::Compact, ..keeping(Some(1), Some(1)) };
        assert_eq!(gone(0, config, i64::MAX, 30), 0);
        assert_eq!(gone(10, config, i64::MAX, 30), 1, "but not what was deleted");
    }
}
