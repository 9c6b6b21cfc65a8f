//! DeleteRecords (21): the oldest records of partitions away, up to an offset.

request! {
    DeleteRecords: DeleteRecordsRequest => DeleteRecordsResponse,
    versions 0..=2, flexible 2
}

describe! {
    /// Delete what lies before these offsets.
    DeleteRecordsRequest {
        /// The topics.
        topics: Vec<DeleteRecordsTopic> [0..],
        /// How long the broker may take, in milliseconds.
        timeout_ms: i32 [0..],
    }

    /// Partitions of one topic to shorten.
    DeleteRecordsTopic {
        /// The topic's name.
        name: String [0..],
        /// Its partitions.
        partitions: Vec<DeleteRecordsPartition> [0..],
    }

    /// One partition to shorten.
    DeleteRecordsPartition {
        /// The partition's number.
        partition_index: i32 [0..],
        /// The first offset to keep; -1 keeps nothing that consumers may read.
        offset: i64 [0..],
    }

    /// What became of each partition.
    DeleteRecordsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0..],
        /// The topics.
        topics: Vec<DeleteRecordsTopicResult> [0..],
    }

    /// What became of one topic's partitions.
    DeleteRecordsTopicResult {
        /// The topic's name.
        name: String [0..],
        /// Its partitions.
        partitions: Vec<DeleteRecordsPartitionResult> [0..],
    }

    /// What became of one partition.
    DeleteRecordsPartitionResult {
        /// The partition's number.
        partition_index: i32 [0..],
        /// The first offset there is now, or -1.
        low_watermark: i64 [0..],
        /// What went wrong, or 0.
        error_code: i16 [0..],
    }
}
