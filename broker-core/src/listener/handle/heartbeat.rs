//! Heartbeat: a member is alive, and learns whether it must join again.

use std::sync::Arc;

use ouzel_wire::messages::{HeartbeatRequest, HeartbeatResponse};

use crate::listener::call::Ctx;
use crate::listener::error_code::code_of;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: HeartbeatRequest,
) -> HeartbeatResponse {
    let beat = ctx.shared.groups.heartbeat(
        &request.group_id,
        &request.member_id,
        request.group_instance_id.as_deref(),
        request.generation_id,
    );
    HeartbeatResponse { error_code: code_of(&beat), ..Default::default() }
}
