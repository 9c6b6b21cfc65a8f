//! The broker as its clients see it: real sockets, real files, one file for each promise.
#![allow(clippy::unwrap_used)]

mod support;

mod admin;
mod bombs;
mod broker_keys;
mod config_effects;
mod configs;
mod cooperative;
mod create_many;
mod delete_records;
mod ends;
mod fetch_sessions;
mod full_disk;
mod groups;
mod hostile;
mod idempotence;
mod leader_epochs;
mod list_offsets;
mod log_dirs;
mod long_poll;
mod metadata;
mod offset_delete;
mod partitions;
mod produce_fetch;
mod restart;
mod static_members;
mod topic_partitions;
mod versions;
mod write_caching;
