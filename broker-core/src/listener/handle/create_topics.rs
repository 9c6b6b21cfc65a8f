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
use crate::node::{Described, NewTopic, Node};

use super::resource::source;

/// Most topics in one request: they are made durable together, and others wait meanwhile. It is as
/// much as Kafka's controller changes at once (`MAX_RECORDS_PER_USER_OP`), and there a topic counts
/// twice, with its first partition.
const TOPICS_MAX: usize = 10_000;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: CreateTopicsRequest,
) -> CreateTopicsResponse {
    let topics = ctx.blocking(move |shared| create_all(&shared.node, request)).await;
    CreateTopicsResponse { topics, ..Default::default() }
}

fn create_all(node: &Node, request: CreateTopicsRequest) -> Vec<CreatableTopicResult> {
    let validate_only = request.validate_only;
    let unfit = unfit(&request.topics);
    let fit = request.topics.iter().filter(|topic| unfit(&topic.name).is_none());
    let wanted: Vec<NewTopic> = fit.cloned().map(asked).collect();
    let outcomes = match validate_only {
        true => wanted.iter().map(|new| node.judge_topic(new)).collect(),
        false => node.create_topics(&wanted),
    };
    let mut outcomes = outcomes.into_iter();
    let one = |topic: &CreatableTopic| match unfit(&topic.name) {
        Some((code, why)) => refusal(topic.name.clone(), code, why),
        None => match outcomes.next().expect("one outcome for each that is fit") {
            Ok(topic) => result(node, &topic),
            Err(e) => refusal(topic.name.clone(), e.code(), e.to_string()),
        },
    };
    request.topics.iter().map(one).collect()
}

/// Why a topic is refused whatever there is: because of the other topics of its request.
fn unfit(topics: &[CreatableTopic]) -> impl Fn(&str) -> Option<(ErrorCode, String)> + use<> {
    let mut times: HashMap<String, u32> = HashMap::new();
    for topic in topics {
        *times.entry(topic.name.clone()).or_default() += 1;
    }
    let too_many = topics.len() > TOPICS_MAX;
    move |name| {
        if too_many {
            let why = format!("more than {TOPICS_MAX} topics in one request");
            return Some((ErrorCode::PolicyViolation, why));
        }
        let twice = times.get(name).is_some_and(|times| *times > 1);
        let why = || format!("topic `{name}` is in the request more than once");
        twice.then(|| (ErrorCode::InvalidRequest, why()))
    }
}

fn asked(topic: CreatableTopic) -> NewTopic {
    let placement = topic.assignments.into_iter().map(|a| (a.partition_index, a.broker_ids));
    NewTopic {
        name: topic.name,
        // -1 stands for the broker's default.
        partitions: Some(topic.num_partitions).filter(|n| *n != -1),
        replication: Some(topic.replication_factor).filter(|n| *n != -1),
        placement: placement.collect(),
        settings: topic.configs.into_iter().map(|c| (c.name, c.value)).collect(),
    }
}

fn result(node: &Node, topic: &Topic) -> CreatableTopicResult {
    let config = |described: &Described| CreatableTopicConfigs {
        name: described.name.to_owned(),
        value: described.value(),
        config_source: source(described.source()),
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
