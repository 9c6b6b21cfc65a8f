//! Produce (0): append record batches.
//!
//! Described from version 3, the first with the record format in use; brokers advertise 0 all the
//! same (see [`crate::advertised`]).

use bytes::Bytes;

use super::{LeaderIdAndEpoch, NodeEndpoint};

request! {
    Produce: ProduceRequest => ProduceResponse,
    versions 3..=12, flexible 9
}

describe! {
    /// Append these record batches.
    ProduceRequest {
        /// The name under which the producer runs transactions, if it does.
        transactional_id: Option<String> [3.., null 3.., default None],
        /// Who must have the records before the answer: 0 nobody (and no answer), 1 the leader, -1
        /// all in sync.
        acks: i16 [0..],
        /// How long the broker may take, in milliseconds.
        timeout_ms: i32 [0..],
        /// The records for each topic.
        topic_data: Vec<TopicProduceData> [0..],
    }

    /// Records for one topic.
    TopicProduceData {
        /// The topic's name.
        name: String [0..=12, ignorable],
        /// The records for each partition.
        partition_data: Vec<PartitionProduceData> [0..],
    }

    /// Records for one partition.
    PartitionProduceData {
        /// The partition's number.
        index: i32 [0..],
        /// One record batch as it goes to disk.
        records: Option<Bytes> [0.., null 0.., default None],
    }

    /// What became of the batches.
    ProduceResponse {
        /// The answer for each topic.
        responses: Vec<TopicProduceResponse> [0..],
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [1.., ignorable],
        /// Where to reach the leaders named above.
        node_endpoints: Vec<NodeEndpoint> [10.., tag 0, ignorable],
    }

    /// What became of one topic's batches.
    TopicProduceResponse {
        /// The topic's name.
        name: String [0..=12, ignorable],
        /// The answer for each partition.
        partition_responses: Vec<PartitionProduceResponse> [0..],
    }

    /// What became of one partition's batch.
    PartitionProduceResponse {
        /// The partition's number.
        index: i32 [0..],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// The offset that its first record got.
        base_offset: i64 [0..],
        /// When it was appended, if the topic stamps records itself; else -1.
        log_append_time_ms: i64 [2.., default -1, ignorable],
        /// The first offset still there.
        log_start_offset: i64 [5.., default -1, ignorable],
        /// The records that made the broker refuse the batch.
        record_errors: Vec<BatchIndexAndErrorMessage> [8.., ignorable],
        /// More about the error, in words.
        error_message: Option<String> [8.., null 8.., default None, ignorable],
        /// Who leads now, if the one asked does not.
        current_leader: LeaderIdAndEpoch [10.., tag 0, ignorable],
    }

    /// A record that made the broker refuse its batch.
    BatchIndexAndErrorMessage {
        /// Its place in the batch.
        batch_index: i32 [8..],
        /// What is wrong with it.
        batch_index_error_message: Option<String> [8.., null 8.., default None],
    }
}
