//! What AlterConfigs and IncrementalAlterConfigs have in common: resources, one after the other.

use std::collections::{HashMap, HashSet};

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::AlterConfigsResourceResponse;

use crate::cluster::Alteration;
use crate::listener::Shared;
use crate::listener::error_code::Code;
use crate::node::{AlterError, Node};

use super::resource::{BROKER, TOPIC};

/// Most resources in one request: each takes a sync, one after the other.
const RESOURCES_MAX: usize = 1000;

/// What is wanted of one resource.
pub(super) struct Asked {
    pub kind: i8,
    pub name: String,
    pub alteration: Result<Alteration, Refusal>,
}

/// A code and the reason.
pub(super) type Refusal = (ErrorCode, String);

/// Changes each, or says why not. Blocks.
pub(super) fn alter_all(
    shared: &Shared,
    asked: Vec<Asked>,
    validate_only: bool,
) -> Vec<AlterConfigsResourceResponse> {
    let mut times: HashMap<(i8, String), u32> = HashMap::new();
    for one in &asked {
        *times.entry((one.kind, one.name.clone())).or_default() += 1;
    }
    let too_many = asked.len() > RESOURCES_MAX;
    let one = |one: Asked| {
        let Asked { kind, name, alteration } = one;
        let twice = times.get(&(kind, name.clone())).is_some_and(|times| *times > 1);
        let done = match (too_many, twice) {
            (true, _) => {
                let why = format!("more than {RESOURCES_MAX} resources in one request");
                Err((ErrorCode::PolicyViolation, why))
            }
            (_, true) => {
                let why = format!("`{name}` is in the request more than once");
                Err((ErrorCode::InvalidRequest, why))
            }
            _ => alteration.and_then(|to| alter(&shared.node, kind, &name, &to, validate_only)),
        };
        let (code, error_message) = match done {
            Ok(()) => (ErrorCode::None, None),
            Err((code, why)) => (code, Some(why)),
        };
        AlterConfigsResourceResponse {
            error_code: code.code(),
            error_message,
            resource_type: kind,
            resource_name: name,
            ..Default::default()
        }
    };
    let answers = asked.into_iter().map(one).collect();
    shared.groups.set_config(shared.node.live().config.groups.clone());
    answers
}

fn alter(
    node: &Node,
    kind: i8,
    name: &str,
    to: &Alteration,
    validate_only: bool,
) -> Result<(), Refusal> {
    let altered = match kind {
        TOPIC => node.alter_topic(name, to, validate_only),
        // No name stands for all brokers.
        BROKER if name.is_empty() => node.alter_broker(None, to, validate_only),
        BROKER => {
            this_node(node, name).and_then(|id| node.alter_broker(Some(id), to, validate_only))
        }
        other => {
            let why = format!("resources of type {other} have no settings here");
            return Err((ErrorCode::InvalidRequest, why));
        }
    };
    altered.map_err(|e| (e.code(), e.to_string()))
}

fn this_node(node: &Node, name: &str) -> Result<i32, AlterError> {
    let node_id = node.config.node_id;
    match name.parse() {
        Ok(id) if id == node_id => Ok(id),
        _ => Err(AlterError::NotThisNode { node_id, asked: name.to_owned() }),
    }
}

/// Refuses a request that names a key twice.
pub(super) fn each_once<'a>(mut keys: impl Iterator<Item = &'a str>) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    match keys.find(|key| !seen.insert(*key)) {
        None => Ok(()),
        Some(key) => {
            let why = format!("`{key}` is in the request more than once");
            Err((ErrorCode::InvalidRequest, why))
        }
    }
}

/// Refuses a key that needs a value and has none.
pub(super) fn value_for(key: &str, value: Option<String>) -> Result<String, Refusal> {
    value.ok_or_else(|| (ErrorCode::InvalidRequest, format!("`{key}` has no value")))
}
