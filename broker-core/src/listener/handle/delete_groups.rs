//! DeleteGroups: empty groups away, with all their positions.

use std::sync::Arc;

use futures::future::join_all;
use ouzel_wire::messages::{DeletableGroupResult, DeleteGroupsRequest, DeleteGroupsResponse};

use crate::listener::call::Ctx;
use crate::listener::error_code::code_of;

use super::once;

pub(in crate::listener) async fn handle(
    ctx: Arc<Ctx>,
    request: DeleteGroupsRequest,
) -> DeleteGroupsResponse {
    let groups = &ctx.shared.groups;
    // All at once, so that they share rounds of flushes.
    let delete = async |group_id: String| {
        let error_code = code_of(&groups.delete(&group_id).await);
        DeletableGroupResult { group_id, error_code, ..Default::default() }
    };
    let asked = once(request.groups_names, String::clone);
    let results = join_all(asked.into_iter().map(delete)).await;
    DeleteGroupsResponse { results, ..Default::default() }
}
