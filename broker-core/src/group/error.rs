//! What a group can refuse, in the words of the one who asked.
//!
//! Translated to Kafka's numbers in `listener/error_code.rs` and nowhere else.

use thiserror::Error;

/// Why a group request was refused. Every variant is something a client acts on differently.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GroupError {
    /// A group needs a name before anybody can be in it, and not an endless one.
    #[error("the group id is empty or too long")]
    InvalidGroupId,
    /// The offsets partition of this group is still being read.
    #[error("the coordinator is still reading its partition")]
    Loading,
    /// The offsets partition of this group cannot be read or written.
    #[error("the coordinator's partition is stopped")]
    Stopped,
    /// The member was never here, has left or was removed for being silent.
    #[error("member `{member_id}` is not in the group")]
    UnknownMember {
        /// The id that the client sent.
        member_id: String,
    },
    /// A newer process has taken over this static member's name.
    #[error("instance `{instance_id}` is now another member")]
    FencedInstance {
        /// The instance id that both claim.
        instance_id: String,
    },
    /// The client still lives in an earlier generation.
    #[error("generation {got} is not the current generation {current}")]
    IllegalGeneration {
        /// What the client sent.
        got: i32,
        /// What the group is at.
        current: i32,
    },
    /// The client must join again.
    #[error("the group is rebalancing")]
    RebalanceInProgress,
    /// The member shares no protocol with the others, or the type differs.
    #[error("the member's protocols do not fit the group's")]
    InconsistentProtocol,
    /// The session timeout lies outside what this broker allows.
    #[error("session timeout of {got_ms} ms is outside {min_ms}..={max_ms} ms")]
    InvalidSessionTimeout {
        /// What the client sent.
        got_ms: i32,
        /// Shortest allowed.
        min_ms: i32,
        /// Longest allowed.
        max_ms: i32,
    },
    /// Members read this topic, so what they have committed in it is in use.
    #[error("members of the group read `{topic}`")]
    Subscribed {
        /// The topic.
        topic: String,
    },
    /// The client has to join again with this id (KIP-394), so that a lost answer leaves no ghost.
    #[error("join again as `{member_id}`")]
    MemberIdRequired {
        /// The id that was reserved.
        member_id: String,
    },
    /// One more member, or one more byte of metadata, than a group may hold.
    #[error("the group is full")]
    Full,
    /// One more group than a coordinator may hold.
    #[error("the coordinator holds as many groups as it may")]
    TooManyGroups,
    /// Only an empty group may be deleted.
    #[error("the group still has members")]
    NotEmpty,
    /// No such group.
    #[error("group `{group_id}` does not exist")]
    NotFound {
        /// The name that was asked for.
        group_id: String,
    },
}
