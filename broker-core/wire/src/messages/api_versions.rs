//! ApiVersions (18): what a broker understands, and the features of its cluster.

request! {
    ApiVersions: ApiVersionsRequest => ApiVersionsResponse,
    versions 0..=4, flexible 3
}

describe! {
    /// Which requests do you understand?
    ApiVersionsRequest {
        /// The client library's name.
        client_software_name: String [3.., ignorable],
        /// The client library's version.
        client_software_version: String [3.., ignorable],
    }

    /// The requests that the broker understands, and the features of its cluster.
    ApiVersionsResponse {
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// Each API with its versions.
        api_keys: Vec<ApiVersion> [0..],
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [1.., ignorable],
        /// Features that this broker could have.
        supported_features: Vec<SupportedFeatureKey> [3.., tag 0, ignorable],
        /// Counts up with each change to the finalized features; -1 if not known.
        finalized_features_epoch: i64 [3.., tag 1, default -1, ignorable],
        /// Features that the whole cluster has switched on.
        finalized_features: Vec<FinalizedFeatureKey> [3.., tag 2, ignorable],
        /// Left over from the move away from ZooKeeper.
        zk_migration_ready: bool [3.., tag 3, ignorable],
    }

    /// One API and the versions of it that the broker understands.
    ApiVersion {
        /// Its number.
        api_key: i16 [0..],
        /// The oldest version.
        min_version: i16 [0..],
        /// The newest version.
        max_version: i16 [0..],
    }

    /// A feature the broker could have.
    SupportedFeatureKey {
        /// The feature's name.
        name: String [3..],
        /// The oldest version.
        min_version: i16 [3..],
        /// The newest version.
        max_version: i16 [3..],
    }

    /// A feature that is on.
    FinalizedFeatureKey {
        /// The feature's name.
        name: String [3..],
        /// The newest level in use.
        max_version_level: i16 [3..],
        /// The oldest level in use.
        min_version_level: i16 [3..],
    }
}
