//! ListOffsets: a partition's first and last offset, and offsets by time.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    ListOffsetsPartition, ListOffsetsPartitionResponse, ListOffsetsRequest, ListOffsetsResponse,
    ListOffsetsTopic, ListOffsetsTopicResponse,
};

use crate::listener::Shared;
use crate::listener::call::Ctx;
use crate::listener::error_code::Code;
use crate::partition::ReadError;

use super::check_epoch;

/// The first version that has a place for leader epochs.
const EPOCHS_FROM: i16 = 4;
/// Times that stand for something else.
const LATEST: i64 = -1;
const EARLIEST: i64 = -2;
const MAX_TIMESTAMP: i64 = -3;
const EARLIEST_LOCAL: i64 = -4;
const LATEST_TIERED: i64 = -5;

/// The first version in which a client may ask for this time; none if it never may.
fn asked_from(timestamp: i64) -> Option<i16> {
    match timestamp {
        LATEST | EARLIEST | 0.. => Some(1),
        MAX_TIMESTAMP => Some(7),
        EARLIEST_LOCAL => Some(8),
        LATEST_TIERED => Some(9),
        _ => None,
    }
}

/// Offset, time and leader epoch, or -1 for what there is not.
struct Found {
    offset: i64,
    timestamp: i64,
    leader_epoch: i32,
}

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: ListOffsetsRequest,
) -> ListOffsetsResponse {
    // Looking for a time reads the disk; ends are known.
    let by_time = |p: &ListOffsetsPartition| p.timestamp >= 0 || p.timestamp == MAX_TIMESTAMP;
    let reads = request.topics.iter().flat_map(|t| &t.partitions).any(by_time);
    let version = ctx.version;
    let mut topics = match reads {
        true => ctx.blocking(move |shared| find_all(shared, &request, version)).await,
        false => find_all(&ctx.shared, &request, version),
    };
    if version < EPOCHS_FROM {
        let all = topics.iter_mut().flat_map(|topic| topic.partitions.iter_mut());
        all.for_each(|partition| partition.leader_epoch = -1);
    }
    ListOffsetsResponse { topics, ..Default::default() }
}

fn find_all(
    shared: &Shared,
    request: &ListOffsetsRequest,
    version: i16,
) -> Vec<ListOffsetsTopicResponse> {
    let repeated = repeated(&request.topics);
    let topic = |topic: &ListOffsetsTopic| {
        let repeated = repeated.get(topic.name.as_str());
        let one = |asked: &ListOffsetsPartition| {
            let found = match asked_from(asked.timestamp) {
                _ if repeated.is_some_and(|numbers| numbers.contains(&asked.partition_index)) => {
                    Err(ErrorCode::InvalidRequest)
                }
                Some(from) if version >= from => find(shared, &topic.name, asked),
                _ => Err(ErrorCode::UnsupportedVersion),
            };
            answer(asked.partition_index, found)
        };
        let partitions = topic.partitions.iter().map(one).collect();
        ListOffsetsTopicResponse { name: topic.name.clone(), partitions, ..Default::default() }
    };
    request.topics.iter().map(topic).collect()
}

/// Partitions that are in the request more than once. The answer could not say which is which.
fn repeated(topics: &[ListOffsetsTopic]) -> HashMap<&str, HashSet<i32>> {
    let mut seen: HashMap<&str, HashSet<i32>> = HashMap::new();
    let mut repeated: HashMap<&str, HashSet<i32>> = HashMap::new();
    for topic in topics {
        let seen = seen.entry(&topic.name).or_default();
        for partition in &topic.partitions {
            if !seen.insert(partition.partition_index) {
                repeated.entry(&topic.name).or_default().insert(partition.partition_index);
            }
        }
    }
    repeated
}

fn answer(partition_index: i32, found: Result<Found, ErrorCode>) -> ListOffsetsPartitionResponse {
    let (error_code, found) = match found {
        Ok(found) => (ErrorCode::None, found),
        Err(code) => (code, nothing()),
    };
    ListOffsetsPartitionResponse {
        partition_index,
        error_code: error_code.code(),
        timestamp: found.timestamp,
        offset: found.offset,
        leader_epoch: found.leader_epoch,
        ..Default::default()
    }
}

fn find(shared: &Shared, topic: &str, asked: &ListOffsetsPartition) -> Result<Found, ErrorCode> {
    let partition = shared.node.partition(topic, asked.partition_index).map_err(|e| e.code())?;
    let stands = partition.offsets();
    check_epoch(asked.current_leader_epoch, stands.leader_epoch)?;
    let end = |offset, leader_epoch| Found { offset, timestamp: -1, leader_epoch };
    // Before the first record of all there is only the epoch that it will have.
    let epoch_of = |offset| partition.epoch_of(offset).unwrap_or(stands.leader_epoch);
    // A record is only named when consumers may read it already.
    let visible = |found: Result<Option<(i64, i64)>, ReadError>| {
        let found = found.map_err(|e| {
            tracing::error!(topic, partition = asked.partition_index, failure = %e,
                "`{topic}` cannot be searched by time: {e}");
            e.code()
        })?;
        let seen =
            |&(offset, _): &(i64, i64)| (stands.log_start..stands.high_watermark).contains(&offset);
        let found = found.filter(seen);
        Ok(found.map_or_else(nothing, |(offset, timestamp)| Found {
            timestamp,
            ..end(offset, epoch_of(offset))
        }))
    };
    match asked.timestamp {
        LATEST => Ok(end(stands.high_watermark, stands.leader_epoch)),
        EARLIEST | EARLIEST_LOCAL => Ok(end(stands.log_start, epoch_of(stands.log_start))),
        MAX_TIMESTAMP => visible(partition.max_timestamp()),
        LATEST_TIERED => Ok(nothing()),
        time if time >= 0 => visible(partition.offset_for_time(time)),
        _ => Err(ErrorCode::UnsupportedVersion),
    }
}

fn nothing() -> Found {
    Found { offset: -1, timestamp: -1, leader_epoch: -1 }
}
