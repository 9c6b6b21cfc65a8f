//! A group and its members.

use bytes::Bytes;

use crate::NEVER_FLEXIBLE;

payload!(GroupMetadataKey, versions 2..=2, flexible NEVER_FLEXIBLE);
payload!(GroupMetadataValue, versions 0..=4, flexible 4);

describe! {
    /// Which group.
    GroupMetadataKey {
        /// The group's name.
        group: String [2..],
    }

    /// The group as it was after its last rebalance.
    GroupMetadataValue {
        /// What kind of group it is; `consumer` for readers.
        protocol_type: String [0..],
        /// The group's generation, counted up with each rebalance.
        generation: i32 [0..],
        /// The protocol (for consumers: the assignor) that the group chose.
        protocol: Option<String> [0.., null 0..],
        /// The member that assigns.
        leader: Option<String> [0.., null 0..],
        /// When it came into this state, in milliseconds since 1970, or -1.
        current_state_timestamp: i64 [2.., default -1, ignorable],
        /// The members.
        members: Vec<MemberMetadata> [0..],
    }

    /// One member.
    MemberMetadata {
        /// The id that the coordinator gave the member.
        member_id: String [0..],
        /// The name that a static member gave itself.
        group_instance_id: Option<String> [3.., null 3.., default None, ignorable],
        /// What the client calls itself.
        client_id: String [0..],
        /// Where it came from.
        client_host: String [0..],
        /// How long the group waits for it to join again, in milliseconds.
        rebalance_timeout: i32 [1.., ignorable],
        /// After how long without a heartbeat it is gone, in milliseconds.
        session_timeout: i32 [0..],
        /// What it brought; for consumers a subscription.
        subscription: Bytes [0..],
        /// Its part; for consumers the partitions.
        assignment: Bytes [0..],
    }
}
