//! ListOffsets: a partition's first and last offset, and offsets by time.

use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    ListOffsetsPartition, ListOffsetsPartitionResponse, ListOffsetsRequest, ListOffsetsResponse,
    ListOffsetsTopicResponse,
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
    let mut topics = match reads {
        true => ctx.blocking(move |shared| find_all(shared, request)).await,
        false => find_all(&ctx.shared, request),
    };
    if ctx.version < EPOCHS_FROM {
        let all = topics.iter_mut().flat_map(|topic| topic.partitions.iter_mut());
        all.for_each(|partition| partition.leader_epoch = -1);
    }
    ListOffsetsResponse { topics, ..Default::default() }
}

fn find_all(shared: &Shared, request: ListOffsetsRequest) -> Vec<ListOffsetsTopicResponse> {
    let topic = |topic: ouzel_wire::messages::ListOffsetsTopic| {
        let one = |asked: &ListOffsetsPartition| {
            let (error_code, found) = match find(shared, &topic.name, asked) {
                Ok(found) => (ErrorCode::None, found),
                Err(code) => (code, nothing()),
            };
            ListOffsetsPartitionResponse {
                partition_index: asked.partition_index,
                error_code: error_code.code(),
                timestamp: found.timestamp,
                offset: found.offset,
                leader_epoch: found.leader_epoch,
                ..Default::default()
            }
        };
        let partitions = topic.partitions.iter().map(one).collect();
        ListOffsetsTopicResponse { name: topic.name, partitions, ..Default::default() }
    };
    request.topics.into_iter().map(topic).collect()
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
