//! One member of a group: who it is, what it can speak, what it waits for.

use bytes::Bytes;

use super::effect::{JoinedMember, MemberRecord, Ticket};

/// An assignment protocol a member can speak, with what it says under it.
#[derive(Debug, Clone, PartialEq)]
pub struct Protocol {
    /// Such as `range` or `cooperative-sticky`.
    pub name: String,
    /// The member's words, which only clients understand.
    pub metadata: Bytes,
}

/// What the member's client is waiting for at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaiting {
    Nothing,
    Join(Ticket),
    Sync(Ticket),
}

#[derive(Debug, Clone)]
pub(super) struct Member {
    pub id: String,
    pub instance_id: Option<String>,
    pub client_id: String,
    pub client_host: String,
    pub session_timeout_ms: i32,
    pub rebalance_timeout_ms: i32,
    /// In the member's order of preference.
    pub protocols: Vec<Protocol>,
    pub assignment: Bytes,
    pub awaiting: Awaiting,
    /// When the member is taken for dead; see [`Member::can_expire`].
    pub deadline_ms: u64,
    /// True until the answer to its first join: it does not yet know its id, so it cannot beat.
    pub is_new: bool,
    /// True once it has sent SyncGroup in this generation.
    pub has_synced: bool,
}

impl Member {
    /// A waiting client cannot send heartbeats, so its silence says nothing; a new one is given
    /// a long deadline instead, because nobody may ever read its answer.
    pub fn can_expire(&self) -> bool {
        self.is_new || self.awaiting == Awaiting::Nothing
    }

    pub fn beat(&mut self, tick_ms: u64) {
        self.deadline_ms = tick_ms + millis(self.session_timeout_ms);
    }

    pub fn is_static(&self) -> bool {
        self.instance_id.is_some()
    }

    pub fn is_joining(&self) -> bool {
        matches!(self.awaiting, Awaiting::Join(_))
    }

    pub fn speaks(&self, protocol: &str) -> bool {
        self.protocols.iter().any(|p| p.name == protocol)
    }

    pub fn metadata(&self, protocol: &str) -> Bytes {
        let spoken = self.protocols.iter().find(|p| p.name == protocol);
        spoken.map(|p| p.metadata.clone()).unwrap_or_default()
    }

    pub fn metadata_bytes(&self) -> usize {
        let names = self.instance_id.as_ref().map_or(0, String::len);
        names + self.protocols.iter().map(|p| p.name.len() + p.metadata.len()).sum::<usize>()
    }

    /// How the leader sees this member.
    pub fn seen_by_leader(&self, protocol: &str) -> JoinedMember {
        JoinedMember {
            member_id: self.id.clone(),
            instance_id: self.instance_id.clone(),
            metadata: self.metadata(protocol),
        }
    }

    pub fn record(&self, protocol: &str, assignment: Bytes) -> MemberRecord {
        MemberRecord {
            member_id: self.id.clone(),
            instance_id: self.instance_id.clone(),
            client_id: self.client_id.clone(),
            client_host: self.client_host.clone(),
            rebalance_timeout_ms: self.rebalance_timeout_ms,
            session_timeout_ms: self.session_timeout_ms,
            subscription: self.metadata(protocol),
            assignment,
        }
    }
}

/// Timeouts come as signed numbers; a negative one means at once.
pub(super) fn millis(timeout_ms: i32) -> u64 {
    u64::try_from(timeout_ms).unwrap_or(0)
}
