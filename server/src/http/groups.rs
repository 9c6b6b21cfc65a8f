//! Consumer groups: the list, and one of them.

use axum::extract::State;
use ouzel_api::{
    error::ApiError,
    groups::{Group, GroupList},
    route,
};

use super::extract::{Json, Path};
use crate::{error::Error, kafka::groups::snapshot, state::AppState};

/// All groups with their lag.
#[utoipa::path(get, path = route::GROUPS, tag = "groups", responses(
    (status = 200, description = "The groups, by id", body = GroupList),
    (status = 404, description = "There is no such cluster", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn list(
    State(app): State<AppState>,
    Path(cluster): Path<String>,
) -> Result<Json<GroupList>, Error> {
    let groups = app.cluster(&cluster)?.groups(snapshot::AGE_MAX).await?;
    Ok(Json(GroupList {
        groups: groups.rows(),
        warnings: groups.warnings(),
        read_at_ms: groups.read_at_ms,
    }))
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
    Ok(Json(app.cluster(&cluster)?.group(&group).await?))
}
