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
    /// The disk has no room for the change; once it has, it may be made again.
    #[error("the disk is full")]
    DiskFull,
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
        let mut outcomes = self.propose_all(std::slice::from_ref(command));
        outcomes.pop().expect("one command has one outcome")
    }

    /// Makes changes in their order at the price of one; an outcome for each. Those that are not
    /// refused are on disk when this returns, or none of them happened. Blocks.
    pub fn propose_all(&self, commands: &[Command]) -> Vec<Result<Event, ProposeError>> {
        let mut writer = self.writer.lock();
        if writer.stopped {
            return commands.iter().map(|_| Err(ProposeError::Stopped)).collect();
        }
        let mut judged: Vec<Result<Event, ProposeError>> = Vec::with_capacity(commands.len());
        for command in commands {
            judged.push(writer.ahead.apply(command).map_err(ProposeError::from));
        }
        let taken = commands.iter().zip(&judged).filter(|(_, judged)| judged.is_ok());
        let taken: Vec<&Command> = taken.map(|(command, _)| command).collect();
        if taken.is_empty() {
            return judged;
        }
        if let Err(failure) = writer.journal.append(&taken) {
            let is_full = matches!(failure, JournalError::Full { .. });
            self.undone(&mut writer, &failure);
            let why = || if is_full { ProposeError::DiskFull } else { ProposeError::Stopped };
            return judged.into_iter().map(|judged| judged.and_then(|_| Err(why()))).collect();
        }
        self.show(&mut writer, commands, &judged);
        judged
    }

    /// What could not be made durable did not happen.
    fn undone(&self, writer: &mut Writer, failure: &JournalError) {
        if matches!(failure, JournalError::Full { .. }) {
            tracing::error!(%failure, "the cluster's state was not changed: {failure}");
            writer.ahead = self.visible.read().clone();
        } else {
            tracing::error!(%failure, "the cluster's state can no longer change");
            writer.stopped = true;
        }
    }

    fn show(
        &self,
        writer: &mut Writer,
        commands: &[Command],
        judged: &[Result<Event, ProposeError>],
    ) {
        let mut visible = self.visible.write();
        for (command, event) in commands.iter().zip(judged) {
            let Ok(event) = event else { continue };
            let replayed = visible.apply(command);
            assert_eq!(replayed.as_ref(), Ok(event), "one command, two outcomes: {command:?}");
        }
        drop(visible);
        let Writer { journal, ahead, stopped } = writer;
        if let Err(failure) = journal.shorten(ahead) {
            tracing::error!(%failure, "the cluster's state can no longer change");
            *stopped = true;
        }
    }
}
