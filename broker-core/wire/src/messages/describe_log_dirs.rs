//! DescribeLogDirs (35): where a broker keeps its partitions, how large they are, and how much
//! room there is.

request! {
    DescribeLogDirs: DescribeLogDirsRequest => DescribeLogDirsResponse,
    versions 1..=4, flexible 2
}

describe! {
    /// How much do these partitions take up?
    DescribeLogDirsRequest {
        /// The topics; null for all.
        topics: Option<Vec<DescribableLogDirTopic>> [0.., null 0..],
    }

    /// Partitions of one topic.
    DescribableLogDirTopic {
        /// The topic's name.
        topic: String [0..],
        /// Its partitions.
        partitions: Vec<i32> [0..],
    }

    /// The folders of this broker.
    DescribeLogDirsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0..],
        /// What went wrong, or 0.
        error_code: i16 [3.., ignorable],
        /// The folders.
        results: Vec<DescribeLogDirsResult> [0..],
    }

    /// One folder.
    DescribeLogDirsResult {
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// Its absolute path.
        log_dir: String [0..],
        /// What of the topics is in it.
        topics: Vec<DescribeLogDirsTopic> [0..],
        /// Bytes of the file system that it is on, or -1.
        total_bytes: i64 [4.., default -1, ignorable],
        /// Bytes of it that may still be written, or -1.
        usable_bytes: i64 [4.., default -1, ignorable],
    }

    /// One topic's partitions in a folder.
    DescribeLogDirsTopic {
        /// The topic's name.
        name: String [0..],
        /// The partitions.
        partitions: Vec<DescribeLogDirsPartition> [0..],
    }

    /// One partition in a folder.
    DescribeLogDirsPartition {
        /// The partition's number.
        partition_index: i32 [0..],
        /// Bytes of its segments.
        partition_size: i64 [0..],
        /// How far this copy's end is behind what consumers may read.
        offset_lag: i64 [0..],
        /// It is being moved here and is not used yet.
        is_future_key: bool [0..],
    }
}
