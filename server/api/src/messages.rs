//! One record as the browser shows it. Values travel as text, so that no digit is lost.

use serde::{Deserialize, Serialize};

/// Bytes of a key or value shown in a row or drawer before it is cut: 64 KiB keeps a page of a
/// hundred large records near 6 MB. The whole of it is fetched on demand.
pub const PREVIEW_BYTES_MAX: usize = 64 * 1024;

/// One record, decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// The partition it lies in.
    pub partition: i32,
    /// Its offset there.
    pub offset: i64,
    /// Its time.
    pub timestamp_ms: i64,
    /// Whether the producer or the broker set the time.
    pub timestamp_type: TimestampType,
    /// The key.
    pub key: Payload,
    /// The value.
    pub value: Payload,
    /// The headers in their order; keys may repeat.
    pub headers: Vec<Header>,
    /// Bytes of key, value and headers.
    pub size_bytes: u32,
    /// The batch it came in.
    pub batch: Batch,
}

/// Who set a record's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TimestampType {
    /// The producer.
    CreateTime,
    /// The broker, on append.
    LogAppendTime,
}

/// How the text of a key, value or header is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// There is no value: a tombstone, or a record without key. `text` is empty.
    Null,
    /// Valid JSON, byte for byte as written (object, array, string, number, true, false, null).
    Json,
    /// Valid UTF-8 without control characters other than white space.
    Text,
    /// Anything else; `text` is lower-case hex.
    Hex,
}

/// A key, value or header value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payload {
    /// How to read `text`.
    pub encoding: Encoding,
    /// The content; long ones come cut, and whole from the record's own address.
    pub text: String,
    /// Bytes as stored, before any cut.
    pub size_bytes: u32,
    /// Whether `text` was cut.
    pub truncated: bool,
}

/// One header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Header {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: Payload,
}

/// What the record's batch says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Batch {
    /// Offset of its first record.
    pub base_offset: i64,
    /// Records in it.
    pub records: u32,
    /// Bytes of it on disk, header included.
    pub size_bytes: u32,
    /// `none`, `gzip`, `snappy`, `lz4` or `zstd`.
    pub codec: String,
    /// Leader epoch when it was appended.
    pub leader_epoch: i32,
    /// The idempotent producer's id, if it had one.
    pub producer_id: Option<i64>,
    /// That producer's epoch.
    pub producer_epoch: Option<i16>,
    /// Sequence number of its first record.
    pub base_sequence: Option<i32>,
    /// Whether it belongs to a transaction.
    pub transactional: bool,
}
