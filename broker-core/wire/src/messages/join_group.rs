//! JoinGroup (11): become a member of a group.

use bytes::Bytes;

request! {
    JoinGroup: JoinGroupRequest => JoinGroupResponse,
    versions 0..=9, flexible 6
}

describe! {
    /// Let me into the group.
    JoinGroupRequest {
        /// The group's name.
        group_id: String [0..],
        /// After how long without a heartbeat the member is gone, in milliseconds.
        session_timeout_ms: i32 [0..],
        /// How long the group waits for the member to join again, in milliseconds.
        rebalance_timeout_ms: i32 [1.., default -1, ignorable],
        /// The id that the coordinator gave the member.
        member_id: String [0..],
        /// The name that a static member gave itself.
        group_instance_id: Option<String> [5.., null 5.., default None],
        /// What kind of group it is; `consumer` for readers.
        protocol_type: String [0..],
        /// The protocols (assignors) that the member can do, its favourite first.
        protocols: Vec<JoinGroupRequestProtocol> [0..],
        /// Why, in the client's words.
        reason: Option<String> [8.., null 8.., default None, ignorable],
    }

    /// A protocol that the member can do.
    JoinGroupRequestProtocol {
        /// Its name.
        name: String [0..],
        /// What the member brings to it; for consumers a subscription.
        metadata: Bytes [0..],
    }

    /// The generation that the member is part of.
    JoinGroupResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [2.., ignorable],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// The group's generation, counted up with each rebalance.
        generation_id: i32 [0.., default -1],
        /// What kind of group it is; `consumer` for readers.
        protocol_type: Option<String> [7.., null 7.., default None, ignorable],
        /// The protocol (for consumers: the assignor) that the group chose.
        protocol_name: Option<String> [0.., null 7..],
        /// The member that assigns.
        leader: String [0..],
        /// Whether the leader must leave the assignment as it is.
        skip_assignment: bool [9..],
        /// The id that the coordinator gave the member.
        member_id: String [0..],
        /// All members, told to the leader only.
        members: Vec<JoinGroupResponseMember> [0..],
    }

    /// A member as its leader sees it.
    JoinGroupResponseMember {
        /// The id that the coordinator gave the member.
        member_id: String [0..],
        /// The name that a static member gave itself.
        group_instance_id: Option<String> [5.., null 5.., default None, ignorable],
        /// What it brought; for consumers a subscription.
        metadata: Bytes [0..],
    }
}
