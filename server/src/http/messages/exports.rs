//! How far one's own exports are, and ending one. Writing them is `export`'s.

use axum::{extract::State, http::StatusCode};
use ouzel_api::{error::ApiError, exports::ExportList, route};

use crate::{
    auth::Viewer,
    browse::exports::Owner,
    clock,
    error::Error,
    http::extract::{Json, Path},
    state::AppState,
};

/// One's own exports of this topic that run, or ended within the last minute.
#[utoipa::path(get, path = route::EXPORTS, tag = "messages", responses(
    (status = 200, description = "The exports, the latest first", body = ExportList),
    (status = 404, description = "There is no such cluster", body = ApiError),
))]
pub async fn list(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic)): Path<(String, String)>,
) -> Result<Json<ExportList>, Error> {
    let cluster = app.cluster(&cluster)?.id().to_owned();
    let owner = Owner { user: viewer.user().to_owned(), cluster, topic };
    Ok(Json(ExportList { exports: app.exports.of(&owner, clock::now_ms()) }))
}

/// End one of one's own exports; one that has ended is no longer told of.
///
/// The file that the browser has is then not all, and its download fails. The audit row of the
/// export says that it was cancelled.
#[utoipa::path(delete, path = route::EXPORT_RUN, tag = "messages", responses(
    (status = 204, description = "It ends, or is forgotten"),
    (status = 404, description = "There is no such cluster, or no such export of yours",
        body = ApiError),
))]
pub async fn cancel(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic, export)): Path<(String, String, String)>,
) -> Result<StatusCode, Error> {
    let cluster = app.cluster(&cluster)?.id().to_owned();
    let owner = Owner { user: viewer.user().to_owned(), cluster, topic };
    match app.exports.cancel(&owner, &export, clock::now_ms()) {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::NotFound(format!("you have no export `{export}`"))),
    }
}
