//! Fetch (1): read record batches, waiting for more if need be.

use bytes::Bytes;

use super::{LeaderIdAndEpoch, NodeEndpoint};
use crate::Uuid;

request! {
    Fetch: FetchRequest => FetchResponse,
    versions 4..=18, flexible 12
}

describe! {
    /// Give me records from here on.
    FetchRequest {
        /// The cluster that a copying broker believes to be in.
        cluster_id: Option<String> [12.., null 12.., tag 0, default None, ignorable],
        /// The broker that asks in order to copy, or -1 for a client.
        replica_id: i32 [0..=14, default -1],
        /// Who asks, if a broker does.
        replica_state: ReplicaState [15.., tag 1],
        /// How long the broker may wait for enough bytes, in milliseconds.
        max_wait_ms: i32 [0..],
        /// The bytes worth answering for.
        min_bytes: i32 [0..],
        /// Most bytes in the whole answer; the first batch comes even if it is larger.
        max_bytes: i32 [3.., default i32::MAX, ignorable],
        /// 0 shows every record, 1 only those of committed transactions.
        isolation_level: i8 [4.., ignorable],
        /// The fetch session, or 0 for none.
        session_id: i32 [7.., ignorable],
        /// Counts the requests of a session; -1 for none, 0 to open one.
        session_epoch: i32 [7.., default -1, ignorable],
        /// The topics.
        topics: Vec<FetchTopic> [0..],
        /// Partitions to take out of the session.
        forgotten_topics_data: Vec<ForgottenTopic> [7..],
        /// The rack of the client, to be served nearby.
        rack_id: String [11.., ignorable],
    }

    /// A broker that copies.
    ReplicaState {
        /// The broker that asks in order to copy, or -1 for a client.
        replica_id: i32 [15.., default -1],
        /// Which start of that broker it is, or -1.
        replica_epoch: i64 [15.., default -1],
    }

    /// Partitions of one topic to read.
    FetchTopic {
        /// The topic's name.
        topic: String [0..=12, ignorable],
        /// The topic's id.
        topic_id: Uuid [13.., ignorable],
        /// Its partitions.
        partitions: Vec<FetchPartition> [0..],
    }

    /// One partition to read.
    FetchPartition {
        /// The partition's number.
        partition: i32 [0..],
        /// The leadership that the client knows of, or -1.
        current_leader_epoch: i32 [9.., default -1, ignorable],
        /// The first offset wanted.
        fetch_offset: i64 [0..],
        /// The leader epoch of the last record read, or -1.
        last_fetched_epoch: i32 [12.., default -1],
        /// The first offset that a copying broker still has, or -1.
        log_start_offset: i64 [5.., default -1, ignorable],
        /// Most bytes of this partition.
        partition_max_bytes: i32 [0..],
        /// The folder in which a copying broker keeps the partition.
        replica_directory_id: Uuid [17.., tag 0, ignorable],
        /// The high watermark that a copying broker knows of.
        high_watermark: i64 [18.., tag 1, default i64::MAX, ignorable],
    }

    /// Partitions to take out of the session.
    ForgottenTopic {
        /// The topic's name.
        topic: String [7..=12, ignorable],
        /// The topic's id.
        topic_id: Uuid [13.., ignorable],
        /// Its partitions.
        partitions: Vec<i32> [7..],
    }

    /// Records, as they lie on the broker's disk.
    FetchResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [1.., ignorable],
        /// What went wrong, or 0.
        error_code: i16 [7.., ignorable],
        /// The fetch session, or 0 for none.
        session_id: i32 [7..],
        /// The answer for each topic.
        responses: Vec<FetchableTopicResponse> [0..],
        /// Where to reach the leaders named above.
        node_endpoints: Vec<NodeEndpoint> [16.., tag 0, ignorable],
    }

    /// Records of one topic.
    FetchableTopicResponse {
        /// The topic's name.
        topic: String [0..=12, ignorable],
        /// The topic's id.
        topic_id: Uuid [13.., ignorable],
        /// Its partitions.
        partitions: Vec<PartitionData> [0..],
    }

    /// Records of one partition.
    PartitionData {
        /// The partition's number.
        partition_index: i32 [0..],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// The offset up to which records are safe.
        high_watermark: i64 [0..],
        /// The offset before which every transaction is decided, or -1.
        last_stable_offset: i64 [4.., default -1, ignorable],
        /// The first offset still there.
        log_start_offset: i64 [5.., default -1, ignorable],
        /// Where the reader's history parts from the leader's.
        diverging_epoch: EpochEndOffset [12.., tag 0],
        /// Who leads now, if the one asked does not.
        current_leader: LeaderIdAndEpoch [12.., tag 1, ignorable],
        /// The snapshot to fetch instead.
        snapshot_id: SnapshotId [12.., tag 2],
        /// Transactions whose records are to be skipped.
        aborted_transactions: Option<Vec<AbortedTransaction>> [4.., null 4.., ignorable],
        /// The broker to read from next time, or -1.
        preferred_read_replica: i32 [11.., default -1],
        /// Whole record batches; the last one may be cut short.
        records: Option<Bytes> [0.., null 0.., default None],
    }

    /// Where a leadership ended.
    EpochEndOffset {
        /// The leader epoch.
        epoch: i32 [12.., default -1],
        /// The offset after its last record, or -1.
        end_offset: i64 [12.., default -1],
    }

    /// A snapshot of a log.
    SnapshotId {
        /// The offset after its last record, or -1.
        end_offset: i64 [0.., default -1],
        /// The leader epoch.
        epoch: i32 [0.., default -1],
    }

    /// A transaction that was given up.
    AbortedTransaction {
        /// The producer's id.
        producer_id: i64 [4..],
        /// Its first record.
        first_offset: i64 [4..],
    }
}
