//! Heartbeat (12): a member is alive.

request! {
    Heartbeat: HeartbeatRequest => HeartbeatResponse,
    versions 0..=4, flexible 4
}

describe! {
    /// I am still here.
    HeartbeatRequest {
        /// The group's name.
        group_id: String [0..],
        /// The group's generation, counted up with each rebalance.
        generation_id: i32 [0..],
        /// The id that the coordinator gave the member.
        member_id: String [0..],
        /// The name that a static member gave itself.
        group_instance_id: Option<String> [3.., null 3.., default None],
    }

    /// Whether the group goes on as it is.
    HeartbeatResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [1.., ignorable],
        /// What went wrong, or 0.
        error_code: i16 [0..],
    }
}
