//! A topic gets more partitions: first in the state, durably, then on the disk.

use ouzel_wire::Uuid;

use crate::cluster::{Command, Refusal, Topic, TopicId};

use super::Node;
use super::error::TopicError;
use super::open::Folders;
use super::topics::is_internal;

/// What a client asks for when it adds partitions.
#[derive(Debug, Clone, Default)]
pub struct Growth {
    /// The topic.
    pub name: String,
    /// How many partitions it shall have in all.
    pub total: i32,
    /// For each new partition the nodes that hold it, if the client wants to place them itself.
    pub placement: Option<Vec<Vec<i32>>>,
}

impl Node {
    /// Says why the growth would fail, if it would. Changes nothing.
    pub fn judge_growth(&self, growth: &Growth) -> Result<(), TopicError> {
        self.grown(growth).map(drop)
    }

    /// Adds partitions; they are durable when this returns, and open. Blocks.
    pub fn grow_topic(&self, growth: &Growth) -> Result<(), TopicError> {
        let _gate = self.gate.lock();
        let (mut topic, replicas) = self.grown(growth)?;
        let first = topic.replicas.len();
        topic.replicas.extend(replicas.iter().cloned());
        self.move_strays_away(&topic, first)?;
        self.cluster.propose(&Command::AddPartitions { id: topic.id, replicas })?;
        self.open_partitions(&topic, first, Folders::New);
        self.all_opened(&topic)?;
        tracing::info!(topic = %topic.name, partitions = topic.replicas.len(),
            "topic `{}` has {} partitions now", topic.name, topic.replicas.len());
        Ok(())
    }

    /// The topic as it is, and where its new partitions are to be.
    fn grown(&self, growth: &Growth) -> Result<(Topic, Vec<Vec<i32>>), TopicError> {
        let topic = self.state().topic(&growth.name).cloned();
        let unknown = TopicError::Refused(Refusal::UnknownTopic { id: TopicId(Uuid::ZERO) });
        let topic = topic.ok_or(unknown)?;
        if is_internal(&growth.name) {
            // Groups are found by their hash modulo the number of partitions.
            return Err(TopicError::Internal { name: growth.name.clone() });
        }
        let (present, node_id) = (topic.replicas.len(), self.config.node_id);
        let added = usize::try_from(growth.total).unwrap_or(0).saturating_sub(present);
        if added == 0 {
            return Err(TopicError::NotMore { present, asked: growth.total });
        }
        // Checked before the lists are made: a client may ask for two thousand million.
        self.state().may_grow(topic.id, added).map_err(TopicError::Refused)?;
        if let Some(placed) = &growth.placement {
            if placed.len() != added {
                return Err(TopicError::Placements { added, placed: placed.len() });
            }
            if placed.iter().any(|nodes| nodes[..] != [node_id]) {
                return Err(TopicError::Placement { node_id });
            }
        }
        Ok((topic, vec![vec![node_id]; added]))
    }
}
