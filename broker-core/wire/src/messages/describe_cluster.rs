//! DescribeCluster (60): the cluster's id, controller and brokers.

request! {
    DescribeCluster: DescribeClusterRequest => DescribeClusterResponse,
    versions 0..=2, flexible 0
}

describe! {
    /// Who makes up the cluster?
    DescribeClusterRequest {
        /// Ask what this client may do to the cluster.
        include_cluster_authorized_operations: bool [0..],
        /// 1 for brokers, 2 for controllers.
        endpoint_type: i8 [1.., default 1],
        /// List also brokers that may not lead now.
        include_fenced_brokers: bool [2..],
    }

    /// The cluster and its brokers.
    DescribeClusterResponse {
        /// How long the broker held the client back for its quota, in milliseconds.
        throttle_time_ms: i32 [0..],
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// More about the error, in words.
        error_message: Option<String> [0.., null 0.., default None],
        /// 1 for brokers, 2 for controllers.
        endpoint_type: i8 [1.., default 1],
        /// The cluster's id.
        cluster_id: String [0..],
        /// The broker to ask for changes to the cluster, or -1.
        controller_id: i32 [0.., default -1],
        /// The brokers.
        brokers: Vec<DescribeClusterBroker> [0..],
        /// What the client may do to the cluster, as bits; the lowest number if not asked.
        cluster_authorized_operations: i32 [0.., default i32::MIN],
    }

    /// One broker.
    DescribeClusterBroker {
        /// The broker's number.
        broker_id: i32 [0..],
        /// The host where clients reach it.
        host: String [0..],
        /// The port where clients reach it.
        port: i32 [0..],
        /// The rack it stands in, if it was told.
        rack: Option<String> [0.., null 0.., default None],
        /// Whether it may not lead now.
        is_fenced: bool [2..],
    }
}
