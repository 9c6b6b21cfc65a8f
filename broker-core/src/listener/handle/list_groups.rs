//! ListGroups: every group that this broker coordinates, by state and type if the client wants.

use std::sync::Arc;

use ouzel_wire::messages::{ListGroupsRequest, ListGroupsResponse, ListedGroup};

use crate::group::Listed;
use crate::listener::call::Ctx;
use crate::listener::error_code::code_of;

/// The one type of group that is served.
const CLASSIC: &str = "classic";

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: ListGroupsRequest,
) -> ListGroupsResponse {
    let passes = |wanted: &[String], value: &str| {
        wanted.is_empty() || wanted.iter().any(|w| w.eq_ignore_ascii_case(value))
    };
    let (listed, complete) = ctx.shared.groups.list();
    let wanted = listed.into_iter().filter(|group| {
        passes(&request.states_filter, group.state) && passes(&request.types_filter, CLASSIC)
    });
    let groups = wanted.map(|group: Listed| ListedGroup {
        group_id: group.group_id,
        protocol_type: group.protocol_type,
        group_state: group.state.to_owned(),
        group_type: CLASSIC.to_owned(),
        ..Default::default()
    });
    let groups = groups.collect();
    ListGroupsResponse { error_code: code_of(&complete), groups, ..Default::default() }
}
