//! Stories of one group, told to the pure machine: time passes when the story says so.

mod membership;
mod positions;
mod random;
mod recovery;

use std::collections::HashMap;

use bytes::Bytes;

use crate::config::GroupConfig;

use super::commit::Commit;
use super::effect::{Answer, Effect, Env, Joined, Synced, Then, Ticket, Write};
use super::error::GroupError;
use super::join::Join;
use super::leave::Leaver;
use super::member::Protocol;
use super::offsets::{Committed, OffsetKey};
use super::partition_of;
use super::state::Group;
use super::sync::Sync;

pub const SESSION_MS: i32 = 10_000;
pub const REBALANCE_MS: i32 = 60_000;

/// A group, its clock, and everything it has said.
pub struct Story {
    pub group: Group,
    pub config: GroupConfig,
    pub tick_ms: u64,
    last_ticket: u64,
    pub answers: HashMap<Ticket, Answer>,
    /// Writes that have not ended.
    pub writes: Vec<Write>,
}

impl Story {
    pub fn new() -> Story {
        let config = GroupConfig { initial_rebalance_delay_ms: 0, ..GroupConfig::default() };
        let group = Group::new("g", Env { tick_ms: 0, wall_ms: 0, config: &config });
        let (answers, writes) = (HashMap::new(), Vec::new());
        Story { group, config, tick_ms: 0, last_ticket: 0, answers, writes }
    }

    pub fn tell<T>(&mut self, tell: impl FnOnce(&mut Group, Env<'_>, &mut Vec<Effect>) -> T) -> T {
        let wall_ms = self.tick_ms as i64;
        let env = Env { tick_ms: self.tick_ms, wall_ms, config: &self.config };
        let mut out = Vec::new();
        let told = tell(&mut self.group, env, &mut out);
        for effect in out {
            match effect {
                Effect::Answer(ticket, answer) => {
                    let before = self.answers.insert(ticket, answer);
                    assert!(before.is_none(), "{ticket:?} was answered twice");
                }
                Effect::Write(write) => self.writes.push(write),
            }
        }
        told
    }

    pub fn ticket(&mut self) -> Ticket {
        self.last_ticket += 1;
        Ticket(self.last_ticket)
    }

    /// Lets time pass as the shard does: from deadline to deadline.
    pub fn pass(&mut self, ms: u64) {
        let end = self.tick_ms + ms;
        while let Some(at) = self.group.deadline_ms().filter(|at| *at <= end) {
            self.tick_ms = at.max(self.tick_ms);
            self.tell(|group, env, out| group.tick(env, out));
        }
        self.tick_ms = end;
    }

    pub fn join(&mut self, join: Join) -> Ticket {
        let ticket = self.ticket();
        self.tell(|group, env, out| group.join(join, ticket, env, out));
        ticket
    }

    pub fn sync(
        &mut self,
        member: &str,
        generation: i32,
        parts: &[(&str, &'static str)],
    ) -> Ticket {
        let part = |(id, part): &(&str, &'static str)| ((*id).to_owned(), Bytes::from(*part));
        let sync = Sync {
            member_id: member.to_owned(),
            instance_id: None,
            generation,
            protocol_type: None,
            protocol: None,
            assignments: parts.iter().map(part).collect(),
        };
        let ticket = self.ticket();
        self.tell(|group, env, out| group.sync(sync, ticket, env, out));
        ticket
    }

    pub fn beat(&mut self, member: &str, generation: i32) -> Result<(), GroupError> {
        self.tell(|group, env, _| group.heartbeat(env, member, None, generation))
    }

    pub fn leave(&mut self, member: &str) -> Result<(), GroupError> {
        let leaver = Leaver { member_id: member.to_owned(), instance_id: None };
        self.tell(|group, env, out| group.leave(&leaver, env, out))
    }

    pub fn commit(
        &mut self,
        member: &str,
        generation: i32,
        offset: i64,
    ) -> Result<Ticket, GroupError> {
        let ticket = self.ticket();
        let at_ms = self.tick_ms as i64;
        let committed = Committed { offset, leader_epoch: -1, at_ms, ..Committed::default() };
        let commit = Commit {
            member_id: member.to_owned(),
            instance_id: None,
            generation,
            offsets: vec![(key(), committed)],
        };
        let write = self.tell(|group, env, _| group.commit(commit, ticket, env))?;
        self.writes.push(write);
        Ok(ticket)
    }

    /// The oldest write ends.
    pub fn written(&mut self, outcome: Result<(), GroupError>) {
        let Write { then, .. } = self.writes.remove(0);
        self.tell(|group, env, out| group.written(then, outcome, env, out));
    }

    pub fn all_written(&mut self) {
        while !self.writes.is_empty() {
            self.written(Ok(()));
        }
    }

    pub fn joined(&mut self, ticket: Ticket) -> Joined {
        match self.answers.remove(&ticket) {
            Some(Answer::Join(Ok(joined))) => joined,
            other => panic!("{ticket:?} was answered with {other:?}"),
        }
    }

    pub fn synced(&mut self, ticket: Ticket) -> Synced {
        match self.answers.remove(&ticket) {
            Some(Answer::Sync(Ok(synced))) => synced,
            other => panic!("{ticket:?} was answered with {other:?}"),
        }
    }

    pub fn refused(&mut self, ticket: Ticket) -> GroupError {
        match self.answers.remove(&ticket) {
            Some(Answer::Join(Err(e)) | Answer::Sync(Err(e)) | Answer::Done(Err(e))) => e,
            other => panic!("{ticket:?} was answered with {other:?}"),
        }
    }

    pub fn waits(&self, ticket: Ticket) -> bool {
        !self.answers.contains_key(&ticket)
    }

    /// A stable group of these members, the first of which leads; returns the generation.
    pub fn stable(members: &[&str]) -> (Story, i32) {
        let mut story = Story::new();
        let config = GroupConfig { initial_rebalance_delay_ms: 1, ..story.config.clone() };
        story.config = config;
        let tickets: Vec<Ticket> = members.iter().map(|id| story.join(join(id))).collect();
        story.pass(2);
        let generation = story.joined(tickets[0]).generation;
        for ticket in &tickets[1..] {
            story.joined(*ticket);
        }
        let parts: Vec<(&str, &'static str)> = members.iter().map(|id| (*id, "part")).collect();
        for (place, id) in members.iter().enumerate() {
            story.sync(id, generation, if place == 0 { &parts } else { &[] });
        }
        story.all_written();
        story.answers.clear();
        story.config.initial_rebalance_delay_ms = 0;
        assert_eq!(story.group.state_name(), "Stable");
        (story, generation)
    }
}

pub fn key() -> OffsetKey {
    ("orders".to_owned(), 0)
}

/// A first join that is let in at once, under this id.
pub fn join(fresh_id: &str) -> Join {
    Join {
        member_id: String::new(),
        fresh_id: fresh_id.to_owned(),
        instance_id: None,
        learns_id_first: false,
        can_skip_assignment: true,
        client_id: "c".to_owned(),
        client_host: "/127.0.0.1".to_owned(),
        session_timeout_ms: SESSION_MS,
        rebalance_timeout_ms: REBALANCE_MS,
        protocol_type: "consumer".to_owned(),
        protocols: speaks(&["range"]),
    }
}

/// A join of somebody who has an id.
pub fn rejoin(id: &str) -> Join {
    Join { member_id: id.to_owned(), ..join("nobody") }
}

pub fn speaks(protocols: &[&str]) -> Vec<Protocol> {
    let one = |name: &&str| Protocol { name: (*name).to_owned(), metadata: Bytes::new() };
    protocols.iter().map(one).collect()
}

pub fn installs(write: &Write) -> bool {
    matches!(write.then, Then::Install { .. })
}
