//! The broker as its clients see it: real sockets, real files, one file for each promise.
#![allow(clippy::unwrap_used)]

mod support;

mod admin;
mod bombs;
mod cooperative;
mod ends;
mod groups;
mod hostile;
mod idempotence;
mod long_poll;
mod metadata;
mod partitions;
mod produce_fetch;
mod restart;
mod static_members;
mod versions;
