//! Topics and groups by a part of their name, on all clusters at once.

use axum::extract::State;
use ouzel_api::{
    error::ApiError,
    find::{FindQuery, Found, WANTED_BYTES_MAX},
    route,
    session::{Asked, Permission},
};

use super::extract::{Json, Query};
use crate::{
    auth::{Viewer, guard},
    error::Error,
    kafka::Cluster,
    state::AppState,
};

/// Find topics and groups by name.
///
/// Only clusters that you may see are looked through. One that cannot be is named in the answer,
/// which holds what the others have.
#[utoipa::path(get, path = route::FIND, tag = "clusters", params(FindQuery), responses(
    (status = 200, description = "The names that fit, best first", body = Found),
    (status = 400, description = "The text is missing or too long", body = ApiError),
))]
pub async fn find(
    State(app): State<AppState>,
    viewer: Viewer,
    Query(wanted): Query<FindQuery>,
) -> Result<Json<Found>, Error> {
    if wanted.q.len() > WANTED_BYTES_MAX {
        let told = format!("{} bytes are too long; at most {WANTED_BYTES_MAX}", wanted.q.len());
        return Err(Error::Invalid(told));
    }
    let asked = Asked::new(Permission::ViewCluster);
    let is_seen = |cluster: &Cluster| guard::may(&app, &viewer, &asked.on(cluster.id()));
    Ok(Json(app.clusters.find(&wanted.q, is_seen).await))
}
