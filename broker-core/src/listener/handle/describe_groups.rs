//! DescribeGroups: groups with their members.

use std::sync::Arc;

use ouzel_wire::messages::{
    DescribeGroupsRequest, DescribeGroupsResponse, DescribedGroup, DescribedGroupMember,
};

use crate::group::{DEAD, DescribedMember, Description, GroupError};
use crate::listener::call::Ctx;
use crate::listener::error_code::Code;

use super::{once, rights};

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: DescribeGroupsRequest,
) -> DescribeGroupsResponse {
    let one = |group_id: String| match ctx.shared.groups.describe(&group_id) {
        Ok(description) => DescribedGroup {
            authorized_operations: rights::on_group(request.include_authorized_operations),
            ..described(group_id, description)
        },
        // Before version 6 a group that does not exist was a dead one.
        Err(GroupError::NotFound { .. }) if ctx.version < 6 => {
            DescribedGroup { group_id, group_state: DEAD.to_owned(), ..Default::default() }
        }
        Err(e @ GroupError::NotFound { .. }) => DescribedGroup {
            error_code: e.code().code(),
            error_message: Some(e.to_string()),
            group_id,
            group_state: DEAD.to_owned(),
            ..Default::default()
        },
        Err(e) => {
            let error_message = (ctx.version >= 6).then(|| e.to_string());
            let error_code = e.code().code();
            DescribedGroup { error_code, error_message, group_id, ..Default::default() }
        }
    };
    let groups = once(request.groups, String::clone).into_iter().map(one).collect();
    DescribeGroupsResponse { groups, ..Default::default() }
}

fn described(group_id: String, group: Description) -> DescribedGroup {
    let member = |m: DescribedMember| DescribedGroupMember {
        member_id: m.member_id,
        group_instance_id: m.instance_id,
        client_id: m.client_id,
        client_host: m.client_host,
        member_metadata: m.metadata,
        member_assignment: m.assignment,
        ..Default::default()
    };
    DescribedGroup {
        group_id,
        group_state: group.state.to_owned(),
        protocol_type: group.protocol_type,
        protocol_data: group.protocol,
        members: group.members.into_iter().map(member).collect(),
        ..Default::default()
    }
}
