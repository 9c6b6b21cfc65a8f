//! OffsetCommit (8): how far a group has read, stored.

request! {
    OffsetCommit: OffsetCommitRequest => OffsetCommitResponse,
    versions 2..=9, flexible 8
}

describe! {
    /// The group has read up to here.
    OffsetCommitRequest {
        /// The group's name.
        group_id: String [0..],
        /// The generation (or the member's epoch) that commits, or -1.
        generation_id_or_member_epoch: i32 [1.., default -1, ignorable],
        /// The id that the coordinator gave the member.
        member_id: String [1.., ignorable],
        /// The name that a static member gave itself.
        group_instance_id: Option<String> [7.., null 7.., default None],
        /// How long to keep it, or -1 for the broker's default.
        retention_time_ms: i64 [2..=4, default -1, ignorable],
        /// The topics.
        topics: Vec<OffsetCommitRequestTopic> [0..],
    }

    /// Offsets of one topic.
    OffsetCommitRequestTopic {
        /// The topic's name.
        name: String [0..=9, ignorable],
        /// Its partitions.
        partitions: Vec<OffsetCommitRequestPartition> [0..],
    }

    /// The offset of one partition.
    OffsetCommitRequestPartition {
        /// The partition's number.
        partition_index: i32 [0..],
        /// The next offset that the group will read.
        committed_offset: i64 [0..],
        /// The leader epoch of the last record read, or -1.
        committed_leader_epoch: i32 [6.., default -1, ignorable],
        /// Anything the client wants to find again.
        committed_metadata: Option<String> [0.., null 0..],
    }

    /// What was stored.
    OffsetCommitResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [3.., ignorable],
        /// The topics.
        topics: Vec<OffsetCommitResponseTopic> [0..],
    }

    /// What was stored of one topic.
    OffsetCommitResponseTopic {
        /// The topic's name.
        name: String [0..=9, ignorable],
        /// Its partitions.
        partitions: Vec<OffsetCommitResponsePartition> [0..],
    }

    /// Whether one partition's offset was stored.
    OffsetCommitResponsePartition {
        /// The partition's number.
        partition_index: i32 [0..],
        /// What went wrong, or 0.
        error_code: i16 [0..],
    }
}
