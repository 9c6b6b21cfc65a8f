//! SyncGroup: the leader brings the assignment, everyone takes their part; and what happens
//! when a write that the group asked for has ended.

use std::collections::HashMap;

use bytes::Bytes;

use super::effect::{Answer, Effect, Env, Record, Synced, Then, Ticket, Write};
use super::error::GroupError;
use super::member::Awaiting;
use super::state::{Group, Phase, answer_join, answer_sync, unknown, write};

/// What a client says when it syncs.
#[derive(Debug, Clone)]
pub struct Sync {
    /// The member.
    pub member_id: String,
    /// Its static name.
    pub instance_id: Option<String>,
    /// The generation it was told.
    pub generation: i32,
    /// The kind of group as the client knows it (version 5 and later).
    pub protocol_type: Option<String>,
    /// The protocol as the client knows it (version 5 and later).
    pub protocol: Option<String>,
    /// From the leader only: member and part.
    pub assignments: Vec<(String, Bytes)>,
}

impl Group {
    /// Takes the leader's assignment, or notes who waits for it.
    pub fn sync(&mut self, sync: Sync, ticket: Ticket, env: Env<'_>, out: &mut Vec<Effect>) {
        if let Err(refusal) = self.may_sync(&sync) {
            answer_sync(out, ticket, Err(refusal));
            return;
        }
        let leads = self.leader.as_deref() == Some(sync.member_id.as_str());
        let Some(member) = self.members.get_mut(&sync.member_id) else { return };
        member.beat(env.tick_ms);
        member.has_synced = true;
        match self.phase {
            Phase::Stable => {
                let answer = self.part_of(&sync.member_id);
                answer_sync(out, ticket, answer);
            }
            Phase::Completing { installing, .. } => {
                if let Awaiting::Sync(older) = member.awaiting {
                    answer_sync(out, older, Err(GroupError::RebalanceInProgress));
                }
                member.awaiting = Awaiting::Sync(ticket);
                if leads && !installing {
                    self.install(sync.assignments, env, out);
                }
            }
            Phase::Preparing { .. } | Phase::Empty => {
                answer_sync(out, ticket, Err(GroupError::RebalanceInProgress));
            }
        }
        self.check();
    }

    fn may_sync(&self, sync: &Sync) -> Result<(), GroupError> {
        self.known(&sync.member_id, sync.instance_id.as_deref())?;
        self.current(sync.generation)?;
        let differs = |said: &Option<String>, is: &Option<String>| said.is_some() && said != is;
        let differs = differs(&sync.protocol_type, &self.protocol_type)
            || differs(&sync.protocol, &self.protocol);
        match self.phase {
            _ if differs => Err(GroupError::InconsistentProtocol),
            Phase::Preparing { .. } => Err(GroupError::RebalanceInProgress),
            Phase::Empty => Err(unknown(&sync.member_id)),
            Phase::Completing { .. } | Phase::Stable => Ok(()),
        }
    }

    /// Writes the assignment down; it holds once the record is on disk.
    fn install(&mut self, assignments: Vec<(String, Bytes)>, env: Env<'_>, out: &mut Vec<Effect>) {
        let brought: usize = assignments.iter().map(|(id, part)| id.len() + part.len()).sum();
        if brought > env.config.metadata_bytes_max {
            let refused = self.leader.clone().unwrap_or_default();
            let leader = self.members.get_mut(&refused);
            if let Some(Awaiting::Sync(ticket)) = leader.map(|m| {
                m.has_synced = false;
                std::mem::replace(&mut m.awaiting, Awaiting::Nothing)
            }) {
                answer_sync(out, ticket, Err(GroupError::Full));
            }
            return;
        }
        if let Phase::Completing { installing, .. } = &mut self.phase {
            *installing = true;
        }
        let records = vec![Record::Group(self.record(Some(&assignments)))];
        let then = Then::Install { generation: self.generation, assignments };
        write(out, Write { records, then });
    }

    fn part_of(&self, member_id: &str) -> Result<Synced, GroupError> {
        let member = self.members.get(member_id).ok_or_else(|| unknown(member_id))?;
        Ok(Synced {
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            assignment: member.assignment.clone(),
        })
    }

    /// A write that this group asked for has ended, well or badly.
    pub fn written(
        &mut self,
        then: Then,
        outcome: Result<(), GroupError>,
        env: Env<'_>,
        out: &mut Vec<Effect>,
    ) {
        match then {
            Then::Nothing => {}
            Then::Install { generation, assignments } => {
                let still = matches!(self.phase, Phase::Completing { installing: true, .. });
                if still && generation == self.generation {
                    self.installed(assignments, outcome, env, out);
                }
            }
            Then::Rejoined { ticket, joined } => {
                answer_join(out, ticket, outcome.map(|()| *joined))
            }
            Then::Commit { ticket, offsets } => {
                self.offsets.settle(offsets, outcome.is_ok());
                out.push(Effect::Answer(ticket, Answer::Done(outcome)));
            }
            Then::Forget { ticket, keys } => {
                if outcome.is_ok() {
                    self.offsets.forget(&keys);
                }
                if let Some(ticket) = ticket {
                    out.push(Effect::Answer(ticket, Answer::Done(outcome)));
                }
            }
        }
        self.complete_join_if_all_are_here(env, out);
        self.check();
    }

    fn installed(
        &mut self,
        assignments: Vec<(String, Bytes)>,
        outcome: Result<(), GroupError>,
        env: Env<'_>,
        out: &mut Vec<Effect>,
    ) {
        if let Err(failure) = outcome {
            self.refuse_syncs(env, &failure, out);
            self.rebalance(env, out);
            return;
        }
        self.phase = Phase::Stable;
        self.since_ms = env.wall_ms;
        let mut parts: HashMap<String, Bytes> = assignments.into_iter().collect();
        let waiting: Vec<String> = self.members.keys().cloned().collect();
        for member_id in waiting {
            let Some(member) = self.members.get_mut(&member_id) else { continue };
            member.assignment = parts.remove(&member_id).unwrap_or_default();
            if let Awaiting::Sync(ticket) = member.awaiting {
                member.awaiting = Awaiting::Nothing;
                member.beat(env.tick_ms);
                let answer = self.part_of(&member_id);
                answer_sync(out, ticket, answer);
            }
        }
    }
}
