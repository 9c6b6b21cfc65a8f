//! Consumer groups: the list, and one group with its lag by partition.

use serde::{Deserialize, Serialize};

use crate::{
    Lag,
    progress::{PartitionProgress, Progress},
    session::Permission,
};

/// Answer of `GET …/groups`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupList {
    /// Sorted by id.
    pub groups: Vec<GroupRow>,
    /// What is missing from the list, one sentence each, such as a broker that did not answer.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// When this was read from the cluster.
    pub read_at_ms: i64,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupRow {
    /// The group's id.
    pub group: String,
    /// `classic`, `consumer`, `share` or `streams`, where the cluster tells; else what it serves.
    pub group_type: String,
    /// State as Kafka names it, such as `Stable` or `Empty`.
    pub state: String,
    /// What the members speak, such as `consumer`; empty if unknown.
    pub protocol_type: String,
    /// Members; `None` if the group could not be described.
    pub members: Option<u32>,
    /// Topics on which it has committed; `None` if the commits could not be read.
    pub topics: Option<u32>,
    /// Records behind over all partitions with a commit.
    pub lag: Lag,
    /// Partitions that a member holds and on which the group has committed nothing; `lag` does
    /// not count them.
    #[serde(default)]
    pub without_commit: u32,
    /// Why something is missing, in Kafka's words.
    pub error: Option<String>,
    /// How it fares; `None` before the first sample.
    #[serde(default)]
    pub progress: Option<Progress>,
    /// What the caller may do to some groups of the cluster, but not to this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied: Vec<Permission>,
}

/// Answer of `GET …/groups/{group}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    /// The group's id.
    pub group: String,
    /// As in the list: `classic`, `consumer` and so on.
    pub group_type: String,
    /// State as Kafka names it.
    pub state: String,
    /// The assignor the members agreed on, such as `range`; empty without members.
    pub assignor: String,
    /// Node id of the coordinator, where known.
    pub coordinator: Option<i32>,
    /// Sorted by client id, then member id.
    pub members: Vec<Member>,
    /// One row per partition that is committed or assigned; sorted by topic and partition.
    pub partitions: Vec<GroupPartition>,
    /// Records behind over all partitions with a commit.
    pub lag: Lag,
    /// Partitions that a member holds and on which the group has committed nothing; `lag` does
    /// not count them.
    #[serde(default)]
    pub without_commit: u32,
    /// How it fares; `None` before the first sample.
    #[serde(default)]
    pub progress: Option<Progress>,
    /// When this was read from the cluster.
    pub read_at_ms: i64,
}

/// One member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Given by the coordinator.
    pub member_id: String,
    /// `group.instance.id` of a static member.
    pub instance_id: Option<String>,
    /// What the client calls itself.
    pub client_id: String,
    /// Where it connects from.
    pub host: String,
    /// Partitions assigned to it.
    pub assigned: u32,
    /// The same by name, sorted.
    #[serde(default)]
    pub assignment: Vec<Assignment>,
}

/// The partitions of one topic that a member holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Assignment {
    /// The topic's name.
    pub topic: String,
    /// Its partitions, sorted.
    pub partitions: Vec<i32>,
}

/// A group's position on one partition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupPartition {
    /// The topic's name.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// The committed offset: the next record to read. `None`: no commit.
    pub committed: Option<i64>,
    /// The text the client left with its commit.
    pub metadata: Option<String>,
    /// First offset that can be read.
    pub start_offset: Option<i64>,
    /// Offset after the last readable record.
    pub end_offset: Option<i64>,
    /// Records behind.
    pub lag: Lag,
    /// The member that holds the partition now.
    pub member_id: Option<String>,
    /// That member's client id.
    pub client_id: Option<String>,
    /// Where that member connects from.
    pub host: Option<String>,
    /// How the group fares here; `None` before the first sample.
    #[serde(default)]
    pub progress: Option<PartitionProgress>,
}
