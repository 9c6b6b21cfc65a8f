//! OffsetCommit, the end of positions, and the end of groups.

use super::effect::{Effect, Env, Record, Then, Ticket, Write};
use super::error::GroupError;
use super::offsets::{Committed, OffsetKey};
use super::state::{Group, Phase, unknown, write};

/// What a client commits.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Empty for a client that manages its partitions by itself.
    pub member_id: String,
    /// Static name.
    pub instance_id: Option<String>,
    /// Negative for a client that manages its partitions by itself.
    pub generation: i32,
    /// The positions.
    pub offsets: Vec<(OffsetKey, Committed)>,
}

impl Group {
    /// Hands positions to the disk if this client may still speak for the group.
    pub fn commit(
        &mut self,
        commit: Commit,
        ticket: Ticket,
        env: Env<'_>,
    ) -> Result<Write, GroupError> {
        self.may_commit(&commit)?;
        if let Some(member) = self.members.get_mut(&commit.member_id) {
            member.beat(env.tick_ms);
        }
        self.offsets.begin(commit.offsets.iter().map(|(key, _)| key));
        let record = |(key, c): &(OffsetKey, Committed)| Record::Offset(key.clone(), c.clone());
        let records = commit.offsets.iter().map(record).collect();
        let then = Then::Commit { ticket, offsets: commit.offsets };
        Ok(Write { records, then })
    }

    fn may_commit(&self, commit: &Commit) -> Result<(), GroupError> {
        if commit.generation < 0 && self.phase == Phase::Empty {
            return Ok(());
        }
        if self.members.is_empty() {
            // Nobody is here, so a client that names a generation lives in one that has ended.
            return match commit.generation < 0 {
                true => Err(unknown(&commit.member_id)),
                false => self.current(commit.generation).and(Err(unknown(&commit.member_id))),
            };
        }
        self.known(&commit.member_id, commit.instance_id.as_deref())?;
        self.current(commit.generation)?;
        match self.phase {
            // Members may still save their work while the others are called together.
            Phase::Stable | Phase::Preparing { .. } => Ok(()),
            Phase::Completing { .. } => Err(GroupError::RebalanceInProgress),
            Phase::Empty => Err(unknown(&commit.member_id)),
        }
    }

    /// Positions that have outlived their claim, as a write that forgets them.
    pub fn expire(&mut self, env: Env<'_>, out: &mut Vec<Effect>) {
        if self.phase != Phase::Empty {
            return;
        }
        let idle_since_ms = self.protocol_type.is_some().then_some(self.since_ms);
        let retention_ms = env.config.offsets_retention_ms;
        let keys = self.offsets.expired(env.wall_ms, idle_since_ms, retention_ms);
        let nothing_left = keys.len() == self.offsets.keys().len() && self.reserved.is_empty();
        if keys.is_empty() && !nothing_left {
            return;
        }
        write(out, self.forgetting(keys, nothing_left, None));
    }

    /// Positions of topics that no longer exist, as a write that forgets them.
    pub fn forget_topics(&mut self, is_gone: &dyn Fn(&str) -> bool, out: &mut Vec<Effect>) {
        let mut keys = self.offsets.keys();
        keys.retain(|(topic, _)| is_gone(topic));
        if !keys.is_empty() {
            write(out, self.forgetting(keys, false, None));
        }
    }

    /// The end of an empty group and of all its positions.
    pub fn delete(&mut self, ticket: Ticket) -> Result<Write, GroupError> {
        if self.phase != Phase::Empty || !self.reserved.is_empty() {
            return Err(GroupError::NotEmpty);
        }
        Ok(self.forgetting(self.offsets.keys(), true, Some(ticket)))
    }

    fn forgetting(&self, keys: Vec<OffsetKey>, all: bool, ticket: Option<Ticket>) -> Write {
        let mut records: Vec<Record> = keys.iter().cloned().map(Record::OffsetGone).collect();
        if all {
            records.push(Record::GroupGone);
        }
        Write { records, then: Then::Forget { ticket, keys } }
    }
}
