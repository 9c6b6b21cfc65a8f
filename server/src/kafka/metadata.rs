//! A cluster as its metadata tells it: brokers, topics, partitions and who leads them.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use ouzel_api::clusters::ClusterHealth;
use ouzel_wire::{ErrorCode, Uuid, messages as wire};

use super::{address::Address, error::KafkaError, overview::count};
use crate::clock::now_ms;

/// One reading of the metadata of all topics, or of one.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// Kafka's id of the cluster.
    pub cluster_id: Option<String>,
    /// The controller's node id.
    pub controller: Option<i32>,
    /// Brokers by node id.
    pub brokers: BTreeMap<i32, Broker>,
    /// Topics by name.
    pub topics: BTreeMap<String, Topic>,
    /// When it was read, for people.
    pub read_at_ms: i64,
    read_at: Instant,
}

/// One broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broker {
    /// Where clients reach it.
    pub address: Address,
    /// Its rack.
    pub rack: Option<String>,
}

/// One topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its id, if the cluster has ids.
    pub id: Uuid,
    /// Whether the cluster keeps it for itself.
    pub internal: bool,
    /// Partitions, sorted by number.
    pub partitions: Vec<Partition>,
}

/// One partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Its number.
    pub number: i32,
    /// The broker that leads it.
    pub leader: Option<i32>,
    /// Which leadership that is.
    pub leader_epoch: Option<i32>,
    /// Who holds copies.
    pub replicas: Vec<i32>,
    /// Whose copies keep up.
    pub in_sync: Vec<i32>,
}

impl Metadata {
    /// What is wrong with the cluster, in numbers.
    pub fn health(&self) -> ClusterHealth {
        let all = |of: fn(&Topic) -> usize| count(self.topics.values().map(of).sum());
        ClusterHealth {
            kafka_cluster_id: self.cluster_id.clone(),
            brokers: count(self.brokers.len()),
            topics: count(self.topics.len()),
            internal_topics: all(|topic| usize::from(topic.internal)),
            offline: all(|topic| topic.offline().count()),
            under_replicated: all(|topic| topic.under_replicated().count()),
            read_at_ms: self.read_at_ms,
        }
    }

    /// From a broker's answer.
    pub fn new(response: wire::MetadataResponse) -> Metadata {
        let brokers = response.brokers.into_iter().filter_map(|broker| {
            // A broker whose port is none cannot be reached, but that is no reason to fail.
            let port = u16::try_from(broker.port).ok()?;
            let address = Address { host: broker.host, port };
            Some((broker.node_id, Broker { address, rack: broker.rack }))
        });
        let topics = response.topics.into_iter().filter_map(topic);
        Metadata {
            cluster_id: response.cluster_id,
            controller: known(response.controller_id),
            brokers: brokers.collect(),
            topics: topics.collect(),
            read_at_ms: now_ms(),
            read_at: Instant::now(),
        }
    }

    /// Whether a newer reading says the same about the brokers and about topic `name`.
    pub fn agrees(&self, newer: &Metadata, name: &str) -> bool {
        self.brokers == newer.brokers
            && self.controller == newer.controller
            && self.topics.get(name) == newer.topics.get(name)
    }

    /// This with what a newer reading says about the brokers and about topic `name`. It stays as
    /// old as it is, for the sake of all other topics.
    pub fn with(&self, newer: &Metadata, name: &str) -> Metadata {
        let mut updated = self.clone();
        updated.brokers.clone_from(&newer.brokers);
        updated.controller = newer.controller;
        match newer.topics.get(name) {
            Some(topic) => drop(updated.topics.insert(name.to_owned(), topic.clone())),
            None => drop(updated.topics.remove(name)),
        }
        updated
    }

    /// Whether it was all there at a moment.
    pub fn was_read_before(&self, moment: Instant) -> bool {
        self.read_at < moment
    }

    /// How old it is.
    pub fn age(&self) -> Duration {
        self.read_at.elapsed()
    }

    /// A topic, or that there is none.
    pub fn topic(&self, name: &str) -> Result<&Topic, KafkaError> {
        self.topics.get(name).ok_or_else(|| KafkaError::NoTopic { topic: name.to_owned() })
    }

    /// The node that leads a partition.
    pub fn leader(&self, topic: &str, partition: i32) -> Result<i32, KafkaError> {
        self.topic(topic)?.leader(topic, partition)
    }

    /// Where the brokers are.
    pub fn addresses(&self) -> Vec<Address> {
        self.brokers.values().map(|broker| broker.address.clone()).collect()
    }
}

impl Topic {
    /// A partition by its number.
    pub fn partition(&self, number: i32) -> Option<&Partition> {
        let at = self.partitions.binary_search_by_key(&number, |partition| partition.number);
        at.ok().map(|at| &self.partitions[at])
    }

    /// The node that leads a partition; `name` is the topic's own, for the error.
    pub fn leader(&self, name: &str, partition: i32) -> Result<i32, KafkaError> {
        let topic = name.to_owned();
        match self.partition(partition) {
            None => Err(KafkaError::NoPartition { topic, partition }),
            Some(found) => found.leader.ok_or(KafkaError::NoLeader { topic, partition }),
        }
    }

    /// Partitions without a leader.
    pub fn offline(&self) -> impl Iterator<Item = &Partition> {
        self.partitions.iter().filter(|partition| partition.leader.is_none())
    }

    /// Partitions that have fewer in-sync replicas than replicas.
    pub fn under_replicated(&self) -> impl Iterator<Item = &Partition> {
        self.partitions
            .iter()
            .filter(|partition| partition.in_sync.len() < partition.replicas.len())
    }
}

fn topic(topic: wire::MetadataResponseTopic) -> Option<(String, Topic)> {
    let gone = [ErrorCode::UnknownTopicOrPartition, ErrorCode::InvalidTopicException];
    if ErrorCode::from_i16(topic.error_code).is_some_and(|code| gone.contains(&code)) {
        return None;
    }
    let mut partitions: Vec<Partition> = topic.partitions.into_iter().map(partition).collect();
    partitions.sort_by_key(|partition| partition.number);
    Some((topic.name?, Topic { id: topic.topic_id, internal: topic.is_internal, partitions }))
}

fn partition(partition: wire::MetadataResponsePartition) -> Partition {
    Partition {
        number: partition.partition_index,
        leader: known(partition.leader_id),
        leader_epoch: known(partition.leader_epoch),
        replicas: partition.replica_nodes,
        in_sync: partition.isr_nodes,
    }
}

/// Kafka writes -1 for what it does not know.
fn known(id: i32) -> Option<i32> {
    (id >= 0).then_some(id)
}
