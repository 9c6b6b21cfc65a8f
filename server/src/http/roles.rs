//! Roles, for whoever manages access.

use axum::{extract::State, http::StatusCode};
use ouzel_api::{
    access::{ChangeRole, CreateRole, RoleRow},
    error::ApiError,
    route,
};

use super::extract::{Json, Path};
use crate::{auth::Viewer, error::Error, state::AppState};

/// All roles: those that are built in, then those that people made, by name.
#[utoipa::path(get, path = route::ROLES, tag = "access", responses(
    (status = 200, description = "The roles", body = Vec<RoleRow>),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
))]
pub async fn list(State(app): State<AppState>) -> Result<Json<Vec<RoleRow>>, Error> {
    Ok(Json(app.auth.roles().await?))
}

/// Make a role.
#[utoipa::path(post, path = route::ROLES, tag = "access", request_body = CreateRole, responses(
    (status = 201, description = "It was made"),
    (status = 400, description = "Its name or a line of it is illegal", body = ApiError),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
    (status = 409, description = "There is such a role", body = ApiError),
))]
pub async fn create(
    State(app): State<AppState>,
    viewer: Viewer,
    Json(wanted): Json<CreateRole>,
) -> Result<StatusCode, Error> {
    app.auth.create_role(&app.audit, &viewer, &wanted.name, &wanted.grants).await?;
    Ok(StatusCode::CREATED)
}

/// Change what a role allows, from the next request of each who has it.
#[utoipa::path(put, path = route::ROLE, tag = "access", request_body = ChangeRole, responses(
    (status = 204, description = "It was changed"),
    (status = 400, description = "A line of it is illegal", body = ApiError),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
    (status = 409, description = "It is built in", body = ApiError),
))]
pub async fn change(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(role): Path<String>,
    Json(wanted): Json<ChangeRole>,
) -> Result<StatusCode, Error> {
    app.auth.change_role(&app.audit, &viewer, &role, &wanted.grants).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a role that nobody has.
#[utoipa::path(delete, path = route::ROLE, tag = "access", responses(
    (status = 204, description = "It was removed"),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
    (status = 409, description = "It is built in, or somebody has it", body = ApiError),
))]
pub async fn delete(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(role): Path<String>,
) -> Result<StatusCode, Error> {
    app.auth.delete_role(&app.audit, &viewer, &role).await?;
    Ok(StatusCode::NO_CONTENT)
}
