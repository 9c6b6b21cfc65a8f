//! DescribeShareGroupOffsets (90): where share groups (KIP-932) stand. Version 1 adds the
//! lag (KIP-1226), which the start alone does not tell: it may be an old one.

use crate::Uuid;

request! {
    DescribeShareGroupOffsets:
        DescribeShareGroupOffsetsRequest => DescribeShareGroupOffsetsResponse,
    versions 0..=1, flexible 0
}

describe! {
    /// Where do these groups stand?
    DescribeShareGroupOffsetsRequest {
        /// The groups.
        groups: Vec<DescribeShareGroupOffsetsRequestGroup> [0..],
    }

    /// One group.
    DescribeShareGroupOffsetsRequestGroup {
        /// Its name.
        group_id: String [0..],
        /// Of which topics; all if null.
        topics: Option<Vec<DescribeShareGroupOffsetsRequestTopic>> [0.., null 0..],
    }

    /// One topic.
    DescribeShareGroupOffsetsRequestTopic {
        /// Its name.
        topic_name: String [0..],
        /// Its partitions.
        partitions: Vec<i32> [0..],
    }

    /// Where they stand.
    DescribeShareGroupOffsetsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0..],
        /// Each group.
        groups: Vec<ShareGroupOffsets> [0..],
    }

    /// One group.
    ShareGroupOffsets {
        /// Its name.
        group_id: String [0..],
        /// The topics.
        topics: Vec<ShareGroupOffsetsTopic> [0..],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// More about the error, in words.
        error_message: Option<String> [0.., null 0.., default None],
    }

    /// One topic.
    ShareGroupOffsetsTopic {
        /// Its name.
        topic_name: String [0..],
        /// Its id.
        topic_id: Uuid [0..],
        /// The partitions.
        partitions: Vec<ShareGroupOffsetsPartition> [0..],
    }

    /// One partition.
    ShareGroupOffsetsPartition {
        /// Its number.
        partition_index: i32 [0..],
        /// The first record that is not settled; -1 if nothing was read.
        start_offset: i64 [0..],
        /// Of which leadership that is.
        leader_epoch: i32 [0..],
        /// Records that are not settled, without those after the start that are; -1 if unknown.
        lag: i64 [1.., default -1, ignorable],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// More about the error, in words.
        error_message: Option<String> [0.., null 0.., default None],
    }
}
