//! Retention, deletion of records, and the end of a partition.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tracing::{info, warn};
use uuid::Uuid;

use super::error::DeleteError;
use super::shared::{Shared, State, Writer};
use super::{PartitionEnv, PartitionHandle, Retained, snapshot};
use crate::log::{self, Bounds, Segment, StorageError};
use crate::world::World;

/// What the folder of a deleted partition is called while it is being removed; no partition is
/// called so, since a partition's name ends in its number.
const DELETED: &str = "-delete";

impl Shared {
    pub fn retain(&self, now_ms: i64) -> Result<Retained, StorageError> {
        let gone = self.trim(now_ms)?;
        let mut retained = Retained::default();
        for segment in &gone {
            log::remove(segment)?;
            retained.segments_removed += 1;
            retained.bytes_removed += segment.len();
        }
        if retained.segments_removed > 0 {
            let Retained { segments_removed: segments, bytes_removed: bytes } = retained;
            info!(
                partition = %self.name, segments, bytes,
                "retention removed {segments} segments of `{}`", self.name
            );
        }
        Ok(retained)
    }

    /// Takes out what may go, so that readers stop to look there before the files are removed.
    fn trim(&self, now_ms: i64) -> Result<Vec<Arc<Segment>>, StorageError> {
        let _alone = self.flushing.lock();
        let mut writer = self.writer.lock();
        if writer.state != State::Open {
            return Ok(Vec::new());
        }
        let expiration_ms = writer.log.config().producer_expiration_ms;
        writer.producers.expire(now_ms, expiration_ms);
        let high_watermark = self.offsets().high_watermark;
        let trimmed = writer.log.trim(Bounds { now_ms, high_watermark });
        if let Err(cause) = &trimmed {
            self.stop(&mut writer, cause);
        }
        let is_emptied = writer.log.start() == writer.log.end();
        if is_emptied && trimmed.as_ref().is_ok_and(|gone| !gone.is_empty()) {
            self.save_producers_for_good(&writer);
        }
        self.publish(&writer);
        writer.log.rest();
        trimmed
    }

    /// The log no longer tells what its producers sent last.
    fn save_producers_for_good(&self, writer: &Writer) {
        let (disk, folder, end) = (&*self.world.disk, writer.log.path(), writer.log.end());
        if let Err(cause) = snapshot::save_for_good(disk, folder, &writer.producers, end) {
            warn!(partition = %self.name, %cause, "cannot save the producers of `{}`", self.name);
        }
    }

    pub fn delete_before(&self, offset: i64) -> Result<i64, DeleteError> {
        let _alone = self.flushing.lock();
        let high_watermark = self.offsets().high_watermark;
        if offset > high_watermark {
            return Err(DeleteError::OutOfRange { asked: offset, high_watermark });
        }
        // With write caching the high watermark runs ahead of the disk.
        self.flush_alone();
        let mut writer = self.writer.lock();
        match writer.state {
            State::Open => {}
            State::Stopped => return Err(DeleteError::Stopped),
            State::Closed => return Err(DeleteError::Closed),
        }
        if let Err(cause) = writer.log.advance_start(offset) {
            self.stop(&mut writer, &cause);
            return Err(DeleteError::Stopped);
        }
        self.publish(&writer);
        Ok(writer.log.start())
    }

    pub fn close(&self) -> Result<(), StorageError> {
        if self.end()? {
            self.writer.lock().log.sync_beside()?;
            self.mark_clean()?;
        }
        Ok(())
    }

    /// Flushes what waits and accepts nothing more; true when the mark of a clean end is missing.
    fn end(&self) -> Result<bool, StorageError> {
        let _alone = self.flushing.lock();
        let mut writer = self.writer.lock();
        if writer.state != State::Open || writer.log.is_closed() {
            self.shut(&mut writer);
            return Ok(false);
        }
        self.save_producers(&writer, writer.log.end());
        let finished = writer.log.finish();
        match &finished {
            Ok(()) => {
                self.publish(&writer);
                let flushed = writer.log.flushed();
                writer.waiting.flushed(flushed);
            }
            Err(cause) => self.stop(&mut writer, cause),
        }
        self.shut(&mut writer);
        finished.map(|()| true)
    }

    fn mark_clean(&self) -> Result<(), StorageError> {
        self.writer.lock().log.mark_clean()
    }

    pub fn delete(&self) -> Result<(), StorageError> {
        let _alone = self.flushing.lock();
        let mut writer = self.writer.lock();
        self.shut(&mut writer);
        let path = writer.log.path();
        let data = path.parent().expect("a partition's folder lies in the data folder");
        let gone = data.join(format!("{}{DELETED}", Uuid::new_v4().simple()));
        let disk = &*self.world.disk;
        disk.rename(path, &gone).map_err(StorageError::of("rename", path))?;
        disk.sync_dir(data).map_err(StorageError::of("sync", data))?;
        // From here on it is deleted; what is left over is removed at the next start.
        if let Err(cause) = disk.remove_dir_all(&gone) {
            warn!(partition = %self.name, %cause, "cannot remove {}", gone.display());
        }
        Ok(())
    }

    fn shut(&self, writer: &mut Writer) {
        writer.state = State::Closed;
        writer.waiting.closed();
        let mut view = self.view.lock();
        view.state = State::Closed;
        view.high_watermark = None;
    }
}

/// Closes many partitions at the price of one: their files are synced with the whole file system
/// instead of one by one. All are closed, also when some fail; the last failure is returned.
pub fn close_all(env: &PartitionEnv, partitions: &[PartitionHandle]) -> Result<(), StorageError> {
    let (mut ended, mut outcome) = (Vec::new(), Ok(()));
    for partition in partitions {
        match partition.0.end() {
            Ok(true) => ended.push(partition),
            Ok(false) => {}
            Err(cause) => outcome = Err(cause),
        }
    }
    if ended.is_empty() {
        return outcome;
    }
    let synced = env.world.disk.sync_file_system(&env.data);
    synced.map_err(StorageError::of("sync the file system of", &env.data))?;
    for partition in ended {
        outcome = partition.0.mark_clean().and(outcome);
    }
    outcome
}

/// Removes folders of deleted partitions that a crash left; returns how many.
pub fn remove_leftovers(world: &World, data: &Path) -> Result<usize, StorageError> {
    let names = match world.disk.list(data) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
        names => names.map_err(StorageError::of("list", data))?,
    };
    let mut removed = 0;
    for name in names.iter().filter(|name| name.ends_with(DELETED)) {
        let path = data.join(name);
        world.disk.remove_dir_all(&path).map_err(StorageError::of("remove", &path))?;
        removed += 1;
    }
    Ok(removed)
}
