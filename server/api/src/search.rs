//! Searching a topic: `POST …/topics/{topic}/search` answers with one [`SearchEvent`] a line.
//!
//! A search ends at `limit` matches, at the end offsets it saw when it began, or when the browser
//! goes away. It can be resumed by its token. The request holds all of it: no server memory does.

use serde::{Deserialize, Serialize};

use crate::{error::ApiError, messages::Message};

/// Most matches one search may ask for; a page of this many rows is still quick to scroll.
pub const MATCHES_MAX: u32 = 10_000;
/// Most filters one search may carry.
pub const FILTERS_MAX: usize = 20;
/// Longest text, pattern or path of one filter, in bytes.
pub const FILTER_BYTES_MAX: usize = 4096;

/// Body of a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Search {
    /// Where to begin and in which direction.
    pub from: From,
    /// Only these partitions; `None` means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitions: Option<Vec<i32>>,
    /// All of them must hold.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Stop after so many matches, 1 to 10,000.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10_000))]
    pub limit: u32,
    /// Go on where an earlier search with the same `from`, `partitions` and `filters` stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<String>,
}

/// Where a search begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum From {
    /// The newest records first, by time across partitions.
    Newest,
    /// From the first readable offset upwards.
    Oldest,
    /// From this offset of each partition upwards.
    Offset {
        /// The offset; below the start means the start.
        offset: i64,
    },
    /// From the first record at or after this time upwards.
    Time {
        /// The time.
        timestamp_ms: i64,
    },
}

/// One condition on a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Filter {
    /// The bytes hold this text. Case matters.
    Contains {
        /// Where to look.
        target: Target,
        /// The text.
        text: String,
    },
    /// The bytes match this regular expression (the `regex` crate's syntax).
    Regex {
        /// Where to look.
        target: Target,
        /// The pattern.
        pattern: String,
    },
    /// The value is JSON, and the field at `path` satisfies `op`.
    Field {
        /// Such as `user.address.city`, `items[0].sku`, `items[*].qty`, `["odd key"].x`.
        path: String,
        /// The comparison.
        op: Operator,
        /// What it is compared with; ignored by `exists`. Numbers compare as exact decimals.
        value: String,
    },
}

/// The part of a record that a filter looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Key, value, header keys or header values.
    Any,
    /// The key.
    Key,
    /// The value.
    Value,
    /// Header keys or values.
    Headers,
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equal.
    Eq,
    /// Present, but not equal.
    Ne,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// The text of the field holds the value.
    Contains,
    /// The field is there, `null` included.
    Exists,
}

/// One line of the answer to a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum SearchEvent {
    /// A record that matches all filters.
    Match {
        /// The record.
        message: Box<Message>,
    },
    /// How far the search is; sent at least every 250 ms and before `Done`.
    Progress {
        /// The figures.
        progress: Progress,
    },
    /// The end. Nothing follows.
    Done {
        /// Why it ended.
        reason: DoneReason,
        /// Token to go on from; `None` if everything was read.
        resume: Option<String>,
    },
    /// The search broke off. Nothing follows.
    Failed {
        /// The reason.
        error: ApiError,
    },
}

/// Why a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DoneReason {
    /// `limit` matches were found.
    Limit,
    /// Every chosen partition was read to its end (or start, for newest).
    Exhausted,
    /// The server's limit on one search's time was reached.
    TimeLimit,
}

/// How far a search is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Progress {
    /// Records looked at.
    pub read: u64,
    /// Records that matched.
    pub matched: u64,
    /// Bytes received from the brokers.
    pub bytes: u64,
    /// Records that a field filter could not judge because the value is not JSON. None matches.
    pub not_json: u64,
    /// Partition, offset and reason of the first such record.
    pub first_not_json: Option<String>,
    /// Time since the search began.
    pub elapsed_ms: u64,
    /// One entry per chosen partition, sorted.
    pub partitions: Vec<PartitionProgress>,
}

/// How far a search is in one partition: `[covered_from, covered_to)` of `[start, end)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartitionProgress {
    /// The partition's number.
    pub partition: i32,
    /// First offset of the search here.
    pub start: i64,
    /// Offset after the last one of the search here.
    pub end: i64,
    /// First offset that was looked at.
    pub covered_from: i64,
    /// Offset after the last one that was looked at.
    pub covered_to: i64,
}
