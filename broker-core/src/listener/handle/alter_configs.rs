//! AlterConfigs: all settings of topics and brokers anew; what is not named gets its default.

use std::sync::Arc;

use ouzel_wire::messages::{
    AlterConfigsRequest, AlterConfigsResource, AlterConfigsResponse, AlterableConfig,
};

use crate::cluster::Alteration;
use crate::listener::call::Ctx;

use super::alter::{Asked, Refusal, alter_all, each_once, value_for};

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: AlterConfigsRequest,
) -> AlterConfigsResponse {
    let one = |resource: AlterConfigsResource| Asked {
        kind: resource.resource_type,
        name: resource.resource_name,
        alteration: replacement(resource.configs),
    };
    let asked = request.resources.into_iter().map(one).collect();
    let validate_only = request.validate_only;
    let responses = ctx.blocking(move |shared| alter_all(shared, asked, validate_only)).await;
    AlterConfigsResponse { responses, ..Default::default() }
}

fn replacement(configs: Vec<AlterableConfig>) -> Result<Alteration, Refusal> {
    each_once(configs.iter().map(|config| config.name.as_str()))?;
    let one = |config: AlterableConfig| {
        let value = value_for(&config.name, config.value)?;
        Ok((config.name, value))
    };
    configs.into_iter().map(one).collect::<Result<_, _>>().map(Alteration::Replace)
}
