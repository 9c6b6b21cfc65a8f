//! One partition on this node: append, read, and where its offsets stand.
//!
//! Owns the order of things: a batch is checked, gets its offsets and is written
//! under one lock; it is acknowledged, and seen by consumers, when a round of
//! flushes has put it on disk. A partition costs no task, no timer and, while it
//! rests, no open file. After a failed write or sync it accepts nothing more until
//! it is opened anew; what was flushed before stays readable.
//!
//! All calls may block for a write into the page cache or a read from disk, and
//! `open`, `retain`, `delete_before`, `close` and `abandon_files` also for syncs; `submit`, which
//! tasks call, hands its thread's other tasks on where that takes long.
//! Start at [`PartitionHandle::submit`].

mod append;
mod error;
mod leftovers;
mod lifecycle;
mod pending;
mod producer_room;
mod producers;
mod reading;
mod room;
mod rounds;
mod shared;
mod snapshot;
mod times;
mod validate;

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::watch;

pub use error::{AppendError, DeleteError, ReadError, RecordError};
pub use leftovers::{Leftover, Leftovers, put_aside, remove_leftovers};
pub use lifecycle::close_all;
pub use pending::PendingAppend;
pub use producer_room::{Crowded, ProducerRoom};
pub use room::DiskRoom;

use crate::flush::Flusher;
use crate::ids::{PartitionId, TopicName, TopicPartition};
use crate::log::{LogConfig, OpenError, Place, RecoveryReport, StorageError};
use crate::world::World;
use shared::Shared;

/// What all partitions of a broker share.
#[derive(Clone)]
pub struct PartitionEnv {
    /// Disk and clock.
    pub world: World,
    /// Who syncs.
    pub flusher: Flusher,
    /// The data folder, in which each partition has its own.
    pub data: PathBuf,
    /// The room on the disk that producers leave to others.
    pub room: Arc<DiskRoom>,
    /// How many producers are remembered.
    pub producers: Arc<ProducerRoom>,
}

/// Who appends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A producer: exactly one batch, checked as Kafka checks it.
    Client,
    /// This broker's own coordinators: several batches at once, control batches too.
    Coordinator,
}

/// Where appended records lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The first record's offset.
    pub base_offset: i64,
    /// The last record's offset.
    pub last_offset: i64,
    /// The time the broker gave them, on topics that take the broker's time.
    pub log_append_time_ms: Option<i64>,
    /// The partition's first offset.
    pub log_start_offset: i64,
}

/// How much to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// Most bytes to return.
    pub bytes_max: usize,
    /// Return the first batch even when it is longer than that.
    pub at_least_one: bool,
}

/// A reader's place in the files, so that what lies before it can be counted without reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(Place);

/// Whole batches as they lie on disk, and where the partition stood.
#[derive(Debug, Clone)]
pub struct ReadBatches {
    /// The batches; the first one may begin before the offset that was asked for.
    pub records: Bytes,
    /// Up to here consumers may read.
    pub high_watermark: i64,
    /// Up to here consumers that read committed records only may read.
    pub last_stable_offset: i64,
    /// The first offset there is.
    pub log_start_offset: i64,
}

/// Where a partition's offsets stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartitionOffsets {
    /// The first offset there is.
    pub log_start: i64,
    /// Up to here consumers may read.
    pub high_watermark: i64,
    /// The offset the next record will get.
    pub log_end: i64,
    /// The epoch that the next batch will carry.
    pub leader_epoch: i32,
}

/// What a retention pass removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retained {
    /// How many segments went.
    pub segments_removed: usize,
    /// How many bytes of log that were.
    pub bytes_removed: u64,
}

/// Cheap to clone; every clone is the same partition.
#[derive(Clone)]
pub struct PartitionHandle(Arc<Shared>);

impl PartitionHandle {
    /// Opens a partition's folder, creating it when it is missing, and repairs what a crash left.
    pub fn open(
        env: &PartitionEnv,
        topic: &TopicName,
        partition: PartitionId,
        config: LogConfig,
    ) -> Result<(PartitionHandle, RecoveryReport), OpenError> {
        let name = TopicPartition { topic: topic.clone(), partition };
        let (shared, report) = Shared::open(env, name, config)?;
        Ok((PartitionHandle(shared), report))
    }

    /// Makes a partition that is new: its folder must not exist.
    pub fn create(
        env: &PartitionEnv,
        topic: &TopicName,
        partition: PartitionId,
        config: LogConfig,
    ) -> Result<PartitionHandle, StorageError> {
        let name = TopicPartition { topic: topic.clone(), partition };
        Shared::create(env, name, config).map(PartitionHandle)
    }

    /// Which partition this is.
    pub fn name(&self) -> &TopicPartition {
        &self.0.name
    }

    /// Appends and waits until the records are durable (or written, with `write.caching`).
    pub async fn append(&self, batches: Bytes, origin: Origin) -> Result<Appended, AppendError> {
        self.submit(batches, origin)?.await
    }

    /// Does what must happen in order — checks, offsets, the write — and returns what to wait for.
    pub fn submit(&self, batches: Bytes, origin: Origin) -> Result<PendingAppend, AppendError> {
        self.0.submit(batches, origin, &mut { usize::MAX })
    }

    /// [`PartitionHandle::submit`] of a producer's batch, whose records may unpack to `left`
    /// bytes; they take from it what they needed.
    pub fn submit_within(
        &self,
        batches: Bytes,
        left: &mut usize,
    ) -> Result<PendingAppend, AppendError> {
        self.0.submit(batches, Origin::Client, left)
    }

    /// Whole batches from the one that holds `from`, never past the high watermark.
    pub fn read(&self, from: i64, limits: ReadLimits) -> Result<ReadBatches, ReadError> {
        self.0.read(from, limits)
    }

    /// Where the offsets stand for a reader of `from`, or why it cannot read there.
    pub fn stands(&self, from: i64) -> Result<PartitionOffsets, ReadError> {
        self.0.stands(from)
    }

    /// The bytes between `from` and the high watermark, counted from the reader's mark, which is
    /// set where the reader has read all there is. None when there are some and no mark. Reads
    /// nothing.
    pub fn bytes_ahead(
        &self,
        from: i64,
        mark: &mut Option<Mark>,
    ) -> Result<Option<u64>, ReadError> {
        self.0.bytes_ahead(from, mark)
    }

    /// The mark of a reader of `from`.
    pub fn mark(&self, from: i64) -> Result<Mark, ReadError> {
        self.0.mark(from)
    }

    /// Where the offsets stand.
    pub fn offsets(&self) -> PartitionOffsets {
        self.0.offsets()
    }

    /// The first record whose timestamp is at least `timestamp_ms`: its offset and timestamp.
    pub fn offset_for_time(&self, timestamp_ms: i64) -> Result<Option<(i64, i64)>, ReadError> {
        self.0.offset_for_time(timestamp_ms)
    }

    /// The record with the largest timestamp: its offset and timestamp.
    pub fn max_timestamp(&self) -> Result<Option<(i64, i64)>, ReadError> {
        self.0.max_timestamp()
    }

    /// The leader epoch of the record at this offset, if one was ever there.
    pub fn epoch_of(&self, offset: i64) -> Option<i32> {
        self.0.epoch_of(offset)
    }

    /// The epoch and end offset for OffsetForLeaderEpoch: the largest known epoch that is not
    /// above `epoch`, and where the next one starts; none when it is unknown.
    pub fn end_offset_for_epoch(&self, epoch: i32) -> Option<(i32, i64)> {
        self.0.end_offset_for_epoch(epoch)
    }

    /// The high watermark, for long polls: changes when it rises. Closed with the partition.
    pub fn changes(&self) -> watch::Receiver<i64> {
        self.0.changes()
    }

    /// Removes what retention no longer keeps, forgets producers that were silent for too long,
    /// and closes files that were not used since the last call.
    pub fn retain(&self, now_ms: i64) -> Result<Retained, StorageError> {
        self.0.retain(now_ms)
    }

    /// Moves the log start up to `offset` (DeleteRecords); durable when it returns. Returns the
    /// log start, which never moves down.
    pub fn delete_before(&self, offset: i64) -> Result<i64, DeleteError> {
        self.0.delete_before(offset)
    }

    /// From now on the log behaves like this.
    pub fn set_config(&self, config: LogConfig) {
        self.0.set_config(config);
    }

    /// The bytes of all segments.
    pub fn size_bytes(&self) -> u64 {
        self.0.size_bytes()
    }

    /// Whether a write or sync failed, so that appends are refused until a restart.
    pub fn is_stopped(&self) -> bool {
        self.0.is_stopped()
    }

    /// Syncs all and leaves the mark of a clean end; later calls answer `Closed`. For all of a
    /// broker's partitions [`close_all`] is much quicker.
    pub fn close(&self) -> Result<(), StorageError> {
        self.0.close()
    }

    /// Closes the partition because its topic is deleted: nothing is written any more, not even
    /// what waits, and its folder may be [put aside](put_aside).
    pub fn abandon_files(&self) {
        self.0.abandon_files();
    }
}

#[cfg(test)]
mod tests;
