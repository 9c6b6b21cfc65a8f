//! A topic's settings as far as its logs obey them, already checked and typed.
//!
//! The names and texts of the settings, and what a user may write, are the
//! cluster's business; here a value is true.

use ouzel_wire::batch::Codec;

/// What becomes of old records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cleanup {
    /// Whole segments go, by age and size.
    Delete,
    /// The last record of each key stays; records without a key are refused.
    Compact,
    /// Both.
    CompactAndDelete,
    /// Neither: everything stays.
    Keep,
}

impl Cleanup {
    /// Whether records need keys.
    pub fn compacts(self) -> bool {
        matches!(self, Cleanup::Compact | Cleanup::CompactAndDelete)
    }

    /// Whether old segments may go.
    pub fn deletes(self) -> bool {
        matches!(self, Cleanup::Delete | Cleanup::CompactAndDelete)
    }
}

/// Whose clock a record's timestamp is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampType {
    /// The producer's.
    CreateTime,
    /// The broker's, at append.
    LogAppendTime,
}

/// How the broker packs records that came packed otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repack {
    /// The codec; none unpacks.
    pub codec: Codec,
    /// How hard it tries; the codec's own choice if nothing is said.
    pub level: Option<i32>,
}

/// How one partition's log behaves; the default is Kafka's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogConfig {
    /// `cleanup.policy`
    pub cleanup: Cleanup,
    /// `retention.ms`; none keeps records however old they are
    pub retention_ms: Option<i64>,
    /// `retention.bytes`; none keeps records however many they are
    pub retention_bytes: Option<u64>,
    /// `segment.bytes`
    pub segment_bytes: u32,
    /// `segment.ms`
    pub segment_ms: i64,
    /// `segment.index.bytes`
    pub segment_index_bytes: u32,
    /// `index.interval.bytes`
    pub index_interval_bytes: u32,
    /// `max.message.bytes`: the longest batch, with its header, as it is sent
    pub message_bytes_max: u32,
    /// `message.timestamp.type`
    pub timestamp_type: TimestampType,
    /// `message.timestamp.before.max.ms`
    pub timestamp_before_max_ms: i64,
    /// `message.timestamp.after.max.ms`
    pub timestamp_after_max_ms: i64,
    /// `compression.type`; none keeps batches as their producer packed them
    pub repack: Option<Repack>,
    /// `max.decompressed.message.bytes`: the most that a batch may unpack to
    pub unpacked_bytes_max: u32,
    /// `write.caching`: answer when written, before it is on disk
    pub write_caching: bool,
    /// `producer.id.expiration.ms`: how long an idle producer's sequence is remembered
    pub producer_expiration_ms: i64,
}

impl Default for LogConfig {
    fn default() -> LogConfig {
        LogConfig {
            cleanup: Cleanup::Delete,
            retention_ms: Some(7 * DAY_MS),
            retention_bytes: None,
            segment_bytes: 1 << 30,
            segment_ms: 7 * DAY_MS,
            segment_index_bytes: 10 << 20,
            index_interval_bytes: 4096,
            message_bytes_max: (1 << 20) + BATCH_OVERHEAD_BYTES,
            timestamp_type: TimestampType::CreateTime,
            timestamp_before_max_ms: i64::MAX,
            timestamp_after_max_ms: HOUR_MS,
            repack: None,
            unpacked_bytes_max: i32::MAX as u32 - 8,
            write_caching: false,
            producer_expiration_ms: DAY_MS,
        }
    }
}

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Kafka's default lets a record of 1 MiB pass with the first twelve bytes before its batch length.
const BATCH_OVERHEAD_BYTES: u32 = 12;
