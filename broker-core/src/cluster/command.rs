//! What can be asked of the cluster's state, what came of it, and why not.
//!
//! Commands are written to the journal as they are here: a name or a meaning that changes needs
//! a new variant, because old journals are read for ever.

use std::fmt;

use ouzel_wire::Uuid;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::TopicName;

use super::config::Settings;

/// A topic's id, written as Kafka prints it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TopicId(pub Uuid);

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for TopicId {
    type Error = String;

    fn try_from(text: String) -> Result<TopicId, String> {
        text.parse().map(TopicId).map_err(|_| format!("`{text}` is not a topic id"))
    }
}

impl From<TopicId> for String {
    fn from(id: TopicId) -> String {
        id.to_string()
    }
}

/// One change of the cluster's state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// The first command of every cluster.
    Found {
        /// The cluster's name for itself, for ever.
        cluster_id: String,
    },
    /// A new topic.
    CreateTopic {
        /// Its name.
        name: TopicName,
        /// Its id, fresh even if the name was used before.
        id: TopicId,
        /// For each partition, the nodes that hold it, the preferred leader first.
        replicas: Vec<Vec<i32>>,
        /// Settings that differ from the defaults; checked by whoever proposes them.
        settings: Settings,
    },
    /// More partitions behind the existing ones.
    AddPartitions {
        /// The topic.
        id: TopicId,
        /// For each new partition, the nodes that hold it.
        replicas: Vec<Vec<i32>>,
    },
    /// What is set of a topic, all of it.
    SetTopicSettings {
        /// The topic.
        id: TopicId,
        /// Settings that differ from the defaults; checked by whoever proposes them.
        settings: Settings,
    },
    /// What brokers are told while they run, all of it.
    SetBrokerSettings {
        /// The one node that is told; without it all are, as far as they are not told otherwise.
        node: Option<i32>,
        /// Settings that differ from what they were started with; checked likewise.
        settings: Settings,
    },
    /// The topic is gone for clients; its files are still there.
    DeleteTopic {
        /// The topic.
        id: TopicId,
    },
    /// The deleted topic's files are gone as well.
    BuryTopic {
        /// The topic.
        id: TopicId,
    },
    /// Producer ids that nobody else will be given.
    ReserveProducerIds {
        /// How many.
        count: u32,
    },
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The state changed as asked.
    Done,
    /// These producer ids are now the asker's.
    ProducerIds {
        /// The first of them.
        first: i64,
        /// How many.
        count: u32,
    },
}

/// Why a command was refused. The state is as it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// A cluster is founded once.
    #[error("the cluster has been founded already")]
    Founded,
    /// The name is taken.
    #[error("topic `{name}` already exists")]
    TopicExists {
        /// The name.
        name: TopicName,
    },
    /// The name differs from an existing one in `.` and `_` only, which metrics cannot tell apart.
    #[error("topic `{name}` collides with the existing topic `{existing}`")]
    Collides {
        /// The name.
        name: TopicName,
        /// The one that is there.
        existing: TopicName,
    },
    /// No topic has this id.
    #[error("no topic has the id {id}")]
    UnknownTopic {
        /// The id.
        id: TopicId,
    },
    /// A topic needs at least one partition.
    #[error("a topic has at least one partition, and adding none changes nothing")]
    NoPartitions,
    /// More partitions than a topic, or than the cluster, may have.
    #[error("{asked} partitions are more than the {most} that are allowed")]
    TooManyPartitions {
        /// How many there would be.
        asked: usize,
        /// How many there may be.
        most: usize,
    },
    /// Producer ids are used up, after 9·10¹⁸ of them.
    #[error("producer ids are used up")]
    NoProducerIds,
}
