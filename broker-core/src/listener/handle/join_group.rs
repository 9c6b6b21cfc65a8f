//! JoinGroup: become a member. The answer waits until the group has gathered.

use std::sync::Arc;

use bytes::Bytes;
use ouzel_wire::Uuid;
use ouzel_wire::messages::{
    JoinGroupRequest, JoinGroupRequestProtocol, JoinGroupResponse, JoinGroupResponseMember,
};

use crate::group::{GroupError, Join, Joined, JoinedMember, Protocol};
use crate::listener::call::Ctx;
use crate::listener::error_code::Code;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: JoinGroupRequest,
) -> JoinGroupResponse {
    let asked_id = request.member_id.clone();
    let group_id = request.group_id.clone();
    let joined = ctx.shared.groups.join(&group_id, join(&ctx, request)).await;
    let mut response = match joined {
        Ok(joined) => success(joined),
        Err(refusal) => {
            let error_code = refusal.code().code();
            let member_id = match refusal {
                GroupError::MemberIdRequired { member_id } => member_id,
                _ => asked_id,
            };
            JoinGroupResponse { error_code, member_id, ..Default::default() }
        }
    };
    if ctx.version < 7 {
        // Older clients cannot read that there is none.
        response.protocol_name.get_or_insert_default();
    }
    response
}

fn join(ctx: &Ctx, request: JoinGroupRequest) -> Join {
    let name = request.group_instance_id.as_ref().unwrap_or(&ctx.client_id);
    // Version 0 has one timeout for both.
    let rebalance_timeout_ms = match ctx.version {
        0 => request.session_timeout_ms,
        _ => request.rebalance_timeout_ms,
    };
    // Copied: a slice would keep the whole request in memory for as long as the member lives.
    let protocol = |p: JoinGroupRequestProtocol| Protocol {
        name: p.name,
        metadata: Bytes::copy_from_slice(&p.metadata),
    };
    Join {
        member_id: request.member_id,
        fresh_id: format!("{name}-{}", Uuid::random()),
        instance_id: request.group_instance_id,
        learns_id_first: ctx.version >= 4,
        can_skip_assignment: ctx.version >= 9,
        client_id: ctx.client_id.clone(),
        client_host: ctx.client_host(),
        session_timeout_ms: request.session_timeout_ms,
        rebalance_timeout_ms,
        protocol_type: request.protocol_type,
        protocols: request.protocols.into_iter().map(protocol).collect(),
    }
}

fn success(joined: Joined) -> JoinGroupResponse {
    let member = |m: JoinedMember| JoinGroupResponseMember {
        member_id: m.member_id,
        group_instance_id: m.instance_id,
        metadata: m.metadata,
        ..Default::default()
    };
    JoinGroupResponse {
        generation_id: joined.generation,
        protocol_type: joined.protocol_type,
        protocol_name: joined.protocol,
        leader: joined.leader,
        skip_assignment: joined.skip_assignment,
        member_id: joined.member_id,
        members: joined.members.into_iter().map(member).collect(),
        ..Default::default()
    }
}
