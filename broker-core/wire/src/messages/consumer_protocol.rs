//! What consumers put into JoinGroup and SyncGroup: subscriptions and assignments.
//!
//! Both carry their version in front: read them with [`crate::frame::decode_versioned`], which
//! takes versions newer than described here as the newest described.

use bytes::Bytes;

use crate::NEVER_FLEXIBLE;

/// The newest version of both payloads.
pub const CONSUMER_PROTOCOL_NEWEST: i16 = 3;

payload!(ConsumerProtocolSubscription, versions 0..=3, flexible NEVER_FLEXIBLE);
payload!(ConsumerProtocolAssignment, versions 0..=3, flexible NEVER_FLEXIBLE);

describe! {
    /// What a consumer wants to read.
    ConsumerProtocolSubscription {
        /// The topics.
        topics: Vec<String> [0..],
        /// Anything the assignor wants to hand on.
        user_data: Option<Bytes> [0.., null 0.., default None],
        /// What it reads already.
        owned_partitions: Vec<ConsumerProtocolTopicPartition> [1.., ignorable],
        /// The generation in which it came to own that, or -1.
        generation_id: i32 [2.., default -1, ignorable],
        /// The rack it stands in.
        rack_id: Option<String> [3.., null 3.., default None, ignorable],
    }

    /// What a consumer is to read.
    ConsumerProtocolAssignment {
        /// The partitions.
        assigned_partitions: Vec<ConsumerProtocolTopicPartition> [0..],
        /// Anything the assignor wants to hand on.
        user_data: Option<Bytes> [0.., null 0.., default None],
    }

    /// Partitions of one topic.
    ConsumerProtocolTopicPartition {
        /// The topic's name.
        topic: String [0..],
        /// The partitions' numbers.
        partitions: Vec<i32> [0..],
    }
}
