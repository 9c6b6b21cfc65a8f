//! What a partition promises, seen from outside, on a disk that fails on demand.
#![allow(clippy::unwrap_used)]

mod append;
mod crashes;
mod durability;
mod faults;
mod idempotence;
mod reads;
mod recovery;
mod retention;
mod support;
mod times;
