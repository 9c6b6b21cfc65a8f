//! The handlers: decode, act on the record, answer. Each file has the name of its noun in the API.
//!
//! Who may call what is said in `router.rs` and enforced before a handler runs.

pub mod access;
pub mod audit;
pub mod brokers;
pub mod clusters;
pub mod extract;
pub mod find;
pub mod groups;
pub mod health;
pub mod import;
mod lines;
pub mod live;
pub mod me;
pub mod messages;
pub mod produce;
pub mod resets;
pub mod roles;
pub mod session;
mod settled;
pub mod topic_config;
pub mod topics;
pub mod trim;
pub mod users;
