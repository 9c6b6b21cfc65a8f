//! ListConfigResources: the topics and brokers that have settings.

use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    ConfigResource, ListConfigResourcesRequest, ListConfigResourcesResponse,
};

use crate::listener::call::Ctx;
use crate::node::Node;

use super::resource::{BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP, TOPIC};

/// The types that may be asked for. Of the last three there are none here.
const KNOWN: [i8; 5] = [TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP];

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: ListConfigResourcesRequest,
) -> ListConfigResourcesResponse {
    let wanted = match (ctx.version, request.resource_types.as_slice()) {
        (0, _) => vec![CLIENT_METRICS],
        (_, []) => KNOWN.to_vec(),
        (_, types) => types.to_vec(),
    };
    if wanted.iter().any(|kind| !KNOWN.contains(kind)) {
        let error_code = ErrorCode::UnsupportedVersion.code();
        return ListConfigResourcesResponse { error_code, ..Default::default() };
    }
    // A type that is asked for twice is answered once.
    let known = KNOWN.into_iter().filter(|kind| wanted.contains(kind));
    let config_resources = known.flat_map(|kind| all_of(&ctx.shared.node, kind)).collect();
    ListConfigResourcesResponse { config_resources, ..Default::default() }
}

fn all_of(node: &Node, resource_type: i8) -> Vec<ConfigResource> {
    let names: Vec<String> = match resource_type {
        TOPIC => node.state().topics().map(|topic| topic.name.as_str().to_owned()).collect(),
        BROKER => vec![node.config.node_id.to_string()],
        _ => Vec::new(),
    };
    let one = |resource_name| ConfigResource { resource_name, resource_type, ..Default::default() };
    names.into_iter().map(one).collect()
}
