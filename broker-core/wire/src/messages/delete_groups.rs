//! DeleteGroups (42): groups away, with their offsets.

request! {
    DeleteGroups: DeleteGroupsRequest => DeleteGroupsResponse,
    versions 0..=2, flexible 2
}

describe! {
    /// Delete these groups and what they committed.
    DeleteGroupsRequest {
        /// Their names.
        groups_names: Vec<String> [0..],
    }

    /// What became of each group.
    DeleteGroupsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0..],
        /// The answer for each one asked for.
        results: Vec<DeletableGroupResult> [0..],
    }

    /// What became of one group.
    DeletableGroupResult {
        /// The group's name.
        group_id: String [0..],
        /// What went wrong, or 0.
        error_code: i16 [0..],
    }
}
