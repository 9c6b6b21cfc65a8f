//! OffsetFetch (9): how far a group has read, asked.

request! {
    OffsetFetch: OffsetFetchRequest => OffsetFetchResponse,
    versions 1..=9, flexible 6
}

describe! {
    /// How far has the group read?
    OffsetFetchRequest {
        /// The group's name.
        group_id: String [0..=7],
        /// The topics asked for; null for all.
        topics: Option<Vec<OffsetFetchRequestTopic>> [0..=7, null 2..=7],
        /// The groups asked for.
        groups: Vec<OffsetFetchRequestGroup> [8..],
        /// Wait for transactions that are about to commit offsets.
        require_stable: bool [7..],
    }

    /// Partitions of one topic.
    OffsetFetchRequestTopic {
        /// The topic's name.
        name: String [0..=7],
        /// The partitions asked for.
        partition_indexes: Vec<i32> [0..=7],
    }

    /// One group to ask about.
    OffsetFetchRequestGroup {
        /// The group's name.
        group_id: String [8..],
        /// The member that asks, if it is one.
        member_id: Option<String> [9.., null 9.., default None, ignorable],
        /// Its epoch, or -1.
        member_epoch: i32 [9.., default -1, ignorable],
        /// The topics asked for; null for all.
        topics: Option<Vec<OffsetFetchRequestTopics>> [8.., null 8..],
    }

    /// Partitions of one topic.
    OffsetFetchRequestTopics {
        /// The topic's name.
        name: String [8..=9, ignorable],
        /// The partitions asked for.
        partition_indexes: Vec<i32> [8..],
    }

    /// The offsets committed.
    OffsetFetchResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [3.., ignorable],
        /// The topics.
        topics: Vec<OffsetFetchResponseTopic> [0..=7],
        /// What went wrong, or 0.
        error_code: i16 [2..=7, ignorable],
        /// The answer for each group.
        groups: Vec<OffsetFetchResponseGroup> [8..],
    }

    /// Offsets of one topic.
    OffsetFetchResponseTopic {
        /// The topic's name.
        name: String [0..=7],
        /// Its partitions.
        partitions: Vec<OffsetFetchResponsePartition> [0..=7],
    }

    /// The offset of one partition.
    OffsetFetchResponsePartition {
        /// The partition's number.
        partition_index: i32 [0..=7],
        /// The next offset that the group will read, or -1 if none was committed.
        committed_offset: i64 [0..=7],
        /// The leader epoch of the last record read, or -1.
        committed_leader_epoch: i32 [5..=7, default -1, ignorable],
        /// What the client stored with the offset.
        metadata: Option<String> [0..=7, null 0..=7],
        /// What went wrong, or 0.
        error_code: i16 [0..=7],
    }

    /// Offsets of one group.
    OffsetFetchResponseGroup {
        /// The group's name.
        group_id: String [8..],
        /// The topics.
        topics: Vec<OffsetFetchResponseTopics> [8..],
        /// What went wrong, or 0.
        error_code: i16 [8..],
    }

    /// Offsets of one topic.
    OffsetFetchResponseTopics {
        /// The topic's name.
        name: String [8..=9, ignorable],
        /// Its partitions.
        partitions: Vec<OffsetFetchResponsePartitions> [8..],
    }

    /// The offset of one partition.
    OffsetFetchResponsePartitions {
        /// The partition's number.
        partition_index: i32 [8..],
        /// The next offset that the group will read, or -1 if none was committed.
        committed_offset: i64 [8..],
        /// The leader epoch of the last record read, or -1.
        committed_leader_epoch: i32 [8.., default -1, ignorable],
        /// What the client stored with the offset.
        metadata: Option<String> [8.., null 8..],
        /// What went wrong, or 0.
        error_code: i16 [8..],
    }
}
