//! SyncGroup (14): the part of each member, from the group's leader.

use bytes::Bytes;

request! {
    SyncGroup: SyncGroupRequest => SyncGroupResponse,
    versions 0..=5, flexible 4
}

describe! {
    /// Who does what? The leader says, the others ask.
    SyncGroupRequest {
        /// The group's name.
        group_id: String [0..],
        /// The group's generation, counted up with each rebalance.
        generation_id: i32 [0..],
        /// The id that the coordinator gave the member.
        member_id: String [0..],
        /// The name that a static member gave itself.
        group_instance_id: Option<String> [3.., null 3.., default None],
        /// What kind of group it is; `consumer` for readers.
        protocol_type: Option<String> [5.., null 5.., default None, ignorable],
        /// The protocol (for consumers: the assignor) that the group chose.
        protocol_name: Option<String> [5.., null 5.., default None, ignorable],
        /// Each member's part, from the leader.
        assignments: Vec<SyncGroupRequestAssignment> [0..],
    }

    /// One member's part.
    SyncGroupRequestAssignment {
        /// The id that the coordinator gave the member.
        member_id: String [0..],
        /// Its part; for consumers the partitions.
        assignment: Bytes [0..],
    }

    /// The member's part.
    SyncGroupResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [1.., ignorable],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// What kind of group it is; `consumer` for readers.
        protocol_type: Option<String> [5.., null 5.., default None, ignorable],
        /// The protocol (for consumers: the assignor) that the group chose.
        protocol_name: Option<String> [5.., null 5.., default None, ignorable],
        /// Its part; for consumers the partitions.
        assignment: Bytes [0..],
    }
}
