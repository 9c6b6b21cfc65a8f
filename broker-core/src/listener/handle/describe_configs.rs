//! DescribeConfigs: every setting of a topic or of this broker, with where its value is from.
//!
//! Tools read all settings, change one and write all back, so none may be missing (S41).

use std::collections::HashSet;
use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    DescribeConfigsRequest, DescribeConfigsResource, DescribeConfigsResourceResult,
    DescribeConfigsResponse, DescribeConfigsResult, DescribeConfigsSynonym,
};

use crate::cluster::Kind;
use crate::ids::{InvalidTopicName, TopicName};
use crate::listener::call::Ctx;
use crate::node::{Described, Node, Told};

use super::once;
use super::resource::{BROKER, TOPIC, kind, source};

/// What a client wants to know beside the values.
#[derive(Clone, Copy)]
struct Wanted {
    synonyms: bool,
    documentation: bool,
}

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: DescribeConfigsRequest,
) -> DescribeConfigsResponse {
    // A few hundred settings with their documentation for each of many topics take a while.
    let results = ctx.blocking(move |shared| describe_all(&shared.node, request)).await;
    DescribeConfigsResponse { results, ..Default::default() }
}

fn describe_all(node: &Node, request: DescribeConfigsRequest) -> Vec<DescribeConfigsResult> {
    let wanted =
        Wanted { synonyms: request.include_synonyms, documentation: request.include_documentation };
    let one = |resource: DescribeConfigsResource| {
        let (code, error_message, described) = match describe(node, &resource) {
            Ok(described) => (ErrorCode::None, None, described),
            Err((code, why)) => (code, Some(why), Vec::new()),
        };
        DescribeConfigsResult {
            error_code: code.code(),
            error_message,
            resource_type: resource.resource_type,
            resource_name: resource.resource_name,
            configs: described.into_iter().map(|one| config(one, wanted)).collect(),
            ..Default::default()
        }
    };
    let resources = once(request.resources, |r| (r.resource_type, r.resource_name.clone()));
    resources.into_iter().map(one).collect()
}

fn describe(
    node: &Node,
    resource: &DescribeConfigsResource,
) -> Result<Vec<Described>, (ErrorCode, String)> {
    let name = &resource.resource_name;
    // No keys stand for all keys.
    let keys = resource.configuration_keys.as_deref().filter(|keys| !keys.is_empty());
    let keys: Option<HashSet<&str>> = keys.map(|keys| keys.iter().map(String::as_str).collect());
    let wanted = |key: &str| keys.as_ref().is_none_or(|keys| keys.contains(key));
    match resource.resource_type {
        TOPIC => {
            let impossible =
                |e: InvalidTopicName| (ErrorCode::InvalidTopicException, e.to_string());
            TopicName::parse(name).map_err(impossible)?;
            let topic = node.state().topic(name).cloned();
            let unknown = || format!("no topic is called `{name}`");
            let topic = topic.ok_or_else(|| (ErrorCode::UnknownTopicOrPartition, unknown()))?;
            Ok(node.describe_topic(&topic, &wanted))
        }
        BROKER if name.is_empty() => Ok(node.describe_brokers(&wanted)),
        BROKER if *name == node.config.node_id.to_string() => Ok(node.describe_broker(&wanted)),
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

fn config(described: Described, wanted: Wanted) -> DescribeConfigsResourceResult {
    let Described { name, setting, read_only, ref told } = described;
    let synonym = |told: &Told| DescribeConfigsSynonym {
        name: told.name.to_owned(),
        value: Some(told.value.clone()),
        source: source(told.source),
        ..Default::default()
    };
    let synonyms = if wanted.synonyms { told.as_slice() } else { &[] };
    DescribeConfigsResourceResult {
        name: name.to_owned(),
        value: described.value(),
        read_only,
        config_source: source(described.source()),
        // None can be set here, so that none is told by hiding its value.
        is_sensitive: setting.kind == Kind::Password,
        // No value is no synonym.
        synonyms: synonyms.iter().filter(|t| !setting.is_none(&t.value)).map(synonym).collect(),
        config_type: kind(setting.kind),
        documentation: wanted.documentation.then(|| documentation(&described)),
        ..Default::default()
    }
}

/// What it does, and what may stand there.
fn documentation(described: &Described) -> String {
    let Described { setting, .. } = described;
    format!("{} Legal is {}.", setting.doc, setting.expected())
}
