//! Requests to the console's own server: one file per noun, one function per endpoint.
//!
//! A request is aborted when its future or stream is dropped, so leaving a page stops the work
//! behind it on the server too. Bodies are read as text and parsed by serde: no number passes
//! through JavaScript.

pub mod access;
pub mod audit;
pub mod brokers;
pub mod clusters;
mod error;
pub mod find;
pub mod groups;
mod lines;
pub mod live;
pub mod messages;
pub mod produce;
mod send;
pub mod session;
pub mod topics;

pub use error::ClientError;
pub use send::{Raw, Shown, on_heard, on_refused, on_session_ended};
