//! Every type that crosses HTTP between the console and its browser, once.
//!
//! Owns the contract: paths, requests, responses, error codes. Knows nothing of Kafka, SQL, axum
//! or the DOM; conversions are written where the other types live. Compiles for wasm32.
//!
//! Conventions: times are milliseconds since the Unix epoch and end in `_ms`; sizes end in
//! `_bytes`; offsets are `i64`. A message's own numbers never become JSON numbers here: a decoded
//! value travels as text, digit for digit.

pub mod access;
pub mod audit;
pub mod brokers;
pub mod cluster_settings;
pub mod clusters;
pub mod error;
pub mod exports;
pub mod find;
pub mod groups;
pub mod lag;
pub mod live;
pub mod messages;
pub mod pattern;
pub mod produce;
pub mod progress;
pub mod resets;
pub mod route;
pub mod script;
pub mod search;
pub mod session;
pub mod topic_config;
pub mod topics;
pub mod trim;

pub use error::{ApiError, ErrorCode};
pub use lag::Lag;
