//! CreateTopics (19): new topics.

use crate::Uuid;

request! {
    CreateTopics: CreateTopicsRequest => CreateTopicsResponse,
    versions 2..=7, flexible 5
}

describe! {
    /// Create these topics.
    CreateTopicsRequest {
        /// The topics.
        topics: Vec<CreatableTopic> [0..],
        /// How long the broker may take, in milliseconds.
        timeout_ms: i32 [0.., default 60000],
        /// Check everything, change nothing.
        validate_only: bool [1..],
    }

    /// A topic to create.
    CreatableTopic {
        /// The topic's name.
        name: String [0..],
        /// How many partitions; -1 for the broker's default or with assignments.
        num_partitions: i32 [0..],
        /// Copies of each partition; -1 for the broker's default or with assignments.
        replication_factor: i16 [0..],
        /// Which broker holds what; empty to let the cluster choose.
        assignments: Vec<CreatableReplicaAssignment> [0..],
        /// Settings other than the default.
        configs: Vec<CreatableTopicConfig> [0..],
    }

    /// The brokers of one partition.
    CreatableReplicaAssignment {
        /// The partition's number.
        partition_index: i32 [0..],
        /// The brokers that hold the copies; the first one leads.
        broker_ids: Vec<i32> [0..],
    }

    /// A setting of the new topic.
    CreatableTopicConfig {
        /// The setting's name.
        name: String [0..],
        /// Its value.
        value: Option<String> [0.., null 0..],
    }

    /// What became of each topic.
    CreateTopicsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [2.., ignorable],
        /// The topics.
        topics: Vec<CreatableTopicResult> [0..],
    }

    /// What became of one topic.
    CreatableTopicResult {
        /// The topic's name.
        name: String [0..],
        /// The topic's id.
        topic_id: Uuid [7.., ignorable],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// More about the error, in words.
        error_message: Option<String> [1.., null 0.., ignorable],
        /// Why the settings are not shown, or 0.
        topic_config_error_code: i16 [5.., tag 0, ignorable],
        /// How many partitions it has, or -1.
        num_partitions: i32 [5.., default -1, ignorable],
        /// Copies of each partition, or -1.
        replication_factor: i16 [5.., default -1, ignorable],
        /// The topic's settings; null if the client may not see them.
        configs: Option<Vec<CreatableTopicConfigs>> [5.., null 5.., ignorable],
    }

    /// A setting of the topic as created.
    CreatableTopicConfigs {
        /// The setting's name.
        name: String [5..],
        /// Its value.
        value: Option<String> [5.., null 5..],
        /// Whether it can only be set in the broker's files.
        read_only: bool [5..],
        /// Where the value comes from: topic, broker, default…
        config_source: i8 [5.., default -1, ignorable],
        /// Whether the value is secret and therefore not shown.
        is_sensitive: bool [5..],
    }
}
