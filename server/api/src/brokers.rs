//! The brokers of a cluster, and one of them: what it holds, in which folders, and how it is set.

use serde::{Deserialize, Serialize};

use crate::topic_config::SettingKind;

/// Answer of `GET …/brokers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokerList {
    /// By id: those that the cluster lists, and those that replicas name although it does not.
    pub brokers: Vec<BrokerRow>,
    /// When the cluster's metadata was read.
    pub read_at_ms: i64,
}

/// One broker in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokerRow {
    /// Its node id.
    pub id: i32,
    /// Where clients reach it, as `host:port`; `None`: replicas name it and the cluster does not
    /// list it, so it is down or gone.
    pub address: Option<String>,
    /// Its rack, if it names one.
    pub rack: Option<String>,
    /// Whether it is the controller.
    pub controller: bool,
    /// Partitions that it leads.
    pub leads: u32,
    /// Partitions of which it holds a copy and which another one leads, or nobody.
    pub follows: u32,
    /// Copies on it that are not in sync.
    pub out_of_sync: u32,
    /// Bytes of all its partitions on disk; `None`: see `disk_error`.
    pub size_bytes: Option<u64>,
    /// Bytes of its file systems; `None` where it does not tell. Folders that share one file system
    /// count it each.
    pub total_bytes: Option<u64>,
    /// Bytes of them that may still be written.
    pub usable_bytes: Option<u64>,
    /// Why its disks, or some of them, could not be looked at.
    pub disk_error: Option<String>,
}

/// Answer of `GET …/brokers/{broker}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokerPage {
    /// The broker in short.
    pub broker: BrokerRow,
    /// The features that the cluster has switched on, as this broker tells them, such as
    /// `metadata.version`; empty where it tells none.
    pub features: Vec<Feature>,
    /// Where it keeps its partitions.
    pub folders: Vec<Folder>,
    /// All partitions of which it holds a copy, by topic and number.
    pub partitions: Vec<BrokerPartition>,
    /// When this was read.
    pub read_at_ms: i64,
}

/// A feature that is on, and its level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Feature {
    /// Kafka's name, such as `metadata.version`.
    pub name: String,
    /// The level in use.
    pub level: i16,
}

/// A folder of a broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Folder {
    /// Its path on the broker's machine.
    pub path: String,
    /// Bytes of its file system; `None` where the broker does not tell.
    pub total_bytes: Option<u64>,
    /// Bytes of it that may still be written.
    pub usable_bytes: Option<u64>,
    /// Partitions in it.
    pub partitions: u32,
    /// Bytes of these.
    pub size_bytes: u64,
    /// Why the broker could not look into it.
    pub error: Option<String>,
}

/// A partition of which a broker holds a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokerPartition {
    /// The topic's name.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// Whether the broker leads it.
    pub leads: bool,
    /// Whether the broker's copy is in sync.
    pub in_sync: bool,
    /// Bytes of the copy on disk; `None` where the broker does not tell.
    pub size_bytes: Option<u64>,
}

/// Answer of `GET …/brokers/{broker}/config`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokerConfig {
    /// By name.
    pub settings: Vec<BrokerSetting>,
    /// When this was read from the broker.
    pub read_at_ms: i64,
}

/// One setting of a broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokerSetting {
    /// Kafka's key, such as `log.retention.hours`.
    pub name: String,
    /// The value in force; `None` where it is secret, or none.
    pub value: Option<String>,
    /// Kafka's own default; `None` where the broker does not tell, or there is none.
    pub default: Option<String>,
    /// Where the value comes from, as Kafka names it, such as `STATIC_BROKER_CONFIG`.
    pub source: String,
    /// The value's type.
    pub kind: SettingKind,
    /// Whether the value is secret.
    pub sensitive: bool,
    /// Whether it can only be set in the broker's files.
    pub read_only: bool,
    /// What it means, in the broker's words; `None` where it does not tell.
    pub documentation: Option<String>,
}
