//! IncrementalAlterConfigs: some settings of topics and brokers; the others stay.

use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    IncrementalAlterConfigsRequest, IncrementalAlterConfigsResource,
    IncrementalAlterConfigsResponse, IncrementalAlterableConfig,
};

use crate::cluster::{Act, Alteration, Change};
use crate::listener::call::Ctx;

use super::alter::{Asked, Refusal, alter_all, each_once, value_for};

/// What to do with a key, as Kafka numbers it.
const SET: i8 = 0;
const DELETE: i8 = 1;
const APPEND: i8 = 2;
const SUBTRACT: i8 = 3;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: IncrementalAlterConfigsRequest,
) -> IncrementalAlterConfigsResponse {
    let one = |resource: IncrementalAlterConfigsResource| Asked {
        kind: resource.resource_type,
        name: resource.resource_name,
        alteration: changes(resource.configs),
    };
    let asked = request.resources.into_iter().map(one).collect();
    let validate_only = request.validate_only;
    let responses = ctx.blocking(move |shared| alter_all(shared, asked, validate_only)).await;
    IncrementalAlterConfigsResponse { responses, ..Default::default() }
}

fn changes(configs: Vec<IncrementalAlterableConfig>) -> Result<Alteration, Refusal> {
    each_once(configs.iter().map(|config| config.name.as_str()))?;
    configs.into_iter().map(change).collect::<Result<_, _>>().map(Alteration::Change)
}

fn change(config: IncrementalAlterableConfig) -> Result<Change, Refusal> {
    let key = config.name;
    let act = match config.config_operation {
        SET => Act::Set(value_for(&key, config.value)?),
        DELETE => Act::Delete,
        APPEND => Act::Append(value_for(&key, config.value)?),
        SUBTRACT => Act::Subtract(value_for(&key, config.value)?),
        other => {
            let why = format!("{other} is nothing that can be done with `{key}`; 0 to 3 are");
            return Err((ErrorCode::InvalidRequest, why));
        }
    };
    Ok(Change { key, act })
}
