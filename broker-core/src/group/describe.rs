//! Groups as administrators see them.

use bytes::Bytes;

use super::member::Member;
use super::state::{Group, Phase};

/// A group in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Its name.
    pub group_id: String,
    /// Its kind, empty if it never had members.
    pub protocol_type: String,
    /// Its state, by Kafka's name.
    pub state: &'static str,
}

/// A group with its members.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// Its state, by Kafka's name.
    pub state: &'static str,
    /// Its kind.
    pub protocol_type: String,
    /// The chosen protocol; empty unless the group is stable.
    pub protocol: String,
    /// Everyone in it.
    pub members: Vec<DescribedMember>,
}

/// A member as administrators see it.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribedMember {
    /// The member.
    pub member_id: String,
    /// Its static name.
    pub instance_id: Option<String>,
    /// As the client calls itself.
    pub client_id: String,
    /// Where it connects from.
    pub client_host: String,
    /// What it said; empty unless the group is stable.
    pub metadata: Bytes,
    /// What it was given; empty unless the group is stable.
    pub assignment: Bytes,
}

/// The state of a group that does not exist.
pub const DEAD: &str = "Dead";

impl Group {
    /// The state by Kafka's name.
    pub fn state_name(&self) -> &'static str {
        match self.phase {
            Phase::Empty => "Empty",
            Phase::Preparing { .. } => "PreparingRebalance",
            Phase::Completing { .. } => "CompletingRebalance",
            Phase::Stable => "Stable",
        }
    }

    /// The group as it stands in a list.
    pub fn listed(&self) -> Listed {
        Listed {
            group_id: self.id.clone(),
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            state: self.state_name(),
        }
    }

    /// The group with its members. Between generations nobody has anything.
    pub fn description(&self) -> Description {
        let protocol = match self.phase {
            Phase::Stable => self.protocol.clone(),
            Phase::Empty | Phase::Preparing { .. } | Phase::Completing { .. } => None,
        };
        let member = |m: &Member| DescribedMember {
            member_id: m.id.clone(),
            instance_id: m.instance_id.clone(),
            client_id: m.client_id.clone(),
            client_host: m.client_host.clone(),
            metadata: protocol.as_deref().map(|p| m.metadata(p)).unwrap_or_default(),
            assignment: protocol.as_ref().map(|_| m.assignment.clone()).unwrap_or_default(),
        };
        Description {
            state: self.state_name(),
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            members: self.members.values().map(member).collect(),
            protocol: protocol.unwrap_or_default(),
        }
    }

    /// Whether no record of it was ever written, so that none has to be taken back.
    pub(super) fn is_unwritten(&self) -> bool {
        self.generation == 0
    }
}
