//! Searching a topic: `POST …/topics/{topic}/search` answers with one [`SearchEvent`] a line.
//!
//! A search ends at `limit` matches, at `until` (or the end offsets it saw when it began), or when
//! the browser goes away. It can be resumed by its token. The request holds all of it: no server
//! memory does. What was added later has a default, so that older requests mean what they meant.

mod filter;

use serde::{Deserialize, Serialize};

pub use filter::{Filter, Operator, Side, Target, Test};

use crate::{
    error::ApiError,
    messages::{Decoder, Message},
};

/// Most matches one search may ask for; a page of this many rows is still quick to scroll.
pub const MATCHES_MAX: u32 = 10_000;
/// Most records that one export may hold. Time ends it sooner: a file that stops at a round number
/// would look whole.
pub const EXPORT_MATCHES_MAX: u32 = 1_000_000_000;
/// Most filters one search may carry.
pub const FILTERS_MAX: usize = 20;
/// Longest text, pattern, path or script of one filter, in bytes: a link with it stays one that
/// programs pass on.
pub const FILTER_BYTES_MAX: usize = 4096;

/// Body of a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Search {
    /// Where to begin and in which direction.
    pub from: From,
    /// Where to end, if `limit` does not end it before.
    #[serde(default, skip_serializing_if = "Until::is_now")]
    pub until: Until,
    /// Only these partitions; `None` means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitions: Option<Vec<i32>>,
    /// All that are switched on must hold.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Stop after so many matches, 1 to 10,000.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10_000))]
    pub limit: u32,
    /// Which records of transactions are seen.
    #[serde(default, skip_serializing_if = "Isolation::is_default")]
    pub isolation: Isolation,
    /// How keys and values are read, for people and for field filters.
    #[serde(default, skip_serializing_if = "Decode::is_auto")]
    pub decode: Decode,
    /// Go on where an earlier search that differed at most in `limit` stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<String>,
}

impl Search {
    /// A search for everything from there on, in all partitions, until now.
    pub fn new(from: From, limit: u32) -> Search {
        Search {
            from,
            until: Until::Now,
            partitions: None,
            filters: Vec::new(),
            limit,
            isolation: Isolation::default(),
            decode: Decode::default(),
            resume: None,
        }
    }
}

/// Where a search begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// From the offsets that this group has committed upwards: what it reads next. Partitions
    /// without a commit are read from their start.
    Group {
        /// The group's id.
        group: String,
    },
}

/// Where a search ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Until {
    /// Upwards at the end as it was when the search began; from newest at the start of the log.
    #[default]
    Now,
    /// At this offset of each partition, which is the last one looked at.
    Offset {
        /// The offset.
        offset: i64,
    },
    /// Upwards before the first record that is later than this time; from newest at the first
    /// record that is not earlier.
    Time {
        /// The time.
        timestamp_ms: i64,
    },
}

impl Until {
    /// Whether it is the default.
    pub fn is_now(&self) -> bool {
        *self == Until::Now
    }
}

/// Which records of transactions a search sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// All; those of aborted and undecided transactions are marked.
    #[default]
    ReadUncommitted,
    /// Only those that a consumer with `isolation.level=read_committed` gets.
    ReadCommitted,
}

impl Isolation {
    /// Whether it is the default.
    pub fn is_default(&self) -> bool {
        *self == Isolation::default()
    }
}

/// How keys and values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decode {
    /// Keys.
    #[serde(default)]
    pub key: Decoder,
    /// Values.
    #[serde(default)]
    pub value: Decoder,
}

impl Decode {
    /// Whether both are chosen by what they hold.
    pub fn is_auto(&self) -> bool {
        *self == Decode::default()
    }
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
    /// All that could be read was read; the progress tells which partitions broke off, and why. The
    /// token tries them again.
    Partial,
    /// The server's limit on one search's time was reached.
    TimeLimit,
}

/// How far a search is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SearchProgress))]
pub struct Progress {
    /// Records looked at, each once: what an earlier search has counted before it gave the token
    /// that this one goes on from is not counted again, here and in all other counts but bytes.
    pub read: u64,
    /// Records looked at that the earlier search had counted. It had found them, or what lies
    /// between them, too early to tell.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub again: u64,
    /// Records that matched.
    pub matched: u64,
    /// Bytes received from the brokers.
    pub bytes: u64,
    /// Offsets that were passed and held no record to look at.
    pub skipped: Skipped,
    /// Offsets of the range that a read_committed search leaves out because a transaction before
    /// them was not decided when it began; one that goes on from a token leaves out the same.
    #[serde(default)]
    pub held: u64,
    /// Records that a filter could not judge, such as a field of what is not JSON. None matches.
    pub filter_errors: u64,
    /// Partition, offset and reason of the first such record.
    pub first_filter_error: Option<String>,
    /// Fields that were in none of the records in which a filter looked for them: likely mistyped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Unseen>,
    /// Matches whose key or value could not be read as the search demands.
    pub undecodable: u64,
    /// Partition, offset and reason of the first of them.
    pub first_undecodable: Option<String>,
    /// Time since the search began.
    pub elapsed_ms: u64,
    /// How long it takes to read the rest at this rate; `None` while that cannot be told. It ends
    /// before if enough matches are found.
    pub left_ms: Option<u64>,
    /// One entry per chosen partition, sorted.
    pub partitions: Vec<PartitionProgress>,
    /// Token to go on from, should the connection break: matches that came before this line do not
    /// come again. `None` if there is nothing left to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<String>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A field that was nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unseen {
    /// Which of the search's filters looks for it, counted from 0.
    pub filter: u32,
    /// Records in which it looked; fewer than were read where others rule records out before.
    pub records: u64,
}

/// Offsets without a record to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Skipped {
    /// Control records: marks of transactions, no data.
    pub control: u64,
    /// Records of aborted transactions, which a read_committed search leaves out.
    pub aborted: u64,
    /// Offsets at which there is nothing: compacted away, deleted, or never given to a record.
    pub missing: u64,
}

/// How far a search is in one partition: `[covered_from, covered_to)` of `[start, end)`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SearchPartition))]
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
    /// Records looked at here.
    pub read: u64,
    /// Why reading it broke off; the others go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// What an export is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// One JSON object a line. Keys and values are strings, exactly as stored; what is not UTF-8
    /// stands as `key_base64`, `value_base64`.
    Jsonl,
    /// RFC 4180 with a header line. What is not UTF-8 stands as base64, named by `key_encoding`,
    /// `value_encoding`.
    Csv,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_request_of_the_first_version_means_what_it_meant_and_is_written_the_same() {
        let text = r#"{"from":{"at":"time","timestamp_ms":5},"filters":[{"kind":"contains",
            "target":"value","text":"x"},{"kind":"field","path":"a.b","op":"ge","value":"5"}],
            "limit":7}"#;
        let text: String = text.lines().map(str::trim).collect();
        let search: Search = serde_json::from_str(&text).unwrap();
        let field = Test::Field {
            of: Side::Value,
            path: "a.b".to_owned(),
            op: Operator::Ge,
            value: "5".to_owned(),
        };
        assert_eq!(search.filters[1], Filter::new(field));
        assert_eq!(search.until, Until::Now);
        assert_eq!(serde_json::to_string(&search).unwrap(), text);
    }

    #[test]
    fn every_kind_of_filter_survives_json() {
        let value = || "1".to_owned();
        let tests = [
            Test::Regex { target: Target::Header("trace".to_owned()), pattern: "^a".to_owned() },
            Test::Part { target: Target::Key, op: Operator::In, value: value() },
            Test::Field { of: Side::Key, path: value(), op: Operator::Exists, value: value() },
            Test::Javascript { script: "return value.a == 1".to_owned() },
        ];
        for test in tests {
            let filter = Filter { test, negate: true, enabled: false };
            let text = serde_json::to_string(&filter).unwrap();
            assert_eq!(serde_json::from_str::<Filter>(&text).unwrap(), filter, "{text}");
        }
    }
}
