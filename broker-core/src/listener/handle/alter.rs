//! What AlterConfigs and IncrementalAlterConfigs have in common: resources, topics among them
//! together.

use std::collections::{HashMap, HashSet};

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::AlterConfigsResourceResponse;

use crate::cluster::Alteration;
use crate::listener::Shared;
use crate::listener::error_code::Code;
use crate::node::{AlterError, Node};

use super::resource::{BROKER, TOPIC};

/// Most resources in one request, as in Kafka's controller (`MAX_RECORDS_PER_USER_OP`): others wait
/// meanwhile.
const RESOURCES_MAX: usize = 10_000;

/// What is wanted of one resource.
pub(super) struct Asked {
    pub kind: i8,
    pub name: String,
    pub alteration: Result<Alteration, Refusal>,
}

/// A code and the reason.
pub(super) type Refusal = (ErrorCode, String);

/// What is done with one.
enum Part {
    Refused(Refusal),
    /// It is the next of the topics, which are changed together.
    Topic,
    Broker(Alteration),
}

/// Changes each, or says why not. Blocks.
pub(super) fn alter_all(
    shared: &Shared,
    asked: Vec<Asked>,
    validate_only: bool,
) -> Vec<AlterConfigsResourceResponse> {
    let node = &shared.node;
    let unfit = unfit(&asked);
    let mut topics = Vec::new();
    let part = |one: Asked| {
        let Asked { kind, name, alteration } = one;
        let refused = unfit(kind, &name);
        let part = match (alteration, refused, kind) {
            (_, Some(refused), _) | (Err(refused), None, _) => Part::Refused(refused),
            (Ok(to), None, TOPIC) => {
                topics.push((name.clone(), to));
                Part::Topic
            }
            (Ok(to), None, BROKER) => Part::Broker(to),
            (Ok(_), None, other) => {
                let why = format!("resources of type {other} have no settings here");
                Part::Refused((ErrorCode::InvalidRequest, why))
            }
        };
        (kind, name, part)
    };
    let parts: Vec<(i8, String, Part)> = asked.into_iter().map(part).collect();
    let mut altered = node.alter_topics(&topics, validate_only).into_iter();
    let done = |(kind, name, part): (i8, String, Part)| {
        let done = match part {
            Part::Refused(refused) => Err(refused),
            Part::Topic => told(altered.next().expect("one outcome for each topic")),
            Part::Broker(to) => told(alter_broker(node, &name, &to, validate_only)),
        };
        answer(kind, name, done)
    };
    let answers = parts.into_iter().map(done).collect();
    shared.groups.set_config(node.live().config.groups.clone());
    answers
}

/// Why a resource is refused whatever there is: because of the others of its request.
fn unfit(asked: &[Asked]) -> impl Fn(i8, &str) -> Option<Refusal> + use<> {
    let mut times: HashMap<(i8, String), u32> = HashMap::new();
    for one in asked {
        *times.entry((one.kind, one.name.clone())).or_default() += 1;
    }
    let too_many = asked.len() > RESOURCES_MAX;
    move |kind, name| {
        if too_many {
            let why = format!("more than {RESOURCES_MAX} resources in one request");
            return Some((ErrorCode::PolicyViolation, why));
        }
        let twice = times.get(&(kind, name.to_owned())).is_some_and(|times| *times > 1);
        let why = || format!("`{name}` is in the request more than once");
        twice.then(|| (ErrorCode::InvalidRequest, why()))
    }
}

fn alter_broker(
    node: &Node,
    name: &str,
    to: &Alteration,
    validate_only: bool,
) -> Result<(), AlterError> {
    // No name stands for all brokers.
    let id = if name.is_empty() { None } else { Some(this_node(node, name)?) };
    node.alter_broker(id, to, validate_only)
}

fn told(outcome: Result<(), AlterError>) -> Result<(), Refusal> {
    outcome.map_err(|e| (e.code(), e.to_string()))
}

fn answer(kind: i8, name: String, done: Result<(), Refusal>) -> AlterConfigsResourceResponse {
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
