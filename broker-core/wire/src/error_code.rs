//! Every error that a broker can answer with: number, name, meaning.
//!
//! Owns the table. Which of our own errors becomes which of these is decided by the broker.

use std::fmt;

macro_rules! error_codes {
    ($(
        $variant:ident = $code:literal, $name:literal $(, $retriable:ident)? => $message:literal;
    )+) => {
        /// An error as the protocol numbers it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(i16)]
        pub enum ErrorCode {
            $(
                #[doc = concat!("`", $name, "`: ", $message)]
                $variant = $code,
            )+
        }

        impl ErrorCode {
            /// Every code, in rising order.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$variant),+];

            /// The error with this number, if Kafka has given it out.
            pub const fn from_i16(code: i16) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// Its name in the protocol, such as `OFFSET_OUT_OF_RANGE`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What it means, in a sentence.
            pub const fn message(self) -> &'static str {
                match self {
                    $(Self::$variant => $message,)+
                }
            }

            /// Whether the same request may succeed if it is sent again.
            pub const fn is_retriable(self) -> bool {
                match self {
                    $(Self::$variant => is_retriable!($($retriable)?),)+
                }
            }
        }
    };
}

macro_rules! is_retriable {
    () => {
        false
    };
    (retriable) => {
        true
    };
}

impl ErrorCode {
    /// Its number.
    pub const fn code(self) -> i16 {
        self as i16
    }

    /// Whether it stands for success.
    pub const fn is_none(self) -> bool {
        matches!(self, Self::None)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.name(), self.code(), self.message())
    }
}

error_codes! {
    UnknownServerError = -1, "UNKNOWN_SERVER_ERROR"
        => "The broker failed in a way it did not foresee.";
    None = 0, "NONE"
        => "No error.";
    OffsetOutOfRange = 1, "OFFSET_OUT_OF_RANGE"
        => "The partition holds no record at this offset: it was deleted or is not written yet.";
    CorruptMessage = 2, "CORRUPT_MESSAGE", retriable
        => "The record batch is damaged, too large, or lacks a key that its topic needs.";
    UnknownTopicOrPartition = 3, "UNKNOWN_TOPIC_OR_PARTITION", retriable
        => "This broker knows no such topic or partition.";
    InvalidFetchSize = 4, "INVALID_FETCH_SIZE"
        => "The fetch asks for an impossible number of bytes.";
    LeaderNotAvailable = 5, "LEADER_NOT_AVAILABLE", retriable
        => "The partition has no leader right now.";
    NotLeaderOrFollower = 6, "NOT_LEADER_OR_FOLLOWER", retriable
        => "This broker does not lead the partition, or does not hold a copy of it.";
    RequestTimedOut = 7, "REQUEST_TIMED_OUT", retriable
        => "The request was not done in the time it allowed.";
    BrokerNotAvailable = 8, "BROKER_NOT_AVAILABLE"
        => "The broker cannot be reached.";
    ReplicaNotAvailable = 9, "REPLICA_NOT_AVAILABLE", retriable
        => "This broker holds no usable copy of the partition.";
    MessageTooLarge = 10, "MESSAGE_TOO_LARGE"
        => "The record batch is larger than the topic allows.";
    StaleControllerEpoch = 11, "STALE_CONTROLLER_EPOCH"
        => "Another controller has taken over since.";
    OffsetMetadataTooLarge = 12, "OFFSET_METADATA_TOO_LARGE"
        => "The note stored with a committed offset is too long.";
    NetworkException = 13, "NETWORK_EXCEPTION", retriable
        => "The connection ended before the answer came.";
    CoordinatorLoadInProgress = 14, "COORDINATOR_LOAD_IN_PROGRESS", retriable
        => "The coordinator is still reading its state.";
    CoordinatorNotAvailable = 15, "COORDINATOR_NOT_AVAILABLE", retriable
        => "There is no coordinator right now.";
    NotCoordinator = 16, "NOT_COORDINATOR", retriable
        => "Another broker coordinates this group or transaction.";
    InvalidTopicException = 17, "INVALID_TOPIC_EXCEPTION"
        => "No topic may have this name, or be used in this way.";
    RecordListTooLarge = 18, "RECORD_LIST_TOO_LARGE"
        => "The record batch is larger than a whole segment.";
    NotEnoughReplicas = 19, "NOT_ENOUGH_REPLICAS", retriable
        => "Too few replicas are in sync, so nothing was written.";
    NotEnoughReplicasAfterAppend = 20, "NOT_ENOUGH_REPLICAS_AFTER_APPEND", retriable
        => "Written, but to fewer replicas in sync than the topic demands.";
    InvalidRequiredAcks = 21, "INVALID_REQUIRED_ACKS"
        => "Acks may be 0, 1 or -1 (all).";
    IllegalGeneration = 22, "ILLEGAL_GENERATION"
        => "The group has moved to another generation.";
    InconsistentGroupProtocol = 23, "INCONSISTENT_GROUP_PROTOCOL"
        => "The member shares no protocol with the others of its group.";
    InvalidGroupId = 24, "INVALID_GROUP_ID"
        => "No group may have this name.";
    UnknownMemberId = 25, "UNKNOWN_MEMBER_ID"
        => "The group has no such member (any more).";
    InvalidSessionTimeout = 26, "INVALID_SESSION_TIMEOUT"
        => "The session timeout is outside the range that the broker allows.";
    RebalanceInProgress = 27, "REBALANCE_IN_PROGRESS"
        => "The group is rebalancing; members must join again.";
    InvalidCommitOffsetSize = 28, "INVALID_COMMIT_OFFSET_SIZE"
        => "The committed offset is too large to be stored.";
    TopicAuthorizationFailed = 29, "TOPIC_AUTHORIZATION_FAILED"
        => "Not allowed on this topic.";
    GroupAuthorizationFailed = 30, "GROUP_AUTHORIZATION_FAILED"
        => "Not allowed on this group.";
    ClusterAuthorizationFailed = 31, "CLUSTER_AUTHORIZATION_FAILED"
        => "Not allowed on this cluster.";
    InvalidTimestamp = 32, "INVALID_TIMESTAMP"
        => "A record's timestamp is too far from the broker's clock.";
    UnsupportedSaslMechanism = 33, "UNSUPPORTED_SASL_MECHANISM"
        => "The broker does not offer this way to sign in.";
    IllegalSaslState = 34, "ILLEGAL_SASL_STATE"
        => "This request has no place at this point of signing in.";
    UnsupportedVersion = 35, "UNSUPPORTED_VERSION"
        => "The broker does not speak this version of the request.";
    TopicAlreadyExists = 36, "TOPIC_ALREADY_EXISTS"
        => "There is a topic of this name.";
    InvalidPartitions = 37, "INVALID_PARTITIONS"
        => "This number of partitions is not possible.";
    InvalidReplicationFactor = 38, "INVALID_REPLICATION_FACTOR"
        => "This number of copies is below one or above the number of brokers.";
    InvalidReplicaAssignment = 39, "INVALID_REPLICA_ASSIGNMENT"
        => "The copies cannot be placed like this.";
    InvalidConfig = 40, "INVALID_CONFIG"
        => "A setting is unknown or has an impossible value.";
    NotController = 41, "NOT_CONTROLLER", retriable
        => "Another broker is the controller.";
    InvalidRequest = 42, "INVALID_REQUEST"
        => "The request contradicts itself or the protocol.";
    UnsupportedForMessageFormat = 43, "UNSUPPORTED_FOR_MESSAGE_FORMAT"
        => "The record format in use cannot do this.";
    PolicyViolation = 44, "POLICY_VIOLATION"
        => "A policy of the cluster forbids this.";
    OutOfOrderSequenceNumber = 45, "OUT_OF_ORDER_SEQUENCE_NUMBER"
        => "A batch of this producer is missing before this one.";
    DuplicateSequenceNumber = 46, "DUPLICATE_SEQUENCE_NUMBER"
        => "This batch was received before.";
    InvalidProducerEpoch = 47, "INVALID_PRODUCER_EPOCH"
        => "A newer incarnation of this producer has written since.";
    InvalidTxnState = 48, "INVALID_TXN_STATE"
        => "The transaction is in a state that does not allow this.";
    InvalidProducerIdMapping = 49, "INVALID_PRODUCER_ID_MAPPING"
        => "The producer id does not belong to this transactional id.";
    InvalidTransactionTimeout = 50, "INVALID_TRANSACTION_TIMEOUT"
        => "The transaction timeout is longer than the broker allows.";
    ConcurrentTransactions = 51, "CONCURRENT_TRANSACTIONS", retriable
        => "The previous transaction of this producer is still being ended.";
    TransactionCoordinatorFenced = 52, "TRANSACTION_COORDINATOR_FENCED"
        => "Another transaction coordinator has taken over.";
    TransactionalIdAuthorizationFailed = 53, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED"
        => "Not allowed to use this transactional id.";
    SecurityDisabled = 54, "SECURITY_DISABLED"
        => "The cluster has no access control switched on.";
    OperationNotAttempted = 55, "OPERATION_NOT_ATTEMPTED"
        => "Not tried, because an earlier part of the request failed.";
    KafkaStorageError = 56, "KAFKA_STORAGE_ERROR", retriable
        => "The disk under this partition failed; it takes no more writes here.";
    LogDirNotFound = 57, "LOG_DIR_NOT_FOUND"
        => "The broker has no such log folder.";
    SaslAuthenticationFailed = 58, "SASL_AUTHENTICATION_FAILED"
        => "Signing in failed.";
    UnknownProducerId = 59, "UNKNOWN_PRODUCER_ID"
        => "The broker remembers nothing of this producer.";
    ReassignmentInProgress = 60, "REASSIGNMENT_IN_PROGRESS"
        => "The partition is already being moved.";
    DelegationTokenAuthDisabled = 61, "DELEGATION_TOKEN_AUTH_DISABLED"
        => "Delegation tokens are switched off.";
    DelegationTokenNotFound = 62, "DELEGATION_TOKEN_NOT_FOUND"
        => "There is no such delegation token.";
    DelegationTokenOwnerMismatch = 63, "DELEGATION_TOKEN_OWNER_MISMATCH"
        => "The delegation token belongs to someone else.";
    DelegationTokenRequestNotAllowed = 64, "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED"
        => "Delegation tokens cannot be asked for over this connection.";
    DelegationTokenAuthorizationFailed = 65, "DELEGATION_TOKEN_AUTHORIZATION_FAILED"
        => "Not allowed on this delegation token.";
    DelegationTokenExpired = 66, "DELEGATION_TOKEN_EXPIRED"
        => "The delegation token has expired.";
    InvalidPrincipalType = 67, "INVALID_PRINCIPAL_TYPE"
        => "No principal of this type is known.";
    NonEmptyGroup = 68, "NON_EMPTY_GROUP"
        => "The group still has members.";
    GroupIdNotFound = 69, "GROUP_ID_NOT_FOUND"
        => "There is no such group.";
    FetchSessionIdNotFound = 70, "FETCH_SESSION_ID_NOT_FOUND", retriable
        => "The broker has forgotten this fetch session.";
    InvalidFetchSessionEpoch = 71, "INVALID_FETCH_SESSION_EPOCH", retriable
        => "The fetch session has moved on.";
    ListenerNotFound = 72, "LISTENER_NOT_FOUND", retriable
        => "The leader has no listener of the kind used here.";
    TopicDeletionDisabled = 73, "TOPIC_DELETION_DISABLED"
        => "Topics cannot be deleted on this cluster.";
    FencedLeaderEpoch = 74, "FENCED_LEADER_EPOCH", retriable
        => "The client's leader epoch is older than the broker's.";
    UnknownLeaderEpoch = 75, "UNKNOWN_LEADER_EPOCH", retriable
        => "The client's leader epoch is newer than the broker's.";
    UnsupportedCompressionType = 76, "UNSUPPORTED_COMPRESSION_TYPE"
        => "This compression cannot be used with this version of the request.";
    StaleBrokerEpoch = 77, "STALE_BROKER_EPOCH"
        => "The broker has registered again since.";
    OffsetNotAvailable = 78, "OFFSET_NOT_AVAILABLE", retriable
        => "The new leader does not know yet how far the partition is safe to read.";
    MemberIdRequired = 79, "MEMBER_ID_REQUIRED"
        => "Join again with the member id given here.";
    PreferredLeaderNotAvailable = 80, "PREFERRED_LEADER_NOT_AVAILABLE", retriable
        => "The preferred leader is not available.";
    GroupMaxSizeReached = 81, "GROUP_MAX_SIZE_REACHED"
        => "The group has as many members as the broker allows.";
    FencedInstanceId = 82, "FENCED_INSTANCE_ID"
        => "Another member has taken over this static member's place.";
    EligibleLeadersNotAvailable = 83, "ELIGIBLE_LEADERS_NOT_AVAILABLE", retriable
        => "No replica that may lead is available.";
    ElectionNotNeeded = 84, "ELECTION_NOT_NEEDED", retriable
        => "The partition already has the leader wanted.";
    NoReassignmentInProgress = 85, "NO_REASSIGNMENT_IN_PROGRESS"
        => "The partition is not being moved.";
    GroupSubscribedToTopic = 86, "GROUP_SUBSCRIBED_TO_TOPIC"
        => "The group still reads this topic.";
    InvalidRecord = 87, "INVALID_RECORD"
        => "A record breaks a rule of its topic.";
    UnstableOffsetCommit = 88, "UNSTABLE_OFFSET_COMMIT", retriable
        => "A transaction that commits these offsets is not finished.";
    ThrottlingQuotaExceeded = 89, "THROTTLING_QUOTA_EXCEEDED", retriable
        => "The quota is used up for now.";
    ProducerFenced = 90, "PRODUCER_FENCED"
        => "A newer producer with the same transactional id is at work.";
    ResourceNotFound = 91, "RESOURCE_NOT_FOUND"
        => "What the request names does not exist.";
    DuplicateResource = 92, "DUPLICATE_RESOURCE"
        => "The request names the same thing twice.";
    UnacceptableCredential = 93, "UNACCEPTABLE_CREDENTIAL"
        => "The credentials do not meet the rules.";
    InconsistentVoterSet = 94, "INCONSISTENT_VOTER_SET"
        => "The voters named are not those of the quorum.";
    InvalidUpdateVersion = 95, "INVALID_UPDATE_VERSION"
        => "The version to update from or to is not the right one.";
    FeatureUpdateFailed = 96, "FEATURE_UPDATE_FAILED"
        => "The features could not be updated.";
    PrincipalDeserializationFailure = 97, "PRINCIPAL_DESERIALIZATION_FAILURE"
        => "The forwarded principal could not be read.";
    SnapshotNotFound = 98, "SNAPSHOT_NOT_FOUND"
        => "There is no such snapshot.";
    PositionOutOfRange = 99, "POSITION_OUT_OF_RANGE"
        => "The snapshot has no such position.";
    UnknownTopicId = 100, "UNKNOWN_TOPIC_ID", retriable
        => "This broker knows no topic with this id.";
    DuplicateBrokerRegistration = 101, "DUPLICATE_BROKER_REGISTRATION"
        => "A broker with this id is registered already.";
    BrokerIdNotRegistered = 102, "BROKER_ID_NOT_REGISTERED"
        => "No broker with this id is registered.";
    InconsistentTopicId = 103, "INCONSISTENT_TOPIC_ID", retriable
        => "The topic id belongs to another topic of the same name.";
    InconsistentClusterId = 104, "INCONSISTENT_CLUSTER_ID"
        => "The request is for another cluster.";
    TransactionalIdNotFound = 105, "TRANSACTIONAL_ID_NOT_FOUND"
        => "There is no such transactional id.";
    FetchSessionTopicIdError = 106, "FETCH_SESSION_TOPIC_ID_ERROR", retriable
        => "The fetch session mixes topic names and topic ids.";
    IneligibleReplica = 107, "INELIGIBLE_REPLICA"
        => "This replica may not be in sync now.";
    NewLeaderElected = 108, "NEW_LEADER_ELECTED"
        => "The leader was changed by this very request.";
    OffsetMovedToTieredStorage = 109, "OFFSET_MOVED_TO_TIERED_STORAGE"
        => "The records at this offset were moved to remote storage.";
    FencedMemberEpoch = 110, "FENCED_MEMBER_EPOCH"
        => "The member must join the group again from the start.";
    UnreleasedInstanceId = 111, "UNRELEASED_INSTANCE_ID"
        => "Another member still holds this static member's place.";
    UnsupportedAssignor = 112, "UNSUPPORTED_ASSIGNOR"
        => "The group does not know this assignor.";
    StaleMemberEpoch = 113, "STALE_MEMBER_EPOCH"
        => "The member must hear its new epoch before it goes on.";
    MismatchedEndpointType = 114, "MISMATCHED_ENDPOINT_TYPE"
        => "The request was sent to the wrong kind of endpoint.";
    UnsupportedEndpointType = 115, "UNSUPPORTED_ENDPOINT_TYPE"
        => "This kind of endpoint is not known.";
    UnknownControllerId = 116, "UNKNOWN_CONTROLLER_ID"
        => "There is no controller with this id.";
    UnknownSubscriptionId = 117, "UNKNOWN_SUBSCRIPTION_ID"
        => "The telemetry subscription has changed.";
    TelemetryTooLarge = 118, "TELEMETRY_TOO_LARGE"
        => "The telemetry is larger than the broker takes.";
    InvalidRegistration = 119, "INVALID_REGISTRATION"
        => "The controller does not accept this registration.";
    TransactionAbortable = 120, "TRANSACTION_ABORTABLE"
        => "The transaction failed; abort it and go on with the next.";
    InvalidRecordState = 121, "INVALID_RECORD_STATE"
        => "The record can no longer be acknowledged like this.";
    ShareSessionNotFound = 122, "SHARE_SESSION_NOT_FOUND", retriable
        => "The broker has forgotten this share session.";
    InvalidShareSessionEpoch = 123, "INVALID_SHARE_SESSION_EPOCH", retriable
        => "The share session has moved on.";
    FencedStateEpoch = 124, "FENCED_STATE_EPOCH"
        => "The share group's state has moved on.";
    InvalidVoterKey = 125, "INVALID_VOTER_KEY"
        => "The voter key is not that of the voter asked.";
    DuplicateVoter = 126, "DUPLICATE_VOTER"
        => "This voter is already in the quorum.";
    VoterNotFound = 127, "VOTER_NOT_FOUND"
        => "This voter is not in the quorum.";
    InvalidRegularExpression = 128, "INVALID_REGULAR_EXPRESSION"
        => "The regular expression cannot be read.";
    RebootstrapRequired = 129, "REBOOTSTRAP_REQUIRED"
        => "The client's view is too old; it must connect anew from its seed addresses.";
    StreamsInvalidTopology = 130, "STREAMS_INVALID_TOPOLOGY"
        => "The streams topology makes no sense.";
    StreamsInvalidTopologyEpoch = 131, "STREAMS_INVALID_TOPOLOGY_EPOCH"
        => "The streams topology's epoch makes no sense.";
    StreamsTopologyFenced = 132, "STREAMS_TOPOLOGY_FENCED"
        => "A newer streams topology is in use.";
    ShareSessionLimitReached = 133, "SHARE_SESSION_LIMIT_REACHED", retriable
        => "The broker holds as many share sessions as it can.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_lead_back_to_the_same_error() {
        for &error in ErrorCode::ALL {
            assert_eq!(ErrorCode::from_i16(error.code()), Some(error));
        }
        assert!(ErrorCode::ALL.is_sorted());
        assert_eq!(ErrorCode::from_i16(999), None);
    }
}
