//! What can go wrong between the console and a cluster, in the words of whoever asked.

use std::time::Duration;

use ouzel_wire::ErrorCode;

use super::soon::SOON;

/// Why a cluster did not do what was asked. Cheap to clone, because one broken connection fails
/// everything that waits on it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KafkaError {
    /// No connection, or it broke.
    #[error("{address} cannot be reached: {cause}")]
    Unreachable {
        /// The broker, or the brokers that were tried.
        address: String,
        /// What the system said.
        cause: String,
    },
    /// The broker does not let the console in.
    #[error("{address} does not let the console in: {cause}")]
    SignIn {
        /// The broker.
        address: String,
        /// What it said.
        cause: String,
    },
    /// The broker took too long.
    #[error("{address} did not answer {api} within {} s", waited.as_secs())]
    Timeout {
        /// The broker.
        address: String,
        /// The request.
        api: &'static str,
        /// How long it had.
        waited: Duration,
    },
    /// The broker's bytes make no sense, or there are too many of them.
    #[error("{address} answered {api} with bytes that cannot be read: {cause}")]
    Protocol {
        /// The broker.
        address: String,
        /// The request.
        api: &'static str,
        /// What is wrong with them.
        cause: String,
    },
    /// The request has no form that both sides know.
    #[error("{address} does not offer {api} in a version that this console speaks")]
    Unsupported {
        /// The broker.
        address: String,
        /// The request.
        api: &'static str,
    },
    /// The cluster has no such broker, and no replica names it.
    #[error("there is no broker {node}")]
    NoBroker {
        /// Its number.
        node: i32,
    },
    /// The cluster has no such topic.
    #[error("there is no topic `{topic}`")]
    NoTopic {
        /// Its name.
        topic: String,
    },
    /// The topic has no such partition.
    #[error("topic `{topic}` has no partition {partition}")]
    NoPartition {
        /// Its name.
        topic: String,
        /// The number.
        partition: i32,
    },
    /// The partition has no leader to ask.
    #[error("partition {partition} of `{topic}` has no leader now")]
    NoLeader {
        /// Its topic.
        topic: String,
        /// Its number.
        partition: i32,
    },
    /// The cluster has no such group.
    #[error("there is no group `{group}`")]
    NoGroup {
        /// Its id.
        group: String,
    },
    /// The group is of a kind that commits nothing, so that there is nothing to move.
    #[error("`{group}` is a share group: it has no commits that could be moved")]
    NoCommits {
        /// Its id.
        group: String,
    },
    /// The broker answered, and what was asked for is not in its answer.
    #[error("{about}")]
    Untold {
        /// Who does not tell what.
        about: String,
    },
    /// The broker answered with an error of its own.
    #[error("{about}: {}", self.reason())]
    Refused {
        /// What was asked.
        about: String,
        /// Kafka's number for the error.
        code: i16,
        /// The broker's own words, if it had any.
        message: Option<String>,
    },
}

impl KafkaError {
    /// The broker's refusal of what `about` names.
    pub fn refused(about: impl Into<String>, code: i16, message: Option<String>) -> KafkaError {
        KafkaError::Refused { about: about.into(), code, message }
    }

    /// A page did not wait for what a broker would have told.
    pub fn late(node: i32, api: &'static str) -> KafkaError {
        KafkaError::Timeout { address: format!("broker {node}"), api, waited: SOON }
    }

    /// Fails if `code` is an error.
    pub fn check(about: impl FnOnce() -> String, code: i16) -> Result<(), KafkaError> {
        if code == 0 { Ok(()) } else { Err(KafkaError::refused(about(), code, None)) }
    }

    /// For what `about` names, the broker's answer has nothing although it was asked for.
    pub fn left_out(about: impl Into<String>) -> KafkaError {
        let message = "the broker left it out of its answer".to_owned();
        KafkaError::refused(about, ErrorCode::UnknownServerError.code(), Some(message))
    }

    /// The error that the broker named, if it named one that is known.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            KafkaError::Refused { code, .. } => ErrorCode::from_i16(*code),
            _ => None,
        }
    }

    /// Whether another broker may know better: leadership or coordination has moved, or is moving.
    pub fn is_stale_route(&self) -> bool {
        match self {
            KafkaError::Unreachable { .. } | KafkaError::NoLeader { .. } => true,
            _ => self.code().is_some_and(is_stale_route),
        }
    }

    /// The reason alone, such as for a cell that says already what it is about.
    pub fn reason(&self) -> String {
        match self {
            KafkaError::Refused { code, message, .. } => {
                let known = ErrorCode::from_i16(*code);
                let name = known.map_or_else(|| format!("error {code}"), |c| c.name().to_owned());
                match (message, known) {
                    (Some(message), _) if !message.is_empty() => format!("{name}: {message}"),
                    (_, Some(known)) => format!("{name}: {}", known.message()),
                    (_, None) => name,
                }
            }
            other => other.to_string(),
        }
    }
}

/// Whether `code` says that the request went to the wrong broker or came at a bad moment.
pub fn is_stale_route(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NotLeaderOrFollower
            | ErrorCode::LeaderNotAvailable
            | ErrorCode::ReplicaNotAvailable
            | ErrorCode::FencedLeaderEpoch
            | ErrorCode::UnknownLeaderEpoch
            | ErrorCode::KafkaStorageError
            | ErrorCode::UnknownTopicOrPartition
            | ErrorCode::UnknownTopicId
            | ErrorCode::NotController
            | ErrorCode::NotCoordinator
            | ErrorCode::CoordinatorNotAvailable
            | ErrorCode::CoordinatorLoadInProgress
    )
}
