//! What the members of a consumer group have subscribed to. Positions in those topics are in use;
//! any others may be deleted, and lapse like those of a group without members.

use std::collections::HashSet;

use ouzel_wire::frame::decode_versioned;
use ouzel_wire::messages::{CONSUMER_PROTOCOL_NEWEST, ConsumerProtocolSubscription};

use super::state::Group;

/// The kind of group whose members say which topics they read.
const CONSUMERS: &str = "consumer";

/// Topics that are in use.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Subscribed {
    /// These and no others.
    To(HashSet<String>),
    /// Nobody can tell: it may be any.
    Unknown,
}

impl Subscribed {
    pub fn contains(&self, topic: &str) -> bool {
        match self {
            Subscribed::To(topics) => topics.contains(topic),
            Subscribed::Unknown => true,
        }
    }
}

impl Group {
    pub(super) fn is_of_consumers(&self) -> bool {
        self.protocol_type.as_deref() == Some(CONSUMERS)
    }

    /// What all members have subscribed to under the protocol that they agreed on.
    pub(super) fn subscribed(&self) -> Subscribed {
        if self.members.is_empty() {
            return Subscribed::To(HashSet::new());
        }
        let Some(protocol) = self.protocol.as_deref().filter(|_| self.is_of_consumers()) else {
            return Subscribed::Unknown;
        };
        let mut topics = HashSet::new();
        for member in self.members.values() {
            let said = member.metadata(protocol);
            match decode_versioned::<ConsumerProtocolSubscription>(said, CONSUMER_PROTOCOL_NEWEST) {
                Ok((_, subscription)) => topics.extend(subscription.topics),
                Err(_) => return Subscribed::Unknown,
            }
        }
        Subscribed::To(topics)
    }
}
