//! LeaveGroup (13): members go.

request! {
    LeaveGroup: LeaveGroupRequest => LeaveGroupResponse,
    versions 0..=5, flexible 4
}

describe! {
    /// Let these members go.
    LeaveGroupRequest {
        /// The group's name.
        group_id: String [0..],
        /// The id that the coordinator gave the member.
        member_id: String [0..=2],
        /// The members that leave.
        members: Vec<MemberIdentity> [3..],
    }

    /// A member that leaves.
    MemberIdentity {
        /// The id that the coordinator gave the member.
        member_id: String [3..],
        /// The name that a static member gave itself.
        group_instance_id: Option<String> [3.., null 3.., default None],
        /// Why, in the client's words.
        reason: Option<String> [5.., null 5.., default None, ignorable],
    }

    /// Whether they are gone.
    LeaveGroupResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [1.., ignorable],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// The members.
        members: Vec<MemberResponse> [3..],
    }

    /// Whether one member is gone.
    MemberResponse {
        /// The id that the coordinator gave the member.
        member_id: String [3..],
        /// The name that a static member gave itself.
        group_instance_id: Option<String> [3.., null 3..],
        /// What went wrong, or 0.
        error_code: i16 [3..],
    }
}
