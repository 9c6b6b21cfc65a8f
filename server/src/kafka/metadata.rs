//! A cluster as its metadata tells it: brokers, topics, partitions and who leads them.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use ouzel_wire::{ErrorCode, Uuid, messages as wire};

use super::{address::Address, error::KafkaError};
use crate::clock::now_ms;

/// One reading of the metadata of all topics.
#[derive(Debug)]
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
#[derive(Debug, Clone)]
pub struct Broker {
    /// Where clients reach it.
    pub address: Address,
    /// Its rack.
    pub rack: Option<String>,
}

/// One topic.
#[derive(Debug, Clone)]
pub struct Topic {
    /// Its id, if the cluster has ids.
    pub id: Uuid,
    /// Whether the cluster keeps it for itself.
    pub internal: bool,
    /// Partitions, sorted by number.
    pub partitions: Vec<Partition>,
}

/// One partition.
#[derive(Debug, Clone)]
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
        let found = self.topic(topic)?.partition(partition);
        let topic = topic.to_owned();
        match found {
            None => Err(KafkaError::NoPartition { topic, partition }),
            Some(found) => found.leader.ok_or(KafkaError::NoLeader { topic, partition }),
        }
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
