//! CreatePartitions (37): more partitions for a topic.

request! {
    CreatePartitions: CreatePartitionsRequest => CreatePartitionsResponse,
    versions 0..=3, flexible 2
}

describe! {
    /// Give these topics more partitions.
    CreatePartitionsRequest {
        /// The topics.
        topics: Vec<CreatePartitionsTopic> [0..],
        /// How long the broker may take, in milliseconds.
        timeout_ms: i32 [0..],
        /// Check everything, change nothing.
        validate_only: bool [0..],
    }

    /// A topic to enlarge.
    CreatePartitionsTopic {
        /// The topic's name.
        name: String [0..],
        /// How many partitions it shall have in all.
        count: i32 [0..],
        /// Which broker holds the new ones; null to let the cluster choose.
        assignments: Option<Vec<CreatePartitionsAssignment>> [0.., null 0..],
    }

    /// The brokers of one new partition.
    CreatePartitionsAssignment {
        /// The brokers that hold the copies; the first one leads.
        broker_ids: Vec<i32> [0..],
    }

    /// What became of each topic.
    CreatePartitionsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0..],
        /// The answer for each one asked for.
        results: Vec<CreatePartitionsTopicResult> [0..],
    }

    /// What became of one topic.
    CreatePartitionsTopicResult {
        /// The topic's name.
        name: String [0..],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// More about the error, in words.
        error_message: Option<String> [0.., null 0.., default None],
    }
}
