//! DescribeConfigs (32): settings of topics and brokers.

request! {
    DescribeConfigs: DescribeConfigsRequest => DescribeConfigsResponse,
    versions 1..=4, flexible 4
}

describe! {
    /// How are these set?
    DescribeConfigsRequest {
        /// Topics, brokers and others to describe.
        resources: Vec<DescribeConfigsResource> [0..],
        /// Tell also where each value would come from otherwise.
        include_synonyms: bool [1..],
        /// Tell also what each setting means.
        include_documentation: bool [3..],
    }

    /// One resource to describe.
    DescribeConfigsResource {
        /// What is meant: 2 a topic, 4 a broker…
        resource_type: i8 [0..],
        /// Its name or number.
        resource_name: String [0..],
        /// The settings wanted; null for all.
        configuration_keys: Option<Vec<String>> [0.., null 0..],
    }

    /// The settings.
    DescribeConfigsResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0..],
        /// The answer for each one asked for.
        results: Vec<DescribeConfigsResult> [0..],
    }

    /// The settings of one resource.
    DescribeConfigsResult {
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// More about the error, in words.
        error_message: Option<String> [0.., null 0..],
        /// What is meant: 2 a topic, 4 a broker…
        resource_type: i8 [0..],
        /// Its name or number.
        resource_name: String [0..],
        /// Each setting.
        configs: Vec<DescribeConfigsResourceResult> [0..],
    }

    /// One setting.
    DescribeConfigsResourceResult {
        /// The setting's name.
        name: String [0..],
        /// Its value; null if secret.
        value: Option<String> [0.., null 0..],
        /// Whether it can only be set in the broker's files.
        read_only: bool [0..],
        /// Where the value comes from: topic, broker, default…
        config_source: i8 [1.., default -1, ignorable],
        /// Whether the value is secret and therefore not shown.
        is_sensitive: bool [0..],
        /// Values from other places, the one in force first.
        synonyms: Vec<DescribeConfigsSynonym> [1.., ignorable],
        /// The type of the value: 1 boolean, 2 text, 3 int, 5 long, 7 list…
        config_type: i8 [3.., ignorable],
        /// What it means.
        documentation: Option<String> [3.., null 0.., ignorable],
    }

    /// The value of a setting in another place.
    DescribeConfigsSynonym {
        /// The setting's name there.
        name: String [1..],
        /// Its value there.
        value: Option<String> [1.., null 0..],
        /// Which place it is.
        source: i8 [1..],
    }
}
