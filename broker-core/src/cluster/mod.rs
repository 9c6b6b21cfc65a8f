//! What the cluster has agreed on, durable before it is visible.
//!
//! Owns the state machine (`state.rs`), its commands (`command.rs`), its journal and what can
//! be set (`config/`). Files of topics and their partitions are not its business:
//! `node/` follows the state. Start at [`Cluster::propose`].

mod command;
mod config;
mod journal;
mod state;

use std::path::Path;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use thiserror::Error;

use crate::world::Disk;

pub use command::{Command, Event, Refusal, TopicId};
pub use config::{
    Act, Alteration, Change, InvalidSetting, Keys, Kind, Legal, Setting, Settings, TOPIC_ORDER,
    check_together, parse_settings, topic_keys, value_of,
};
pub use journal::JournalError;
pub use state::{ClusterState, PARTITIONS_MAX, TOPIC_PARTITIONS_MAX, Topic};

use journal::Journal;

/// The cluster's state and where it is kept.
pub struct Cluster {
    /// What clients see: never ahead of the disk.
    visible: RwLock<ClusterState>,
    writer: Mutex<Writer>,
}

struct Writer {
    journal: Journal,
    /// The state that commands are judged by. It is `visible`, but for the moment in which a
    /// command is on its way to the disk.
    ahead: ClusterState,
    /// Set by the first failure: the end of the file is unknown from then on.
    stopped: bool,
}

/// Why a command did not happen.
#[derive(Debug, Error)]
pub enum ProposeError {
    /// The state does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The journal cannot be written; nothing can be changed until a restart.
    #[error("the cluster's journal has stopped after a storage failure")]
    Stopped,
}

impl Cluster {
    /// Reads the state from the data folder.
    pub fn open(disk: Arc<dyn Disk>, data: &Path) -> Result<Cluster, JournalError> {
        let (journal, state) = Journal::open(disk, data)?;
        let writer = Writer { journal, ahead: state.clone(), stopped: false };
        Ok(Cluster { visible: RwLock::new(state), writer: Mutex::new(writer) })
    }

    /// The state as it is now. Hold it briefly: changes wait meanwhile.
    pub fn state(&self) -> RwLockReadGuard<'_, ClusterState> {
        self.visible.read()
    }

    /// Makes a change; it is on disk when this returns. Blocks for as long as a sync takes.
    pub fn propose(&self, command: &Command) -> Result<Event, ProposeError> {
        let mut writer = self.writer.lock();
        let Writer { journal, ahead, stopped } = &mut *writer;
        if *stopped {
            return Err(ProposeError::Stopped);
        }
        let event = ahead.apply(command)?;
        if let Err(failure) = journal.append(command) {
            tracing::error!(%failure, "the cluster's state can no longer change");
            *stopped = true;
            return Err(ProposeError::Stopped);
        }
        let replayed = self.visible.write().apply(command);
        assert_eq!(replayed.as_ref(), Ok(&event), "one command, two outcomes: {command:?}");
        if let Err(failure) = journal.shorten(ahead) {
            tracing::error!(%failure, "the cluster's state can no longer change");
            *stopped = true;
        }
        Ok(event)
    }
}
