//! The last room on the disk, which producers leave to others.
//!
//! A disk that is full to its last byte refuses consumers their commits and a start the indexes
//! that it must rebuild. So producers are refused a little earlier. The file system is not asked at
//! each append: once it has told how much there is, a part of that may be written unasked, for a
//! moment, since others write to the disk too.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::world::Disk;

/// How long an answer of the file system counts.
const ASK_AGAIN_AFTER_MS: i64 = 1_000;
/// This part of the room may be written before it is asked again.
const UNASKED: i64 = 4;

/// The room on the disk with the data folder, as producers see it.
pub struct DiskRoom {
    disk: Arc<dyn Disk>,
    data: PathBuf,
    /// Bytes that they leave free; 0 asks nobody.
    kept: i64,
    /// Bytes that may still be written unasked.
    unasked: AtomicI64,
    asked_ms: AtomicI64,
}

impl DiskRoom {
    /// Keeps so many bytes of the disk that holds the data folder free of records.
    pub fn new(disk: Arc<dyn Disk>, data: PathBuf, kept_bytes: u64) -> DiskRoom {
        let kept = i64::try_from(kept_bytes).unwrap_or(i64::MAX);
        let (unasked, asked_ms) = (AtomicI64::new(0), AtomicI64::new(i64::MIN));
        DiskRoom { disk, data, kept, unasked, asked_ms }
    }

    /// Whether a producer may write so many bytes. Asks the file system now and then.
    pub fn has(&self, bytes: usize, now_ms: i64) -> bool {
        if self.kept == 0 {
            return true;
        }
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let left = self.unasked.fetch_sub(bytes, Ordering::Relaxed).saturating_sub(bytes);
        let age_ms = now_ms.saturating_sub(self.asked_ms.load(Ordering::Relaxed));
        if left >= 0 && (0..ASK_AGAIN_AFTER_MS).contains(&age_ms) {
            return true;
        }
        self.ask(bytes, now_ms)
    }

    fn ask(&self, bytes: i64, now_ms: i64) -> bool {
        let Ok(space) = self.disk.space(&self.data) else {
            // A disk that does not even tell will say at the write what is wrong.
            return true;
        };
        let usable = i64::try_from(space.usable_bytes).unwrap_or(i64::MAX);
        let free = usable.saturating_sub(self.kept).saturating_sub(bytes);
        self.unasked.store(free.max(0) / UNASKED, Ordering::Relaxed);
        self.asked_ms.store(now_ms, Ordering::Relaxed);
        free >= 0
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::world::FakeDisk;

    #[test]
    fn what_is_kept_is_not_written_and_what_others_write_is_seen_in_time() {
        let disk = FakeDisk::with_folder(Path::new("/d"));
        disk.set_room(1_000);
        let room = DiskRoom::new(Arc::new(disk.clone()), "/d".into(), 100);
        assert!(room.has(900, 0));
        assert!(!room.has(901, 0), "nothing was written yet, and that would be too much");
        assert!(room.has(100, 0), "a smaller one finds room");
        disk.set_room(150);
        assert!(room.has(100, ASK_AGAIN_AFTER_MS - 1), "the answer still counts");
        assert!(!room.has(100, ASK_AGAIN_AFTER_MS));
        disk.set_room(1_000);
        assert!(room.has(100, ASK_AGAIN_AFTER_MS), "as soon as there is room");
        let all = DiskRoom::new(Arc::new(disk), "/d".into(), 0);
        assert!(all.has(usize::MAX, 0));
    }
}
