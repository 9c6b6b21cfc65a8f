//! FindCoordinator (10): who coordinates a group or a transaction.

request! {
    FindCoordinator: FindCoordinatorRequest => FindCoordinatorResponse,
    versions 0..=6, flexible 3
}

describe! {
    /// Which broker coordinates this group or transaction?
    FindCoordinatorRequest {
        /// The group or transactional id.
        key: String [0..=3],
        /// 0 for groups, 1 for transactions, 2 for share groups.
        key_type: i8 [1..],
        /// The groups or transactional ids.
        coordinator_keys: Vec<String> [4..],
    }

    /// The coordinators.
    FindCoordinatorResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [1.., ignorable],
        /// What went wrong, or 0.
        error_code: i16 [0..=3],
        /// More about the error, in words.
        error_message: Option<String> [1..=3, null 1..=3, ignorable],
        /// The broker's number.
        node_id: i32 [0..=3],
        /// The host where clients reach it.
        host: String [0..=3],
        /// The port where clients reach it.
        port: i32 [0..=3],
        /// One for each key.
        coordinators: Vec<Coordinator> [4..],
    }

    /// The coordinator of one key.
    Coordinator {
        /// The key asked for.
        key: String [4..],
        /// The broker's number.
        node_id: i32 [4..],
        /// The host where clients reach it.
        host: String [4..],
        /// The port where clients reach it.
        port: i32 [4..],
        /// What went wrong, or 0.
        error_code: i16 [4..],
        /// More about the error, in words.
        error_message: Option<String> [4.., null 4.., ignorable],
    }
}
