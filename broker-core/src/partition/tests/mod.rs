//! What a partition promises, seen from outside.
#![allow(clippy::unwrap_used)]

mod append;
mod support;
