//! The codec against an independent one, against cut and made-up bytes, and against itself.
#![allow(clippy::unwrap_used, missing_docs)]

mod batches;
mod debug_tree;
#[macro_use]
mod every;
mod frames;
mod oracle;
mod properties;
mod records;
