//! Consumer groups: who is in them, who reads what, how far they have come.
//!
//! `state.rs` and the verbs beside it are a pure state machine for one group.

mod commit;
mod effect;
mod error;
mod join;
mod leave;
mod member;
mod offsets;
mod rebalance;
mod state;
mod sync;

pub use effect::{Answer, Effect, Joined, JoinedMember, Now, Synced, Then, Ticket, Write};
pub use error::GroupError;
pub use join::Join;
pub use leave::Leaver;
pub use member::Protocol;
pub use offsets::{Committed, OffsetKey, Offsets};
pub use state::Group;
pub use sync::Sync;
