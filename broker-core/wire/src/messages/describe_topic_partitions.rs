//! DescribeTopicPartitions (75): topics with their partitions, some at a time.

use crate::Uuid;

request! {
    DescribeTopicPartitions: DescribeTopicPartitionsRequest => DescribeTopicPartitionsResponse,
    versions 0..=0, flexible 0
}

describe! {
    /// Which partitions do these topics have?
    DescribeTopicPartitionsRequest {
        /// The topics; none for all.
        topics: Vec<TopicRequest> [0..],
        /// Most partitions to be told of at once.
        response_partition_limit: i32 [0.., default 2000],
        /// Where to begin; null for the first topic.
        cursor: Option<Cursor> [0.., null 0.., default None],
    }

    /// One topic.
    TopicRequest {
        /// Its name.
        name: String [0..],
    }

    /// Where one answer ends and the next one begins.
    Cursor {
        /// The topic.
        topic_name: String [0..],
        /// The partition's number.
        partition_index: i32 [0..],
    }

    /// Topics with their partitions.
    DescribeTopicPartitionsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0.., ignorable],
        /// The topics.
        topics: Vec<DescribeTopicPartitionsResponseTopic> [0..],
        /// What comes next; null when this is all.
        next_cursor: Option<Cursor> [0.., null 0.., default None],
    }

    /// One topic.
    DescribeTopicPartitionsResponseTopic {
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// Its name.
        name: Option<String> [0.., null 0..],
        /// Its id.
        topic_id: Uuid [0.., ignorable],
        /// It belongs to the broker.
        is_internal: bool [0.., ignorable],
        /// Its partitions.
        partitions: Vec<DescribeTopicPartitionsResponsePartition> [0..],
        /// What the client may do with it, as bits.
        topic_authorized_operations: i32 [0.., default i32::MIN],
    }

    /// One partition.
    DescribeTopicPartitionsResponsePartition {
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// The partition's number.
        partition_index: i32 [0..],
        /// The broker that leads it, or -1.
        leader_id: i32 [0..],
        /// Which leadership this is, counted up with each election, or -1.
        leader_epoch: i32 [0.., default -1, ignorable],
        /// The brokers that hold copies.
        replica_nodes: Vec<i32> [0..],
        /// Those of them that are up to date.
        isr_nodes: Vec<i32> [0..],
        /// Those that may lead although they are not among the former.
        eligible_leader_replicas: Option<Vec<i32>> [0.., null 0.., default None],
        /// Those that could the last time that any could.
        last_known_elr: Option<Vec<i32>> [0.., null 0.., default None],
        /// Copies that cannot be reached.
        offline_replicas: Vec<i32> [0.., ignorable],
    }
}
