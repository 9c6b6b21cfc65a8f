//! How a node starts: read the state, finish what was begun, open every partition.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use ouzel_wire::Uuid;
use parking_lot::{Mutex, RwLock};
use thiserror::Error;

use crate::cluster::{Cluster, Command, JournalError, ProposeError, Topic};
use crate::config::BrokerConfig;
use crate::flush::Flusher;
use crate::ids::TopicName;
use crate::log::{OpenError, StorageError};
use crate::partition::{DiskRoom, PartitionEnv, PartitionHandle, ProducerRoom, remove_leftovers};
use crate::world::World;
use crate::world::lock::DataLock;

use super::Node;
use super::config::{Live, log_config};
use super::creations::Creations;
use super::held::{Held, Slot};
use super::producer_ids::ProducerIds;
use super::remover::Remover;

/// Partitions that are opened at once: opening waits for the disk more than it computes.
const OPENERS: usize = 4;

/// What is known of the folders of partitions that are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folders {
    /// There are none: nothing need be looked for in them.
    New,
    /// A start finds what it finds.
    MayExist,
}

/// Why a node cannot start. Its files are as they were.
#[derive(Debug, Error)]
pub enum OpenNodeError {
    /// The cluster's journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// There are partitions and no state that knows them. To start with an empty state would
    /// take them for leftovers.
    #[error(
        "{} holds partitions but no cluster state; restore `__cluster` or move the partitions away",
        folder.display()
    )]
    StateMissing {
        /// The data folder.
        folder: PathBuf,
    },
    /// The state cannot be changed.
    #[error(transparent)]
    Propose(#[from] ProposeError),
    /// The data folder cannot be worked on.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// No thread can be had to sync files.
    #[error("cannot start the flusher: {0}")]
    Flusher(std::io::Error),
}

impl Node {
    /// Reads the data folder and opens what is in it. Blocks for as long as repairs take.
    pub fn open(config: BrokerConfig, world: World, lock: DataLock) -> Result<Node, OpenNodeError> {
        let cluster = Cluster::open(world.disk.clone(), &config.data)?;
        let flusher = Flusher::start().map_err(OpenNodeError::Flusher)?;
        let (data, kept) = (config.data.clone(), config.limits.disk_free_bytes_min);
        let room = Arc::new(DiskRoom::new(world.disk.clone(), data.clone(), kept));
        let producers = Arc::new(ProducerRoom::of(config.limits.producers_max));
        let env = PartitionEnv { world, flusher, data, room, producers };
        let (held, gate) = (Held::default(), Mutex::new(()));
        let producer_ids = ProducerIds::default();
        let live = RwLock::new(Arc::new(Live::of(&config, &cluster.state())));
        let (creations, _lock) = (Creations::default(), Arc::new(lock));
        let remover = Remover::new(env.world.clone(), _lock.clone());
        let node = Node {
            config,
            live,
            env,
            cluster,
            held,
            producer_ids,
            creations,
            remover,
            _lock,
            gate,
        };
        node.found_once()?;
        remove_leftovers(&node.env.world, &node.env.data)?;
        node.bury_the_dead()?;
        node.warn_of_strays();
        node.open_all();
        Ok(node)
    }

    fn found_once(&self) -> Result<(), OpenNodeError> {
        if self.cluster.state().cluster_id().is_some() {
            return Ok(());
        }
        if !self.partition_folders().is_empty() {
            return Err(OpenNodeError::StateMissing { folder: self.env.data.clone() });
        }
        self.cluster.propose(&Command::Found { cluster_id: Uuid::random().to_string() })?;
        Ok(())
    }

    /// Removes files of topics that were deleted when the last run ended.
    fn bury_the_dead(&self) -> Result<(), OpenNodeError> {
        let dead: Vec<Topic> = self.cluster.state().dead().to_vec();
        for topic in dead {
            let alive = self.cluster.state().topic(topic.name.as_str()).map(|t| t.replicas.len());
            // A later topic of the same name owns the folders by now.
            let first = alive.unwrap_or(0);
            for partition in first..topic.replicas.len() {
                self.remove_folder(&topic.name, partition)?;
            }
            self.cluster.propose(&Command::BuryTopic { id: topic.id })?;
        }
        Ok(())
    }

    /// Folders that no topic owns are left alone: they may be somebody's only copy.
    fn warn_of_strays(&self) {
        let state = self.cluster.state();
        for name in self.partition_folders() {
            let owned = split(&name).is_some_and(|(topic, number)| {
                state.topic(topic).is_some_and(|t| number < t.replicas.len())
            });
            if !owned {
                tracing::warn!(folder = %name,
                    "folder `{name}` belongs to no topic and is left alone");
            }
        }
    }

    fn partition_folders(&self) -> Vec<String> {
        let names = self.env.world.disk.list(&self.env.data).unwrap_or_default();
        names.into_iter().filter(|name| split(name).is_some()).collect()
    }

    /// Each opener takes the next partition, so that a large topic is shared by all of them too.
    fn open_all(&self) {
        let topics: Vec<Topic> = self.cluster.state().topics().cloned().collect();
        let mut all: Vec<(&Topic, usize)> = Vec::new();
        for topic in &topics {
            all.extend((0..topic.replicas.len()).map(|number| (topic, number)));
        }
        let slots: Vec<OnceLock<Slot>> = all.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        let open = || {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some((topic, number)) = all.get(at) else { break };
                slots[at].get_or_init(|| self.open_partition(topic, *number, Folders::MayExist));
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..OPENERS.min(all.len()) {
                scope.spawn(open);
            }
        });
        let opened = |slot: OnceLock<Slot>| slot.into_inner().expect("an opener took each");
        let mut slots = slots.into_iter().map(opened);
        for topic in &topics {
            let of_topic = slots.by_ref().take(topic.replicas.len()).collect();
            self.held.add(&topic.name, topic.id, of_topic);
        }
    }

    /// Opens the topic's partitions from `first` on and holds them.
    pub(super) fn open_partitions(&self, topic: &Topic, first: usize, folders: Folders) {
        let slot = |number| self.open_partition(topic, number, folders);
        let slots = (first..topic.replicas.len()).map(slot).collect();
        self.held.add(&topic.name, topic.id, slots);
    }

    /// Tries once more what could not be opened on a full disk. Blocks.
    pub(super) fn open_where_room_was_missing(&self) {
        for (name, id, number) in self.held.without_room() {
            // So that the topic is not deleted meanwhile.
            let _gate = self.gate.lock();
            let topic = self.cluster.state().topic_by_id(id).cloned();
            let Some(topic) = topic else { continue };
            let slot = self.open_partition(&topic, number, Folders::MayExist);
            if matches!(slot, Slot::Open(_)) {
                tracing::info!(topic = %name, partition = number,
                    "`{name}-{number}` was opened, now that there is room");
            }
            self.held.put(&name, id, number, slot);
        }
    }

    fn open_partition(&self, topic: &Topic, partition: usize, folders: Folders) -> Slot {
        let config = log_config(&topic.settings, &self.live());
        let (env, name, number) = (&self.env, &topic.name, partition as i32);
        let opened = match folders {
            Folders::New => {
                PartitionHandle::create(env, name, number, config).map_err(OpenError::from)
            }
            Folders::MayExist => {
                PartitionHandle::open(env, name, number, config).map(|(opened, _)| opened)
            }
        };
        opened.map_or_else(|failure| not_opened(name, partition, &failure), Slot::Open)
    }
}

fn not_opened(topic: &TopicName, partition: usize, failure: &OpenError) -> Slot {
    if matches!(failure, OpenError::Storage(cause) if cause.is_passing()) {
        tracing::error!(%topic, partition, %failure,
            "`{topic}-{partition}` cannot be opened yet: {failure}");
        return Slot::NoRoom;
    }
    tracing::error!(%topic, partition, %failure,
        "`{topic}-{partition}` cannot be opened: {failure}");
    Slot::Failed
}

/// The topic and number that a partition's folder is named for.
fn split(folder: &str) -> Option<(&str, usize)> {
    let (topic, number) = folder.rsplit_once('-')?;
    Some((topic, number.parse().ok()?))
}
