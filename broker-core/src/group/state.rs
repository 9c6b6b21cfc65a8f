//! One classic consumer group as a pure state machine: a request or a moment in, effects out.
//!
//! Owns membership, phase and generation. Knows no clock, socket or disk: time comes in as
//! [`Env`], answers and records go out as [`Effect`]s. The verbs are in the files beside this
//! one: `join.rs`, `sync.rs`, `leave.rs`, `rebalance.rs`, `commit.rs`. Start at [`Group`].

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;

use super::effect::{Answer, Effect, Env, GroupRecord, Ticket, Write};
use super::error::GroupError;
use super::member::{Awaiting, Member, Protocol, millis};
use super::offsets::Offsets;

/// A join that nobody may ever read the answer of is kept this long: Kafka's five minutes.
pub(super) const NEW_MEMBER_TIMEOUT_MS: u64 = 5 * 60 * 1000;

/// Where a group is in its life. What only one phase needs lives in that phase.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Phase {
    /// Nobody is here; offsets may be.
    Empty,
    /// Members are asked to join again until the deadline.
    Preparing { deadline_ms: u64, first: Option<FirstRebalance> },
    /// Members know the generation and wait for the leader's assignment.
    Completing { deadline_ms: u64, installing: bool },
    /// Everyone works.
    Stable,
}

/// An empty group waits a little for more members, so that a fleet that starts together
/// is balanced once and not once for each member.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FirstRebalance {
    /// How much longer the wait may be prolonged.
    pub remaining_ms: u64,
    /// Whether somebody came since the wait was last prolonged.
    pub joined_since: bool,
}

/// A group, its members and its committed positions.
///
/// Invariant: the leader is a member; every static name stands for a member; a group without
/// members is empty or preparing; an empty group has no members.
#[derive(Debug)]
pub struct Group {
    pub(super) id: String,
    pub(super) phase: Phase,
    pub(super) generation: i32,
    pub(super) protocol_type: Option<String>,
    pub(super) protocol: Option<String>,
    pub(super) leader: Option<String>,
    pub(super) members: BTreeMap<String, Member>,
    /// Instance id to member id.
    pub(super) statics: HashMap<String, String>,
    /// Member ids that were handed out but have not joined yet, and when they lapse.
    pub(super) reserved: HashMap<String, u64>,
    pub(super) since_ms: i64,
    /// Committed positions; they outlive every generation.
    pub offsets: Offsets,
}

impl Group {
    /// A group that nobody has joined.
    pub fn new(id: &str, env: Env<'_>) -> Group {
        Group {
            id: id.to_owned(),
            phase: Phase::Empty,
            generation: 0,
            protocol_type: None,
            protocol: None,
            leader: None,
            members: BTreeMap::new(),
            statics: HashMap::new(),
            reserved: HashMap::new(),
            since_ms: env.wall_ms,
            offsets: Offsets::default(),
        }
    }

    /// The group as its last record left it. Its members get a full session to show up again.
    pub fn restore(id: &str, record: GroupRecord, env: Env<'_>) -> Group {
        let mut group = Group::new(id, env);
        group.generation = record.generation;
        group.protocol_type = record.protocol_type;
        group.since_ms = record.since_ms;
        if record.members.is_empty() {
            return group;
        }
        let protocol = record.protocol.unwrap_or_default();
        for member in record.members {
            if let Some(instance) = &member.instance_id {
                group.statics.insert(instance.clone(), member.member_id.clone());
            }
            let spoken = Protocol { name: protocol.clone(), metadata: member.subscription };
            group.members.insert(
                member.member_id.clone(),
                Member {
                    id: member.member_id,
                    instance_id: member.instance_id,
                    client_id: member.client_id,
                    client_host: member.client_host,
                    session_timeout_ms: member.session_timeout_ms,
                    rebalance_timeout_ms: member.rebalance_timeout_ms,
                    protocols: vec![spoken],
                    assignment: member.assignment,
                    awaiting: Awaiting::Nothing,
                    deadline_ms: env.tick_ms + millis(member.session_timeout_ms),
                    is_new: false,
                    has_synced: true,
                },
            );
        }
        // A record written by others may name a leader that it does not list.
        let listed = record.leader.filter(|leader| group.members.contains_key(leader));
        group.leader = listed.or_else(|| group.members.keys().next().cloned());
        group.protocol = Some(protocol);
        group.phase = Phase::Stable;
        group
    }

    /// The membership as it is written down, with the given assignments in place of the held ones.
    pub(super) fn record(&self, assignments: Option<&[(String, Bytes)]>) -> GroupRecord {
        let protocol = self.protocol.clone().unwrap_or_default();
        let given: Option<HashMap<&str, &Bytes>> =
            assignments.map(|all| all.iter().map(|(id, bytes)| (id.as_str(), bytes)).collect());
        let assignment = |member: &Member| match &given {
            Some(given) => given.get(member.id.as_str()).map(|b| (*b).clone()).unwrap_or_default(),
            None => member.assignment.clone(),
        };
        GroupRecord {
            protocol_type: self.protocol_type.clone(),
            generation: self.generation,
            protocol: self.protocol.clone(),
            leader: self.leader.clone(),
            since_ms: self.since_ms,
            members: self.members.values().map(|m| m.record(&protocol, assignment(m))).collect(),
        }
    }

    /// When [`Group::tick`] has something to do next. Heartbeats only move it later, so a
    /// caller that wakes too early finds nothing to do and asks again.
    pub fn deadline_ms(&self) -> Option<u64> {
        let phase = match &self.phase {
            Phase::Preparing { deadline_ms, .. } | Phase::Completing { deadline_ms, .. } => {
                Some(*deadline_ms)
            }
            Phase::Empty | Phase::Stable => None,
        };
        let silent = self.members.values().filter(|m| m.can_expire()).map(|m| m.deadline_ms);
        silent.chain(self.reserved.values().copied()).chain(phase).min()
    }

    /// Does what time alone makes due: removes the silent, ends waits.
    pub fn tick(&mut self, env: Env<'_>, out: &mut Vec<Effect>) {
        let tick_ms = env.tick_ms;
        self.reserved.retain(|_, lapses_ms| *lapses_ms > tick_ms);
        let late = |m: &&Member| m.can_expire() && m.deadline_ms <= tick_ms;
        let silent: Vec<String> =
            self.members.values().filter(late).map(|m| m.id.clone()).collect();
        for member_id in silent {
            tracing::info!(group = %self.id, member = %member_id, "a member was silent too long");
            self.remove(&member_id, env, out);
        }
        self.end_of_phase(env, out);
        self.complete_join_if_all_are_here(env, out);
        self.check();
    }

    /// Whether the member may speak for the group, by id and, if static, by name.
    pub(super) fn known(
        &self,
        member_id: &str,
        instance_id: Option<&str>,
    ) -> Result<(), GroupError> {
        if let Some(instance_id) = instance_id {
            match self.statics.get(instance_id) {
                Some(holder) if holder == member_id => {}
                Some(_) => {
                    let instance_id = instance_id.to_owned();
                    return Err(GroupError::FencedInstance { instance_id });
                }
                None => return Err(unknown(member_id)),
            }
        }
        if self.members.contains_key(member_id) { Ok(()) } else { Err(unknown(member_id)) }
    }

    /// Whether the generation is the present one.
    pub(super) fn current(&self, generation: i32) -> Result<(), GroupError> {
        if generation == self.generation {
            return Ok(());
        }
        Err(GroupError::IllegalGeneration { got: generation, current: self.generation })
    }

    /// A heartbeat: says whether the member is still wanted, and as what.
    pub fn heartbeat(
        &mut self,
        env: Env<'_>,
        member_id: &str,
        instance_id: Option<&str>,
        generation: i32,
    ) -> Result<(), GroupError> {
        self.known(member_id, instance_id)?;
        self.current(generation)?;
        if let Some(member) = self.members.get_mut(member_id) {
            member.beat(env.tick_ms);
        }
        match self.phase {
            Phase::Preparing { .. } => Err(GroupError::RebalanceInProgress),
            Phase::Completing { .. } | Phase::Stable => Ok(()),
            Phase::Empty => Err(unknown(member_id)),
        }
    }

    /// Whether anything is left that is worth remembering.
    pub fn is_forgettable(&self) -> bool {
        self.phase == Phase::Empty && self.reserved.is_empty() && self.offsets.is_empty()
    }

    /// Panics when the invariant of [`Group`] does not hold.
    pub(super) fn check(&self) {
        let has_leader = self.leader.as_ref().is_none_or(|l| self.members.contains_key(l));
        assert!(has_leader, "the leader is no member: {self:?}");
        let statics_live = self.statics.values().all(|id| self.members.contains_key(id));
        assert!(statics_live, "a static name stands for nobody: {self:?}");
        let peopled = matches!(self.phase, Phase::Completing { .. } | Phase::Stable);
        assert!(!peopled || !self.members.is_empty(), "nobody is in {self:?}");
        assert!(self.phase != Phase::Empty || self.members.is_empty(), "somebody is in {self:?}");
    }
}

pub(super) fn unknown(member_id: &str) -> GroupError {
    GroupError::UnknownMember { member_id: member_id.to_owned() }
}

pub(super) fn answer_join(
    out: &mut Vec<Effect>,
    ticket: Ticket,
    answer: Result<super::effect::Joined, GroupError>,
) {
    out.push(Effect::Answer(ticket, Answer::Join(answer)));
}

pub(super) fn answer_sync(
    out: &mut Vec<Effect>,
    ticket: Ticket,
    answer: Result<super::effect::Synced, GroupError>,
) {
    out.push(Effect::Answer(ticket, Answer::Sync(answer)));
}

pub(super) fn write(out: &mut Vec<Effect>, write: Write) {
    out.push(Effect::Write(write));
}
