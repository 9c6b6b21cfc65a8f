//! CreatePartitions: more partitions for a topic, or a judgement of what would become of it.

use std::collections::HashMap;
use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    CreatePartitionsRequest, CreatePartitionsResponse, CreatePartitionsTopic,
    CreatePartitionsTopicResult,
};

use crate::cluster::Refusal;
use crate::listener::call::Ctx;
use crate::listener::error_code::Code;
use crate::node::{Growth, Node, TopicError};

use super::once;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: CreatePartitionsRequest,
) -> CreatePartitionsResponse {
    let results = ctx.blocking(move |shared| grow_all(&shared.node, request)).await;
    CreatePartitionsResponse { results, ..Default::default() }
}

fn grow_all(node: &Node, request: CreatePartitionsRequest) -> Vec<CreatePartitionsTopicResult> {
    let mut times: HashMap<String, u32> = HashMap::new();
    for topic in &request.topics {
        *times.entry(topic.name.clone()).or_default() += 1;
    }
    let validate_only = request.validate_only;
    let one = |topic: CreatePartitionsTopic| {
        let name = topic.name.clone();
        let grown = match times.get(&name).copied() {
            Some(1) => grow(node, topic, validate_only),
            _ => {
                let why = format!("topic `{name}` is in the request more than once");
                Err((ErrorCode::InvalidRequest, why))
            }
        };
        let (code, error_message) = match grown {
            Ok(()) => (ErrorCode::None, None),
            Err((code, why)) => (code, Some(why)),
        };
        let error_code = code.code();
        CreatePartitionsTopicResult { name, error_code, error_message, ..Default::default() }
    };
    once(request.topics, |topic| topic.name.clone()).into_iter().map(one).collect()
}

fn grow(
    node: &Node,
    asked: CreatePartitionsTopic,
    validate_only: bool,
) -> Result<(), (ErrorCode, String)> {
    let placement = asked.assignments.map(|a| a.into_iter().map(|a| a.broker_ids).collect());
    let growth = Growth { name: asked.name, total: asked.count, placement };
    let grown = match validate_only {
        true => node.judge_growth(&growth),
        false => node.grow_topic(&growth),
    };
    grown.map_err(|e| match e {
        // It was named, and its id is of no use to whoever named it.
        TopicError::Refused(Refusal::UnknownTopic { .. }) => {
            (e.code(), format!("no topic is called `{}`", growth.name))
        }
        e => (e.code(), e.to_string()),
    })
}
