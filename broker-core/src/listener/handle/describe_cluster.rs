//! DescribeCluster: the cluster's id and its brokers.

use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    DescribeClusterBroker, DescribeClusterRequest, DescribeClusterResponse,
};

use crate::listener::call::Ctx;

use super::{advertised, rights};

/// The endpoints that clients of brokers ask for.
const BROKERS: i8 = 1;
/// Those that clients of controllers ask for.
const CONTROLLERS: i8 = 2;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: DescribeClusterRequest,
) -> DescribeClusterResponse {
    let endpoint_type = request.endpoint_type;
    if endpoint_type != BROKERS {
        let code = match endpoint_type {
            CONTROLLERS => ErrorCode::MismatchedEndpointType,
            _ => ErrorCode::UnsupportedEndpointType,
        };
        return DescribeClusterResponse {
            error_code: code.code(),
            error_message: Some("this listener knows brokers only".to_owned()),
            ..Default::default()
        };
    }
    let (host, port) = advertised(&ctx);
    let node = &ctx.shared.node;
    let broker_id = node.config.node_id;
    DescribeClusterResponse {
        endpoint_type,
        cluster_id: node.cluster_id(),
        controller_id: broker_id,
        brokers: vec![DescribeClusterBroker { broker_id, host, port, ..Default::default() }],
        cluster_authorized_operations: rights::on_cluster(
            request.include_cluster_authorized_operations,
        ),
        ..Default::default()
    }
}
