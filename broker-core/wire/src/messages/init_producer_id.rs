//! InitProducerId (22): an identity for idempotent and transactional producers.

request! {
    InitProducerId: InitProducerIdRequest => InitProducerIdResponse,
    versions 0..=5, flexible 2
}

describe! {
    /// Give me a producer id.
    InitProducerIdRequest {
        /// The name under which the producer runs transactions, if it does.
        transactional_id: Option<String> [0.., null 0..],
        /// After how long an unfinished transaction is aborted, in milliseconds.
        transaction_timeout_ms: i32 [0..],
        /// The id that the producer has already, or -1.
        producer_id: i64 [3.., default -1],
        /// The epoch that it has already, or -1.
        producer_epoch: i16 [3.., default -1],
    }

    /// The producer id and epoch to write with.
    InitProducerIdResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0.., ignorable],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// The producer's id.
        producer_id: i64 [0.., default -1],
        /// Which incarnation of the producer this is.
        producer_epoch: i16 [0..],
    }
}
