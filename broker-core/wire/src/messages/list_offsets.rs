//! ListOffsets (2): offsets by time, and a partition's first and last.

request! {
    ListOffsets: ListOffsetsRequest => ListOffsetsResponse,
    versions 1..=9, flexible 6
}

describe! {
    /// Which offset stands at this time?
    ListOffsetsRequest {
        /// The broker that asks in order to copy, or -1 for a client.
        replica_id: i32 [0..],
        /// 0 shows every record, 1 only those of committed transactions.
        isolation_level: i8 [2..],
        /// The topics.
        topics: Vec<ListOffsetsTopic> [0..],
    }

    /// Partitions of one topic to look into.
    ListOffsetsTopic {
        /// The topic's name.
        name: String [0..],
        /// Its partitions.
        partitions: Vec<ListOffsetsPartition> [0..],
    }

    /// One partition to look into.
    ListOffsetsPartition {
        /// The partition's number.
        partition_index: i32 [0..],
        /// The leadership that the client knows of, or -1.
        current_leader_epoch: i32 [4.., default -1, ignorable],
        /// The time in milliseconds, or -1 latest, -2 earliest, -3 largest timestamp, -4 earliest
        /// local, -5 latest tiered.
        timestamp: i64 [0..],
    }

    /// The offsets found.
    ListOffsetsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [2.., ignorable],
        /// The topics.
        topics: Vec<ListOffsetsTopicResponse> [0..],
    }

    /// Offsets of one topic.
    ListOffsetsTopicResponse {
        /// The topic's name.
        name: String [0..],
        /// Its partitions.
        partitions: Vec<ListOffsetsPartitionResponse> [0..],
    }

    /// The offset of one partition.
    ListOffsetsPartitionResponse {
        /// The partition's number.
        partition_index: i32 [0..],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// The timestamp of the record found, or -1.
        timestamp: i64 [1.., default -1],
        /// The offset found, or -1.
        offset: i64 [1.., default -1],
        /// Which leadership this is, counted up with each election.
        leader_epoch: i32 [4.., default -1],
    }
}
