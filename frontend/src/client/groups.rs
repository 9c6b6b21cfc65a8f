//! Consumer groups: the list, one of them, moving what it has committed, deleting groups.

use ouzel_api::{
    groups::{Group, GroupList},
    progress::History,
    resets::{
        DELETED_MAX, DeleteGroups, DeletedGroup, DeletedGroups, ResetAsk, ResetDone, ResetList,
        ResetPlan, ResetRequest,
    },
    route,
};

use super::{ClientError, send};

/// All groups of a cluster.
pub async fn list(cluster: String) -> Result<GroupList, ClientError> {
    send::get(&route::groups(&cluster)).await
}

/// One group with its lag by partition.
pub async fn get(cluster: String, group: String) -> Result<Group, ClientError> {
    send::get(&route::group(&cluster, &group)).await
}

/// The lag of a group in the last `hours`.
pub async fn history(cluster: String, group: String, hours: u32) -> Result<History, ClientError> {
    send::get(&route::group_history(&cluster, &group, hours)).await
}

/// What moving a group's commits would do.
pub async fn plan_reset(
    cluster: String,
    group: String,
    ask: ResetAsk,
) -> Result<ResetPlan, ClientError> {
    send::post(&route::reset_plan(&cluster, &group), &ask).await
}

/// Does what a plan has shown, now or when the group is empty.
pub async fn reset(
    cluster: String,
    group: String,
    wanted: ResetRequest,
) -> Result<ResetDone, ClientError> {
    send::post(&route::resets(&cluster, &group), &wanted).await
}

/// What was done to a group's commits.
pub async fn resets(cluster: String, group: String) -> Result<ResetList, ClientError> {
    send::get(&route::resets(&cluster, &group)).await
}

/// Takes back a reset that waits.
pub async fn cancel_reset(cluster: String, group: String, id: i64) -> Result<(), ClientError> {
    send::act("DELETE", &route::reset(&cluster, &group, id), None::<&()>).await
}

/// Deletes groups, as many requests as it takes; tells what became of each.
pub async fn delete(
    cluster: String,
    groups: Vec<String>,
) -> Result<Vec<DeletedGroup>, ClientError> {
    let mut deleted = Vec::with_capacity(groups.len());
    for groups in groups.chunks(DELETED_MAX) {
        let asked = DeleteGroups { groups: groups.to_vec() };
        let answer: DeletedGroups = send::post(&route::group_deletions(&cluster), &asked).await?;
        deleted.extend(answer.groups);
    }
    Ok(deleted)
}
