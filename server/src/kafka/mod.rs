//! Kafka clusters as the console sees them: a client of its own on `ouzel-wire`.
//!
//! Owns connections, versions, metadata, routing and retry, and turns answers into the API's types.
//! Knows nothing of HTTP or of who asks. Start at [`Clusters::get`] and [`Cluster`].

mod address;
mod cluster;
mod connection;
mod error;
mod fetch;
pub mod groups;
mod links;
mod log_dirs;
pub mod member;
mod metadata;
mod offsets;
mod overview;
pub mod produce;
pub mod read;
mod records;
mod topic_view;
mod topics;
mod versions;

use std::{collections::BTreeMap, fmt, sync::Arc};

pub use address::Address;
pub use cluster::{
    AGE_MAX_LISTING, AGE_MAX_ROUTING, Cluster, ClusterSetup, RETRIES, Reached, pause,
};
pub use error::{KafkaError, is_stale_route};
pub use fetch::{Answer, Ask, FETCH_BYTES_MAX, Lane};
pub use log_dirs::{BrokerLogDirs, LogDir};
pub use metadata::{Metadata, Partition, Topic};
pub use offsets::{At, Found, OffsetAndTime, Offsets};
pub use records::Deleted;
pub use topics::TopicConfig;

/// A partition of a topic, named.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicPartition {
    /// The topic's name.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
}

impl TopicPartition {
    /// Partition `partition` of `topic`.
    pub fn new(topic: &str, partition: i32) -> TopicPartition {
        TopicPartition { topic: topic.to_owned(), partition }
    }
}

impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.partition)
    }
}

/// Every cluster that this console knows, by id. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Clusters(Arc<BTreeMap<String, Cluster>>);

impl Clusters {
    /// Handles for all that is configured. Nothing is connected yet.
    pub fn new(setups: impl IntoIterator<Item = ClusterSetup>) -> Clusters {
        let cluster = |setup: ClusterSetup| (setup.id.clone(), Cluster::new(setup));
        Clusters(Arc::new(setups.into_iter().map(cluster).collect()))
    }

    /// A cluster by its id.
    pub fn get(&self, id: &str) -> Option<&Cluster> {
        self.0.get(id)
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Cluster> {
        self.0.values()
    }
}
