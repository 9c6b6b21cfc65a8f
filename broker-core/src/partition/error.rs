//! What can go wrong with a partition, in the words of whoever asked.
//!
//! Each variant names the Kafka error that the listener answers for it; the
//! listener alone translates.

use std::io;
use std::path::PathBuf;

use crate::world::shortage::is_out_of_descriptors;

/// Why records were not appended. Nothing of the request was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The bytes are no whole batches, or their checksum is wrong. → `CORRUPT_MESSAGE`
    #[error("corrupt batch: {0}")]
    Corrupt(String),
    /// Whole, but not what a producer may send; some records may be named. → `INVALID_RECORD`
    #[error("invalid record: {message}")]
    InvalidRecord {
        /// What is wrong, for the whole request.
        message: String,
        /// The records at fault, when single records are.
        records: Vec<RecordError>,
    },
    /// A batch longer than `max.message.bytes`. → `MESSAGE_TOO_LARGE`
    #[error("batch of {size} bytes is larger than max.message.bytes, {max}")]
    TooLarge {
        /// The batch's length as it was sent.
        size: usize,
        /// The topic's limit.
        max: u32,
    },
    /// Packed records beyond what one batch, or all of one request, may unpack to.
    /// → `MESSAGE_TOO_LARGE`
    #[error("the records unpack to more than the {limit} bytes left to them")]
    UnpacksTooLarge {
        /// What was left to them.
        limit: usize,
    },
    /// A timestamp outside what the topic accepts. → `INVALID_TIMESTAMP`
    #[error("timestamp {timestamp_ms} is not accepted: {rule}")]
    InvalidTimestamp {
        /// The timestamp; of several the first.
        timestamp_ms: i64,
        /// What it breaks, with the setting's value.
        rule: String,
        /// The records at fault, unless it is the batch.
        records: Vec<RecordError>,
    },
    /// Part of a transaction, and there are none yet. → `INVALID_TXN_STATE`
    #[error("the batch is part of a transaction, and transactions are not served")]
    Transactional,
    /// A codec that is none of Kafka's. → `UNSUPPORTED_COMPRESSION_TYPE`
    #[error("compression codec {codec} is unknown")]
    UnknownCodec {
        /// The number in the batch's attributes.
        codec: i64,
    },
    /// A gap or a repeat too old to be recognised. → `OUT_OF_ORDER_SEQUENCE_NUMBER`
    #[error("producer {producer_id} sent sequence {got}, expected {expected}")]
    OutOfOrderSequence {
        /// The producer.
        producer_id: i64,
        /// The sequence that comes next.
        expected: i32,
        /// The one that came.
        got: i32,
    },
    /// The broker remembers as many producers as it may, all of which wrote lately, and would not
    /// recognise a repeat of this one's; it may come again. → `KAFKA_STORAGE_ERROR`
    #[error("as many idempotent producers as can be remembered wrote in the last ten minutes")]
    TooManyProducers,
    /// A producer that has been replaced. → `INVALID_PRODUCER_EPOCH`
    #[error("producer {producer_id} sent epoch {got}, the current one is {current}")]
    StaleProducerEpoch {
        /// The producer.
        producer_id: i64,
        /// The epoch of its successor.
        current: i16,
        /// The one that came.
        got: i16,
    },
    /// The disk has no room for them; once it has, they may come again. → `KAFKA_STORAGE_ERROR`
    #[error("the disk is full")]
    DiskFull,
    /// The process had no file descriptor left to open the partition's files; they may come again.
    /// → `KAFKA_STORAGE_ERROR`
    #[error("too many files are open")]
    TooManyFiles,
    /// A write or a sync failed, and until a restart nothing more is accepted.
    /// → `KAFKA_STORAGE_ERROR`
    #[error("the partition has stopped after a storage failure")]
    Stopped,
    /// The partition was closed or deleted. → `NOT_LEADER_OR_FOLLOWER`
    #[error("the partition is closed")]
    Closed,
}

/// One record at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordError {
    /// The record's place in its batch, from 0.
    pub index: i32,
    /// What is wrong with it.
    pub message: String,
}

/// Why records were not deleted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeleteError {
    /// Behind the high watermark. → `OFFSET_OUT_OF_RANGE`
    #[error("offset {asked} is behind the high watermark, {high_watermark}")]
    OutOfRange {
        /// The offset that was asked for.
        asked: i64,
        /// Where the high watermark is.
        high_watermark: i64,
    },
    /// The process had no file descriptor left for it; it may be asked again.
    /// → `KAFKA_STORAGE_ERROR`
    #[error("too many files are open")]
    TooManyFiles,
    /// A write or a sync failed. → `KAFKA_STORAGE_ERROR`
    #[error("the partition has stopped after a storage failure")]
    Stopped,
    /// The partition was closed or deleted. → `NOT_LEADER_OR_FOLLOWER`
    #[error("the partition is closed")]
    Closed,
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Before the first record or behind the last one. → `OFFSET_OUT_OF_RANGE`
    #[error("offset {asked} is outside {start}..={end}")]
    OutOfRange {
        /// The offset that was asked for.
        asked: i64,
        /// The first offset there is.
        start: i64,
        /// The offset the next record will get.
        end: i64,
    },
    /// Bytes on disk are not what was written. → `CORRUPT_MESSAGE`
    #[error("{} is corrupt at byte {position}: {why}", file.display())]
    Corrupt {
        /// The segment file.
        file: PathBuf,
        /// Where the bad batch begins.
        position: u64,
        /// What is wrong with it.
        why: String,
    },
    /// The disk does not give the bytes. → `KAFKA_STORAGE_ERROR`
    #[error("cannot read {}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The partition was closed or deleted. → `NOT_LEADER_OR_FOLLOWER`
    #[error("the partition is closed")]
    Closed,
}

impl ReadError {
    /// Whether it was for want of a file descriptor: the same read may go well a moment later.
    pub fn is_passing(&self) -> bool {
        matches!(self, ReadError::Io { source, .. } if is_out_of_descriptors(source))
    }
}
