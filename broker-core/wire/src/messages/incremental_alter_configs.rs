//! IncrementalAlterConfigs (44): some settings of topics and brokers.
//!
//! In Kafka's schema the nested structures are called as in AlterConfigs, which has others.

use super::AlterConfigsResourceResponse;

request! {
    IncrementalAlterConfigs: IncrementalAlterConfigsRequest => IncrementalAlterConfigsResponse,
    versions 0..=1, flexible 1
}

describe! {
    /// Change these; other settings stay.
    IncrementalAlterConfigsRequest {
        /// What is to change at each topic and broker.
        resources: Vec<IncrementalAlterConfigsResource> [0..],
        /// Check everything, change nothing.
        validate_only: bool [0..],
    }

    /// What is to change at one resource.
    IncrementalAlterConfigsResource {
        /// What is meant: 2 a topic, 4 a broker…
        resource_type: i8 [0..],
        /// Its name or number; of brokers, nothing for all.
        resource_name: String [0..],
        /// The settings, each once.
        configs: Vec<IncrementalAlterableConfig> [0..],
    }

    /// A change of one setting.
    IncrementalAlterableConfig {
        /// Its name.
        name: String [0..],
        /// What to do: 0 set it, 1 delete it, 2 append to its list, 3 subtract from its list.
        config_operation: i8 [0..],
        /// The value, or the words of the list.
        value: Option<String> [0.., null 0..],
    }

    /// What became of each resource.
    IncrementalAlterConfigsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0..],
        /// The answer for each one asked for.
        responses: Vec<AlterConfigsResourceResponse> [0..],
    }
}
