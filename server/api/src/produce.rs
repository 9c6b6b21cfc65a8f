//! Writing records: one or a few by `POST …/records`, many from a file by `POST …/import`.
//!
//! An import is read whole before anything is written, so that a broken line means nothing was;
//! what breaks off later names the records that are left, and only those are sent again.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// Most records of one `POST …/records`; more are an import.
pub const RECORDS_MAX: usize = 1_000;
/// Largest body of `POST …/records`: a record of 32 MiB with its base64 and some room.
pub const PRODUCE_BYTES_MAX: usize = 48 * 1024 * 1024;
/// Largest import: it is held in memory while it is written, and some may run at once.
pub const IMPORT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most records of one import, however small they are.
pub const IMPORT_RECORDS_MAX: u64 = 1_000_000;
/// Records that a check shows.
pub const SAMPLE_MAX: usize = 10;
/// Broken lines that a check names.
pub const BROKEN_MAX: usize = 10;
/// Bytes of a key or value that a check shows.
pub const SAMPLE_BYTES_MAX: usize = 200;

/// Body of `POST …/records`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Produce {
    /// The records, 1 to 1,000; they are written in this order.
    pub records: Vec<NewRecord>,
    /// How their batches are packed.
    #[serde(default)]
    pub codec: Codec,
    /// The record that is written once more. The first of `records` may take parts of it unseen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// How batches are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Codec {
    /// Not at all.
    #[default]
    None,
    /// gzip.
    Gzip,
    /// Snappy.
    Snappy,
    /// LZ4.
    Lz4,
    /// Zstandard.
    Zstd,
}

impl Codec {
    /// All of them, the usual first.
    pub const ALL: [Codec; 5] = [Codec::None, Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd];

    /// The name in requests and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Codec::None => "none",
            Codec::Gzip => "gzip",
            Codec::Snappy => "snappy",
            Codec::Lz4 => "lz4",
            Codec::Zstd => "zstd",
        }
    }
}

/// A record that is there already, on the same cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = RecordOrigin))]
pub struct Origin {
    /// Its topic.
    pub topic: String,
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
}

/// A record to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewRecord {
    /// To this partition; chosen by key if `None`, as librdkafka's `consistent_random` does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<i32>,
    /// Its time; when it arrives, if `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_ms: Option<i64>,
    /// Its key.
    #[serde(default)]
    pub key: Option<Content>,
    /// Its value; `None` is a tombstone.
    #[serde(default)]
    pub value: Option<Content>,
    /// Its headers, in order.
    #[serde(default)]
    pub headers: Vec<NewHeader>,
}

/// A header to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewHeader {
    /// Its name; names may repeat.
    pub key: String,
    /// Its value; it may have none.
    #[serde(default)]
    pub value: Option<Content>,
}

/// Bytes as they are written in a request: `{"text": "…"}`, `{"hex": "00ff"}`,
/// `{"base64": "AP8="}`, or `"stored"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Its UTF-8 bytes.
    Text(String),
    /// Two digits a byte.
    Hex(String),
    /// Base64 with padding.
    Base64(String),
    /// The same part of the record that `origin` names, byte for byte.
    Stored,
}

/// Answer of `POST …/records`: where each record lies now, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Produced {
    /// One for each.
    pub records: Vec<Written>,
}

/// Where a record was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Written {
    /// The partition.
    pub partition: i32,
    /// The offset there.
    pub offset: i64,
}

/// How the records of an import stand in its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportFormat {
    /// A JSON object a line: `key`, `value` (a string is its text, other JSON stands as written,
    /// `null` is a tombstone), or `key_base64`, `value_base64`; `headers` (an object, or a list of
    /// objects with `key` and `value` or `value_base64`), `partition`, `timestamp_ms`.
    Jsonl,
    /// CSV as RFC 4180 has it, with a first row of names: `key`, `value`, `key_base64`,
    /// `value_base64`, `partition`, `timestamp_ms`, `header.NAME`. A field without anything is
    /// null; `""` is empty.
    Csv,
    /// Each line is a value.
    Lines,
}

impl ImportFormat {
    /// All of them.
    pub const ALL: [ImportFormat; 3] =
        [ImportFormat::Jsonl, ImportFormat::Csv, ImportFormat::Lines];

    /// The name in requests.
    pub fn name(self) -> &'static str {
        match self {
            ImportFormat::Jsonl => "jsonl",
            ImportFormat::Csv => "csv",
            ImportFormat::Lines => "lines",
        }
    }
}

/// Answer of `POST …/import/check`: what an import of this body would write. Nothing is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportCheck {
    /// Records that can be written.
    pub records: u64,
    /// Bytes of their keys, values and headers.
    pub size_bytes: u64,
    /// The first of them, at most 10.
    pub sample: Vec<ImportRow>,
    /// Lines that are no record. While there is one, nothing can be imported.
    pub broken: u64,
    /// The first of those, at most 10.
    pub first_broken: Vec<BrokenLine>,
}

/// A record of an import, as far as a person needs to see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportRow {
    /// The line it begins on, counted from 1.
    pub line: u64,
    /// Its partition, if the import names one.
    pub partition: Option<i32>,
    /// Its time, if the import names one.
    pub timestamp_ms: Option<i64>,
    /// The beginning of its key.
    pub key: Option<String>,
    /// The beginning of its value; `None` is a tombstone.
    pub value: Option<String>,
    /// The names of its headers.
    pub headers: Vec<String>,
    /// Bytes of key, value and headers.
    pub size_bytes: u64,
}

/// A line that is no record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokenLine {
    /// Counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// One line of the answer of `POST …/import`, and the answer of `GET …/imports/{import}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ImportEvent {
    /// How far it is; sent a few times a second.
    Progress {
        /// Records that are on the cluster.
        written: u64,
        /// Records that are to be.
        of: u64,
    },
    /// All of them are on the cluster. Nothing follows.
    Done {
        /// Records.
        written: u64,
        /// Where, by partition.
        partitions: Vec<WrittenPart>,
    },
    /// It was stopped by its person, or nobody listened any more. Nothing follows.
    Stopped {
        /// Records that are on the cluster.
        written: u64,
        /// Where, by partition.
        partitions: Vec<WrittenPart>,
        /// Numbers of the records that are not, counted from 1, as `only` takes them.
        left: String,
    },
    /// It broke off. Nothing follows.
    Failed {
        /// Why.
        error: ApiError,
        /// The line of the first record that was not written.
        line: u64,
        /// Records that are on the cluster.
        written: u64,
        /// Where, by partition.
        partitions: Vec<WrittenPart>,
        /// Numbers of the records that are not, counted from 1, as `only` takes them.
        left: String,
        /// The cluster did not answer for some of those that are left: they may be on it all the
        /// same.
        doubtful: bool,
    },
}

/// What an import wrote into one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WrittenPart {
    /// The partition.
    pub partition: i32,
    /// Records.
    pub records: u64,
    /// The least offset that one of them got.
    pub first_offset: i64,
    /// The greatest.
    pub last_offset: i64,
}

#[cfg(test)]
mod tests {
    use super::{Content, NewRecord};

    #[test]
    fn bytes_are_written_as_text_hex_base64_or_a_word() {
        let read = |text| serde_json::from_str::<NewRecord>(text).expect(text);
        let record = read(r#"{"key":{"hex":"00ff"},"value":"stored"}"#);
        assert_eq!(record.key, Some(Content::Hex("00ff".to_owned())));
        assert_eq!(record.value, Some(Content::Stored));
        assert_eq!(read(r#"{"key":null}"#), NewRecord::default());
    }
}
