//! Topics come: drafted and judged, made durable in the state, then on the disk.
//!
//! A sync of the state's journal costs more than all the rest, so all creations that wait when
//! one has its turn are made together: those of one request, and those of several clients.

use ouzel_wire::Uuid;

use crate::cluster::{
    Command, InvalidSetting, PARTITIONS_MAX, Refusal, Settings, TOPIC_PARTITIONS_MAX, Topic,
    TopicId, parse_settings, topic_keys,
};
use crate::ids::TopicName;

use super::Node;
use super::config::check_topic;
use super::creations::{NewTopic, Outcome};
use super::error::TopicError;
use super::open::Folders;
use super::topics::is_internal;

impl Node {
    /// Says what creating the topic would make, or why it would fail. Changes nothing.
    pub fn judge_topic(&self, new: &NewTopic) -> Result<Topic, TopicError> {
        let topic = self.draft(new, TOPIC_PARTITIONS_MAX)?;
        let judged = self.cluster.state().may_create(&topic.name, topic.replicas.len());
        judged.map(|()| topic).map_err(TopicError::Refused)
    }

    /// Creates a topic; it is durable when this returns, and its partitions are open. A folder that
    /// a crash takes before anything was written to it is made anew at the next start. Blocks.
    pub fn create_topic(&self, new: &NewTopic) -> Result<Topic, TopicError> {
        let mut outcomes = self.create_topics(std::slice::from_ref(new));
        outcomes.pop().expect("one topic has one outcome")
    }

    /// [`Node::create_topic`] for several at the price of one; an outcome for each. Blocks.
    pub fn create_topics(&self, new: &[NewTopic]) -> Vec<Result<Topic, TopicError>> {
        let (ours, wanted): (Vec<_>, Vec<_>) = new.iter().partition(|new| is_internal(&new.name));
        let mut refused = ours.into_iter().map(|new| -> Outcome { Err(internal(new)) });
        let mut made = self.create_any_topics(wanted.into_iter().cloned().collect()).into_iter();
        let outcome = |new: &NewTopic| match is_internal(&new.name) {
            true => refused.next(),
            false => made.next(),
        };
        new.iter().map(outcome).map(|outcome| outcome.expect("one for each topic")).collect()
    }

    /// Creates topics, the broker's own too. Waits for its turn; whoever has one creates what all
    /// others wait for as well.
    pub(super) fn create_any_topics(&self, topics: Vec<NewTopic>) -> Vec<Outcome> {
        if topics.is_empty() {
            return Vec::new();
        }
        let own = self.creations.join(topics);
        let _gate = self.gate.lock();
        if let Some(outcomes) = own.outcomes.lock().take() {
            return outcomes;
        }
        let waiting = self.creations.take_all();
        let wanted: Vec<Vec<NewTopic>> =
            waiting.iter().map(|creation| std::mem::take(&mut *creation.wanted.lock())).collect();
        let counts: Vec<usize> = wanted.iter().map(Vec::len).collect();
        let mut made = self.create_now(wanted.into_iter().flatten()).into_iter();
        for (creation, count) in waiting.iter().zip(counts) {
            *creation.outcomes.lock() = Some(made.by_ref().take(count).collect());
        }
        let outcomes = own.outcomes.lock().take();
        outcomes.expect("what waits is created by the first that has its turn")
    }

    /// The caller holds the gate.
    fn create_now(&self, wanted: impl Iterator<Item = NewTopic>) -> Vec<Outcome> {
        let mut left = PARTITIONS_MAX;
        let draft = |new: NewTopic| -> Outcome {
            let topic = self.cleared(self.draft(&new, left.min(TOPIC_PARTITIONS_MAX))?)?;
            left -= topic.replicas.len();
            Ok(topic)
        };
        let mut outcomes: Vec<Outcome> = wanted.map(draft).collect();
        let commands: Vec<Command> = outcomes.iter().flatten().map(create).collect();
        let mut proposed = self.cluster.propose_all(&commands).into_iter();
        for outcome in &mut outcomes {
            let Ok(topic) = outcome else { continue };
            let proposed = proposed.next().expect("one outcome for each command");
            let opened = proposed.map_err(TopicError::from).and_then(|_| {
                self.open_partitions(topic, 0, Folders::New);
                self.all_opened(topic)
            });
            match opened {
                Ok(()) => tracing::info!(topic = %topic.name, id = %topic.id,
                    partitions = topic.replicas.len(), "topic `{}` was created", topic.name),
                Err(refused) => *outcome = Err(refused),
            }
        }
        outcomes
    }

    /// The topic, once nothing is in the way of its folders. One whose name is taken is refused
    /// later, and what is in those folders is somebody's.
    fn cleared(&self, topic: Topic) -> Outcome {
        let taken = self.cluster.state().topic(topic.name.as_str()).is_some();
        if !taken {
            self.move_strays_away(&topic, 0)?;
        }
        Ok(topic)
    }

    /// Checks what a client asks for and fills in what it left open; it may have `most` partitions.
    fn draft(&self, new: &NewTopic, most: usize) -> Result<Topic, TopicError> {
        let name = TopicName::parse(&new.name)?;
        let settings = settings(&new.settings)?;
        check_topic(&settings, &self.live())?;
        let partitions = match new.placement.is_empty() {
            true => self.numbers(new)?,
            false => self.placed(new)?,
        };
        // Checked before the lists are made: a client may ask for two thousand million.
        if partitions > most {
            let refusal = Refusal::TooManyPartitions { asked: partitions, most };
            return Err(TopicError::Refused(refusal));
        }
        let replicas = vec![vec![self.config.node_id]; partitions];
        Ok(Topic { name, id: TopicId(Uuid::random()), replicas, settings })
    }

    fn numbers(&self, new: &NewTopic) -> Result<usize, TopicError> {
        let asked = new.partitions.unwrap_or(self.live().config.num_partitions);
        if let Some(got) = new.replication.filter(|r| *r != 1) {
            return Err(TopicError::Replication { got });
        }
        match usize::try_from(asked) {
            Ok(partitions) if partitions > 0 => Ok(partitions),
            _ => Err(TopicError::Partitions { got: asked }),
        }
    }

    fn placed(&self, new: &NewTopic) -> Result<usize, TopicError> {
        if new.partitions.is_some() || new.replication.is_some() {
            return Err(TopicError::PlacementAndNumbers);
        }
        let node_id = self.config.node_id;
        let mut numbers: Vec<i32> = new.placement.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        let without_gaps = numbers.iter().enumerate().all(|(i, n)| usize::try_from(*n) == Ok(i));
        let all_here = new.placement.iter().all(|(_, nodes)| nodes[..] == [node_id]);
        match without_gaps && all_here {
            true => Ok(numbers.len()),
            false => Err(TopicError::Placement { node_id }),
        }
    }
}

fn internal(new: &NewTopic) -> TopicError {
    TopicError::Internal { name: new.name.clone() }
}

fn create(topic: &Topic) -> Command {
    Command::CreateTopic {
        name: topic.name.clone(),
        id: topic.id,
        replicas: topic.replicas.clone(),
        settings: topic.settings.clone(),
    }
}

fn settings(given: &[(String, Option<String>)]) -> Result<Settings, InvalidSetting> {
    let given = given.iter().map(|(name, value)| (name.as_str(), value.as_deref()));
    parse_settings(topic_keys(), given)
}
