//! What a group wants done: answers to waiting clients and records to write.
//!
//! The state machine only says it; `shard.rs` does it. Nothing here touches a socket or a disk.

use bytes::Bytes;

use crate::config::GroupConfig;

use super::error::GroupError;
use super::offsets::{Committed, OffsetKey};

/// Stands for one client that waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What a group may know of the world: both clocks and the limits. Timeouts run on the clock
/// that never jumps.
#[derive(Debug, Clone, Copy)]
pub struct Env<'a> {
    /// Milliseconds of a monotonic clock, from an arbitrary start.
    pub tick_ms: u64,
    /// Milliseconds since the epoch, for what is written down.
    pub wall_ms: i64,
    /// Timeouts and sizes.
    pub config: &'a GroupConfig,
}

/// One thing that has to be done, in the order in which the group said it.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Tell the client behind the ticket.
    Answer(Ticket, Answer),
    /// Make the state durable, then tell the group.
    Write(Write),
}

/// An answer to a request that had to wait.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// To JoinGroup.
    Join(Result<Joined, GroupError>),
    /// To SyncGroup.
    Sync(Result<Synced, GroupError>),
    /// To OffsetCommit, DeleteGroups and other requests that wait for a record only.
    Done(Result<(), GroupError>),
}

/// A join that succeeded.
#[derive(Debug, Clone, PartialEq)]
pub struct Joined {
    /// The generation that begins.
    pub generation: i32,
    /// The kind of group, `consumer` for consumers.
    pub protocol_type: Option<String>,
    /// The protocol that the votes chose.
    pub protocol: Option<String>,
    /// The member that computes the assignment.
    pub leader: String,
    /// Whoever receives this.
    pub member_id: String,
    /// Everyone, for the leader; nobody, for the others.
    pub members: Vec<JoinedMember>,
    /// The leader need not assign: what is assigned still holds (KIP-814).
    pub skip_assignment: bool,
}

/// A member as the leader sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinedMember {
    /// The member.
    pub member_id: String,
    /// Its static name, if it has one.
    pub instance_id: Option<String>,
    /// What it said under the chosen protocol.
    pub metadata: Bytes,
}

/// A sync that succeeded.
#[derive(Debug, Clone, PartialEq)]
pub struct Synced {
    /// The kind of group.
    pub protocol_type: Option<String>,
    /// The chosen protocol.
    pub protocol: Option<String>,
    /// What the leader gave to this member.
    pub assignment: Bytes,
}

/// Records for one append, and what follows when they are on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// Written in one batch, so that all of them are there or none.
    pub records: Vec<Record>,
    /// What the group is told to do afterwards.
    pub then: Then,
}

/// One record of `__consumer_offsets`, before it becomes bytes.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// The membership of the group.
    Group(GroupRecord),
    /// The group is gone.
    GroupGone,
    /// A position that was committed.
    Offset(OffsetKey, Committed),
    /// A position that is forgotten.
    OffsetGone(OffsetKey),
}

/// Everything about membership that outlives a restart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GroupRecord {
    /// The kind of group.
    pub protocol_type: Option<String>,
    /// Current generation.
    pub generation: i32,
    /// The chosen protocol.
    pub protocol: Option<String>,
    /// Who leads.
    pub leader: Option<String>,
    /// When the group entered its present state.
    pub since_ms: i64,
    /// Everyone, with subscription and assignment.
    pub members: Vec<MemberRecord>,
}

/// A member as it is written down.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemberRecord {
    /// The member.
    pub member_id: String,
    /// Its static name.
    pub instance_id: Option<String>,
    /// As the client calls itself.
    pub client_id: String,
    /// Where it connects from.
    pub client_host: String,
    /// How long the others wait for it in a rebalance.
    pub rebalance_timeout_ms: i32,
    /// How long it may be silent.
    pub session_timeout_ms: i32,
    /// Its metadata under the chosen protocol.
    pub subscription: Bytes,
    /// What it was given.
    pub assignment: Bytes,
}

/// What follows a write.
#[derive(Debug, Clone, PartialEq)]
pub enum Then {
    /// Nothing: losing this record would lose nothing that was promised.
    Nothing,
    /// The leader's assignment holds from now on.
    Install {
        /// In which generation it was made.
        generation: i32,
        /// Member and what it was given.
        assignments: Vec<(String, Bytes)>,
    },
    /// A static member came back without disturbing the others.
    Rejoined {
        /// The client that waits.
        ticket: Ticket,
        /// What it is told.
        joined: Box<Joined>,
    },
    /// Positions may be shown from now on.
    Commit {
        /// The client that waits.
        ticket: Ticket,
        /// What it committed.
        offsets: Vec<(OffsetKey, Committed)>,
    },
    /// Positions are gone, and the group with them when nothing is left.
    Forget {
        /// The client that waits, if one asked.
        ticket: Option<Ticket>,
        /// What is forgotten.
        keys: Vec<OffsetKey>,
    },
}
