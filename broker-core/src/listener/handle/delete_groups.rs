//! DeleteGroups: empty groups away, with all their positions.

use std::sync::Arc;

use ouzel_wire::messages::{DeletableGroupResult, DeleteGroupsRequest, DeleteGroupsResponse};

use crate::listener::call::Ctx;
use crate::listener::error_code::code_of;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: DeleteGroupsRequest,
) -> DeleteGroupsResponse {
    let mut results = Vec::with_capacity(request.groups_names.len());
    for group_id in request.groups_names {
        let error_code = code_of(&ctx.shared.groups.delete(&group_id).await);
        results.push(DeletableGroupResult { group_id, error_code, ..Default::default() });
    }
    DeleteGroupsResponse { results, ..Default::default() }
}
