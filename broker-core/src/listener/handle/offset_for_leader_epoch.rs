//! OffsetForLeaderEpoch: where leaderships ended, by which clients find out what was cut off (S29).

use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    LeaderEpochEndOffset, OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse,
    OffsetForLeaderPartition, OffsetForLeaderTopic, OffsetForLeaderTopicResult,
};

use crate::listener::call::Ctx;
use crate::listener::error_code::Code;

use super::check_epoch;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: OffsetForLeaderEpochRequest,
) -> OffsetForLeaderEpochResponse {
    let topic = |topic: OffsetForLeaderTopic| {
        let one = |asked: &OffsetForLeaderPartition| answer(&ctx, &topic.topic, asked);
        let partitions = topic.partitions.iter().map(one).collect();
        OffsetForLeaderTopicResult { topic: topic.topic, partitions, ..Default::default() }
    };
    let topics = request.topics.into_iter().map(topic).collect();
    OffsetForLeaderEpochResponse { topics, ..Default::default() }
}

fn answer(ctx: &Ctx, topic: &str, asked: &OffsetForLeaderPartition) -> LeaderEpochEndOffset {
    let partition = asked.partition;
    match find(ctx, topic, asked) {
        Ok(Some((leader_epoch, end_offset))) => {
            LeaderEpochEndOffset { partition, leader_epoch, end_offset, ..Default::default() }
        }
        // Nothing is known of that leadership: that is no error, and -1 says it.
        Ok(None) => LeaderEpochEndOffset { partition, ..Default::default() },
        Err(code) => {
            LeaderEpochEndOffset { partition, error_code: code.code(), ..Default::default() }
        }
    }
}

fn find(
    ctx: &Ctx,
    topic: &str,
    asked: &OffsetForLeaderPartition,
) -> Result<Option<(i32, i64)>, ErrorCode> {
    let partition = ctx.shared.node.partition(topic, asked.partition).map_err(|e| e.code())?;
    check_epoch(asked.current_leader_epoch, partition.offsets().leader_epoch)?;
    Ok(partition.end_offset_for_epoch(asked.leader_epoch))
}
