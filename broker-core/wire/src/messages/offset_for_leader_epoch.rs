//! OffsetForLeaderEpoch (23): where a leadership ended, so that a client sees what was cut off.

request! {
    OffsetForLeaderEpoch: OffsetForLeaderEpochRequest => OffsetForLeaderEpochResponse,
    versions 2..=4, flexible 4
}

describe! {
    /// Where did these leaderships end?
    OffsetForLeaderEpochRequest {
        /// The broker that asks in order to copy, or -1 for a client.
        replica_id: i32 [3.., default -2, ignorable],
        /// The topics.
        topics: Vec<OffsetForLeaderTopic> [0..],
    }

    /// Partitions of one topic to look into.
    OffsetForLeaderTopic {
        /// The topic's name.
        topic: String [0..],
        /// Its partitions.
        partitions: Vec<OffsetForLeaderPartition> [0..],
    }

    /// One partition to look into.
    OffsetForLeaderPartition {
        /// The partition's number.
        partition: i32 [0..],
        /// The leadership that the client knows of, or -1.
        current_leader_epoch: i32 [2.., default -1, ignorable],
        /// The leadership whose end is asked for.
        leader_epoch: i32 [0..],
    }

    /// The ends found.
    OffsetForLeaderEpochResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [2.., ignorable],
        /// The topics.
        topics: Vec<OffsetForLeaderTopicResult> [0..],
    }

    /// Ends of leaderships in one topic.
    OffsetForLeaderTopicResult {
        /// The topic's name.
        topic: String [0..],
        /// Its partitions.
        partitions: Vec<LeaderEpochEndOffset> [0..],
    }

    /// The end of a leadership in one partition. Kafka's `EpochEndOffset`; Fetch has another
    /// structure of that name.
    LeaderEpochEndOffset {
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// The partition's number.
        partition: i32 [0..],
        /// The largest known leadership that is not above the one asked for, or -1.
        leader_epoch: i32 [1.., default -1, ignorable],
        /// Where the next leadership begins, or -1.
        end_offset: i64 [0.., default -1],
    }
}
