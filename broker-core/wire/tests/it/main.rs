//! The codec against an independent one, against cut and made-up bytes, and against itself.
#![allow(clippy::unwrap_used, missing_docs)]

#[macro_use]
mod every;

mod batches;
mod captured;
mod debug_tree;
mod frames;
mod oracle;
mod properties;
#[path = "../captured/mod.rs"]
mod recorded;
mod records;
