//! LeaveGroup: members go, one in older versions, many in later ones.

use std::sync::Arc;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{LeaveGroupRequest, LeaveGroupResponse, MemberResponse};

use crate::group::{GroupError, Leaver};
use crate::listener::call::Ctx;
use crate::listener::error_code::{Code, code_of};

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: LeaveGroupRequest,
) -> LeaveGroupResponse {
    let is_single = ctx.version < 3;
    let leavers: Vec<Leaver> = match is_single {
        true => vec![Leaver { member_id: request.member_id, instance_id: None }],
        false => request
            .members
            .into_iter()
            .map(|m| Leaver { member_id: m.member_id, instance_id: m.group_instance_id })
            .collect(),
    };
    let left = match ctx.shared.groups.leave(&request.group_id, &leavers) {
        Ok(left) => left.iter().map(code_of).collect(),
        // Nobody is in a group that does not exist.
        Err(GroupError::NotFound { .. }) => vec![ErrorCode::UnknownMemberId.code(); leavers.len()],
        Err(e) => return LeaveGroupResponse { error_code: e.code().code(), ..Default::default() },
    };
    if is_single {
        return LeaveGroupResponse { error_code: left[0], ..Default::default() };
    }
    let member = |(leaver, error_code): (Leaver, i16)| MemberResponse {
        member_id: leaver.member_id,
        group_instance_id: leaver.instance_id,
        error_code,
        ..Default::default()
    };
    let members = leavers.into_iter().zip(left).map(member).collect();
    LeaveGroupResponse { members, ..Default::default() }
}
