//! JoinGroup: how a member comes in, comes back, or takes its own place over.

use bytes::Bytes;

use super::effect::{Effect, Env, Joined, Record, Then, Ticket, Write};
use super::error::GroupError;
use super::member::{Awaiting, Member, Protocol, millis};
use super::state::{Group, NEW_MEMBER_TIMEOUT_MS, Phase, answer_join, answer_sync, unknown, write};

/// What a client says when it joins.
#[derive(Debug, Clone)]
pub struct Join {
    /// Empty on the first join.
    pub member_id: String,
    /// The id to give if the client has none yet.
    pub fresh_id: String,
    /// Static name.
    pub instance_id: Option<String>,
    /// The client can learn its id first and join with it afterwards (version 4 and later).
    pub learns_id_first: bool,
    /// The client understands that a leader may be told not to assign (version 9 and later).
    pub can_skip_assignment: bool,
    /// As the client calls itself.
    pub client_id: String,
    /// Where it connects from.
    pub client_host: String,
    /// How long it may be silent.
    pub session_timeout_ms: i32,
    /// How long others wait for it in a rebalance.
    pub rebalance_timeout_ms: i32,
    /// The kind of group, `consumer` for consumers.
    pub protocol_type: String,
    /// What it speaks, best first.
    pub protocols: Vec<Protocol>,
}

impl Group {
    /// Lets a member in, or says why not. The answer often comes much later.
    pub fn join(&mut self, join: Join, ticket: Ticket, env: Env<'_>, out: &mut Vec<Effect>) {
        let outcome = match join.member_id.is_empty() {
            true => self.join_as_stranger(join, ticket, env, out),
            false => self.join_as_known(join, ticket, env, out),
        };
        if let Err(refusal) = outcome {
            answer_join(out, ticket, Err(refusal));
        }
        self.complete_join_if_all_are_here(env, out);
        self.check();
    }

    fn join_as_stranger(
        &mut self,
        join: Join,
        ticket: Ticket,
        env: Env<'_>,
        out: &mut Vec<Effect>,
    ) -> Result<(), GroupError> {
        let predecessor = join.instance_id.as_ref().and_then(|i| self.statics.get(i)).cloned();
        self.fits(&join, predecessor.as_deref())?;
        self.has_room(&join, predecessor.as_deref(), env)?;
        if let Some(predecessor) = predecessor {
            self.take_over(&predecessor, join, ticket, env, out);
            return Ok(());
        }
        if join.learns_id_first && join.instance_id.is_none() {
            let lapses_ms = env.tick_ms + millis(join.session_timeout_ms);
            self.reserved.insert(join.fresh_id.clone(), lapses_ms);
            return Err(GroupError::MemberIdRequired { member_id: join.fresh_id });
        }
        let member_id = join.fresh_id.clone();
        self.admit(member_id, join, ticket, env, out);
        Ok(())
    }

    fn join_as_known(
        &mut self,
        join: Join,
        ticket: Ticket,
        env: Env<'_>,
        out: &mut Vec<Effect>,
    ) -> Result<(), GroupError> {
        let member_id = join.member_id.clone();
        if self.reserved.contains_key(&member_id) {
            self.fits(&join, None)?;
            self.has_room(&join, Some(&member_id), env)?;
            self.reserved.remove(&member_id);
            self.admit(member_id, join, ticket, env, out);
            return Ok(());
        }
        self.known(&member_id, join.instance_id.as_deref())?;
        self.fits(&join, Some(&member_id))?;
        let leads = self.leader.as_deref() == Some(member_id.as_str());
        let same_words =
            self.members.get(&member_id).is_some_and(|m| m.protocols == join.protocols);
        let nothing_new = match self.phase {
            Phase::Preparing { .. } => false,
            // The answer was lost: the client may have it again.
            Phase::Completing { .. } => same_words,
            // A leader that joins again wants a new assignment, with or without new words.
            Phase::Stable => same_words && !leads,
            Phase::Empty => return Err(unknown(&member_id)),
        };
        if nothing_new {
            let joined = self.joined(&member_id);
            if let Some(member) = self.members.get_mut(&member_id) {
                member.beat(env.tick_ms);
            }
            answer_join(out, ticket, Ok(joined));
            return Ok(());
        }
        self.has_room(&join, Some(&member_id), env)?;
        self.renew(&member_id, join, env, out);
        self.await_join(&member_id, ticket);
        self.rebalance(env, out);
        Ok(())
    }

    /// Whether the newcomer speaks something that all others speak, under the same type.
    fn fits(&self, join: &Join, itself: Option<&str>) -> Result<(), GroupError> {
        let mut others = self.members.values().filter(|m| Some(m.id.as_str()) != itself).peekable();
        if join.protocol_type.is_empty() || join.protocols.is_empty() {
            return Err(GroupError::InconsistentProtocol);
        }
        if others.peek().is_none() {
            return Ok(());
        }
        let others: Vec<&Member> = others.collect();
        let same_type = self.protocol_type.as_deref() == Some(join.protocol_type.as_str());
        let shared = |p: &Protocol| others.iter().all(|m| m.speaks(&p.name));
        match same_type && join.protocols.iter().any(shared) {
            true => Ok(()),
            false => Err(GroupError::InconsistentProtocol),
        }
    }

    /// Whether the group can hold what is said, beside what all but the speaker have said.
    fn has_room(&self, join: &Join, itself: Option<&str>, env: Env<'_>) -> Result<(), GroupError> {
        let other = |id: &&String| Some(id.as_str()) != itself;
        let members = self.members.keys().chain(self.reserved.keys()).filter(other).count();
        let others = self.members.values().filter(|member| other(&&member.id));
        let said: usize = others.map(Member::metadata_bytes).sum();
        let named = join.instance_id.as_ref().map_or(0, String::len);
        let says: usize = join.protocols.iter().map(|p| p.name.len() + p.metadata.len()).sum();
        let says = named + says;
        match members < env.config.members_max && said + says <= env.config.metadata_bytes_max {
            true => Ok(()),
            false => Err(GroupError::Full),
        }
    }

    fn admit(
        &mut self,
        member_id: String,
        join: Join,
        ticket: Ticket,
        env: Env<'_>,
        out: &mut Vec<Effect>,
    ) {
        if self.members.is_empty() {
            self.protocol_type = Some(join.protocol_type.clone());
        }
        if let Some(instance) = &join.instance_id {
            self.statics.insert(instance.clone(), member_id.clone());
        }
        self.leader.get_or_insert_with(|| member_id.clone());
        if let Phase::Preparing { first: Some(first), .. } = &mut self.phase {
            first.joined_since = true;
        }
        let member = Member {
            id: member_id.clone(),
            instance_id: join.instance_id,
            client_id: join.client_id,
            client_host: join.client_host,
            session_timeout_ms: join.session_timeout_ms,
            rebalance_timeout_ms: join.rebalance_timeout_ms,
            protocols: join.protocols,
            assignment: Bytes::new(),
            awaiting: Awaiting::Join(ticket),
            deadline_ms: env.tick_ms + NEW_MEMBER_TIMEOUT_MS,
            is_new: true,
            has_synced: false,
        };
        self.members.insert(member_id, member);
        self.rebalance(env, out);
    }

    /// Notes what a member says anew.
    fn renew(&mut self, member_id: &str, join: Join, env: Env<'_>, out: &mut Vec<Effect>) {
        if self.members.len() == 1 {
            self.protocol_type = Some(join.protocol_type);
        }
        let Some(member) = self.members.get_mut(member_id) else { return };
        // A client that asks twice has given up on its first question.
        match member.awaiting {
            Awaiting::Join(older) => {
                answer_join(out, older, Err(GroupError::RebalanceInProgress));
            }
            Awaiting::Sync(older) => {
                answer_sync(out, older, Err(GroupError::RebalanceInProgress));
            }
            Awaiting::Nothing => {}
        }
        member.protocols = join.protocols;
        member.session_timeout_ms = join.session_timeout_ms;
        member.rebalance_timeout_ms = join.rebalance_timeout_ms;
        member.client_id = join.client_id;
        member.client_host = join.client_host;
        member.awaiting = Awaiting::Nothing;
        member.beat(env.tick_ms);
    }

    fn await_join(&mut self, member_id: &str, ticket: Ticket) {
        if let Some(member) = self.members.get_mut(member_id) {
            member.awaiting = Awaiting::Join(ticket);
        }
    }

    /// A static member has restarted: it gets a new id in its old place, and whoever still uses
    /// the old id is fenced. If that changes nothing for the others, they are not disturbed.
    fn take_over(
        &mut self,
        old_id: &str,
        join: Join,
        ticket: Ticket,
        env: Env<'_>,
        out: &mut Vec<Effect>,
    ) {
        let new_id = join.fresh_id.clone();
        let can_skip = join.can_skip_assignment;
        let led = self.replace_id(old_id, &new_id, out);
        self.renew(&new_id, join, env, out);
        let same_protocol = || self.protocol.as_deref() == Some(self.elect_protocol().as_str());
        if self.phase != Phase::Stable || !same_protocol() {
            self.await_join(&new_id, ticket);
            self.rebalance(env, out);
            return;
        }
        let joined = self.rejoined(&new_id, old_id, led, can_skip);
        let records = vec![Record::Group(self.record(None))];
        write(out, Write { records, then: Then::Rejoined { ticket, joined: Box::new(joined) } });
    }

    /// Says whether the old id led.
    fn replace_id(&mut self, old_id: &str, new_id: &str, out: &mut Vec<Effect>) -> bool {
        let Some(mut member) = self.members.remove(old_id) else {
            panic!("static member {old_id} is not among {:?}", self.members.keys());
        };
        let instance_id = member.instance_id.clone().unwrap_or_default();
        let fenced = GroupError::FencedInstance { instance_id: instance_id.clone() };
        match member.awaiting {
            Awaiting::Join(ticket) => answer_join(out, ticket, Err(fenced)),
            Awaiting::Sync(ticket) => answer_sync(out, ticket, Err(fenced)),
            Awaiting::Nothing => {}
        }
        member.awaiting = Awaiting::Nothing;
        member.id = new_id.to_owned();
        self.members.insert(new_id.to_owned(), member);
        self.statics.insert(instance_id, new_id.to_owned());
        let led = self.leader.as_deref() == Some(old_id);
        if led {
            self.leader = Some(new_id.to_owned());
        }
        led
    }

    /// What a static member is told that came back quietly. A leader must not assign again:
    /// a client that cannot be told so is told that its old self leads (KIP-814).
    fn rejoined(&self, new_id: &str, old_id: &str, led: bool, can_skip: bool) -> Joined {
        let mut joined = self.joined(new_id);
        if led && can_skip {
            joined.skip_assignment = true;
        } else if led {
            joined.leader = old_id.to_owned();
            joined.members = Vec::new();
        }
        joined
    }
}
