//! The clusters that this console knows, and one cluster's overview.

use serde::{Deserialize, Serialize};

use crate::{
    Lag,
    error::ApiError,
    progress::{Status, TimeLag},
};

/// How careful one should be on a cluster; shown on every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Anything goes.
    #[default]
    Development,
    /// Shared, but not customers'.
    Staging,
    /// Customers depend on it.
    Production,
}

/// One row of `GET /api/v1/clusters`. Answers at once: no broker is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cluster {
    /// The name in URLs: `embedded`, or the key in `ouzel.toml`.
    pub id: String,
    /// Whether the broker runs inside this process.
    pub embedded: bool,
    /// How careful one should be.
    pub environment: Environment,
    /// Where the console connects first, as `host:port`.
    pub bootstrap: Vec<String>,
    /// Whether the server refuses whatever would change it.
    #[serde(default)]
    pub read_only: bool,
    /// What people call it, if not by its id.
    #[serde(default)]
    pub label: Option<String>,
    /// Its colour on every page, if not that of its environment.
    #[serde(default)]
    pub colour: Option<Colour>,
    /// Who says all of this.
    #[serde(default)]
    pub origin: Origin,
    /// Kafka's word for how its brokers are spoken to, such as `SASL_SSL`.
    #[serde(default)]
    pub protocol: String,
}

/// A colour by which people know a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// Grey.
    Grey,
    /// Blue.
    Blue,
    /// Teal.
    Teal,
    /// Green.
    Green,
    /// Amber.
    Amber,
    /// Red.
    Red,
    /// Pink.
    Pink,
    /// Violet.
    Violet,
}

impl Colour {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Colour; 8] = [
        Colour::Grey,
        Colour::Blue,
        Colour::Teal,
        Colour::Green,
        Colour::Amber,
        Colour::Red,
        Colour::Pink,
        Colour::Violet,
    ];

    /// The name in JSON and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Colour::Grey => "grey",
            Colour::Blue => "blue",
            Colour::Teal => "teal",
            Colour::Green => "green",
            Colour::Amber => "amber",
            Colour::Red => "red",
            Colour::Pink => "pink",
            Colour::Violet => "violet",
        }
    }
}

/// Who says what a cluster is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Its broker runs in this process.
    Process,
    /// `ouzel.toml`, a variable or a flag: fixed until the next start.
    #[default]
    File,
    /// Somebody who added it in the console.
    Console,
}

/// Answer of `GET /api/v1/clusters/{cluster}/health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClusterHealth {
    /// Kafka's cluster id, where it has one.
    pub kafka_cluster_id: Option<String>,
    /// Brokers.
    pub brokers: u32,
    /// Topics, internal ones included.
    pub topics: u32,
    /// Internal topics among them.
    #[serde(default)]
    pub internal_topics: u32,
    /// Partitions without a leader.
    pub offline: u32,
    /// Partitions with too few replicas in sync.
    pub under_replicated: u32,
    /// When this was read.
    pub read_at_ms: i64,
}

/// Answer of `GET /api/v1/clusters/{cluster}/overview`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overview {
    /// Kafka's cluster id, where the cluster has one.
    pub kafka_cluster_id: Option<String>,
    /// The brokers that the cluster lists now.
    pub brokers: Vec<Broker>,
    /// The controller's node id, where known.
    pub controller_id: Option<i32>,
    /// Topics, internal ones included.
    pub topics: u32,
    /// Internal topics among them.
    pub internal_topics: u32,
    /// Partitions of all topics.
    pub partitions: u32,
    /// Partitions without a leader, worst news first.
    pub offline_partitions: Vec<PartitionName>,
    /// Partitions whose in-sync replicas are fewer than their replicas.
    pub under_replicated_partitions: Vec<PartitionName>,
    /// The consumer groups, or why they could not be read.
    pub groups: GroupsSummary,
    /// Topics with the most records, at most ten, largest first.
    pub largest_topics: Vec<TopicSize>,
    /// Brokers that hold replicas and are not listed now.
    #[serde(default)]
    pub offline_brokers: Vec<i32>,
    /// What was seen over time.
    #[serde(default)]
    pub glance: Glance,
    /// Topics whose offsets could not all be read; none of them is among the largest.
    #[serde(default)]
    pub unread_topics: u32,
    /// When this was read from the cluster.
    pub read_at_ms: i64,
}

/// What was seen of a cluster in the latest samples.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Glance {
    /// Groups that somebody should look at, the worst first, at most a hundred.
    pub stuck: Vec<StuckGroup>,
    /// Topics with the most records a second, at most ten.
    pub busiest: Vec<BusyTopic>,
    /// Records written a second to all topics that are not internal, the oldest first.
    pub written_per_s: Vec<f64>,
    /// Records that all groups together have not read, the oldest first.
    pub lag: Vec<i64>,
    /// When the latest sample was taken; `None` before the first one.
    pub read_at_ms: Option<i64>,
}

/// A group that does not get on, has lost records, or went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StuckGroup {
    /// Its id.
    pub group: String,
    /// Whether it gets on.
    pub status: Status,
    /// Partitions with a commit.
    #[serde(default)]
    pub partitions: u32,
    /// Those of them that are stalled or stopped.
    #[serde(default)]
    pub stuck: u32,
    /// Records that were deleted before it has read them.
    #[serde(default)]
    pub lost: i64,
    /// How far it is behind.
    pub time_lag: TimeLag,
    /// When a commit of it was last seen to move.
    pub moved_ms: Option<i64>,
}

/// A topic that is written to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BusyTopic {
    /// The topic's name.
    pub topic: String,
    /// Records written a second.
    pub written_per_s: f64,
    /// Records in it; `None`: could not be read.
    pub records: Option<i64>,
}

/// The groups of a cluster in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GroupsSummary {
    /// They were read.
    Known {
        /// Groups in all.
        total: u32,
        /// The groups that are furthest behind, at most ten, worst first: those with lag, and
        /// before them those whose lag is unknown.
        behind: Vec<GroupBehind>,
        /// Groups that have committed nothing, or not on every partition that they hold: nobody
        /// can say how far behind they are there.
        #[serde(default)]
        without_commit: u32,
        /// Groups whose lag could not be read.
        #[serde(default)]
        unknown: u32,
        /// What is missing from all of this, such as the groups of a broker that did not answer.
        #[serde(default)]
        warnings: Vec<String>,
    },
    /// They could not be read.
    Failed {
        /// The reason.
        error: ApiError,
    },
}

/// A group that has not read everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupBehind {
    /// The group's id.
    pub group: String,
    /// Its state as Kafka names it, such as `Stable`.
    pub state: String,
    /// Records behind over all partitions.
    pub lag: Lag,
}

/// A topic and how many records it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicSize {
    /// The topic's name.
    pub topic: String,
    /// End offsets minus start offsets; compaction and control records can make it too high.
    pub messages: i64,
}

/// One partition, named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartitionName {
    /// The topic's name.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
}

/// One broker of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Broker {
    /// Its node id.
    pub id: i32,
    /// Where clients reach it.
    pub host: String,
    /// The port there.
    pub port: i32,
    /// Its rack, if it names one.
    pub rack: Option<String>,
}
