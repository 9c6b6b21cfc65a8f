//! Deleting the oldest records of a topic: first the plan with its numbers, then the act.

use serde::{Deserialize, Serialize};

/// Body of `POST …/topics/{topic}/trim-plan`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrimQuestion {
    /// The partitions; empty for all.
    #[serde(default)]
    pub partitions: Vec<i32>,
    /// Up to where.
    pub up_to: TrimTo,
}

/// Where the partitions shall begin afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TrimTo {
    /// At their ends: nothing is left.
    End,
    /// At this offset, as far as a partition reaches.
    Offset {
        /// The first offset that stays.
        offset: i64,
    },
    /// At the first record of that time or later.
    Time {
        /// Milliseconds since 1970.
        at_ms: i64,
    },
}

/// Answer of `POST …/topics/{topic}/trim-plan`: what would go. Nothing has been deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrimPlan {
    /// The partitions, by number.
    pub partitions: Vec<TrimPart>,
    /// Offsets that go, over all partitions that could be read; about as many records.
    pub records: i64,
    /// Who reads the topic; `None` if the groups could not all be read.
    pub readers: Option<Vec<TrimReader>>,
    /// Why the cluster will refuse, as for a topic that is only compacted; `None` if nothing is
    /// known to be in the way.
    pub refusal: Option<String>,
    /// When this was read from the cluster.
    pub read_at_ms: i64,
}

/// What would become of one partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrimPart {
    /// Its number.
    pub partition: i32,
    /// Where it begins now; `None` if it could not be asked.
    pub start_offset: Option<i64>,
    /// Its end now.
    pub end_offset: Option<i64>,
    /// Where it would begin; never before its start or beyond its end.
    pub before_offset: Option<i64>,
    /// Why it could not be asked.
    pub error: Option<String>,
}

/// A group that has committed on the topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrimReader {
    /// The group's id.
    pub group: String,
    /// Offsets among those that go which the group has not read yet.
    pub unread: i64,
}

/// Body of `POST …/topics/{topic}/trim`: exactly what the plan showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trim {
    /// At least one, each partition once.
    pub offsets: Vec<TrimOffset>,
}

/// Where one partition shall begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrimOffset {
    /// Its number.
    pub partition: i32,
    /// The first offset that stays.
    pub before_offset: i64,
}

/// Answer of `POST …/topics/{topic}/trim`. If every partition failed for one reason, that is the
/// request's error instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trimmed {
    /// By number.
    pub partitions: Vec<TrimmedPart>,
}

/// What became of one partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrimmedPart {
    /// Its number.
    pub partition: i32,
    /// Where it begins now.
    pub start_offset: Option<i64>,
    /// Why nothing was deleted.
    pub error: Option<String>,
}
