//! What the tests share: a server in this process, the binary as a process, and a small client.

pub mod app;
pub mod broker;
pub mod command;
pub mod http;
pub mod kafka;
pub mod process;
pub mod socket;

use std::time::Duration;

/// Longest wait for something that must come about; generous, as two cores do everything at once.
pub const DEADLINE: Duration = Duration::from_secs(60);
