//! ListGroups (16): the groups of a coordinator.

request! {
    ListGroups: ListGroupsRequest => ListGroupsResponse,
    versions 0..=5, flexible 3
}

describe! {
    /// Which groups are there?
    ListGroupsRequest {
        /// Only those in one of these states; empty for all.
        states_filter: Vec<String> [4..],
        /// Only those of one of these types; empty for all.
        types_filter: Vec<String> [5..],
    }

    /// The groups of this coordinator.
    ListGroupsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [1.., ignorable],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// Each group.
        groups: Vec<ListedGroup> [0..],
    }

    /// One group.
    ListedGroup {
        /// The group's name.
        group_id: String [0..],
        /// What kind of group it is; `consumer` for readers.
        protocol_type: String [0..],
        /// The group's state by name.
        group_state: String [4.., ignorable],
        /// Its type: classic, consumer, share, streams.
        group_type: String [5.., ignorable],
    }
}
