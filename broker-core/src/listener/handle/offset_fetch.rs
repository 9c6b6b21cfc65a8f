//! OffsetFetch: how far groups have come; one group in older versions, many in later ones.
//!
//! No commit is the position -1, which is not the position 0. Without transactions every position
//! that can be seen is stable, so `require_stable` changes nothing.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use ouzel_wire::messages::{
    OffsetFetchRequest, OffsetFetchResponse, OffsetFetchResponseGroup,
    OffsetFetchResponsePartition, OffsetFetchResponsePartitions, OffsetFetchResponseTopic,
    OffsetFetchResponseTopics,
};

use crate::group::{Committed, GroupError, Offsets};
use crate::listener::call::Ctx;
use crate::listener::error_code::Code;

use super::{NONE, once};

/// Partitions asked for by topic, or all that there are.
type Asked = Option<Vec<(String, Vec<i32>)>>;
/// Positions by topic.
type Found = Vec<(String, Vec<(i32, Option<Committed>)>)>;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: OffsetFetchRequest,
) -> OffsetFetchResponse {
    if ctx.version >= 8 {
        let one = |group: ouzel_wire::messages::OffsetFetchRequestGroup| {
            let topics = group.topics;
            let asked = topics.map(|all| all.into_iter().map(|t| (t.name, t.partition_indexes)));
            let found = find(&ctx, &group.group_id, asked.map(Iterator::collect));
            many(group.group_id, found)
        };
        let groups = once(request.groups, |group| group.group_id.clone());
        let groups = groups.into_iter().map(one).collect();
        return OffsetFetchResponse { groups, ..Default::default() };
    }
    let topics = request.topics;
    let asked: Asked =
        topics.map(|all| all.into_iter().map(|t| (t.name, t.partition_indexes)).collect());
    // Version 1 has no place for an error but each partition.
    let shape = asked.clone().unwrap_or_default();
    match find(&ctx, &request.group_id, asked) {
        Ok(found) => single(found, NONE, NONE),
        Err(e) => {
            let code = e.code().code();
            let nothing = shape.into_iter().map(|(topic, partitions)| {
                (topic, partitions.into_iter().map(|partition| (partition, None)).collect())
            });
            single(nothing.collect(), code, code)
        }
    }
}

fn find(ctx: &Ctx, group_id: &str, asked: Asked) -> Result<Found, GroupError> {
    ctx.shared.groups.offsets(group_id, |offsets| match asked {
        Some(asked) => some(offsets, asked),
        None => every(offsets),
    })
}

fn some(offsets: &Offsets, asked: Vec<(String, Vec<i32>)>) -> Found {
    // Each partition once: four bytes ask for a note of four thousand.
    let mut seen: HashSet<(&str, i32)> = HashSet::new();
    let mut found = Vec::with_capacity(asked.len());
    for (topic, partitions) in &asked {
        let new = partitions.iter().copied().filter(|p| seen.insert((topic, *p)));
        let positions = new.map(|p| (p, offsets.get(topic, p).cloned())).collect();
        found.push((topic.clone(), positions));
    }
    found
}

fn every(offsets: &Offsets) -> Found {
    let mut by_topic: BTreeMap<String, Vec<(i32, Option<Committed>)>> = BTreeMap::new();
    for ((topic, partition), committed) in offsets.iter() {
        let found = (*partition, Some(committed.clone()));
        by_topic.entry(topic.clone()).or_default().push(found);
    }
    by_topic.into_iter().collect()
}

fn single(found: Found, error_code: i16, of_each: i16) -> OffsetFetchResponse {
    let partition = |(partition_index, committed): (i32, Option<Committed>)| {
        let (committed_offset, committed_leader_epoch, metadata) = parts(committed);
        OffsetFetchResponsePartition {
            partition_index,
            committed_offset,
            committed_leader_epoch,
            metadata,
            error_code: of_each,
            ..Default::default()
        }
    };
    let topic = |(name, partitions): (String, Vec<_>)| OffsetFetchResponseTopic {
        name,
        partitions: partitions.into_iter().map(partition).collect(),
        ..Default::default()
    };
    let topics = found.into_iter().map(topic).collect();
    OffsetFetchResponse { topics, error_code, ..Default::default() }
}

fn many(group_id: String, found: Result<Found, GroupError>) -> OffsetFetchResponseGroup {
    let partition = |(partition_index, committed): (i32, Option<Committed>)| {
        let (committed_offset, committed_leader_epoch, metadata) = parts(committed);
        OffsetFetchResponsePartitions {
            partition_index,
            committed_offset,
            committed_leader_epoch,
            metadata,
            error_code: NONE,
            ..Default::default()
        }
    };
    let topic = |(name, partitions): (String, Vec<_>)| OffsetFetchResponseTopics {
        name,
        partitions: partitions.into_iter().map(partition).collect(),
        ..Default::default()
    };
    match found {
        Ok(found) => OffsetFetchResponseGroup {
            group_id,
            topics: found.into_iter().map(topic).collect(),
            ..Default::default()
        },
        Err(e) => {
            OffsetFetchResponseGroup { group_id, error_code: e.code().code(), ..Default::default() }
        }
    }
}

/// Position, leader epoch and note, as they go out when there is a commit and when there is none.
fn parts(committed: Option<Committed>) -> (i64, i32, Option<String>) {
    match committed {
        Some(c) => (c.offset, c.leader_epoch, Some(c.metadata)),
        None => (-1, -1, Some(String::new())),
    }
}
