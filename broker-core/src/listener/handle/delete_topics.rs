//! DeleteTopics: topics away, by name or by id.
//!
//! As in Kafka, what is asked for twice is refused once, and stays.

use std::collections::HashMap;
use std::hash::Hash;
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
    let asked: Vec<_> = match ctx.version {
        ..=5 => request.topic_names.into_iter().map(by_name).collect(),
        _ => request.topics,
    };
    if !ctx.shared.node.live().config.delete_topics {
        let responses = asked.into_iter().map(|one| disabled(&one, ctx.version)).collect();
        return DeleteTopicsResponse { responses, ..Default::default() };
    }
    let responses = ctx.blocking(move |shared| delete_all(shared, asked)).await;
    DeleteTopicsResponse { responses, ..Default::default() }
}

/// `delete.topic.enable` is false. Versions before 3 have no code for that.
fn disabled(asked: &DeleteTopicState, version: i16) -> DeletableTopicResult {
    let code = match version {
        ..=2 => ErrorCode::InvalidRequest,
        _ => ErrorCode::TopicDeletionDisabled,
    };
    refused(asked, (code, "this broker deletes no topics: `delete.topic.enable`".to_owned()))
}

fn delete_all(shared: &Shared, asked: Vec<DeleteTopicState>) -> Vec<DeletableTopicResult> {
    let results = delete_each(shared, asked);
    // Positions in a topic that is gone would be taken for positions in its successor.
    let is_gone = |topic: &str| shared.node.state().topic(topic).is_none();
    shared.groups.forget_topics(&is_gone);
    results
}

/// Why a topic is not deleted.
type Why = (ErrorCode, String);

/// Finds all before anything goes: which of them are the same is not told by their names alone.
fn delete_each(shared: &Shared, asked: Vec<DeleteTopicState>) -> Vec<DeletableTopicResult> {
    let found = repeats(asked, |one| (one.name.clone(), one.topic_id)).into_iter();
    let found: Vec<_> = found
        .map(|(one, is_repeated)| match is_repeated {
            true => (one, Err(twice("a topic is asked for twice"))),
            false => {
                let id = find(shared, &one);
                (one, id)
            }
        })
        .collect();
    // One that is refused is counted as itself.
    let same = |(one, id): &(DeleteTopicState, Result<TopicId, Why>)| match id {
        Ok(id) => (None, id.0),
        Err(_) => (one.name.clone(), one.topic_id),
    };
    let found = repeats(found, same).into_iter();
    let result = |((one, id), is_repeated): ((DeleteTopicState, _), bool)| match is_repeated {
        true => named_too(shared, &one, id),
        false => delete(shared, &one, id),
    };
    found.map(result).collect()
}

/// A topic that was asked for by its name and by its id: refused under both.
fn named_too(
    shared: &Shared,
    asked: &DeleteTopicState,
    found: Result<TopicId, Why>,
) -> DeletableTopicResult {
    let id = found.unwrap_or(TopicId(asked.topic_id));
    let name = shared.node.state().topic_by_id(id).map(|t| t.name.as_str().to_owned());
    let both = DeleteTopicState { name, topic_id: id.0, ..Default::default() };
    refused(&both, twice("a topic is asked for by its name and by its id"))
}

fn twice(why: &str) -> Why {
    (ErrorCode::InvalidRequest, why.to_owned())
}

/// Each once, in the order of first mention, and whether it was mentioned again.
fn repeats<T, K: Hash + Eq>(asked: Vec<T>, key: impl Fn(&T) -> K) -> Vec<(T, bool)> {
    let mut places = HashMap::new();
    let mut each: Vec<(T, bool)> = Vec::new();
    for one in asked {
        let place = *places.entry(key(&one)).or_insert(each.len());
        match each.get_mut(place) {
            Some((_, is_repeated)) => *is_repeated = true,
            None => each.push((one, false)),
        }
    }
    each
}

fn find(shared: &Shared, asked: &DeleteTopicState) -> Result<TopicId, Why> {
    match (&asked.name, asked.topic_id) {
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
    }
}

fn refused(asked: &DeleteTopicState, (code, why): Why) -> DeletableTopicResult {
    DeletableTopicResult {
        name: asked.name.clone(),
        topic_id: asked.topic_id,
        error_code: code.code(),
        error_message: Some(why),
        ..Default::default()
    }
}

fn delete(
    shared: &Shared,
    asked: &DeleteTopicState,
    found: Result<TopicId, Why>,
) -> DeletableTopicResult {
    let id = match found {
        Ok(id) => id,
        Err(why) => return refused(asked, why),
    };
    match shared.node.delete_topic(id) {
        Ok(name) => DeletableTopicResult {
            name: Some(name.as_str().to_owned()),
            topic_id: id.0,
            ..Default::default()
        },
        Err(e) => refused(asked, (e.code(), e.to_string())),
    }
}
