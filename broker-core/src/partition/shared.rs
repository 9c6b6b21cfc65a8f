//! A partition's state: one half for who writes, one for who reads.

use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use tokio::sync::watch;
use tracing::{error, info, warn};

use super::PartitionEnv;
use super::PartitionOffsets;
use super::pending::Waiting;
use super::producers::Producers;
use super::room::DiskRoom;
use super::snapshot;
use crate::flush::{Flusher, Target, Ticket};
use crate::ids::TopicPartition;
use crate::log::{
    Epochs, Log, LogConfig, NewStart, OpenError, Opened, Place, RecoveryReport, Seen, Segments,
    StorageError,
};
use crate::world::World;

/// Locks are taken in the order of the fields, and none is held while waiting for another task.
pub(super) struct Shared {
    /// Itself, to ask for a round.
    pub own: Weak<Shared>,
    pub name: TopicPartition,
    pub world: World,
    pub flusher: Flusher,
    pub room: Arc<DiskRoom>,
    pub ticket: Ticket,
    /// Held while the old end of the log is trimmed, until the files are gone. A start that could
    /// not be synced yet is left here.
    pub trimming: Mutex<Option<NewStart>>,
    /// Held through a round of flushes and through a close: these do not overlap.
    pub flushing: Mutex<()>,
    pub writer: Mutex<Writer>,
    /// Never held during I/O, so that readers do not wait for a write.
    pub view: Mutex<View>,
}

pub(super) struct Writer {
    pub log: Log,
    pub producers: Producers,
    pub waiting: Waiting,
    pub state: State,
    /// The last append found no room on the disk, or no descriptor for a file.
    pub is_short: bool,
    /// Bytes that were written since the last round of flushes began.
    pub unflushed_bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Open,
    /// A write or sync failed: what is on disk behind the flushed end is unknown.
    Stopped,
    Closed,
}

/// What readers go by.
pub(super) struct View {
    pub segments: Segments,
    /// Readers ask in every Fetch whether what they read is still our history.
    pub epochs: Epochs,
    pub offsets: PartitionOffsets,
    /// Where the high watermark lies.
    pub high_watermark_at: Place,
    pub config: LogConfig,
    pub state: State,
    /// None when the partition is closed: then those who wait for a change see the end.
    pub high_watermark: Option<watch::Sender<i64>>,
}

impl Shared {
    pub fn open(
        env: &PartitionEnv,
        name: TopicPartition,
        config: LogConfig,
    ) -> Result<(Arc<Shared>, RecoveryReport), OpenError> {
        let path = env.data.join(name.to_string());
        let Opened { log, report, seen } = Log::open(env.world.disk.clone(), path, config)?;
        tell(&name, &report);
        let producers = remember(&env.world, &log, &seen)?;
        Ok((Shared::of(env, name, log, producers), report))
    }

    /// A partition whose folder does not exist yet.
    pub fn create(
        env: &PartitionEnv,
        name: TopicPartition,
        config: LogConfig,
    ) -> Result<Arc<Shared>, StorageError> {
        let path = env.data.join(name.to_string());
        let log = Log::create(env.world.disk.clone(), path, config)?;
        Ok(Shared::of(env, name, log, Producers::default()))
    }

    fn of(env: &PartitionEnv, name: TopicPartition, log: Log, producers: Producers) -> Arc<Shared> {
        let view = View::of(&log, log.end());
        let waiting = Waiting::default();
        let (state, is_short, unflushed_bytes) = (State::Open, false, 0);
        let producers = producers.within(&env.producers);
        let writer = Writer { log, producers, waiting, state, is_short, unflushed_bytes };
        Arc::new_cyclic(|own| Shared {
            own: own.clone(),
            name,
            world: env.world.clone(),
            flusher: env.flusher.clone(),
            room: env.room.clone(),
            ticket: Ticket::default(),
            trimming: Mutex::default(),
            flushing: Mutex::new(()),
            writer: Mutex::new(writer),
            view: Mutex::new(view),
        })
    }

    /// Shows readers what the writer did; the high watermark only rises.
    pub fn publish(&self, writer: &Writer) {
        let view = &mut *self.view.lock();
        let log = &writer.log;
        if !Arc::ptr_eq(&view.segments, log.segments()) {
            view.segments = log.segments().clone();
        }
        if !view.epochs.is_same(log.epochs()) {
            view.epochs = log.epochs().clone();
        }
        let (reached, at) = match log.config().write_caching {
            true => (log.end(), log.end_at()),
            false => (log.flushed(), log.flushed_at()),
        };
        let offsets = &mut view.offsets;
        (offsets.log_start, offsets.log_end) = (log.start(), log.end());
        // With write caching switched off it waits for the disk to catch up.
        if reached >= offsets.high_watermark {
            offsets.high_watermark = reached;
            view.high_watermark_at = at;
        }
        offsets.check();
        let high_watermark = offsets.high_watermark;
        if let Some(sender) = &view.high_watermark {
            sender.send_if_modified(|known| {
                std::mem::replace(known, high_watermark) != high_watermark
            });
        }
    }

    /// Nothing more is accepted; whoever waits is told so.
    pub fn stop(&self, writer: &mut Writer, cause: &StorageError) {
        if writer.state == State::Open {
            error!(partition = %self.name, %cause, "`{}` stops: {cause}", self.name);
            writer.state = State::Stopped;
            self.view.lock().state = State::Stopped;
        }
        writer.waiting.stopped();
    }

    pub fn offsets(&self) -> PartitionOffsets {
        self.view.lock().offsets
    }

    pub fn is_stopped(&self) -> bool {
        self.view.lock().state == State::Stopped
    }

    pub fn set_config(self: &Arc<Shared>, config: LogConfig) {
        let mut writer = self.writer.lock();
        writer.log.set_config(config);
        self.view.lock().config = config;
        self.publish(&writer);
        if !config.write_caching && writer.unflushed_bytes > 0 {
            drop(writer);
            // Consumers see nothing new until the disk has caught up.
            let target: Arc<dyn Target> = self.clone();
            self.flusher.request(&target);
        }
    }

    pub fn epoch_of(&self, offset: i64) -> Option<i32> {
        self.view.lock().epochs.of(offset)
    }

    pub fn end_offset_for_epoch(&self, epoch: i32) -> Option<(i32, i64)> {
        let view = self.view.lock();
        view.epochs.end_of(epoch, view.offsets.leader_epoch, view.offsets.log_end)
    }

    pub fn size_bytes(&self) -> u64 {
        let segments = self.view.lock().segments.clone();
        segments.iter().map(|segment| segment.len()).sum()
    }

    pub fn changes(&self) -> watch::Receiver<i64> {
        let view = self.view.lock();
        match &view.high_watermark {
            Some(sender) => sender.subscribe(),
            // Its sender is gone at once: the receiver is closed, as the partition is.
            None => watch::channel(view.offsets.high_watermark).1,
        }
    }
}

impl View {
    fn of(log: &Log, high_watermark: i64) -> View {
        let offsets = PartitionOffsets {
            log_start: log.start(),
            high_watermark,
            log_end: log.end(),
            leader_epoch: log.epoch(),
        };
        View {
            segments: log.segments().clone(),
            epochs: log.epochs().clone(),
            offsets,
            high_watermark_at: log.end_at(),
            config: *log.config(),
            state: State::Open,
            high_watermark: Some(watch::Sender::new(high_watermark)),
        }
    }
}

impl PartitionOffsets {
    /// Invariant: log_start <= high_watermark <= log_end.
    fn check(&self) {
        let in_order = [self.log_start, self.high_watermark, self.log_end];
        assert!(in_order.is_sorted(), "{self:?}");
    }
}

/// The producers as they were: from the newest snapshot, and from the log behind it.
fn remember(world: &World, log: &Log, seen: &Seen) -> Result<Producers, StorageError> {
    let (disk, folder) = (&*world.disk, log.path());
    let oldest = log.segments()[0].base();
    let saved = snapshot::load(disk, folder, oldest..=log.end());
    let saved = saved.map_err(StorageError::of("read the producers in", folder))?;
    let (from, mut producers) = saved.unwrap_or((oldest, Producers::default()));
    let now_ms = world.clock.now_ms();
    for segment in log.segments().iter().filter(|s| s.len() > 0) {
        let mut replay = || {
            let mut batches = seen.batches(segment);
            while let Some(batch) = batches.next()? {
                if batch.header.base_offset >= from {
                    let seen_ms = batch.header.max_timestamp.min(now_ms);
                    producers.note(&batch.header, batch.header.base_offset, seen_ms);
                }
            }
            Ok(())
        };
        if log.end_of(segment) > from {
            replay().map_err(|e| crate::log::storage("go through", e))?;
        }
    }
    Ok(producers)
}

fn tell(name: &TopicPartition, report: &RecoveryReport) {
    if let Some(cut) = &report.cut {
        let (file, position, bytes) = (cut.file.display(), cut.position, cut.bytes);
        warn!(
            partition = %name, %file, position, bytes, why = cut.why,
            "`{name}` ended in the middle of a write: {bytes} unacknowledged bytes behind \
             {position} of {file} were cut ({})", cut.why
        );
    }
    if !report.rebuilt.is_empty() {
        let files = report.rebuilt.len();
        info!(partition = %name, files, "`{name}` had {files} index files made anew");
    }
}
