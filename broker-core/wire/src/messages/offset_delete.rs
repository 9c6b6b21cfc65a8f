//! OffsetDelete (47): what a group has committed in some topics away.

use crate::NEVER_FLEXIBLE;

request! {
    OffsetDelete: OffsetDeleteRequest => OffsetDeleteResponse,
    versions 0..=0, flexible NEVER_FLEXIBLE
}

describe! {
    /// Forget these positions.
    OffsetDeleteRequest {
        /// The group's name.
        group_id: String [0..],
        /// The topics.
        topics: Vec<OffsetDeleteRequestTopic> [0..],
    }

    /// Partitions of one topic.
    OffsetDeleteRequestTopic {
        /// The topic's name.
        name: String [0..],
        /// Its partitions.
        partitions: Vec<OffsetDeleteRequestPartition> [0..],
    }

    /// One partition.
    OffsetDeleteRequestPartition {
        /// The partition's number.
        partition_index: i32 [0..],
    }

    /// What became of each position.
    OffsetDeleteResponse {
        /// What went wrong with all of it, or 0.
        error_code: i16 [0..],
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0.., ignorable],
        /// The topics.
        topics: Vec<OffsetDeleteResponseTopic> [0..],
    }

    /// What became of one topic's positions.
    OffsetDeleteResponseTopic {
        /// The topic's name.
        name: String [0..],
        /// Its partitions.
        partitions: Vec<OffsetDeleteResponsePartition> [0..],
    }

    /// What became of one position.
    OffsetDeleteResponsePartition {
        /// The partition's number.
        partition_index: i32 [0..],
        /// What went wrong, or 0.
        error_code: i16 [0..],
    }
}
