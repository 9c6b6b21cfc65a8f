//! AlterConfigs (33): all settings of topics and brokers anew.

request! {
    AlterConfigs: AlterConfigsRequest => AlterConfigsResponse,
    versions 0..=2, flexible 2
}

describe! {
    /// Set these, and nothing else.
    AlterConfigsRequest {
        /// What each topic and broker is to have.
        resources: Vec<AlterConfigsResource> [0..],
        /// Check everything, change nothing.
        validate_only: bool [0..],
    }

    /// All that one resource is to have.
    AlterConfigsResource {
        /// What is meant: 2 a topic, 4 a broker…
        resource_type: i8 [0..],
        /// Its name or number; of brokers, nothing for all.
        resource_name: String [0..],
        /// The settings; others get their defaults.
        configs: Vec<AlterableConfig> [0..],
    }

    /// One setting.
    AlterableConfig {
        /// Its name.
        name: String [0..],
        /// Its value.
        value: Option<String> [0.., null 0..],
    }

    /// What became of each resource.
    AlterConfigsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0..],
        /// The answer for each one asked for.
        responses: Vec<AlterConfigsResourceResponse> [0..],
    }

    /// What became of one resource; IncrementalAlterConfigs answers so as well.
    AlterConfigsResourceResponse {
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// More about the error, in words.
        error_message: Option<String> [0.., null 0..],
        /// What is meant: 2 a topic, 4 a broker…
        resource_type: i8 [0..],
        /// Its name or number.
        resource_name: String [0..],
    }
}
