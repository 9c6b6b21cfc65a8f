//! DeleteRecords: the oldest records of a partition away, up to an offset (S31).

use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    DeleteRecordsPartition, DeleteRecordsPartitionResult, DeleteRecordsRequest,
    DeleteRecordsResponse, DeleteRecordsTopic, DeleteRecordsTopicResult,
};

use crate::listener::call::Ctx;
use crate::listener::error_code::Code;
use crate::node::{Node, is_internal};

/// The offset that stands for the high watermark.
const HIGH_WATERMARK: i64 = -1;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: DeleteRecordsRequest,
) -> DeleteRecordsResponse {
    let topics = ctx.blocking(move |shared| delete_all(&shared.node, request.topics)).await;
    DeleteRecordsResponse { topics, ..Default::default() }
}

fn delete_all(node: &Node, topics: Vec<DeleteRecordsTopic>) -> Vec<DeleteRecordsTopicResult> {
    let topic = |topic: DeleteRecordsTopic| {
        let allowed = may_delete(node, &topic.name);
        let one = |asked: &DeleteRecordsPartition| {
            let deleted = allowed.and_then(|()| delete(node, &topic.name, asked));
            let (code, low_watermark) = match deleted {
                Ok(start) => (ErrorCode::None, start),
                Err(code) => (code, -1),
            };
            DeleteRecordsPartitionResult {
                partition_index: asked.partition_index,
                low_watermark,
                error_code: code.code(),
                ..Default::default()
            }
        };
        let partitions = topic.partitions.iter().map(one).collect();
        DeleteRecordsTopicResult { name: topic.name, partitions, ..Default::default() }
    };
    topics.into_iter().map(topic).collect()
}

/// A topic that is only compacted promises its readers the last record of every key.
fn may_delete(node: &Node, topic: &str) -> Result<(), ErrorCode> {
    if is_internal(topic) {
        return Err(ErrorCode::InvalidTopicException);
    }
    let state = node.state();
    let Some(topic) = state.topic(topic) else { return Err(ErrorCode::UnknownTopicOrPartition) };
    let live = node.live();
    match live.of_topic(&topic.settings, "cleanup.policy") {
        "compact" => Err(ErrorCode::PolicyViolation),
        _ => Ok(()),
    }
}

/// The first offset there is afterwards.
fn delete(node: &Node, topic: &str, asked: &DeleteRecordsPartition) -> Result<i64, ErrorCode> {
    let partition = node.partition(topic, asked.partition_index).map_err(|e| e.code())?;
    let stands = partition.offsets();
    let before = match asked.offset {
        HIGH_WATERMARK => stands.high_watermark,
        offset if offset < 0 => return Err(ErrorCode::OffsetOutOfRange),
        offset => offset,
    };
    let start = partition.delete_before(before).map_err(|e| e.code())?;
    // Whoever deletes may need the room now, not at the next round of retention. A file that could
    // not be removed is in the log, and changes nothing about the answer.
    if start > stands.log_start {
        node.retain_one(&partition);
    }
    Ok(start)
}
