//! Metadata (3): brokers, topics, partitions and who leads them.

use crate::Uuid;

request! {
    Metadata: MetadataRequest => MetadataResponse,
    versions 0..=13, flexible 9
}

describe! {
    /// Which brokers, topics and partitions are there?
    MetadataRequest {
        /// Topics asked for; null (in version 0: none) asks for all.
        topics: Option<Vec<MetadataRequestTopic>> [0.., null 1..],
        /// Whether a topic that is missing may be created.
        allow_auto_topic_creation: bool [4.., default true],
        /// Ask what this client may do to the cluster.
        include_cluster_authorized_operations: bool [8..=10],
        /// Ask what this client may do to each topic.
        include_topic_authorized_operations: bool [8..],
    }

    /// A topic asked for, by name or by id.
    MetadataRequestTopic {
        /// The topic's id.
        topic_id: Uuid [10.., ignorable],
        /// The topic's name; null if the id is given.
        name: Option<String> [0.., null 10..],
    }

    /// The cluster as the broker sees it.
    MetadataResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [3.., ignorable],
        /// The brokers.
        brokers: Vec<MetadataResponseBroker> [0..],
        /// The cluster's id.
        cluster_id: Option<String> [2.., null 2.., default None, ignorable],
        /// The broker to ask for changes to the cluster, or -1.
        controller_id: i32 [1.., default -1, ignorable],
        /// The topics.
        topics: Vec<MetadataResponseTopic> [0..],
        /// What the client may do to the cluster, as bits; the lowest number if not asked.
        cluster_authorized_operations: i32 [8..=10, default i32::MIN],
        /// What went wrong, or 0.
        error_code: i16 [13.., ignorable],
    }

    /// One broker.
    MetadataResponseBroker {
        /// The broker's number.
        node_id: i32 [0..],
        /// The host where clients reach it.
        host: String [0..],
        /// The port where clients reach it.
        port: i32 [0..],
        /// The rack it stands in, if it was told.
        rack: Option<String> [1.., null 1.., default None, ignorable],
    }

    /// One topic.
    MetadataResponseTopic {
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// The topic's name; null if it was asked for by an id that is unknown.
        name: Option<String> [0.., null 12..],
        /// The topic's id.
        topic_id: Uuid [10.., ignorable],
        /// Whether the cluster keeps its own state in it.
        is_internal: bool [1.., ignorable],
        /// Its partitions.
        partitions: Vec<MetadataResponsePartition> [0..],
        /// What the client may do to the topic, as bits; the lowest number if not asked.
        topic_authorized_operations: i32 [8.., default i32::MIN],
    }

    /// One partition and who holds it.
    MetadataResponsePartition {
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// The partition's number.
        partition_index: i32 [0..],
        /// The broker that leads the partition, or -1.
        leader_id: i32 [0..],
        /// Which leadership this is, counted up with each election.
        leader_epoch: i32 [7.., default -1, ignorable],
        /// The brokers that hold a copy.
        replica_nodes: Vec<i32> [0..],
        /// Those of them that are in sync.
        isr_nodes: Vec<i32> [0..],
        /// Those of them that cannot be reached.
        offline_replicas: Vec<i32> [5.., ignorable],
    }
}
