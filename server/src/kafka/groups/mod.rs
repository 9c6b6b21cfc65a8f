//! Consumer groups: who is in them, what they have committed, how far they are behind.
//!
//! `ask` speaks to coordinators (`newer` reads the answers of the newer protocols), `change` tells
//! them what to do, `snapshot` reads all groups of a cluster at once, `lag` compares commits with
//! ends, `plan` says what moving commits would do, `view` turns all of it into what pages show.

mod ask;
mod change;
mod lag;
mod newer;
pub mod plan;
pub mod snapshot;
mod view;

use std::collections::{BTreeMap, BTreeSet};

pub use change::Changed;

use super::{KafkaError, TopicPartition};

/// One group, as far as it could be read.
#[derive(Debug, Clone)]
pub struct GroupState {
    /// Its id.
    pub id: String,
    /// `classic`, `consumer`, `share` or `streams`; empty where the cluster does not tell.
    pub group_type: String,
    /// What the members speak.
    pub protocol_type: String,
    /// Its state as the list has it; empty where the cluster does not tell.
    pub state: String,
    /// The node that coordinates it.
    pub coordinator: i32,
    /// Its members.
    pub described: Result<Described, KafkaError>,
    /// What it has committed.
    pub commits: Result<Commits, KafkaError>,
}

impl GroupState {
    /// Whether its members share partitions (KIP-932): what stands for its commits is then the
    /// first record of each partition that is not settled.
    pub fn is_share(&self) -> bool {
        self.group_type == "share"
    }
}

/// What a group has committed, by partition. Partitions without a commit are not in it.
pub type Commits = BTreeMap<TopicPartition, Result<Commit, KafkaError>>;

/// A committed offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The next record to read.
    pub offset: i64,
    /// The text that the client left with it.
    pub metadata: Option<String>,
    /// Of a share group, whose `offset` is the first record that is not settled: how many are not,
    /// as its coordinator counts them; below 0 if it does not tell.
    pub unsettled: Option<i64>,
}

impl Commit {
    /// Where the group stands before `end`, if all that it has not settled were the last records;
    /// none if its coordinator does not tell how many those are.
    pub fn position(&self, end: i64) -> Option<i64> {
        match self.unsettled {
            None => Some(self.offset),
            Some(..0) => None,
            Some(records) => Some(end.saturating_sub(records)),
        }
    }
}

/// A group's members.
#[derive(Debug, Clone, Default)]
pub struct Described {
    /// Its state.
    pub state: String,
    /// What the members speak.
    pub protocol_type: String,
    /// The assignor in use.
    pub assignor: String,
    /// The members.
    pub members: Vec<MemberState>,
}

/// A member.
#[derive(Debug, Clone, Default)]
pub struct MemberState {
    /// Given by the coordinator.
    pub member_id: String,
    /// The name a static member gave itself.
    pub instance_id: Option<String>,
    /// What the client calls itself.
    pub client_id: String,
    /// Where it connects from.
    pub host: String,
    /// What it holds.
    pub assigned: BTreeSet<TopicPartition>,
}
