//! Why a topic does not come, change or go.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::cluster::{InvalidSetting, ProposeError, Refusal};
use crate::ids::InvalidTopicName;

/// Why a topic was not created, changed or deleted.
#[derive(Debug, Error)]
pub enum TopicError {
    /// No topic may be called so.
    #[error(transparent)]
    Name(#[from] InvalidTopicName),
    /// A setting is not one, or has no such value.
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    /// The number of partitions is not a positive one.
    #[error("{got} is not a number of partitions")]
    Partitions {
        /// What was asked for.
        got: i32,
    },
    /// The topic has that many already.
    #[error("the topic has {present} partitions, and {asked} would not be more")]
    NotMore {
        /// How many there are.
        present: usize,
        /// How many were asked for.
        asked: i32,
    },
    /// New partitions and their placements are not as many.
    #[error("{added} partitions are added, and {placed} are placed")]
    Placements {
        /// How many partitions would be new.
        added: usize,
        /// How many are placed.
        placed: usize,
    },
    /// There are not that many nodes.
    #[error("replication factor {got}: this cluster has one node")]
    Replication {
        /// What was asked for.
        got: i16,
    },
    /// The placement has gaps or names nodes that do not exist.
    #[error("partitions must be numbered from 0 and placed on node {node_id}")]
    Placement {
        /// The one node there is.
        node_id: i32,
    },
    /// A placement says how many partitions and replicas there are, so nothing else may.
    #[error("a placement excludes numbers of partitions and replicas")]
    PlacementAndNumbers,
    /// The topic belongs to the broker.
    #[error("topic `{name}` belongs to the broker")]
    Internal {
        /// Its name.
        name: String,
    },
    /// The state does not allow it.
    #[error(transparent)]
    Refused(Refusal),
    /// The disk has no room for the change.
    #[error("the disk is full")]
    DiskFull,
    /// The state cannot be changed.
    #[error("the cluster's state cannot be changed after a storage failure")]
    Stopped,
    /// It is there, but the disk does not let it be used; why is in the log.
    #[error("topic `{name}` is there, but its partition {partition} cannot be opened")]
    NotOpened {
        /// Its name.
        name: String,
        /// The first such partition.
        partition: usize,
    },
    /// A folder in the way cannot be moved.
    #[error("cannot move {} out of the way: {source}", folder.display())]
    InTheWay {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl From<ProposeError> for TopicError {
    fn from(error: ProposeError) -> TopicError {
        match error {
            ProposeError::Refused(refusal) => TopicError::Refused(refusal),
            ProposeError::DiskFull => TopicError::DiskFull,
            ProposeError::Stopped => TopicError::Stopped,
        }
    }
}
