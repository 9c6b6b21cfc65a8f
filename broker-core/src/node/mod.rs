//! What this node holds: the partitions that the cluster's state gives to it.
//!
//! Owns the step from state to files: opens, creates and removes partitions as topics come and
//! go, and has them obey what is set (`config/`). The state itself is `cluster/`, a partition's
//! inside is `partition/`. Start at
//! [`Node::open`].

mod config;
mod create;
mod creations;
mod error;
mod grow;
mod held;
mod open;
mod producer_ids;
mod remover;
mod stats;
mod topics;

use std::io;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use crate::cluster::{Cluster, ClusterState, ProposeError};
use crate::config::BrokerConfig;
use crate::ids::PartitionId;
use crate::partition::{PartitionEnv, PartitionHandle, close_all};
use crate::world::lock::DataLock;
use crate::world::{Clock, Space};

pub use config::{AlterError, Described, Live, Source, Told};
pub use creations::NewTopic;
pub use error::TopicError;
pub use grow::Growth;
pub use held::NoPartition;
pub use open::OpenNodeError;
pub use stats::Holdings;
pub use topics::{OFFSETS_TOPIC, is_internal};

use creations::Creations;
use held::Held;
use producer_ids::ProducerIds;
use remover::Remover;

/// This node: the cluster's state and the partitions that it holds of it.
pub struct Node {
    /// What the broker was told at its start. What can change is in [`Node::live`].
    pub config: BrokerConfig,
    live: RwLock<Arc<Live>>,
    env: PartitionEnv,
    cluster: Cluster,
    held: Held,
    producer_ids: ProducerIds,
    creations: Creations,
    remover: Remover,
    /// Given back when the last one who works on the folder is gone.
    _lock: Arc<DataLock>,
    /// Topics come and go, and settings change, one at a time, so that files follow the state in
    /// its order.
    gate: Mutex<()>,
}

impl Node {
    /// The cluster's state as it is now. Hold it briefly.
    pub fn state(&self) -> impl std::ops::Deref<Target = ClusterState> + '_ {
        self.cluster.state()
    }

    /// What holds now, with what the broker was told since its start.
    pub fn live(&self) -> Arc<Live> {
        self.live.read().clone()
    }

    /// The cluster's id.
    pub fn cluster_id(&self) -> String {
        let state = self.cluster.state();
        state.cluster_id().map(str::to_owned).unwrap_or_default()
    }

    /// The partition, if this node holds it and it is usable.
    pub fn partition(
        &self,
        topic: &str,
        partition: PartitionId,
    ) -> Result<PartitionHandle, NoPartition> {
        self.held.get(topic, partition)
    }

    /// Whether no topic of a name exists, for those who do not know the state.
    pub fn is_gone(self: &Arc<Node>) -> Arc<dyn Fn(&str) -> bool + Send + Sync> {
        let node = self.clone();
        Arc::new(move |topic| node.cluster.state().topic(topic).is_none())
    }

    /// The time, as records are stamped with it.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.env.world.clock.clone()
    }

    /// A number that no other producer has or will have. Blocks now and then.
    pub fn next_producer_id(&self) -> Result<i64, ProposeError> {
        self.producer_ids.next(&self.cluster)
    }

    /// Every partition that this node holds and that is usable, in no particular order.
    pub fn partitions(&self) -> Vec<PartitionHandle> {
        self.held.all()
    }

    /// The room in the file system that holds the data folder. Blocks.
    pub fn space(&self) -> io::Result<Space> {
        self.env.world.disk.space(&self.env.data)
    }

    /// Removes what topics no longer keep, and opens what had no room before. Blocks.
    pub fn retain(&self) {
        self.open_where_room_was_missing();
        self.held.all().iter().for_each(|partition| self.retain_one(partition));
    }

    /// Removes what one partition no longer keeps. Blocks.
    pub fn retain_one(&self, partition: &PartitionHandle) {
        if let Err(failure) = partition.retain(self.env.world.clock.now_ms()) {
            let partition = partition.name();
            tracing::error!(%partition, %failure,
                "old segments of `{partition}` could not be removed: {failure}");
        }
    }

    /// Closes every partition in order, so that the next start finds nothing to repair. Blocks.
    pub fn close(&self) {
        if let Err(failure) = close_all(&self.env, &self.held.all()) {
            tracing::error!(%failure, "not every partition was closed in order: {failure}");
        }
        self.remover.stop();
    }
}
