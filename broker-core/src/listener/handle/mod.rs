//! What each request does: one file for each API, named as in the wire crate.
//!
//! A handler decodes nothing and encodes nothing; it asks node and groups, and fills the answer.

mod alter;
pub(super) mod alter_configs;
pub(super) mod api_versions;
pub(super) mod create_partitions;
pub(super) mod create_topics;
pub(super) mod delete_groups;
pub(super) mod delete_records;
pub(super) mod delete_topics;
pub(super) mod describe_cluster;
pub(super) mod describe_configs;
pub(super) mod describe_groups;
pub(super) mod describe_log_dirs;
pub(super) mod describe_topic_partitions;
pub(super) mod fetch;
mod fetch_ask;
mod fetch_read;
mod fetch_wait;
pub(super) mod find_coordinator;
pub(super) mod heartbeat;
pub(super) mod incremental_alter_configs;
pub(super) mod init_producer_id;
pub(super) mod join_group;
pub(super) mod leave_group;
pub(super) mod list_config_resources;
pub(super) mod list_groups;
pub(super) mod list_offsets;
pub(super) mod metadata;
pub(super) mod offset_commit;
pub(super) mod offset_delete;
pub(super) mod offset_fetch;
pub(super) mod offset_for_leader_epoch;
pub(super) mod produce;
pub(super) mod produce_old;
mod resource;
mod rights;
pub(super) mod sync_group;

use std::collections::HashSet;
use std::hash::Hash;

use ouzel_wire::ErrorCode;

use super::call::Ctx;

/// Each once, in the order of first mention: what costs one line to ask may cost thousands to
/// answer, and nobody needs that twice.
fn once<T, K: Hash + Eq>(asked: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = HashSet::new();
    asked.into_iter().filter(|one| seen.insert(key(one))).collect()
}

/// Success, as a number.
const NONE: i16 = ErrorCode::None.code();

/// The address that this client is to use for this broker.
fn advertised(ctx: &Ctx) -> (String, i32) {
    match &ctx.shared.node.config.advertised {
        Some((host, port)) => (host.clone(), i32::from(*port)),
        None => (ctx.ends.broker.ip().to_string(), i32::from(ctx.ends.broker.port())),
    }
}

/// Whether the client's leader epoch is the partition's (S28). A client that does not know one
/// sends -1.
fn check_epoch(asked: i32, current: i32) -> Result<(), ErrorCode> {
    match asked {
        _ if asked < 0 || asked == current => Ok(()),
        _ if asked < current => Err(ErrorCode::FencedLeaderEpoch),
        _ => Err(ErrorCode::UnknownLeaderEpoch),
    }
}
