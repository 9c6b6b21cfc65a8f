//! CreateTopics: new topics, or a judgement of what would become of them.
//!
//! A client's timeout is not looked at: it limits how long to wait until other brokers know of
//! the topics, and a topic is ready here when it is made. Several clients send 0 by default.

use std::collections::HashMap;
use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    CreatableTopic, CreatableTopicConfigs, CreatableTopicResult, CreateTopicsRequest,
    CreateTopicsResponse,
};

use crate::cluster::Topic;
use crate::listener::call::Ctx;
use crate::listener::error_code::Code;
use crate::node::{Described, NewTopic, Node, TopicError};

use super::resource::source;

/// Most topics in one request: each takes several syncs, one after the other.
const TOPICS_MAX: usize = 1000;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: CreateTopicsRequest,
) -> CreateTopicsResponse {
    let topics = ctx.blocking(move |shared| create_all(&shared.node, request)).await;
    CreateTopicsResponse { topics, ..Default::default() }
}

fn create_all(node: &Node, request: CreateTopicsRequest) -> Vec<CreatableTopicResult> {
    let mut times: HashMap<String, u32> = HashMap::new();
    for topic in &request.topics {
        *times.entry(topic.name.clone()).or_default() += 1;
    }
    let twice = |name: &str| times.get(name).is_some_and(|times| *times > 1);
    let validate_only = request.validate_only;
    let too_many = request.topics.len() > TOPICS_MAX;
    let one = |topic: CreatableTopic| {
        let name = topic.name.clone();
        if too_many {
            let why = format!("more than {TOPICS_MAX} topics in one request");
            return refusal(name, ErrorCode::PolicyViolation, why);
        }
        if twice(&name) {
            let why = format!("topic `{name}` is in the request more than once");
            return refusal(name, ErrorCode::InvalidRequest, why);
        }
        match create(node, topic, validate_only) {
            Ok(topic) => result(node, &topic),
            Err(e) => refusal(name, e.code(), e.to_string()),
        }
    };
    request.topics.into_iter().map(one).collect()
}

fn create(node: &Node, asked: CreatableTopic, validate_only: bool) -> Result<Topic, TopicError> {
    let placement = asked.assignments.into_iter().map(|a| (a.partition_index, a.broker_ids));
    let new = NewTopic {
        name: asked.name,
        // -1 stands for the broker's default.
        partitions: Some(asked.num_partitions).filter(|n| *n != -1),
        replication: Some(asked.replication_factor).filter(|n| *n != -1),
        placement: placement.collect(),
        settings: asked.configs.into_iter().map(|c| (c.name, c.value)).collect(),
    };
    match validate_only {
        true => node.judge_topic(&new),
        false => node.create_topic(&new),
    }
}

fn result(node: &Node, topic: &Topic) -> CreatableTopicResult {
    let config = |described: &Described| CreatableTopicConfigs {
        name: described.name.to_owned(),
        value: Some(described.in_force().value.clone()),
        config_source: source(described.in_force().source),
        ..Default::default()
    };
    CreatableTopicResult {
        name: topic.name.as_str().to_owned(),
        topic_id: topic.id.0,
        num_partitions: topic.replicas.len() as i32,
        replication_factor: topic.replicas.first().map_or(0, |nodes| nodes.len() as i16),
        configs: Some(node.describe_topic(topic, &|_| true).iter().map(config).collect()),
        ..Default::default()
    }
}

fn refusal(name: String, code: ErrorCode, why: String) -> CreatableTopicResult {
    CreatableTopicResult {
        name,
        error_code: code.code(),
        error_message: Some(why),
        configs: None,
        ..Default::default()
    }
}
