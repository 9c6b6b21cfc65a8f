//! DeleteTopics: topics away, by name or by id.

use std::sync::Arc;

use ouzel_wire::messages::{
    DeletableTopicResult, DeleteTopicState, DeleteTopicsRequest, DeleteTopicsResponse,
};
use ouzel_wire::{ErrorCode, Uuid};

use crate::cluster::TopicId;
use crate::listener::Shared;
use crate::listener::call::Ctx;
use crate::listener::error_code::Code;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: DeleteTopicsRequest,
) -> DeleteTopicsResponse {
    let by_name = |name| DeleteTopicState { name: Some(name), ..Default::default() };
    let asked = match ctx.version {
        ..=5 => request.topic_names.into_iter().map(by_name).collect(),
        _ => request.topics,
    };
    let responses = ctx.blocking(move |shared| delete_all(shared, asked)).await;
    DeleteTopicsResponse { responses, ..Default::default() }
}

fn delete_all(shared: &Shared, asked: Vec<DeleteTopicState>) -> Vec<DeletableTopicResult> {
    let results: Vec<_> = asked.into_iter().map(|one| delete(shared, one)).collect();
    // Positions in a topic that is gone would be taken for positions in its successor.
    let is_gone = |topic: &str| shared.node.state().topic(topic).is_none();
    shared.groups.forget_topics(&is_gone);
    results
}

fn delete(shared: &Shared, asked: DeleteTopicState) -> DeletableTopicResult {
    let refusal = |code: ErrorCode, why: String| DeletableTopicResult {
        name: asked.name.clone(),
        topic_id: asked.topic_id,
        error_code: code.code(),
        error_message: Some(why),
        ..Default::default()
    };
    let found = match (&asked.name, asked.topic_id) {
        (Some(name), Uuid::ZERO) => {
            let id = shared.node.state().topic(name).map(|t| t.id);
            id.ok_or((ErrorCode::UnknownTopicOrPartition, format!("no topic is called `{name}`")))
        }
        (None, id) if !id.is_zero() => {
            let id = TopicId(id);
            let known = shared.node.state().topic_by_id(id).map(|t| t.id);
            known.ok_or((ErrorCode::UnknownTopicId, format!("no topic has the id {id}")))
        }
        _ => Err((ErrorCode::InvalidRequest, "a topic is named or its id given".to_owned())),
    };
    let id = match found {
        Ok(id) => id,
        Err((code, why)) => return refusal(code, why),
    };
    match shared.node.delete_topic(id) {
        Ok(name) => DeletableTopicResult {
            name: Some(name.as_str().to_owned()),
            topic_id: id.0,
            ..Default::default()
        },
        Err(e) => refusal(e.code(), e.to_string()),
    }
}
