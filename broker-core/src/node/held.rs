//! The partitions that this node holds, open and ready, by topic and number.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;
use thiserror::Error;

use crate::cluster::TopicId;
use crate::ids::{PartitionId, TopicName};
use crate::partition::PartitionHandle;

/// One partition of ours.
#[derive(Clone)]
pub(super) enum Slot {
    Open(PartitionHandle),
    /// It could not be opened; why is in the log. Its files are as they were.
    Failed,
    /// The same for want of room on the disk, or of descriptors, only: once there is some, it can
    /// be.
    NoRoom,
}

/// Why a partition cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoPartition {
    /// This node holds no such partition.
    #[error("no such topic or partition is here")]
    Unknown,
    /// It is here and cannot be used.
    #[error("the partition could not be opened")]
    Failed,
}

#[derive(Default)]
pub(super) struct Held(RwLock<HashMap<TopicName, Topic>>);

#[derive(Clone)]
struct Topic {
    id: TopicId,
    slots: Arc<[Slot]>,
}

impl Held {
    pub fn get(&self, topic: &str, partition: PartitionId) -> Result<PartitionHandle, NoPartition> {
        let held = self.0.read();
        let slots = &held.get(topic).ok_or(NoPartition::Unknown)?.slots;
        let place = usize::try_from(partition).map_err(|_| NoPartition::Unknown)?;
        match slots.get(place) {
            Some(Slot::Open(handle)) => Ok(handle.clone()),
            Some(Slot::Failed | Slot::NoRoom) => Err(NoPartition::Failed),
            None => Err(NoPartition::Unknown),
        }
    }

    /// Adds partitions behind those that the topic has here.
    pub fn add(&self, topic: &TopicName, id: TopicId, more: Vec<Slot>) {
        let mut held = self.0.write();
        let present = held.get(topic).filter(|t| t.id == id).map(|t| t.slots.to_vec());
        let slots = present.unwrap_or_default().into_iter().chain(more).collect();
        held.insert(topic.clone(), Topic { id, slots });
    }

    /// The topic's open partitions.
    pub fn of(&self, topic: &TopicName, id: TopicId) -> Vec<PartitionHandle> {
        let held = self.0.read();
        let topic = held.get(topic).filter(|topic| topic.id == id);
        topic.into_iter().flat_map(|topic| topic.slots.iter()).filter_map(opened).collect()
    }

    /// Takes a topic out and hands its partitions over, by number.
    pub fn take(&self, topic: &TopicName, id: TopicId) -> Vec<Slot> {
        let mut held = self.0.write();
        if held.get(topic).is_none_or(|t| t.id != id) {
            return Vec::new();
        }
        held.remove(topic).map(|t| t.slots.to_vec()).unwrap_or_default()
    }

    /// Partitions that were not opened for want of room.
    pub fn without_room(&self) -> Vec<(TopicName, TopicId, usize)> {
        let held = self.0.read();
        let of = |(name, topic): (&TopicName, &Topic)| {
            let waiting = topic.slots.iter().enumerate();
            let waiting = waiting.filter(|(_, slot)| matches!(slot, Slot::NoRoom));
            waiting.map(|(number, _)| (name.clone(), topic.id, number)).collect::<Vec<_>>()
        };
        held.iter().flat_map(of).collect()
    }

    /// Puts a partition in its place, if its topic is still here.
    pub fn put(&self, topic: &TopicName, id: TopicId, number: usize, slot: Slot) {
        let mut held = self.0.write();
        let Some(topic) = held.get_mut(topic).filter(|topic| topic.id == id) else { return };
        let mut slots = topic.slots.to_vec();
        if let Some(place) = slots.get_mut(number) {
            *place = slot;
        }
        topic.slots = slots.into();
    }

    /// How many topics have partitions here, and how many of these could not be opened.
    pub fn topics_and_failed(&self) -> (usize, usize) {
        let held = self.0.read();
        let slots = held.values().flat_map(|topic| topic.slots.iter());
        (held.len(), slots.filter(|slot| opened(slot).is_none()).count())
    }

    /// Every open partition.
    pub fn all(&self) -> Vec<PartitionHandle> {
        let held = self.0.read();
        held.values().flat_map(|topic| topic.slots.iter()).filter_map(opened).collect()
    }
}

fn opened(slot: &Slot) -> Option<PartitionHandle> {
    match slot {
        Slot::Open(handle) => Some(handle.clone()),
        Slot::Failed | Slot::NoRoom => None,
    }
}
