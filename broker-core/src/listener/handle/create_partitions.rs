//! CreatePartitions: more partitions for a topic.

use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    CreatePartitionsRequest, CreatePartitionsResponse, CreatePartitionsTopic,
    CreatePartitionsTopicResult,
};

use crate::cluster::TOPIC_PARTITIONS_MAX;
use crate::listener::call::Ctx;
use crate::listener::error_code::Code;
use crate::node::{Node, is_internal};

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: CreatePartitionsRequest,
) -> CreatePartitionsResponse {
    let grow_all = move |node: &Node| {
        let one = |topic: CreatePartitionsTopic| {
            let grown = grow(node, &topic, request.validate_only);
            let (code, error_message) = match grown {
                Ok(()) => (ErrorCode::None, None),
                Err((code, why)) => (code, Some(why)),
            };
            CreatePartitionsTopicResult {
                name: topic.name,
                error_code: code.code(),
                error_message,
                ..Default::default()
            }
        };
        request.topics.into_iter().map(one).collect()
    };
    let results = ctx.blocking(move |shared| grow_all(&shared.node)).await;
    CreatePartitionsResponse { results, ..Default::default() }
}

fn grow(
    node: &Node,
    asked: &CreatePartitionsTopic,
    validate_only: bool,
) -> Result<(), (ErrorCode, String)> {
    let present = node.state().topic(&asked.name).map(|t| t.replicas.len());
    let Some(present) = present else {
        let why = format!("no topic is called `{}`", asked.name);
        return Err((ErrorCode::UnknownTopicOrPartition, why));
    };
    if is_internal(&asked.name) {
        // Groups are found by their hash modulo the number of partitions.
        let why = format!("topic `{}` belongs to the broker", asked.name);
        return Err((ErrorCode::InvalidTopicException, why));
    }
    let wanted = usize::try_from(asked.count).unwrap_or(0);
    if wanted <= present || wanted > TOPIC_PARTITIONS_MAX {
        let why = format!(
            "topic `{}` has {present} partitions; it can have more, up to {TOPIC_PARTITIONS_MAX}",
            asked.name
        );
        return Err((ErrorCode::InvalidPartitions, why));
    }
    let here = [node.config.node_id];
    let placed = asked.assignments.as_deref();
    if placed.is_some_and(|a| a.len() != wanted - present || a.iter().any(|a| a.broker_ids != here))
    {
        let why = format!("every new partition is placed on node {}", node.config.node_id);
        return Err((ErrorCode::InvalidReplicaAssignment, why));
    }
    match validate_only {
        true => Ok(()),
        false => node.grow_topic(&asked.name, asked.count).map_err(|e| (e.code(), e.to_string())),
    }
}
