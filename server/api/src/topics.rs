//! Topics: the list, its figures, one topic, creating and deleting.

use serde::{Deserialize, Serialize};

use crate::{Lag, progress::TimeLag, session::Permission};

/// Topics that Kafka's own coordinators write, by Kafka's names; a broker marks them as internal,
/// and nobody else may write there.
const KEPT: [&str; 3] = ["__consumer_offsets", "__transaction_state", "__share_group_state"];

/// Whether the cluster keeps the topic of that name for itself.
pub fn is_kept(topic: &str) -> bool {
    KEPT.contains(&topic)
}

/// One row of `GET …/topics`: what cluster metadata says, so a long list is cheap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicRow {
    /// The topic's name.
    pub name: String,
    /// Whether the cluster keeps it for itself.
    pub internal: bool,
    /// Number of partitions.
    pub partitions: u32,
    /// Replicas of the first partition.
    pub replication_factor: u32,
    /// Partitions without a leader.
    pub offline: u32,
    /// Partitions with fewer in-sync replicas than replicas.
    pub under_replicated: u32,
    /// What the caller may do to some topics of the cluster, but not to this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied: Vec<Permission>,
}

/// Answer of `GET …/topics`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicList {
    /// Sorted by name.
    pub topics: Vec<TopicRow>,
    /// When this was read from the cluster.
    pub read_at_ms: i64,
}

/// Answer 202 of an act that the cluster has accepted and does not show yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accepted {
    /// The same in words.
    pub message: String,
}

/// Most topics whose figures one request may ask for: about three screens of rows.
pub const FIGURES_MAX: usize = 150;

/// Body of `POST …/topics/figures`: the rows on screen, at most 150.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FiguresRequest {
    /// Topic names.
    pub topics: Vec<String>,
    /// Whether groups are read anew instead of as they were a moment ago: for somebody who is
    /// about to change or delete the topics.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub now: bool,
}

/// What costs a request to the brokers, for one topic. `None` means it could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicFigures {
    /// The topic's name.
    pub name: String,
    /// End offsets minus start offsets.
    pub messages: Option<i64>,
    /// `cleanup.policy`, such as `delete` or `compact,delete`.
    pub cleanup_policy: Option<String>,
    /// Largest record timestamp; also `None` for a topic without records (`messages` is then 0).
    pub last_written_ms: Option<i64>,
    /// Groups that have committed here.
    pub groups: Option<u32>,
    /// The lag of the group that is furthest behind; `NoCommit` where no group has committed.
    pub worst_lag: Lag,
    /// Partitions that members hold and on which their groups have committed nothing, over all
    /// groups; `worst_lag` does not count them.
    #[serde(default)]
    pub without_commit: u32,
    /// How much was written and read lately; `None` until it has been measured twice.
    #[serde(default)]
    pub rate: Option<TopicRate>,
    /// Bytes on disk of the leaders' replicas, over all partitions.
    #[serde(default)]
    pub size_bytes: Option<u64>,
    /// Why `size_bytes` is not known.
    #[serde(default)]
    pub size_error: Option<String>,
}

/// What happened on a topic between two readings of its offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicRate {
    /// Offsets that were given out.
    pub records_in: i64,
    /// Offsets that groups have moved on by, over all groups; `None` if they could not be read.
    pub records_out: Option<i64>,
    /// Milliseconds between the readings; above zero.
    pub over_ms: i64,
}

/// Answer of `POST …/topics/figures`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FiguresResponse {
    /// One entry per topic that still exists, in the order asked.
    pub figures: Vec<TopicFigures>,
    /// When this was read from the cluster.
    pub read_at_ms: i64,
}

/// Answer of `GET …/topics/{topic}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Topic {
    /// The topic's name.
    pub name: String,
    /// Kafka's topic id, base64url, where the cluster has ids.
    pub id: Option<String>,
    /// Whether the cluster keeps it for itself.
    pub internal: bool,
    /// Sorted by number.
    pub partitions: Vec<Partition>,
    /// `cleanup.policy`, where it could be read.
    pub cleanup_policy: Option<String>,
    /// When this was read from the cluster.
    pub read_at_ms: i64,
}

/// One partition of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Partition {
    /// Its number.
    pub partition: i32,
    /// The leader's node id; `None` while there is none.
    pub leader: Option<i32>,
    /// The leader's epoch, where the cluster tells it.
    pub leader_epoch: Option<i32>,
    /// Node ids of all replicas.
    pub replicas: Vec<i32>,
    /// Node ids of the replicas that keep up.
    pub in_sync: Vec<i32>,
    /// First offset that can be read; `None` if it could not be asked.
    pub start_offset: Option<i64>,
    /// Offset after the last readable record (the high watermark).
    pub end_offset: Option<i64>,
    /// Why the offsets are unknown, in Kafka's words.
    pub error: Option<String>,
    /// Bytes on disk of the leader's replica.
    #[serde(default)]
    pub size_bytes: Option<u64>,
    /// Why `size_bytes` is not known.
    #[serde(default)]
    pub size_error: Option<String>,
}

/// Body of `POST …/topics`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateTopic {
    /// 1 to 249 of `a-z A-Z 0-9 . _ -`.
    pub name: String,
    /// Number of partitions; `None` takes the cluster's default.
    pub partitions: Option<i32>,
    /// Replicas; `None` takes the cluster's default.
    pub replication_factor: Option<i16>,
    /// Topic configuration that differs from the defaults.
    #[serde(default)]
    pub configs: Vec<ConfigValue>,
}

/// One configuration key and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigValue {
    /// Kafka's key, such as `retention.ms`.
    pub name: String,
    /// The value as text.
    pub value: String,
}

/// Answer of `GET …/topics/{topic}/consumers`: the groups that have committed on this topic, or
/// hold one of its partitions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicConsumers {
    /// Worst lag first.
    pub consumers: Vec<TopicConsumer>,
    /// What is missing from the list, such as the groups of a broker that did not answer.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// When this was read from the cluster.
    pub read_at_ms: i64,
}

/// One group as seen from one topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicConsumer {
    /// The group's id.
    pub group: String,
    /// Its state as Kafka names it.
    pub state: String,
    /// Members of the group, those without this topic included.
    pub members: u32,
    /// Partitions of this topic on which it has committed.
    pub committed_partitions: u32,
    /// Records behind on this topic, over the partitions with a commit.
    pub lag: Lag,
    /// Partitions of this topic that a member holds and on which the group has committed nothing;
    /// `lag` does not count them.
    #[serde(default)]
    pub without_commit: u32,
    /// How far behind it is in time on this topic, on the worst of its partitions; `None` where it
    /// is not watched yet, or has no commit.
    #[serde(default)]
    pub time_lag: Option<TimeLag>,
}

/// Body of `POST …/topics/{topic}/partitions`: a topic can grow and never shrink.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrowTopic {
    /// How many partitions there are afterwards.
    pub partitions: u32,
    /// How many there were when that was decided. If there are others by now, nothing is done
    /// (409). Left out, nothing is compared.
    #[serde(default)]
    pub was: Option<u32>,
}
