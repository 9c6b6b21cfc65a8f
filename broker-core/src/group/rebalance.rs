//! How a group moves from one generation to the next.
//!
//! A rebalance collects joins until everyone is here or time is up, chooses leader and
//! protocol, and hands out the new generation. Whoever is missing then is left behind.

use std::collections::HashMap;

use super::effect::{Effect, Env, Joined, Record, Then, Write};
use super::error::GroupError;
use super::member::{Awaiting, Member, millis};
use super::state::{FirstRebalance, Group, Phase, answer_join, answer_sync, unknown, write};

impl Group {
    /// Starts a rebalance unless one is collecting joins already.
    pub(super) fn rebalance(&mut self, env: Env<'_>, out: &mut Vec<Effect>) {
        let patience_ms = self.patience_ms();
        self.phase = match self.phase {
            Phase::Preparing { .. } => return,
            Phase::Empty if env.config.initial_rebalance_delay_ms > 0 => {
                let delay_ms = env.config.initial_rebalance_delay_ms.min(patience_ms);
                let remaining_ms = patience_ms - delay_ms;
                let first = FirstRebalance { remaining_ms, joined_since: false };
                Phase::Preparing { deadline_ms: env.tick_ms + delay_ms, first: Some(first) }
            }
            Phase::Empty | Phase::Completing { .. } | Phase::Stable => {
                Phase::Preparing { deadline_ms: env.tick_ms + patience_ms, first: None }
            }
        };
        self.since_ms = env.wall_ms;
        self.refuse_syncs(env, &GroupError::RebalanceInProgress, out);
    }

    /// Tells everyone who waits for an assignment that none will come.
    pub(super) fn refuse_syncs(&mut self, env: Env<'_>, why: &GroupError, out: &mut Vec<Effect>) {
        for member in self.members.values_mut() {
            if let Awaiting::Sync(ticket) = member.awaiting {
                member.awaiting = Awaiting::Nothing;
                member.beat(env.tick_ms);
                answer_sync(out, ticket, Err(why.clone()));
            }
        }
    }

    /// Takes a member out and lets the others share what it had.
    pub(super) fn remove(&mut self, member_id: &str, env: Env<'_>, out: &mut Vec<Effect>) {
        let Some(member) = self.members.remove(member_id) else { return };
        match member.awaiting {
            Awaiting::Join(ticket) => answer_join(out, ticket, Err(unknown(member_id))),
            Awaiting::Sync(ticket) => answer_sync(out, ticket, Err(unknown(member_id))),
            Awaiting::Nothing => {}
        }
        if let Some(instance) = &member.instance_id {
            self.statics.remove(instance);
        }
        if self.leader.as_deref() == Some(member_id) {
            self.leader = self.members.keys().next().cloned();
        }
        match self.phase {
            Phase::Stable | Phase::Completing { .. } => self.rebalance(env, out),
            Phase::Empty | Phase::Preparing { .. } => {}
        }
    }

    /// Ends a collection of joins early when there is nobody left to wait for.
    pub(super) fn complete_join_if_all_are_here(&mut self, env: Env<'_>, out: &mut Vec<Effect>) {
        let Phase::Preparing { first: None, .. } = self.phase else { return };
        if self.reserved.is_empty() && self.members.values().all(Member::is_joining) {
            self.complete_join(env, out);
        }
    }

    /// What happens when the phase's own deadline has come.
    pub(super) fn end_of_phase(&mut self, env: Env<'_>, out: &mut Vec<Effect>) {
        let patience_ms = self.patience_ms();
        match &mut self.phase {
            Phase::Preparing { deadline_ms, first } if *deadline_ms <= env.tick_ms => {
                if let Some(first) = first.as_mut().filter(|f| f.joined_since && f.remaining_ms > 0)
                {
                    let more_ms = env.config.initial_rebalance_delay_ms.min(first.remaining_ms);
                    first.joined_since = false;
                    first.remaining_ms -= more_ms;
                    *deadline_ms = env.tick_ms + more_ms;
                    return;
                }
                self.complete_join(env, out);
            }
            Phase::Completing { deadline_ms, installing } if *deadline_ms <= env.tick_ms => {
                if *installing {
                    // The assignment is on its way to the disk; its write ends this phase.
                    *deadline_ms = env.tick_ms + patience_ms;
                    return;
                }
                self.remove_who_did_not_sync(env, out);
            }
            _ => {}
        }
    }

    fn remove_who_did_not_sync(&mut self, env: Env<'_>, out: &mut Vec<Effect>) {
        let missing = self.members.values().filter(|m| !m.has_synced);
        let missing: Vec<String> = missing.map(|m| m.id.clone()).collect();
        for member_id in missing {
            tracing::info!(group = %self.id, member = %member_id, "a member did not sync in time");
            self.remove(&member_id, env, out);
        }
        // All have synced and yet no assignment came: the leader left it out, so ask again.
        self.rebalance(env, out);
    }

    /// Begins the next generation with those who are here.
    fn complete_join(&mut self, env: Env<'_>, out: &mut Vec<Effect>) {
        let gone = self.members.values().filter(|m| !m.is_joining() && !m.is_static());
        let gone: Vec<String> = gone.map(|m| m.id.clone()).collect();
        for member_id in gone {
            self.remove(&member_id, env, out);
        }
        if !self.members.is_empty() && !self.elect_who_joined() {
            // Only static members are left and none is back yet: their places are kept.
            let deadline_ms = env.tick_ms + self.patience_ms();
            self.phase = Phase::Preparing { deadline_ms, first: None };
            return;
        }
        // Generations are compared for equality only; after the last one the count restarts.
        self.generation = self.generation.checked_add(1).unwrap_or(1);
        self.since_ms = env.wall_ms;
        if self.members.is_empty() {
            self.become_empty(out);
        } else {
            self.begin_generation(env, out);
        }
    }

    fn become_empty(&mut self, out: &mut Vec<Effect>) {
        self.phase = Phase::Empty;
        self.protocol = None;
        self.leader = None;
        let records = vec![Record::Group(self.record(None))];
        write(out, Write { records, then: Then::Nothing });
    }

    fn begin_generation(&mut self, env: Env<'_>, out: &mut Vec<Effect>) {
        self.protocol = Some(self.elect_protocol());
        let deadline_ms = env.tick_ms + self.patience_ms();
        self.phase = Phase::Completing { deadline_ms, installing: false };
        let waiting: Vec<String> = self.members.keys().cloned().collect();
        for member_id in waiting {
            let joined = self.joined(&member_id);
            let Some(member) = self.members.get_mut(&member_id) else { continue };
            member.is_new = false;
            member.has_synced = false;
            member.beat(env.tick_ms);
            if let Awaiting::Join(ticket) = member.awaiting {
                member.awaiting = Awaiting::Nothing;
                answer_join(out, ticket, Ok(joined));
            }
        }
    }

    /// What a member is told about the present generation.
    pub(super) fn joined(&self, member_id: &str) -> Joined {
        let leads = self.leader.as_deref() == Some(member_id);
        let protocol = self.protocol.clone().unwrap_or_default();
        let everyone = || self.members.values().map(|m| m.seen_by_leader(&protocol)).collect();
        Joined {
            generation: self.generation,
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            leader: self.leader.clone().unwrap_or_default(),
            member_id: member_id.to_owned(),
            members: if leads { everyone() } else { Vec::new() },
            skip_assignment: false,
        }
    }

    /// Keeps the leader if it is here, or takes another who is. False if nobody is here.
    fn elect_who_joined(&mut self) -> bool {
        let leader = self.leader.as_ref().and_then(|id| self.members.get(id));
        if leader.is_some_and(Member::is_joining) {
            return true;
        }
        match self.members.values().find(|m| m.is_joining()) {
            Some(member) => {
                self.leader = Some(member.id.clone());
                true
            }
            None => false,
        }
    }

    /// The protocol most members prefer among those that all of them speak. A tie goes to the
    /// name that sorts first, so that every run chooses alike.
    pub(super) fn elect_protocol(&self) -> String {
        let everyone_speaks = |name: &str| self.members.values().all(|m| m.speaks(name));
        let mut votes: HashMap<&str, usize> = HashMap::new();
        for member in self.members.values() {
            if let Some(choice) = member.protocols.iter().find(|p| everyone_speaks(&p.name)) {
                *votes.entry(choice.name.as_str()).or_default() += 1;
            }
        }
        let winner = votes.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0)));
        let Some((name, _)) = winner else {
            panic!("members without a common protocol were let in: {:?}", self.members);
        };
        name.to_owned()
    }

    /// How long a rebalance waits: as long as the slowest member asked for, and never no time,
    /// so that a deadline always lies ahead of the moment that sets it.
    pub(super) fn patience_ms(&self) -> u64 {
        self.members.values().map(|m| millis(m.rebalance_timeout_ms)).max().unwrap_or(0).max(1)
    }
}
