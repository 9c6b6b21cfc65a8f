//! DescribeGroups (15): groups with their members.

use bytes::Bytes;

request! {
    DescribeGroups: DescribeGroupsRequest => DescribeGroupsResponse,
    versions 0..=6, flexible 5
}

describe! {
    /// Tell me all about these groups.
    DescribeGroupsRequest {
        /// Their names.
        groups: Vec<String> [0..],
        /// Ask what this client may do to each group.
        include_authorized_operations: bool [3..],
    }

    /// The groups with their members.
    DescribeGroupsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [1.., ignorable],
        /// Each group.
        groups: Vec<DescribedGroup> [0..],
    }

    /// One group.
    DescribedGroup {
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// More about the error, in words.
        error_message: Option<String> [6.., null 6.., default None],
        /// The group's name.
        group_id: String [0..],
        /// The group's state by name.
        group_state: String [0..],
        /// What kind of group it is; `consumer` for readers.
        protocol_type: String [0..],
        /// The protocol (assignor) in use.
        protocol_data: String [0..],
        /// The members.
        members: Vec<DescribedGroupMember> [0..],
        /// What the client may do to the group, as bits; the lowest number if not asked.
        authorized_operations: i32 [3.., default i32::MIN],
    }

    /// One member.
    DescribedGroupMember {
        /// The id that the coordinator gave the member.
        member_id: String [0..],
        /// The name that a static member gave itself.
        group_instance_id: Option<String> [4.., null 4.., default None, ignorable],
        /// What the client calls itself.
        client_id: String [0..],
        /// Where it came from.
        client_host: String [0..],
        /// What it brought; for consumers a subscription.
        member_metadata: Bytes [0..],
        /// Its part; for consumers the partitions.
        member_assignment: Bytes [0..],
    }
}
