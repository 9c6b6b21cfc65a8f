//! Topics that are there, and how they go: first in the state, durably, then on the disk. How they
//! come is in `create.rs`.

use std::io;
use std::path::PathBuf;

use ouzel_wire::Uuid;

use crate::cluster::{Command, Refusal, Topic, TopicId};
use crate::ids::TopicName;
use crate::log::StorageError;
use crate::partition::{Leftovers, PartitionHandle, put_aside};

use super::Node;
use super::creations::NewTopic;
use super::error::TopicError;
use super::held::{NoPartition, Slot};

/// Where consumer groups keep their state.
pub const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// A segment of it (`offsets.topic.segment.bytes`), as in Kafka.
pub(super) const OFFSETS_SEGMENT_BYTES: &str = "104857600";

/// Topics that belong to the broker. Clients may read them.
pub fn is_internal(topic: &str) -> bool {
    matches!(topic, OFFSETS_TOPIC | "__transaction_state")
}

impl Node {
    /// Creates the topic in which groups keep their state, unless it is there; its partitions are
    /// open when this returns. Blocks.
    pub fn ensure_offsets_topic(&self) -> Result<Topic, TopicError> {
        let known = self.cluster.state().topic(OFFSETS_TOPIC).cloned();
        if let Some(topic) = known {
            // A new topic shows before its partitions are open; who opens them holds the gate.
            drop(self.gate.lock());
            return Ok(topic);
        }
        let setting = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        let new = NewTopic {
            name: OFFSETS_TOPIC.to_owned(),
            partitions: Some(self.config.offsets_topic_partitions),
            settings: vec![
                setting("cleanup.policy", "compact"),
                setting("segment.bytes", OFFSETS_SEGMENT_BYTES),
                // Whatever brokers are told about other topics.
                setting("write.caching", "false"),
            ],
            ..NewTopic::default()
        };
        let mut outcomes = self.create_any_topics(vec![new]);
        match outcomes.pop().expect("one topic has one outcome") {
            Err(TopicError::Refused(Refusal::TopicExists { .. })) => self.ensure_offsets_topic(),
            outcome => outcome,
        }
    }

    /// The partitions in which groups keep their state, as far as they are usable; none before
    /// the topic exists.
    pub fn offsets_partitions(&self) -> Vec<Option<PartitionHandle>> {
        let count = self.cluster.state().topic(OFFSETS_TOPIC).map_or(0, |t| t.replicas.len());
        let partition = |number| self.held.get(OFFSETS_TOPIC, number as i32).ok();
        (0..count).map(partition).collect()
    }

    pub(super) fn all_opened(&self, topic: &Topic) -> Result<(), TopicError> {
        let name = topic.name.as_str();
        let failed = |partition: &usize| {
            self.held.get(name, *partition as i32).err() == Some(NoPartition::Failed)
        };
        match (0..topic.replicas.len()).find(failed) {
            Some(partition) => Err(TopicError::NotOpened { name: name.to_owned(), partition }),
            None => Ok(()),
        }
    }

    /// Deletes a topic. When this returns it is gone for clients, durably, and its name is free;
    /// its files go a little later, see `remover.rs`. Blocks for a few syncs.
    pub fn delete_topic(&self, id: TopicId) -> Result<TopicName, TopicError> {
        let gate = self.gate.lock();
        let topic = self.cluster.state().topic_by_id(id).cloned();
        let topic = topic.ok_or(TopicError::Refused(Refusal::UnknownTopic { id }))?;
        if is_internal(topic.name.as_str()) {
            return Err(TopicError::Internal { name: topic.name.as_str().to_owned() });
        }
        self.cluster.propose(&Command::DeleteTopic { id })?;
        let (leftovers, buried) = self.bury(&topic);
        drop(gate);
        self.remover.remove(leftovers);
        buried?;
        tracing::info!(topic = %topic.name, %id, "topic `{}` was deleted", topic.name);
        Ok(topic.name)
    }

    /// Frees the folders of a topic that was deleted. The caller holds the gate.
    fn bury(&self, topic: &Topic) -> (Leftovers, Result<(), TopicError>) {
        for slot in self.held.take(&topic.name, topic.id) {
            if let Slot::Open(partition) = slot {
                partition.abandon_files();
            }
        }
        let folder = |partition| self.env.data.join(folder(&topic.name, partition));
        let folders: Vec<PathBuf> = (0..topic.replicas.len()).map(folder).collect();
        let (leftovers, put) = put_aside(&self.env, &folders);
        if let Err(failure) = put {
            // The state remembers the dead, so the next start tries again.
            tracing::error!(topic = %topic.name, %failure,
                "files of a deleted topic are still there: {failure}");
            return (leftovers, Ok(()));
        }
        let buried = self.cluster.propose(&Command::BuryTopic { id: topic.id });
        (leftovers, buried.map(drop).map_err(TopicError::from))
    }

    /// Removes the folder of a partition that is not open. That it is gone already is fine.
    pub(super) fn remove_folder(
        &self,
        topic: &TopicName,
        partition: usize,
    ) -> Result<(), StorageError> {
        let file = self.env.data.join(folder(topic, partition));
        match self.env.world.disk.remove_dir_all(&file) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(StorageError { act: "remove", file, source })
            }
            _ => Ok(()),
        }
    }

    /// A folder in the place of a new partition is nobody's. It is kept under another name, so
    /// that old records never turn up in a new topic and are not lost either.
    pub(super) fn move_strays_away(&self, topic: &Topic, first: usize) -> Result<(), TopicError> {
        let disk = &self.env.world.disk;
        for partition in first..topic.replicas.len() {
            let path = self.env.data.join(folder(&topic.name, partition));
            if disk.list(&path).is_err() {
                continue;
            }
            // Not under its own name: that may be as long as a name can be.
            let aside = self.env.data.join(format!("{}-stray", Uuid::random()));
            let failed = |source| TopicError::InTheWay { folder: path.clone(), source };
            disk.rename(&path, &aside).map_err(failed)?;
            tracing::warn!(folder = %path.display(), aside = %aside.display(),
                "a folder that belongs to no topic was moved aside");
        }
        Ok(())
    }
}

/// How a partition's folder is called.
pub(super) fn folder(topic: &TopicName, partition: usize) -> String {
    format!("{topic}-{partition}")
}
