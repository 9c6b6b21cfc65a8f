//! ListConfigResources (74): what has settings.

request! {
    ListConfigResources: ListConfigResourcesRequest => ListConfigResourcesResponse,
    versions 0..=1, flexible 0
}

describe! {
    /// Which resources are there? Version 0 asks for clients' metrics only.
    ListConfigResourcesRequest {
        /// The types wanted, 2 topics, 4 brokers…; none for all that are known.
        resource_types: Vec<i8> [1..],
    }

    /// The resources.
    ListConfigResourcesResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0..],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// Each one.
        config_resources: Vec<ConfigResource> [0..],
    }

    /// One resource.
    ConfigResource {
        /// Its name or number.
        resource_name: String [0..],
        /// What is meant: 2 a topic, 4 a broker…
        resource_type: i8 [1.., default 16, ignorable],
    }
}
