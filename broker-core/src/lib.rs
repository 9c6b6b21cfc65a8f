//! The Ouzel broker as a library; it knows nothing of the console.
//!
//! Layers, each calling only those below it:
//!
//! - [`listener`]: Kafka clients arrive; requests through one match, answers in order
//! - [`group`]: consumer groups, a pure state machine each, kept in `__consumer_offsets`
//! - [`node`]: the partitions that this node holds, following the cluster's state
//! - [`cluster`]: what the cluster has agreed on, a pure state machine over its own journal
//! - [`session`]: who follows which partitions from where, a pure state machine
//! - [`partition`]: append, read, offsets and producers of one partition
//! - [`log`], [`flush`]: segment files, and who syncs them
//! - `buffers`: memory for records on their way, used again
//! - [`stats`]: figures for who watches the broker, whoever that is
//! - [`world`], [`ids`], [`config`]: disk and clock as traits, names, what the broker is told
//!
//! Start at [`Broker::start`].

mod buffers;
pub mod cluster;
pub mod config;
pub mod flush;
pub mod group;
pub mod ids;
pub mod listener;
pub mod log;
pub mod node;
pub mod partition;
pub mod session;
pub mod stats;
pub mod world;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval_at};

use crate::group::Groups;
use crate::listener::Listener;
use crate::node::{Node, OpenNodeError};
use crate::stats::StatsReader;
use crate::world::World;
use crate::world::lock::{DataLock, LockError};

pub use crate::config::{BrokerConfig, GroupConfig, Limits};

/// A running broker. Dropping it without [`Broker::stop`] ends it as a crash would: nothing that
/// was acknowledged is lost, and the next start has more to check.
pub struct Broker {
    node: Arc<Node>,
    groups: Arc<Groups>,
    listener: Listener,
    chores: Vec<JoinHandle<()>>,
}

/// Why a broker did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// Another process has the data folder, or it cannot be made.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The data folder holds something that cannot be used.
    #[error(transparent)]
    Open(#[from] OpenNodeError),
    /// The address is taken or not ours.
    #[error("cannot listen for Kafka clients on {addr}: {source}")]
    Listen {
        /// The address that was asked for.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

impl Broker {
    /// Opens the data folder and serves it. Must be called within a tokio runtime, in which all
    /// of the broker then runs.
    pub async fn start(config: BrokerConfig) -> Result<Broker, StartError> {
        Broker::start_in(World::real(), config).await
    }

    /// [`Broker::start`] with another disk and clock.
    pub async fn start_in(world: World, mut config: BrokerConfig) -> Result<Broker, StartError> {
        let lock = DataLock::acquire(&config.data)?;
        // Before repairs, which may take long: a busy port is said at once.
        let addr = config.listen;
        let bound = TcpListener::bind(addr).await;
        let socket = bound.map_err(|source| StartError::Listen { addr, source })?;
        // A free port that was asked for is a port now; `listeners` tells it.
        config.listen = socket.local_addr().unwrap_or(addr);
        let opening = tokio::task::spawn_blocking(move || Node::open(config, world, lock));
        let node = match opening.await {
            Ok(opened) => Arc::new(opened?),
            Err(failure) => std::panic::resume_unwind(failure.into_panic()),
        };
        let groups = Arc::new(Groups::new(node.live().config.groups.clone(), node.clock()));
        let offsets = node.offsets_partitions();
        if !offsets.is_empty() {
            groups.serve(offsets, node.is_gone());
        }
        let listener = Listener::start(socket, node.clone(), groups.clone())
            .map_err(|source| StartError::Listen { addr, source })?;
        tracing::info!(addr = %listener.addr(), cluster_id = node.cluster_id(),
            "Kafka clients are served on {}", listener.addr());
        let chores = chores(&node, &groups);
        Ok(Broker { node, groups, listener, chores })
    }

    /// Where Kafka clients connect.
    pub fn kafka_addr(&self) -> SocketAddr {
        self.listener.addr()
    }

    /// Where its figures are read.
    pub fn stats(&self) -> StatsReader {
        StatsReader::new(self.listener.meter(), &self.node)
    }

    /// The cluster's id.
    pub fn cluster_id(&self) -> String {
        self.node.cluster_id()
    }

    /// Answers what was asked, closes everything in order and leaves the marks of a clean end.
    pub async fn stop(mut self) {
        self.chores.iter().for_each(JoinHandle::abort);
        for chore in &mut self.chores {
            // Until it is gone it keeps the data folder's lock, and another start would fail.
            let _ = chore.await;
        }
        // Members that wait for each other would keep their connections waiting.
        let (node, groups) = (self.node.clone(), self.groups.clone());
        tokio::join!(self.listener.stop(), groups.stop());
        let closed = tokio::task::spawn_blocking(move || node.close()).await;
        if let Err(failure) = closed {
            tracing::error!(%failure, "the broker did not close in order");
        }
        tracing::info!("the broker has stopped");
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.chores.iter().for_each(JoinHandle::abort);
    }
}

/// What has to be done now and then, seldom enough that an idle broker costs nothing.
fn chores(node: &Arc<Node>, groups: &Arc<Groups>) -> Vec<JoinHandle<()>> {
    let (retained, served) = (node.clone(), groups.clone());
    let retain = move || {
        retained.retain();
        // What had no room at the start may have been opened just now.
        if served.is_missing_any() {
            served.serve(retained.offsets_partitions(), retained.is_gone());
        }
    };
    let expiring = groups.clone();
    let (retention, offsets) = (node.config.retention_check, node.config.groups.offsets_check);
    vec![
        tokio::spawn(every(retention, retain)),
        tokio::spawn(every(offsets, move || expiring.expire())),
    ]
}

async fn every(period: std::time::Duration, chore: impl Fn() + Send + Sync + 'static) {
    let chore = Arc::new(chore);
    let mut ticks = interval_at(tokio::time::Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let chore = chore.clone();
        if let Err(failure) = tokio::task::spawn_blocking(move || chore()).await {
            tracing::error!(%failure, "a chore of the broker failed");
        }
    }
}
