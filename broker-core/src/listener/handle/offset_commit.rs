//! OffsetCommit: positions to remember. Answered when they are on disk.

use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{
    OffsetCommitRequest, OffsetCommitRequestPartition, OffsetCommitResponse,
    OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};

use crate::group::{Commit, Committed, OffsetKey};
use crate::listener::call::Ctx;
use crate::listener::error_code::code_of;

use super::NONE;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    mut request: OffsetCommitRequest,
) -> OffsetCommitResponse {
    let mut offsets: Vec<(OffsetKey, Committed)> = Vec::new();
    let mut topics = Vec::with_capacity(request.topics.len());
    let lapses_in_ms = request.retention_time_ms;
    for topic in std::mem::take(&mut request.topics) {
        let partitions = topic.partitions.into_iter().map(|asked| {
            let partition_index = asked.partition_index;
            let error_code = match judge(&ctx, &topic.name, &asked) {
                Ok(()) => {
                    let key = (topic.name.clone(), partition_index);
                    offsets.push((key, committed(&ctx, asked, lapses_in_ms)));
                    NONE
                }
                Err(code) => code.code(),
            };
            OffsetCommitResponsePartition { partition_index, error_code, ..Default::default() }
        });
        let partitions = partitions.collect();
        let name = topic.name;
        topics.push(OffsetCommitResponseTopic { name, partitions, ..Default::default() });
    }
    if !offsets.is_empty() {
        let group_id = std::mem::take(&mut request.group_id);
        let stored = ctx.shared.groups.commit(&group_id, commit(request, offsets)).await;
        let code = code_of(&stored);
        let all = topics.iter_mut().flat_map(|topic| topic.partitions.iter_mut());
        all.filter(|p| p.error_code == NONE).for_each(|p| p.error_code = code);
    }
    OffsetCommitResponse { topics, ..Default::default() }
}

fn commit(request: OffsetCommitRequest, offsets: Vec<(OffsetKey, Committed)>) -> Commit {
    Commit {
        member_id: request.member_id,
        instance_id: request.group_instance_id,
        generation: request.generation_id_or_member_epoch,
        offsets,
    }
}

fn judge(ctx: &Ctx, topic: &str, asked: &OffsetCommitRequestPartition) -> Result<(), ErrorCode> {
    let node = &ctx.shared.node;
    let count = node.state().topic(topic).map_or(0, |t| t.replicas.len());
    let note_bytes = asked.committed_metadata.as_ref().map_or(0, String::len);
    if !usize::try_from(asked.partition_index).is_ok_and(|number| number < count) {
        return Err(ErrorCode::UnknownTopicOrPartition);
    }
    match note_bytes > node.live().config.groups.offset_metadata_bytes_max {
        true => Err(ErrorCode::OffsetMetadataTooLarge),
        false => Ok(()),
    }
}

fn committed(ctx: &Ctx, asked: OffsetCommitRequestPartition, lapses_in_ms: i64) -> Committed {
    let at_ms = ctx.shared.node.clock().now_ms();
    Committed {
        offset: asked.committed_offset,
        leader_epoch: asked.committed_leader_epoch,
        metadata: asked.committed_metadata.unwrap_or_default(),
        at_ms,
        lapses_at_ms: (lapses_in_ms >= 0).then(|| at_ms.saturating_add(lapses_in_ms)),
    }
}
