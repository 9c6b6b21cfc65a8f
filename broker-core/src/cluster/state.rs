//! What the cluster has agreed on: its id, its topics, what brokers are told while they run, the
//! producer ids that are given out.
//!
//! A pure state machine: a command in, the new state or a refusal out; the same commands always
//! make the same state. Who leads a partition is not here: each partition's own group decides
//! that, and a number kept twice would differ one day. Start at [`ClusterState::apply`].

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::ids::TopicName;

use super::command::{Command, Event, Refusal, TopicId};
use super::config::Settings;

/// Most partitions of one topic: each is a folder with open files, and a client that asks for
/// the topic's metadata gets a line for each.
pub const TOPIC_PARTITIONS_MAX: usize = 10_000;

/// Most partitions of all topics: at some five kilobytes of memory for an idle one this is
/// 250 MB, and a directory listing of the data folder still takes a moment only.
pub const PARTITIONS_MAX: usize = 50_000;

const _: () = assert!(TOPIC_PARTITIONS_MAX <= PARTITIONS_MAX);

/// A topic as the cluster knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Topic {
    /// Its name.
    pub name: TopicName,
    /// Its id.
    pub id: TopicId,
    /// For each partition, the nodes that hold it, the preferred leader first.
    pub replicas: Vec<Vec<i32>>,
    /// Settings that differ from the defaults.
    pub settings: Settings,
}

/// The whole state.
///
/// Invariant: every topic is under its own name and its id is listed; no name is both alive and
/// waiting to be buried under the same id; there are at most [`PARTITIONS_MAX`] partitions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ClusterState {
    cluster_id: Option<String>,
    topics: BTreeMap<TopicName, Topic>,
    /// Deleted topics whose files may still be there.
    dead: Vec<Topic>,
    next_producer_id: i64,
    /// What all brokers are told while they run. Snapshots of earlier versions lack it.
    #[serde(default)]
    broker_settings: Settings,
    /// What single nodes are told.
    #[serde(default)]
    node_settings: BTreeMap<i32, Settings>,
    #[serde(skip)]
    names: HashMap<TopicId, TopicName>,
    /// Names as metrics see them, with `_` for `.`.
    #[serde(skip)]
    blurred: HashMap<String, TopicName>,
    #[serde(skip)]
    partitions: usize,
}

impl ClusterState {
    /// Makes the change, or refuses it and changes nothing.
    pub fn apply(&mut self, command: &Command) -> Result<Event, Refusal> {
        let event = match command {
            Command::Found { cluster_id } => self.found(cluster_id)?,
            Command::CreateTopic { name, id, replicas, settings } => {
                let (name, replicas) = (name.clone(), replicas.clone());
                self.create(Topic { name, id: *id, replicas, settings: settings.clone() })?
            }
            Command::AddPartitions { id, replicas } => self.add_partitions(*id, replicas)?,
            Command::SetTopicSettings { id, settings } => self.set_topic(*id, settings)?,
            Command::SetBrokerSettings { node, settings } => self.set_brokers(*node, settings),
            Command::DeleteTopic { id } => self.delete(*id)?,
            Command::BuryTopic { id } => self.bury(*id)?,
            Command::ReserveProducerIds { count } => self.reserve_producer_ids(*count)?,
        };
        self.check();
        Ok(event)
    }

    /// Rebuilds what is derived, after the rest was read from a snapshot.
    pub(super) fn index(&mut self) {
        self.names = self.topics.values().map(|t| (t.id, t.name.clone())).collect();
        self.blurred = self.topics.keys().map(|name| (blur(name), name.clone())).collect();
        self.partitions = self.topics.values().map(|t| t.replicas.len()).sum();
        self.check();
    }

    /// The cluster's id; none before it is founded.
    pub fn cluster_id(&self) -> Option<&str> {
        self.cluster_id.as_deref()
    }

    /// Every topic, by name.
    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.topics.values()
    }

    /// The topic of this name.
    pub fn topic(&self, name: &str) -> Option<&Topic> {
        self.topics.get(name)
    }

    /// The topic with this id.
    pub fn topic_by_id(&self, id: TopicId) -> Option<&Topic> {
        self.topics.get(self.names.get(&id)?)
    }

    /// What all brokers are told while they run.
    pub fn broker_settings(&self) -> &Settings {
        &self.broker_settings
    }

    /// What this node is told beside that, if anything.
    pub fn node_settings(&self, node: i32) -> Option<&Settings> {
        self.node_settings.get(&node)
    }

    /// Deleted topics whose files may still be there.
    pub fn dead(&self) -> &[Topic] {
        &self.dead
    }

    fn found(&mut self, cluster_id: &str) -> Result<Event, Refusal> {
        if self.cluster_id.is_some() {
            return Err(Refusal::Founded);
        }
        self.cluster_id = Some(cluster_id.to_owned());
        Ok(Event::Done)
    }

    /// Whether a topic of this name, with this many partitions, would be taken.
    pub fn may_create(&self, name: &TopicName, partitions: usize) -> Result<(), Refusal> {
        if self.topics.contains_key(name) {
            return Err(Refusal::TopicExists { name: name.clone() });
        }
        if let Some(existing) = self.blurred.get(&blur(name)) {
            return Err(Refusal::Collides { name: name.clone(), existing: existing.clone() });
        }
        self.make_room(0, partitions)
    }

    fn create(&mut self, topic: Topic) -> Result<Event, Refusal> {
        self.may_create(&topic.name, topic.replicas.len())?;
        self.names.insert(topic.id, topic.name.clone());
        self.blurred.insert(blur(&topic.name), topic.name.clone());
        self.partitions += topic.replicas.len();
        self.topics.insert(topic.name.clone(), topic);
        Ok(Event::Done)
    }

    /// Whether the topic could have so many partitions more.
    pub fn may_grow(&self, id: TopicId, more: usize) -> Result<(), Refusal> {
        let present = self.topic_by_id(id).ok_or(Refusal::UnknownTopic { id })?;
        self.make_room(present.replicas.len(), more)
    }

    fn add_partitions(&mut self, id: TopicId, replicas: &[Vec<i32>]) -> Result<Event, Refusal> {
        self.may_grow(id, replicas.len())?;
        let name = self.names.get(&id).cloned().ok_or(Refusal::UnknownTopic { id })?;
        if let Some(topic) = self.topics.get_mut(&name) {
            topic.replicas.extend_from_slice(replicas);
            self.partitions += replicas.len();
        }
        Ok(Event::Done)
    }

    fn set_topic(&mut self, id: TopicId, settings: &Settings) -> Result<Event, Refusal> {
        let name = self.names.get(&id).ok_or(Refusal::UnknownTopic { id })?;
        if let Some(topic) = self.topics.get_mut(name) {
            topic.settings.clone_from(settings);
        }
        Ok(Event::Done)
    }

    fn set_brokers(&mut self, node: Option<i32>, settings: &Settings) -> Event {
        match node {
            None => self.broker_settings.clone_from(settings),
            Some(node) if settings.is_empty() => drop(self.node_settings.remove(&node)),
            Some(node) => drop(self.node_settings.insert(node, settings.clone())),
        }
        Event::Done
    }

    fn make_room(&self, has: usize, more: usize) -> Result<(), Refusal> {
        let too_many = |asked, most| Err(Refusal::TooManyPartitions { asked, most });
        match (has + more, self.partitions + more) {
            _ if more == 0 => Err(Refusal::NoPartitions),
            (asked, _) if asked > TOPIC_PARTITIONS_MAX => too_many(asked, TOPIC_PARTITIONS_MAX),
            (_, asked) if asked > PARTITIONS_MAX => too_many(asked, PARTITIONS_MAX),
            _ => Ok(()),
        }
    }

    fn delete(&mut self, id: TopicId) -> Result<Event, Refusal> {
        let name = self.names.remove(&id).ok_or(Refusal::UnknownTopic { id })?;
        self.blurred.remove(&blur(&name));
        if let Some(topic) = self.topics.remove(&name) {
            self.partitions -= topic.replicas.len();
            self.dead.push(topic);
        }
        Ok(Event::Done)
    }

    fn bury(&mut self, id: TopicId) -> Result<Event, Refusal> {
        let place = self.dead.iter().position(|t| t.id == id);
        self.dead.remove(place.ok_or(Refusal::UnknownTopic { id })?);
        Ok(Event::Done)
    }

    fn reserve_producer_ids(&mut self, count: u32) -> Result<Event, Refusal> {
        let first = self.next_producer_id;
        let next = first.checked_add(i64::from(count)).ok_or(Refusal::NoProducerIds)?;
        self.next_producer_id = next;
        Ok(Event::ProducerIds { first, count })
    }

    /// Panics when the invariant of [`ClusterState`] does not hold. Cheap: it compares counts,
    /// because it runs after every command, also with 50,000 partitions.
    fn check(&self) {
        assert_eq!(self.names.len(), self.topics.len(), "ids and topics differ");
        assert_eq!(self.blurred.len(), self.topics.len(), "blurred names and topics differ");
        assert!(self.partitions <= PARTITIONS_MAX, "{} partitions", self.partitions);
    }
}

/// `.` and `_` look alike in the names of metrics.
fn blur(name: &TopicName) -> String {
    name.as_str().replace('.', "_")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ouzel_wire::Uuid;

    use super::*;

    fn create(name: &str, id: u8, partitions: usize) -> Command {
        Command::CreateTopic {
            name: TopicName::parse(name).unwrap(),
            id: TopicId(Uuid([id; 16])),
            replicas: vec![vec![0]; partitions],
            settings: Settings::new(),
        }
    }

    #[test]
    fn a_refused_command_changes_nothing() {
        let mut state = ClusterState::default();
        state.apply(&create("a.b", 1, 2)).unwrap();
        let before = state.clone();
        let id = TopicId(Uuid([9; 16]));
        let refused = [
            create("a.b", 2, 1),
            create("a_b", 2, 1),
            create("c", 2, 0),
            create("c", 2, TOPIC_PARTITIONS_MAX + 1),
            Command::DeleteTopic { id },
            Command::BuryTopic { id },
            Command::AddPartitions { id, replicas: vec![vec![0]] },
            Command::SetTopicSettings { id, settings: Settings::new() },
        ];
        for command in refused {
            assert!(state.apply(&command).is_err(), "{command:?}");
            assert_eq!(state, before, "{command:?}");
        }
    }

    #[test]
    fn a_name_is_free_again_once_its_topic_is_deleted_and_the_id_is_another() {
        let mut state = ClusterState::default();
        state.apply(&create("orders", 1, 2)).unwrap();
        state.apply(&Command::DeleteTopic { id: TopicId(Uuid([1; 16])) }).unwrap();
        assert_eq!(state.dead().len(), 1);
        state.apply(&create("orders", 2, 1)).unwrap();
        assert!(state.topic_by_id(TopicId(Uuid([1; 16]))).is_none());
        assert_eq!(state.topic("orders").unwrap().id, TopicId(Uuid([2; 16])));
        state.apply(&Command::BuryTopic { id: TopicId(Uuid([1; 16])) }).unwrap();
        assert!(state.dead().is_empty());
    }

    #[test]
    fn what_is_set_replaces_what_was_set_and_nothing_else() {
        let mut state = ClusterState::default();
        state.apply(&create("orders", 1, 1)).unwrap();
        let of = |key: &str| Settings::from([(key.to_owned(), "1".to_owned())]);
        let id = TopicId(Uuid([1; 16]));
        state.apply(&Command::SetTopicSettings { id, settings: of("a") }).unwrap();
        state.apply(&Command::SetTopicSettings { id, settings: of("b") }).unwrap();
        assert_eq!(state.topic("orders").unwrap().settings, of("b"));
        for (node, key) in [(None, "c"), (Some(1), "d")] {
            state.apply(&Command::SetBrokerSettings { node, settings: of(key) }).unwrap();
        }
        assert_eq!((state.broker_settings(), state.node_settings(1)), (&of("c"), Some(&of("d"))));
        assert_eq!(state.node_settings(0), None);
        let nothing = Command::SetBrokerSettings { node: Some(1), settings: Settings::new() };
        state.apply(&nothing).unwrap();
        assert_eq!((state.broker_settings(), state.node_settings(1)), (&of("c"), None));
    }

    #[test]
    fn a_snapshot_from_before_brokers_could_be_told_is_read() {
        let old = r#"{"cluster_id":"c","topics":{},"dead":[],"next_producer_id":5}"#;
        let state: ClusterState = serde_json::from_str(old).unwrap();
        assert_eq!(state.cluster_id(), Some("c"));
        assert!(state.broker_settings().is_empty());
    }

    #[test]
    fn producer_ids_are_never_given_out_twice() {
        let mut state = ClusterState::default();
        let reserve = Command::ReserveProducerIds { count: 1000 };
        let first = state.apply(&reserve).unwrap();
        let second = state.apply(&reserve).unwrap();
        assert_eq!(first, Event::ProducerIds { first: 0, count: 1000 });
        assert_eq!(second, Event::ProducerIds { first: 1000, count: 1000 });
    }
}
