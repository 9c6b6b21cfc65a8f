//! Metadata: which brokers, topics and partitions there are; and topics made on first sight.

use std::sync::Arc;

use ouzel_wire::messages::{
    MetadataRequest, MetadataRequestTopic, MetadataResponse, MetadataResponseBroker,
    MetadataResponsePartition, MetadataResponseTopic,
};
use ouzel_wire::{ErrorCode, Uuid};

use crate::cluster::{Refusal, Topic, TopicId};
use crate::ids::TopicName;
use crate::listener::Shared;
use crate::listener::call::Ctx;
use crate::listener::error_code::Code;
use crate::node::{NewTopic, Node, OFFSETS_TOPIC, TopicError, is_internal};

use super::{NONE, advertised, once, rights};

/// Most topics that one request may bring into being: each takes several syncs. The rest is told
/// to ask again, and clients do.
const CREATED_PER_REQUEST_MAX: usize = 100;

/// The first version in which a topic that is unknown by its id has no name; before, an empty one.
const NAMELESS_FROM: i16 = 12;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: MetadataRequest,
) -> MetadataResponse {
    let (host, port) = advertised(&ctx);
    let node = &ctx.shared.node;
    let node_id = node.config.node_id;
    let broker = MetadataResponseBroker { node_id, host, port, ..Default::default() };
    let cluster_id = Some(node.cluster_id());
    let cluster_authorized_operations =
        rights::on_cluster(request.include_cluster_authorized_operations);
    let rights_on_topics = rights::on_topic(request.include_topic_authorized_operations);
    let may_create = node.live().config.auto_create_topics
        // Before version 4 clients could not say.
        && (request.allow_auto_topic_creation || ctx.version < 4);
    let mut topics = match request.topics {
        None => every_topic(node),
        Some(asked) if asked.is_empty() && ctx.version == 0 => every_topic(node),
        Some(asked) => {
            let asked = once(asked, |one| (one.name.clone(), one.topic_id));
            match may_create && lacks_some(node, &asked) {
                true => ctx.blocking(move |shared| some_topics(shared, asked, may_create)).await,
                false => some_topics(&ctx.shared, asked, may_create),
            }
        }
    };
    for topic in &mut topics {
        // As in Kafka also of one that is not there: it could be made.
        if topic.name.is_some() {
            topic.topic_authorized_operations = rights_on_topics;
        }
        if ctx.version < NAMELESS_FROM {
            topic.name.get_or_insert_default();
        }
    }
    MetadataResponse {
        brokers: vec![broker],
        cluster_id,
        controller_id: node_id,
        topics,
        cluster_authorized_operations,
        ..Default::default()
    }
}

fn every_topic(node: &Node) -> Vec<MetadataResponseTopic> {
    node.state().topics().map(|topic| describe(node, topic)).collect()
}

fn lacks_some(node: &Node, asked: &[MetadataRequestTopic]) -> bool {
    let state = node.state();
    asked.iter().filter_map(|one| one.name.as_deref()).any(|name| state.topic(name).is_none())
}

fn some_topics(
    shared: &Shared,
    asked: Vec<MetadataRequestTopic>,
    may_create: bool,
) -> Vec<MetadataResponseTopic> {
    let mut left = if may_create { CREATED_PER_REQUEST_MAX } else { 0 };
    let mut answers = Vec::with_capacity(asked.len());
    for one in asked {
        let answer = match one.name {
            Some(name) if one.topic_id.is_zero() => by_name(shared, &name, may_create, &mut left)
                .unwrap_or_else(|code| refusal(Some(name), Uuid::ZERO, code)),
            Some(name) => refusal(Some(name), one.topic_id, ErrorCode::InvalidRequest),
            None => by_id(&shared.node, one.topic_id),
        };
        answers.push(answer);
    }
    answers
}

fn by_id(node: &Node, id: Uuid) -> MetadataResponseTopic {
    let found = node.state().topic_by_id(TopicId(id)).map(|topic| describe(node, topic));
    found.unwrap_or_else(|| refusal(None, id, ErrorCode::UnknownTopicId))
}

fn by_name(
    shared: &Shared,
    name: &str,
    may_create: bool,
    left: &mut usize,
) -> Result<MetadataResponseTopic, ErrorCode> {
    let node = &shared.node;
    let found = node.state().topic(name).map(|topic| describe(node, topic));
    if let Some(topic) = found {
        return Ok(topic);
    }
    if TopicName::parse(name).is_err() {
        return Err(ErrorCode::InvalidTopicException);
    }
    match *left {
        0 if may_create => return Err(ErrorCode::LeaderNotAvailable),
        0 => return Err(ErrorCode::UnknownTopicOrPartition),
        _ => *left -= 1,
    }
    let created = match name {
        OFFSETS_TOPIC => shared.ensure_offsets_topic(),
        _ => node.create_topic(&NewTopic { name: name.to_owned(), ..Default::default() }),
    };
    match created {
        Ok(topic) => Ok(describe(node, &topic)),
        // Another client was quicker.
        Err(TopicError::Refused(Refusal::TopicExists { .. })) => Err(ErrorCode::LeaderNotAvailable),
        Err(e) => Err(e.code()),
    }
}

/// Called while the state is locked for reading: what it locks itself (the table of partitions, a
/// partition's offsets) never waits for the state.
fn describe(node: &Node, topic: &Topic) -> MetadataResponseTopic {
    let one = |(number, replicas): (usize, &Vec<i32>)| {
        let partition_index = number as i32;
        let held = node.partition(topic.name.as_str(), partition_index);
        let (replica_nodes, isr_nodes) = (replicas.clone(), replicas.clone());
        let partition = MetadataResponsePartition {
            partition_index,
            replica_nodes,
            isr_nodes,
            ..Default::default()
        };
        match held {
            Ok(held) => MetadataResponsePartition {
                leader_id: node.config.node_id,
                leader_epoch: held.offsets().leader_epoch,
                ..partition
            },
            // Not opened yet, or not to be opened: nobody leads it.
            Err(_) => MetadataResponsePartition {
                error_code: ErrorCode::LeaderNotAvailable.code(),
                leader_id: -1,
                isr_nodes: Vec::new(),
                offline_replicas: replicas.clone(),
                ..partition
            },
        }
    };
    MetadataResponseTopic {
        error_code: NONE,
        name: Some(topic.name.as_str().to_owned()),
        topic_id: topic.id.0,
        is_internal: is_internal(topic.name.as_str()),
        partitions: topic.replicas.iter().enumerate().map(one).collect(),
        ..Default::default()
    }
}

fn refusal(name: Option<String>, topic_id: Uuid, code: ErrorCode) -> MetadataResponseTopic {
    MetadataResponseTopic { error_code: code.code(), name, topic_id, ..Default::default() }
}
