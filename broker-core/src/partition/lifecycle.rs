//! Retention, deletion of records, and the end of a partition.

use tracing::{info, warn};

use super::error::DeleteError;
use super::shared::{Shared, State, Writer};
use super::{PartitionEnv, PartitionHandle, Retained, snapshot};
use crate::log::{self, Bounds, NewStart, StorageError, Trimmed};

impl Shared {
    /// Producers and readers go on meanwhile: no lock of theirs is held while files are synced.
    pub fn retain(&self, now_ms: i64) -> Result<Retained, StorageError> {
        let mut unsettled = self.trimming.lock();
        self.settle(&mut unsettled, None)?;
        let mut retained = Retained::default();
        let Some((Trimmed { segments, start }, is_empty)) = self.take_out(now_ms)? else {
            return Ok(retained);
        };
        if is_empty {
            self.keep_producers();
        }
        self.settle(&mut unsettled, Some(start))?;
        for segment in &segments {
            log::remove(segment)?;
            retained.segments_removed += 1;
            retained.bytes_removed += segment.len();
        }
        let Retained { segments_removed: segments, bytes_removed: bytes } = retained;
        info!(
            partition = %self.name, segments, bytes,
            "retention removed {segments} segments of `{}`", self.name
        );
        Ok(retained)
    }

    /// Takes out what may go, so that readers stop to look there before the files are removed.
    /// Also says whether that leaves no record.
    fn take_out(&self, now_ms: i64) -> Result<Option<(Trimmed, bool)>, StorageError> {
        if self.rolled_to_empty(now_ms)? {
            let _alone = self.flushing.lock();
            self.flush_alone();
        }
        let mut writer = self.writer.lock();
        if writer.state != State::Open {
            return Ok(None);
        }
        let expiration_ms = writer.log.config().producer_expiration_ms;
        writer.producers.expire(now_ms, expiration_ms);
        let trimmed = writer.log.trim(self.bounds(now_ms));
        if let Err(cause) = &trimmed
            && !cause.is_out_of_descriptors()
        {
            self.stop(&mut writer, cause);
        }
        self.publish(&writer);
        writer.log.rest();
        let is_empty = writer.log.start() == writer.log.end();
        Ok(trimmed?.map(|trimmed| (trimmed, is_empty)))
    }

    /// A log that is about to lose all its records no longer tells what its producers sent last.
    fn keep_producers(&self) {
        let (folder, offset) = {
            let writer = self.writer.lock();
            self.save_producers(&writer, writer.log.end());
            (writer.log.path().to_owned(), writer.log.end())
        };
        if let Err(cause) = snapshot::sync(&*self.world.disk, &folder, offset) {
            warn!(partition = %self.name, %cause, "cannot sync the producers of `{}`", self.name);
        }
    }

    /// Begins an empty segment if all others may go.
    fn rolled_to_empty(&self, now_ms: i64) -> Result<bool, StorageError> {
        let mut writer = self.writer.lock();
        let bounds = self.bounds(now_ms);
        if writer.state != State::Open || !writer.log.is_all_expired(bounds) {
            return Ok(false);
        }
        if let Err(cause) = writer.log.roll() {
            if !cause.is_passing() {
                self.stop(&mut writer, &cause);
            }
            return Err(cause);
        }
        self.publish(&writer);
        Ok(true)
    }

    fn bounds(&self, now_ms: i64) -> Bounds {
        Bounds { now_ms, high_watermark: self.offsets().high_watermark }
    }

    /// Waits until the new start is on disk, or else the one before it that had no descriptor.
    fn settle(
        &self,
        unsettled: &mut Option<NewStart>,
        new: Option<NewStart>,
    ) -> Result<(), StorageError> {
        // A later one is in the same file.
        *unsettled = new.or_else(|| unsettled.take());
        let Some(start) = unsettled else { return Ok(()) };
        if let Err(cause) = start.sync() {
            if !cause.is_out_of_descriptors() {
                self.stop(&mut self.writer.lock(), &cause);
            }
            return Err(cause);
        }
        *unsettled = None;
        Ok(())
    }

    pub fn delete_before(&self, offset: i64) -> Result<i64, DeleteError> {
        let mut unsettled = self.trimming.lock();
        let high_watermark = self.offsets().high_watermark;
        if offset > high_watermark {
            return Err(DeleteError::OutOfRange { asked: offset, high_watermark });
        }
        self.reach(offset)?;
        let (start, moved) = self.move_start(offset)?;
        match self.settle(&mut unsettled, start) {
            Ok(()) => Ok(moved),
            Err(cause) if cause.is_out_of_descriptors() => Err(DeleteError::TooManyFiles),
            Err(_) => Err(DeleteError::Stopped),
        }
    }

    /// With write caching the high watermark runs ahead of the disk.
    fn reach(&self, offset: i64) -> Result<(), DeleteError> {
        let has_reached = || {
            let writer = self.writer.lock();
            // What else came of it, the state says.
            writer.state != State::Open || writer.log.flushed() >= offset
        };
        if !has_reached() {
            let _alone = self.flushing.lock();
            self.flush_alone();
        }
        has_reached().then_some(()).ok_or(DeleteError::TooManyFiles)
    }

    fn move_start(&self, offset: i64) -> Result<(Option<NewStart>, i64), DeleteError> {
        let mut writer = self.writer.lock();
        match writer.state {
            State::Open => {}
            State::Stopped => return Err(DeleteError::Stopped),
            State::Closed => return Err(DeleteError::Closed),
        }
        let start = writer.log.advance_start(offset).map_err(|cause| {
            if cause.is_out_of_descriptors() {
                return DeleteError::TooManyFiles;
            }
            self.stop(&mut writer, &cause);
            DeleteError::Stopped
        })?;
        self.publish(&writer);
        Ok((start, writer.log.start()))
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
        let _no_removal = self.trimming.lock();
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

    pub fn abandon_files(&self) {
        // A later partition's folder may have the same name, and it is not for us to trim.
        let _no_removal = self.trimming.lock();
        let _alone = self.flushing.lock();
        self.shut(&mut self.writer.lock());
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
