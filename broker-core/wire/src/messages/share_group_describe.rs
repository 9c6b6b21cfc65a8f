//! ShareGroupDescribe (77): share groups (KIP-932) with their members.

use super::DescribedAssignment;

request! {
    ShareGroupDescribe: ShareGroupDescribeRequest => ShareGroupDescribeResponse,
    versions 1..=1, flexible 0
}

describe! {
    /// Tell me all about these groups.
    ShareGroupDescribeRequest {
        /// Their names.
        group_ids: Vec<String> [1..],
        /// Ask what this client may do to each group.
        include_authorized_operations: bool [1..],
    }

    /// The groups with their members.
    ShareGroupDescribeResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [1..],
        /// Each group.
        groups: Vec<DescribedShareGroup> [1..],
    }

    /// One group.
    DescribedShareGroup {
        /// What went wrong, or 0.
        error_code: i16 [1..],
        /// More about the error, in words.
        error_message: Option<String> [1.., null 1.., default None],
        /// The group's name.
        group_id: String [1..],
        /// The group's state by name.
        group_state: String [1..],
        /// Which epoch of the group.
        group_epoch: i32 [1..],
        /// Of which epoch its assignment is.
        assignment_epoch: i32 [1..],
        /// The assignor in use.
        assignor_name: String [1..],
        /// The members.
        members: Vec<DescribedShareGroupMember> [1..],
        /// What the client may do to the group, as bits; the lowest number if not asked.
        authorized_operations: i32 [1.., default i32::MIN],
    }

    /// One member.
    DescribedShareGroupMember {
        /// The id of the member.
        member_id: String [1..],
        /// Its rack.
        rack_id: Option<String> [1.., null 1.., default None],
        /// Which epoch the member is in.
        member_epoch: i32 [1..],
        /// What the client calls itself.
        client_id: String [1..],
        /// Where it came from.
        client_host: String [1..],
        /// The topics that it reads.
        subscribed_topic_names: Vec<String> [1..],
        /// What it holds.
        assignment: DescribedAssignment [1..],
    }
}
