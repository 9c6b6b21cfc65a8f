//! DescribeConfigs: every setting of a topic or of this broker, with where its value is from.
//!
//! Tools read all settings, change one and write all back, so none may be missing (S41).

use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    DescribeConfigsRequest, DescribeConfigsResource, DescribeConfigsResourceResult,
    DescribeConfigsResponse, DescribeConfigsResult, DescribeConfigsSynonym,
};

use crate::cluster::{Kind, SETTINGS, Setting, Topic, value_of};
use crate::config::{BrokerConfig, Limits};
use crate::listener::call::Ctx;

use super::once;

/// Kinds of resources, as Kafka numbers them.
const TOPIC: i8 = 2;
const BROKER: i8 = 4;

/// Where a value is from, as Kafka numbers it.
const SET_FOR_TOPIC: i8 = 1;
const SET_AT_START: i8 = 4;
const DEFAULT: i8 = 5;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: DescribeConfigsRequest,
) -> DescribeConfigsResponse {
    let (synonyms, documentation) = (request.include_synonyms, request.include_documentation);
    let one = |resource: DescribeConfigsResource| {
        let (code, why, mut configs) = match describe(&ctx, &resource) {
            Ok(configs) => (ErrorCode::None, None, configs),
            Err((code, why)) => (code, Some(why), Vec::new()),
        };
        if let Some(keys) = resource.configuration_keys.filter(|keys| !keys.is_empty()) {
            configs.retain(|config| keys.contains(&config.name));
        }
        for config in &mut configs {
            if !synonyms {
                config.synonyms.clear();
            }
            config.documentation = config.documentation.take().filter(|_| documentation);
        }
        DescribeConfigsResult {
            error_code: code.code(),
            error_message: why,
            resource_type: resource.resource_type,
            resource_name: resource.resource_name,
            configs,
            ..Default::default()
        }
    };
    let resources = once(request.resources, |r| (r.resource_type, r.resource_name.clone()));
    let results = resources.into_iter().map(one).collect();
    DescribeConfigsResponse { results, ..Default::default() }
}

fn describe(
    ctx: &Ctx,
    resource: &DescribeConfigsResource,
) -> Result<Vec<DescribeConfigsResourceResult>, (ErrorCode, String)> {
    let node = &ctx.shared.node;
    let name = &resource.resource_name;
    match resource.resource_type {
        TOPIC => {
            let topic = node.state().topic(name).cloned();
            let unknown = || format!("no topic is called `{name}`");
            let topic = topic.ok_or_else(|| (ErrorCode::UnknownTopicOrPartition, unknown()))?;
            Ok(SETTINGS.iter().map(|setting| of_topic(&topic, setting)).collect())
        }
        BROKER if name.is_empty() || *name == node.config.node_id.to_string() => {
            Ok(of_broker(&node.config))
        }
        BROKER => {
            let why = format!("this is node {}, not `{name}`", node.config.node_id);
            Err((ErrorCode::InvalidRequest, why))
        }
        other => {
            let why = format!("resources of type {other} have no settings here");
            Err((ErrorCode::InvalidRequest, why))
        }
    }
}

/// Where a topic's value is from.
pub(super) fn source_of(topic: &Topic, setting: &Setting) -> i8 {
    if topic.settings.contains_key(setting.name) { SET_FOR_TOPIC } else { DEFAULT }
}

fn of_topic(topic: &Topic, setting: &Setting) -> DescribeConfigsResourceResult {
    let synonym = |name: &str, value: &str, source| DescribeConfigsSynonym {
        name: name.to_owned(),
        value: Some(value.to_owned()),
        source,
        ..Default::default()
    };
    let own = topic.settings.get(setting.name);
    let own = own.map(|value| synonym(setting.name, value, SET_FOR_TOPIC));
    let default = synonym(setting.broker_name, setting.default, DEFAULT);
    DescribeConfigsResourceResult {
        name: setting.name.to_owned(),
        value: Some(value_of(&topic.settings, setting).to_owned()),
        config_source: source_of(topic, setting),
        synonyms: own.into_iter().chain([default]).collect(),
        config_type: number(setting.kind),
        documentation: Some(setting.doc.to_owned()),
        ..Default::default()
    }
}

fn of_broker(config: &BrokerConfig) -> Vec<DescribeConfigsResourceResult> {
    let mut all = of_node(config);
    all.extend(of_groups(config));
    all.extend(of_limits(&config.limits));
    all.extend(SETTINGS.iter().map(of_default));
    all
}

fn of_node(config: &BrokerConfig) -> Vec<DescribeConfigsResourceResult> {
    vec![
        set("node.id", config.node_id, Kind::Int, "This broker's number."),
        set(
            "auto.create.topics.enable",
            config.auto_create_topics,
            Kind::Boolean,
            "Whether a topic comes into being when a client first asks for it.",
        ),
        set(
            "num.partitions",
            config.num_partitions,
            Kind::Int,
            "Partitions of a topic whose creator does not say.",
        ),
        set(
            "default.replication.factor",
            1,
            Kind::Int,
            "Replicas of a topic whose creator does not say.",
        ),
        set(
            "log.retention.check.interval.ms",
            config.retention_check.as_millis(),
            Kind::Long,
            "How often old segments are looked for.",
        ),
    ]
}

fn of_groups(config: &BrokerConfig) -> Vec<DescribeConfigsResourceResult> {
    let groups = &config.groups;
    vec![
        set(
            "offsets.topic.num.partitions",
            config.offsets_topic_partitions,
            Kind::Int,
            "Partitions of the topic in which groups keep their state.",
        ),
        set(
            "offsets.retention.minutes",
            groups.offsets_retention_ms / 60_000,
            Kind::Int,
            "How long positions are kept after their group is empty.",
        ),
        set(
            "group.initial.rebalance.delay.ms",
            groups.initial_rebalance_delay_ms,
            Kind::Int,
            "How long an empty group waits for company.",
        ),
        set(
            "group.min.session.timeout.ms",
            groups.session_timeout_ms_min,
            Kind::Int,
            "The shortest session timeout that a member may ask for.",
        ),
        set(
            "group.max.session.timeout.ms",
            groups.session_timeout_ms_max,
            Kind::Int,
            "The longest session timeout that a member may ask for.",
        ),
        set("group.max.size", groups.members_max, Kind::Int, "Most members of a group."),
    ]
}

fn of_limits(limits: &Limits) -> Vec<DescribeConfigsResourceResult> {
    vec![
        set("max.connections", limits.connections_max, Kind::Int, "Most connections at a time."),
        set(
            "connections.max.idle.ms",
            limits.idle.as_millis(),
            Kind::Long,
            "How long a connection may be silent.",
        ),
        set("socket.request.max.bytes", limits.frame_bytes_max, Kind::Int, "Longest request."),
        set(
            "fetch.max.bytes",
            limits.fetch_bytes_max,
            Kind::Int,
            "Most bytes that one Fetch returns, its first batch excepted.",
        ),
    ]
}

/// What the broker was told at its start, or not.
fn set(name: &str, value: impl ToString, kind: Kind, doc: &str) -> DescribeConfigsResourceResult {
    DescribeConfigsResourceResult {
        name: name.to_owned(),
        value: Some(value.to_string()),
        read_only: true,
        config_source: SET_AT_START,
        config_type: number(kind),
        documentation: Some(doc.to_owned()),
        ..Default::default()
    }
}

/// What topics have that do not say otherwise, under the broker's name for it.
fn of_default(setting: &Setting) -> DescribeConfigsResourceResult {
    DescribeConfigsResourceResult {
        name: setting.broker_name.to_owned(),
        value: Some(setting.default.to_owned()),
        read_only: true,
        config_source: DEFAULT,
        config_type: number(setting.kind),
        documentation: Some(setting.doc.to_owned()),
        ..Default::default()
    }
}

fn number(kind: Kind) -> i8 {
    match kind {
        Kind::Boolean => 1,
        Kind::Text => 2,
        Kind::Int => 3,
        Kind::Long => 5,
        Kind::Double => 6,
        Kind::List => 7,
    }
}
