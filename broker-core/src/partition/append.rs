//! Appending: what must happen in order, under the writer's lock.
//!
//! Tasks call this, and a thread that blocks hands its other tasks on first, which costs two
//! threads a turn: as much as hundreds of small appends do. So a small batch is checked and written
//! where it came, and only what takes long — many bytes, many packed ones, a lock that somebody
//! holds through a sync — goes `in_place`.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ouzel_wire::batch::Batch;
use parking_lot::MutexGuard;
use tracing::{error, info, warn};

use super::error::AppendError;
use super::pending::PendingAppend;
use super::producers::{SentBatch, Verdict};
use super::shared::{Shared, State, Writer};
use super::{Appended, Origin, snapshot, validate};
use crate::flush::Target;
use crate::log::{LogConfig, StorageError, TimestampType};
use crate::world::blocking::in_place;

/// A batch of no more bytes than this is checked and copied in less time than a thread needs to
/// hand its tasks on.
const QUICK_BYTES: usize = 64 << 10;
/// Packed records that unpack to no more than this are a matter of some hundred microseconds.
const QUICK_UNPACKED_BYTES: usize = 256 << 10;
/// An append or a round holds the writer's lock for microseconds; who waits longer has met a sync.
const LOCK_PATIENCE: Duration = Duration::from_millis(1);

/// Most bytes that a partition with `write.caching` gathers before it asks for a sync, whatever
/// the time: what a power cut can take, and what a start after a crash goes through again.
const UNFLUSHED_BYTES_MAX: u64 = 64 << 20;

impl Shared {
    pub fn submit(
        self: &Arc<Shared>,
        batches: Bytes,
        origin: Origin,
        left: &mut usize,
    ) -> Result<PendingAppend, AppendError> {
        match batches.len() <= QUICK_BYTES {
            true => self.submit_here(batches, origin, left),
            false => in_place(|| self.submit_here(batches, origin, left)),
        }
    }

    fn submit_here(
        self: &Arc<Shared>,
        batches: Bytes,
        origin: Origin,
        left: &mut usize,
    ) -> Result<PendingAppend, AppendError> {
        let config = self.view.lock().config;
        let now_ms = self.world.clock.now_ms();
        // Unpacking and checksums need no order, and so no lock.
        let batches = check(batches, origin, &config, now_ms, left)?;
        let mut writer = self.writer();
        match writer.state {
            State::Open => {}
            State::Stopped => return Err(AppendError::Stopped),
            State::Closed => return Err(AppendError::Closed),
        }
        if let [batch] = batches.as_slice()
            && let Verdict::Repeat(first) = writer.producers.judge(&batch.header, now_ms)?
        {
            return Ok(writer.repeated(&first));
        }
        let bytes = batches.iter().map(|batch| batch.header.size()).sum();
        if origin == Origin::Client && !self.room.has(bytes, now_ms) {
            self.cannot_take(&mut writer, &"the room that is left is kept for others");
            return Err(AppendError::DiskFull);
        }
        let stamp_ms = append_time(&config, now_ms);
        let written = self.write(&mut writer, &batches, now_ms);
        let appended = written.map_err(|cause| self.refuse(&mut writer, &cause))?;
        if std::mem::take(&mut writer.is_short) {
            info!(partition = %self.name, "`{}` takes records again", self.name);
        }
        // By the settings that the batch was checked with; by now there may be others.
        let appended = Appended { log_append_time_ms: stamp_ms, ..appended };
        self.publish(&writer);
        let pending = writer.pending(appended);
        let may_wait = writer.may_wait();
        drop(writer);
        let target: Arc<dyn Target> = self.clone();
        match may_wait {
            true => self.flusher.request_later(&target),
            false => self.flusher.request(&target),
        }
        Ok(pending)
    }

    /// The writer's half, for tasks: see the head of this file.
    pub(super) fn writer(&self) -> MutexGuard<'_, Writer> {
        let soon = self.writer.try_lock_for(LOCK_PATIENCE);
        soon.unwrap_or_else(|| in_place(|| self.writer.lock()))
    }

    /// A full disk takes nothing and spoils nothing, nor does a file that could not be opened: the
    /// log is as it was, and goes on when there is room, or a descriptor. Of several batches some
    /// may be written; then it stops, as after any failure.
    fn refuse(&self, writer: &mut Writer, cause: &StorageError) -> AppendError {
        let end = self.view.lock().offsets.log_end;
        if !cause.is_passing() || writer.log.end() != end {
            self.stop(writer, cause);
            return AppendError::Stopped;
        }
        self.cannot_take(writer, cause);
        match cause.is_full() {
            true => AppendError::DiskFull,
            false => AppendError::TooManyFiles,
        }
    }

    /// Said once, however many ask.
    fn cannot_take(&self, writer: &mut Writer, cause: &dyn Display) {
        if !std::mem::replace(&mut writer.is_short, true) {
            error!(partition = %self.name, %cause, "`{}` takes no records: {cause}", self.name);
        }
    }

    fn write(
        &self,
        writer: &mut Writer,
        batches: &[Batch],
        now_ms: i64,
    ) -> Result<Appended, StorageError> {
        let base_offset = writer.log.end();
        for batch in batches {
            let placed = writer.log.append(batch, now_ms)?;
            if placed.rolled {
                self.save_producers(writer, placed.base_offset);
            }
            writer.producers.note(&batch.header, placed.base_offset, now_ms);
            writer.unflushed_bytes += batch.header.size() as u64;
        }
        Ok(Appended {
            base_offset,
            last_offset: writer.log.end() - 1,
            log_append_time_ms: None,
            log_start_offset: writer.log.start(),
        })
    }

    /// Without a snapshot a restart reads more of the log, and that is all.
    pub(super) fn save_producers(&self, writer: &Writer, offset: i64) {
        let (disk, folder) = (&*self.world.disk, writer.log.path());
        if let Err(cause) = snapshot::save(disk, folder, &writer.producers, offset) {
            warn!(partition = %self.name, %cause, "cannot save the producers of `{}`", self.name);
        }
    }
}

impl Writer {
    /// Whether nobody waits for the disk, and little enough is at stake.
    fn may_wait(&self) -> bool {
        self.log.config().write_caching && self.unflushed_bytes < UNFLUSHED_BYTES_MAX
    }

    fn pending(&mut self, appended: Appended) -> PendingAppend {
        let end = appended.last_offset + 1;
        if self.log.config().write_caching || self.log.flushed() >= end {
            return PendingAppend::settled(appended);
        }
        self.waiting.wait(appended, end)
    }

    /// Answers a repeat as the first one was answered, and no sooner.
    fn repeated(&mut self, first: &SentBatch) -> PendingAppend {
        self.pending(Appended {
            base_offset: first.base_offset,
            last_offset: first.last_offset,
            log_append_time_ms: append_time(self.log.config(), first.max_timestamp),
            log_start_offset: self.log.start(),
        })
    }
}

/// As [`validate::check`]; what unpacks to much is unpacked where that may take long.
fn check(
    batches: Bytes,
    origin: Origin,
    config: &LogConfig,
    now_ms: i64,
    left: &mut usize,
) -> Result<Vec<Batch>, AppendError> {
    // To pack anew may take long at any size.
    if config.repack.is_none() {
        let most = QUICK_UNPACKED_BYTES.min(*left);
        let mut little = most;
        let checked = validate::check(batches.clone(), origin, config, now_ms, &mut little);
        let is_more = matches!(checked, Err(AppendError::UnpacksTooLarge { .. })) && most < *left;
        if !is_more {
            *left -= most - little;
            return checked;
        }
    }
    in_place(|| validate::check(batches, origin, config, now_ms, left))
}

fn append_time(config: &LogConfig, stamp_ms: i64) -> Option<i64> {
    (config.timestamp_type == TimestampType::LogAppendTime).then_some(stamp_ms)
}
