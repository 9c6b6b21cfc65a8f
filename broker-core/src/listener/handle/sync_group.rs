//! SyncGroup: bring the assignment, take one's part.

use std::sync::Arc;

use bytes::Bytes;
use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{SyncGroupRequest, SyncGroupResponse};

use crate::group::Sync;
use crate::listener::call::Ctx;
use crate::listener::error_code::Code;

/// The first version in which a member says which protocol it takes the group to speak.
const NAMED_FROM: i16 = 5;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: SyncGroupRequest,
) -> SyncGroupResponse {
    // As in Kafka, whoever can say from what it learnt this generation must.
    let is_named = request.protocol_type.is_some() && request.protocol_name.is_some();
    if ctx.version >= NAMED_FROM && !is_named {
        let error_code = ErrorCode::InconsistentGroupProtocol.code();
        return SyncGroupResponse { error_code, ..Default::default() };
    }
    let assignments = request.assignments.into_iter();
    let sync = Sync {
        member_id: request.member_id,
        instance_id: request.group_instance_id,
        generation: request.generation_id,
        protocol_type: request.protocol_type,
        protocol: request.protocol_name,
        // Copied: a slice would keep the whole request in memory for as long as the member lives.
        assignments: assignments
            .map(|a| (a.member_id, Bytes::copy_from_slice(&a.assignment)))
            .collect(),
    };
    match ctx.shared.groups.sync(&request.group_id, sync).await {
        Ok(synced) => SyncGroupResponse {
            protocol_type: synced.protocol_type,
            protocol_name: synced.protocol,
            assignment: synced.assignment,
            ..Default::default()
        },
        Err(refusal) => {
            SyncGroupResponse { error_code: refusal.code().code(), ..Default::default() }
        }
    }
}
