//! Appending: what must happen in order, under the writer's lock.

use std::sync::Arc;

use bytes::Bytes;
use ouzel_wire::batch::Batch;
use tracing::warn;

use super::error::AppendError;
use super::pending::PendingAppend;
use super::producers::{SentBatch, Verdict};
use super::shared::{Shared, State, Writer};
use super::{Appended, Origin, snapshot, validate};
use crate::flush::Target;
use crate::log::{LogConfig, StorageError, TimestampType};

impl Shared {
    pub fn submit(
        self: &Arc<Shared>,
        batches: Bytes,
        origin: Origin,
        left: &mut usize,
    ) -> Result<PendingAppend, AppendError> {
        let config = self.view.lock().config;
        let now_ms = self.world.clock.now_ms();
        // Unpacking and checksums need no order, and so no lock.
        let batches = validate::check(batches, origin, &config, now_ms, left)?;
        let mut writer = self.writer.lock();
        match writer.state {
            State::Open => {}
            State::Stopped => return Err(AppendError::Stopped),
            State::Closed => return Err(AppendError::Closed),
        }
        if let [batch] = batches.as_slice()
            && let Verdict::Repeat(first) = writer.producers.judge(&batch.header)?
        {
            return Ok(writer.repeated(&first));
        }
        let stamp_ms = append_time(&config, now_ms);
        let written = self.write(&mut writer, &batches, now_ms);
        let appended = written.map_err(|cause| {
            self.stop(&mut writer, &cause);
            AppendError::Stopped
        })?;
        // By the settings that the batch was checked with; by now there may be others.
        let appended = Appended { log_append_time_ms: stamp_ms, ..appended };
        self.publish(&writer);
        let pending = writer.pending(appended);
        drop(writer);
        let target: Arc<dyn Target> = self.clone();
        self.flusher.request(&target);
        Ok(pending)
    }

    fn write(
        &self,
        writer: &mut Writer,
        batches: &[Batch],
        now_ms: i64,
    ) -> Result<Appended, StorageError> {
        let base_offset = writer.log.end();
        for batch in batches {
            let placed = writer.log.append(batch)?;
            if placed.rolled {
                self.save_producers(writer, placed.base_offset);
            }
            writer.producers.note(&batch.header, placed.base_offset, now_ms);
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

fn append_time(config: &LogConfig, stamp_ms: i64) -> Option<i64> {
    (config.timestamp_type == TimestampType::LogAppendTime).then_some(stamp_ms)
}
