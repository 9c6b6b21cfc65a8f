//! Consumer groups: the list, one of them, and deleting them.

use axum::{extract::State, http::StatusCode};
use futures::{StreamExt, stream};
use ouzel_api::{
    error::ApiError,
    groups::{Group, GroupList},
    progress::{History, HistoryQuery},
    resets::{DELETED_MAX, DeleteGroups, DeletedGroup, DeletedGroups},
    route,
    session::{Asked, Permission},
};

use super::{
    clusters::hours,
    extract::{Json, Path, Query},
};
use crate::{
    audit::{Action, Kind},
    auth::{Viewer, guard},
    db::lag::Whose,
    error::Error,
    kafka::{Cluster, groups::snapshot},
    state::AppState,
};

/// Groups deleted at once: each waits for its coordinator, and two for each core keep them busy.
const AT_ONCE_MAX: usize = 8;

/// What can be done to a group of the list.
const OF_GROUPS: &[Permission] = &[Permission::ResetOffsets, Permission::DeleteGroup];

/// All groups with their lag.
#[utoipa::path(get, path = route::GROUPS, tag = "groups", responses(
    (status = 200, description = "The groups, by id", body = GroupList),
    (status = 404, description = "There is no such cluster", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn list(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(cluster): Path<String>,
) -> Result<Json<GroupList>, Error> {
    let cluster = app.cluster(&cluster)?;
    let groups = cluster.groups(snapshot::AGE_MAX).await?;
    let (mut rows, mut warnings) = (groups.rows(), groups.warnings());
    app.watch.add_to_rows(cluster.id(), &groups, &mut rows);
    let denied = guard::denied(&app, &viewer, cluster.id(), OF_GROUPS);
    for row in &mut rows {
        row.denied = denied(&row.group);
    }
    match app.watch.left_out(cluster.id()) {
        0 => {}
        left_out => warnings.push(format!(
            "{left_out} groups are too many to be followed over time; their lag in time and \
             their trend are missing."
        )),
    }
    Ok(Json(GroupList { groups: rows, warnings, read_at_ms: groups.read_at_ms }))
}

/// One group with its lag by partition.
#[utoipa::path(get, path = route::GROUP, tag = "groups", responses(
    (status = 200, description = "The group", body = Group),
    (status = 404, description = "There is no such cluster or group", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn show(
    State(app): State<AppState>,
    Path((cluster, group)): Path<(String, String)>,
) -> Result<Json<Group>, Error> {
    let cluster = app.cluster(&cluster)?;
    let mut page = cluster.group(&group).await?;
    app.watch.add_to_page(cluster.id(), &mut page);
    Ok(Json(page))
}

/// The lag of a group over time, as far as this console has watched it.
#[utoipa::path(get, path = route::GROUP_HISTORY, tag = "groups", params(HistoryQuery), responses(
    (status = 200, description = "The samples, the oldest first", body = History),
    (status = 400, description = "Too long a stretch", body = ApiError),
    (status = 404, description = "There is no such cluster", body = ApiError),
))]
pub async fn history(
    State(app): State<AppState>,
    Path((cluster, group)): Path<(String, String)>,
    Query(asked): Query<HistoryQuery>,
) -> Result<Json<History>, Error> {
    let cluster = app.cluster(&cluster)?;
    let hours = hours(asked)?;
    Ok(Json(app.watch.history(cluster.id(), &Whose::Group(group), hours).await?))
}

/// Delete a group without members, and all that it has committed.
#[utoipa::path(delete, path = route::GROUP, tag = "groups", responses(
    (status = 204, description = "It was deleted"),
    (status = 403, description = "The role lacks delete_group", body = ApiError),
    (status = 404, description = "There is no such cluster or group", body = ApiError),
    (status = 409, description = "It has members", body = ApiError),
))]
pub async fn delete(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, group)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    let cluster = app.cluster(&cluster)?;
    delete_one(&app, &viewer, &cluster, &group).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete groups: each is an act of its own, and one that fails keeps no other from being deleted.
#[utoipa::path(post, path = route::GROUP_DELETIONS, tag = "groups", request_body = DeleteGroups,
    responses(
        (status = 200, description = "What became of each", body = DeletedGroups),
        (status = 400, description = "Too many groups", body = ApiError),
        (status = 403, description = "The role lacks delete_group", body = ApiError),
        (status = 404, description = "There is no such cluster", body = ApiError),
))]
pub async fn delete_many(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(cluster): Path<String>,
    Json(asked): Json<DeleteGroups>,
) -> Result<Json<DeletedGroups>, Error> {
    let cluster = app.cluster(&cluster)?;
    if asked.groups.len() > DELETED_MAX {
        let told = format!("{} groups are too many; at most {DELETED_MAX}", asked.groups.len());
        return Err(Error::Invalid(told));
    }
    let delete = |group: String| {
        let (app, viewer, cluster) = (&app, &viewer, &cluster);
        async move {
            let deleted = delete_one(app, viewer, cluster, &group).await;
            DeletedGroup { group, error: deleted.err().map(|error| error.to_string()) }
        }
    };
    let deleted = stream::iter(asked.groups).map(delete).buffered(AT_ONCE_MAX);
    Ok(Json(DeletedGroups { groups: deleted.collect().await }))
}

async fn delete_one(
    app: &AppState,
    viewer: &Viewer,
    cluster: &Cluster,
    group: &str,
) -> Result<(), Error> {
    let action = Action::new(Kind::DeleteGroup).on(cluster.id()).to(group);
    let asked = Asked::new(Permission::DeleteGroup).on(cluster.id()).to(group);
    let who = guard::require(app, viewer, &asked, &action).await?;
    let delete = async { Ok::<_, Error>(cluster.delete_group(group).await?) };
    app.audit.record(&who, action, delete).await
}
