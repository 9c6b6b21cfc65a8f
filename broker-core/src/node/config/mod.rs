//! What is set and what follows from it: for topics, for this broker, while it runs.
//!
//! A value is a topic's own, or what this node was told, or what all nodes were told, or what the
//! broker was started with, or the default, in this order. Owns the broker's keys
//! (`broker_keys.rs`, its neighbours and `unserved/`), what holds now (`live.rs`), the change
//! (`alter.rs`), the account of it all (`describe.rs`) and what a log obeys (`log_config.rs`).

mod alter;
mod broker_keys;
mod describe;
mod idle_keys;
mod kept_keys;
mod live;
mod log_config;
mod synonyms;
mod unserved;

pub use alter::AlterError;
pub use describe::{Described, Source, Told};
pub use live::Live;

pub(super) use alter::check_topic;
pub(super) use log_config::log_config;
