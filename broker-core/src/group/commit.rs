//! OffsetCommit, the end of positions, and the end of groups.

use std::collections::HashSet;

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

/// Whether each position goes that was to be deleted.
pub type Judged = Vec<Result<(), GroupError>>;

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
        self.known(&commit.member_id, commit.instance_id.as_deref())?;
        self.current(commit.generation)?;
        match self.phase {
            // Members may still save their work while the others are called together.
            Phase::Stable | Phase::Preparing { .. } => Ok(()),
            Phase::Completing { .. } => Err(GroupError::RebalanceInProgress),
            Phase::Empty => Err(unknown(&commit.member_id)),
        }
    }

    /// Positions that have outlived their claim, as a write that forgets them: those of a group
    /// without members, and those that living consumers no longer read.
    pub fn expire(&mut self, env: Env<'_>, out: &mut Vec<Effect>) {
        let retention_ms = env.config.offsets_retention_ms;
        let keys = match self.phase {
            Phase::Empty => {
                let idle_since_ms = self.protocol_type.is_some().then_some(self.since_ms);
                self.offsets.expired(env.wall_ms, idle_since_ms, retention_ms)
            }
            Phase::Stable if self.is_of_consumers() => {
                let subscribed = self.subscribed();
                let mut keys = self.offsets.expired(env.wall_ms, None, retention_ms);
                keys.retain(|(topic, _)| !subscribed.contains(topic));
                keys
            }
            Phase::Stable | Phase::Preparing { .. } | Phase::Completing { .. } => return,
        };
        let nothing_left = self.is_all(&keys);
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

    /// Positions away, as an administrator wants it. Says of each whether it goes; the write is
    /// none when no position is there that does. What goes includes what is on its way to the disk,
    /// for the tombstone comes behind it.
    pub fn delete_offsets(
        &mut self,
        keys: &[OffsetKey],
        ticket: Ticket,
    ) -> Result<(Judged, Option<Write>), GroupError> {
        // Members of other kinds do not say what they read.
        if self.phase != Phase::Empty && !self.is_of_consumers() {
            return Err(GroupError::NotEmpty);
        }
        let subscribed = self.subscribed();
        let judge = |(topic, _): &OffsetKey| match subscribed.contains(topic) {
            true => Err(GroupError::Subscribed { topic: topic.clone() }),
            false => Ok(()),
        };
        let judged = keys.iter().map(judge).collect();
        let wanted: HashSet<&OffsetKey> = keys.iter().collect();
        let mut gone = self.offsets.keys();
        gone.retain(|key| wanted.contains(key) && !subscribed.contains(&key.0));
        if gone.is_empty() {
            return Ok((judged, None));
        }
        let nothing_left = self.is_all(&gone);
        Ok((judged, Some(self.forgetting(gone, nothing_left, Some(ticket)))))
    }

    /// Whether nothing is left of the group without these positions.
    fn is_all(&self, keys: &[OffsetKey]) -> bool {
        let is_deserted = self.phase == Phase::Empty && self.reserved.is_empty();
        is_deserted && keys.len() == self.offsets.keys().len()
    }

    fn forgetting(&self, keys: Vec<OffsetKey>, all: bool, ticket: Option<Ticket>) -> Write {
        let mut records: Vec<Record> = keys.iter().cloned().map(Record::OffsetGone).collect();
        if all {
            records.push(Record::GroupGone);
        }
        Write { records, then: Then::Forget { ticket, keys } }
    }
}
