//! An offset that a group committed.

use crate::NEVER_FLEXIBLE;

payload!(OffsetCommitKey, versions 0..=1, flexible NEVER_FLEXIBLE);
payload!(OffsetCommitValue, versions 0..=4, flexible 4);

describe! {
    /// Which group, and which partition.
    OffsetCommitKey {
        /// The group's name.
        group: String [0..],
        /// The topic's name.
        topic: String [0..],
        /// The partition's number.
        partition: i32 [0..],
    }

    /// How far it has read.
    OffsetCommitValue {
        /// The next offset that the group will read.
        offset: i64 [0..],
        /// The leader epoch of the last record read, or -1.
        leader_epoch: i32 [3.., default -1, ignorable],
        /// Anything the client wants to find again.
        metadata: String [0..],
        /// When it was committed, in milliseconds since 1970.
        commit_timestamp: i64 [0..],
        /// When it may be forgotten, or -1 for the broker's default.
        expire_timestamp: i64 [1..=1, default -1, ignorable],
    }
}
