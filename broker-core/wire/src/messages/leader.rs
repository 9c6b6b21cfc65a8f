//! Hints to the leader of a partition, which answers to Produce and Fetch share.
//!
//! Being hints, they are ignorable there: answers in versions without them go out all the same,
//! where Kafka's schema would have every broker look at the version first.

describe! {
    /// A partition's leader.
    LeaderIdAndEpoch {
        /// The broker that leads the partition, or -1.
        leader_id: i32 [0.., default -1],
        /// Which leadership this is, counted up with each election, or -1.
        leader_epoch: i32 [0.., default -1],
    }

    /// Where to reach a leader.
    NodeEndpoint {
        /// The broker's number.
        node_id: i32 [0..],
        /// The host where clients reach it.
        host: String [0..],
        /// The port where clients reach it.
        port: i32 [0..],
        /// The rack it stands in, if it was told.
        rack: Option<String> [0.., null 0.., default None],
    }
}
