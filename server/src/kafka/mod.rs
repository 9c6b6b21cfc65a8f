//! Kafka clusters as the console sees them: a client of its own on `ouzel-wire`.
//!
//! Owns connections, versions, metadata, routing and retry, and turns answers into the API's types.
//! Knows nothing of HTTP or of who asks. Start at [`Clusters::get`] and [`Cluster`].

mod address;
mod broker_view;
mod cluster;
mod configs;
mod connection;
mod error;
mod fetch;
mod find;
pub mod groups;
mod links;
mod log_dirs;
pub mod member;
mod metadata;
mod offsets;
mod overview;
pub mod probe;
pub mod produce;
mod rates;
pub mod read;
mod records;
mod scram;
pub mod security;
mod shown;
mod since;
pub mod soon;
mod topic_config;
mod topic_view;
mod topics;
mod traffic;
pub mod transactions;
mod trim;
mod versions;

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

pub use address::{Address, are_elsewhere};
pub use cluster::{
    AGE_MAX_LISTING, AGE_MAX_ROUTING, Brokers, Cluster, ClusterSetup, RETRIES, Reached, pause,
};
pub use configs::{ConfigAct, ConfigChange, Resource, TopicConfig};
pub use error::{KafkaError, is_stale_route};
pub use fetch::{Answer, Ask, FETCH_BYTES_MAX, Lane};
pub use log_dirs::{BrokerLogDirs, LogDir, Sizes};
pub use metadata::{Metadata, Partition, Topic};
pub use offsets::{At, Found, OffsetAndTime, Offsets, offset_of};
pub use records::Deleted;
pub use shown::{Expected, Shown};

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

/// Every cluster that this console knows; the one that it opens on comes first. Cheap to clone.
///
/// Invariant: no two share an id.
#[derive(Debug, Clone, Default)]
pub struct Clusters(Arc<RwLock<Vec<Cluster>>>);

impl Clusters {
    /// Handles for all that is configured, in this order. Nothing is connected yet.
    pub fn new(setups: impl IntoIterator<Item = ClusterSetup>) -> Clusters {
        Clusters(Arc::new(RwLock::new(setups.into_iter().map(Cluster::new).collect())))
    }

    /// A cluster by its id.
    pub fn get(&self, id: &str) -> Option<Cluster> {
        self.read().iter().find(|cluster| cluster.id() == id).cloned()
    }

    /// All of them as they are now, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Cluster> + use<> {
        self.read().clone().into_iter()
    }

    /// Adds a cluster, or replaces the one of that id: whoever holds that goes on with it.
    pub fn put(&self, setup: ClusterSetup) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let cluster = Cluster::new(setup);
        match all.iter_mut().find(|it| it.id() == cluster.id()) {
            Some(place) => *place = cluster,
            None => all.push(cluster),
        }
    }

    /// Forgets a cluster; whoever holds it goes on with it.
    pub fn remove(&self, id: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|it| it.id() != id);
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Vec<Cluster>> {
        // Every step under the lock leaves the list whole.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
