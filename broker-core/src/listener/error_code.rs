//! Our errors in Kafka's numbers: the one place where they change language.
//!
//! Every variant is named, so that a new one cannot be forgotten. An idempotent producer is never
//! told `UNKNOWN_SERVER_ERROR`: Java's takes that for success of an earlier attempt.

use ouzel_wire::ErrorCode;

use crate::cluster::{ProposeError, Refusal};
use crate::group::GroupError;
use crate::node::{AlterError, NoPartition, TopicError};
use crate::partition::{AppendError, DeleteError, ReadError};
use crate::session::SessionError;

/// The number that a client understands.
pub(super) trait Code {
    fn code(&self) -> ErrorCode;
}

/// The number of an outcome, 0 for success.
pub(super) fn code_of<T, E: Code>(outcome: &Result<T, E>) -> i16 {
    match outcome {
        Ok(_) => ErrorCode::None.code(),
        Err(e) => e.code().code(),
    }
}

impl Code for NoPartition {
    fn code(&self) -> ErrorCode {
        match self {
            NoPartition::Unknown => ErrorCode::UnknownTopicOrPartition,
            NoPartition::Failed => ErrorCode::KafkaStorageError,
        }
    }
}

impl Code for AppendError {
    fn code(&self) -> ErrorCode {
        match self {
            AppendError::Corrupt(_) => ErrorCode::CorruptMessage,
            AppendError::InvalidRecord { .. } => ErrorCode::InvalidRecord,
            AppendError::TooLarge { .. } | AppendError::UnpacksTooLarge { .. } => {
                ErrorCode::MessageTooLarge
            }
            AppendError::InvalidTimestamp { .. } => ErrorCode::InvalidTimestamp,
            AppendError::UnknownCodec { .. } => ErrorCode::UnsupportedCompressionType,
            AppendError::OutOfOrderSequence { .. } => ErrorCode::OutOfOrderSequenceNumber,
            AppendError::StaleProducerEpoch { .. } => ErrorCode::InvalidProducerEpoch,
            AppendError::Transactional => ErrorCode::InvalidTxnState,
            // Clients come again after this one.
            AppendError::DiskFull
            | AppendError::TooManyFiles
            | AppendError::TooManyProducers
            | AppendError::Stopped => ErrorCode::KafkaStorageError,
            AppendError::Closed => ErrorCode::NotLeaderOrFollower,
        }
    }
}

impl Code for DeleteError {
    fn code(&self) -> ErrorCode {
        match self {
            DeleteError::OutOfRange { .. } => ErrorCode::OffsetOutOfRange,
            DeleteError::TooManyFiles | DeleteError::Stopped => ErrorCode::KafkaStorageError,
            DeleteError::Closed => ErrorCode::NotLeaderOrFollower,
        }
    }
}

impl Code for ReadError {
    fn code(&self) -> ErrorCode {
        match self {
            ReadError::OutOfRange { .. } => ErrorCode::OffsetOutOfRange,
            ReadError::Corrupt { .. } => ErrorCode::CorruptMessage,
            ReadError::Io { .. } => ErrorCode::KafkaStorageError,
            ReadError::Closed => ErrorCode::NotLeaderOrFollower,
        }
    }
}

impl Code for SessionError {
    fn code(&self) -> ErrorCode {
        match self {
            SessionError::NotFound => ErrorCode::FetchSessionIdNotFound,
            SessionError::WrongEpoch => ErrorCode::InvalidFetchSessionEpoch,
            SessionError::OtherTopicRefs => ErrorCode::FetchSessionTopicIdError,
        }
    }
}

impl Code for Refusal {
    fn code(&self) -> ErrorCode {
        match self {
            Refusal::Founded => ErrorCode::InvalidRequest,
            Refusal::TopicExists { .. } => ErrorCode::TopicAlreadyExists,
            Refusal::Collides { .. } => ErrorCode::InvalidTopicException,
            Refusal::UnknownTopic { .. } => ErrorCode::UnknownTopicOrPartition,
            Refusal::NoPartitions => ErrorCode::InvalidPartitions,
            // As in Kafka, whose controller makes no more than ten thousand at a time.
            Refusal::TooManyPartitions { .. } => ErrorCode::PolicyViolation,
            Refusal::NoProducerIds => ErrorCode::CoordinatorNotAvailable,
        }
    }
}

impl Code for ProposeError {
    fn code(&self) -> ErrorCode {
        match self {
            ProposeError::Refused(refusal) => refusal.code(),
            ProposeError::DiskFull | ProposeError::Stopped => ErrorCode::KafkaStorageError,
        }
    }
}

impl Code for TopicError {
    fn code(&self) -> ErrorCode {
        match self {
            TopicError::Name(_) | TopicError::Internal { .. } => ErrorCode::InvalidTopicException,
            TopicError::Setting(_) => ErrorCode::InvalidConfig,
            TopicError::Partitions { .. } | TopicError::NotMore { .. } => {
                ErrorCode::InvalidPartitions
            }
            TopicError::Replication { .. } => ErrorCode::InvalidReplicationFactor,
            TopicError::Placement { .. } | TopicError::Placements { .. } => {
                ErrorCode::InvalidReplicaAssignment
            }
            TopicError::PlacementAndNumbers => ErrorCode::InvalidRequest,
            TopicError::Refused(refusal) => refusal.code(),
            TopicError::DiskFull
            | TopicError::Stopped
            | TopicError::NotOpened { .. }
            | TopicError::InTheWay { .. } => ErrorCode::KafkaStorageError,
        }
    }
}

impl Code for AlterError {
    fn code(&self) -> ErrorCode {
        match self {
            AlterError::UnknownTopic { .. } => ErrorCode::UnknownTopicOrPartition,
            AlterError::NotThisNode { .. } | AlterError::ReadOnly { .. } => {
                ErrorCode::InvalidRequest
            }
            AlterError::Setting(_) | AlterError::MustCompact => ErrorCode::InvalidConfig,
            AlterError::Propose(error) => error.code(),
        }
    }
}

impl Code for GroupError {
    fn code(&self) -> ErrorCode {
        match self {
            GroupError::InvalidGroupId => ErrorCode::InvalidGroupId,
            GroupError::Loading => ErrorCode::CoordinatorLoadInProgress,
            GroupError::Stopped => ErrorCode::CoordinatorNotAvailable,
            GroupError::UnknownMember { .. } => ErrorCode::UnknownMemberId,
            GroupError::FencedInstance { .. } => ErrorCode::FencedInstanceId,
            GroupError::IllegalGeneration { .. } => ErrorCode::IllegalGeneration,
            GroupError::RebalanceInProgress => ErrorCode::RebalanceInProgress,
            GroupError::InconsistentProtocol => ErrorCode::InconsistentGroupProtocol,
            GroupError::InvalidSessionTimeout { .. } => ErrorCode::InvalidSessionTimeout,
            GroupError::MemberIdRequired { .. } => ErrorCode::MemberIdRequired,
            GroupError::Full | GroupError::TooManyGroups => ErrorCode::GroupMaxSizeReached,
            GroupError::NotEmpty => ErrorCode::NonEmptyGroup,
            GroupError::Subscribed { .. } => ErrorCode::GroupSubscribedToTopic,
            GroupError::NotFound { .. } => ErrorCode::GroupIdNotFound,
        }
    }
}
