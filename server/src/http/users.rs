//! Users, for whoever manages access.

use axum::{extract::State, http::StatusCode};
use ouzel_api::{
    access::{ChangeUser, CreateUser, FirstPassword, User},
    error::ApiError,
    route,
};

use super::extract::{Json, Path};
use crate::{
    auth::{Viewer, account::NewPassword},
    error::Error,
    state::AppState,
};

/// All users, with what they have open.
#[utoipa::path(get, path = route::USERS, tag = "access", responses(
    (status = 200, description = "The users, by name", body = Vec<User>),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
))]
pub async fn list(State(app): State<AppState>) -> Result<Json<Vec<User>>, Error> {
    Ok(Json(app.auth.users().await?))
}

/// Make a user. The password is made up, told this once, and changed at the first sign-in.
#[utoipa::path(post, path = route::USERS, tag = "access", request_body = CreateUser, responses(
    (status = 201, description = "The user and the first password", body = FirstPassword),
    (status = 400, description = "The name is illegal, or there is no such role", body = ApiError),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
    (status = 409, description = "There is such a user", body = ApiError),
))]
pub async fn create(
    State(app): State<AppState>,
    viewer: Viewer,
    Json(wanted): Json<CreateUser>,
) -> Result<(StatusCode, Json<FirstPassword>), Error> {
    let (first, password) = NewPassword::made_up();
    let user = (wanted.name.as_str(), wanted.role.as_str());
    app.auth.create_user(&app.audit, &viewer, user, first).await?;
    Ok((StatusCode::CREATED, Json(FirstPassword { user: wanted.name, password })))
}

/// Give a user a role, and shut the user out or let the user in again.
#[utoipa::path(put, path = route::USER, tag = "access", request_body = ChangeUser, responses(
    (status = 204, description = "It holds from the next request on"),
    (status = 400, description = "There is no such role", body = ApiError),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
    (status = 404, description = "There is no such user", body = ApiError),
    (status = 409, description = "No administrator would be left", body = ApiError),
))]
pub async fn change(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(user): Path<String>,
    Json(wanted): Json<ChangeUser>,
) -> Result<StatusCode, Error> {
    let change = (wanted.role.as_str(), wanted.disabled);
    app.auth.change_user(&app.audit, &viewer, &user, change).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a user, with all sessions and tokens. What the user did stays in the audit log.
#[utoipa::path(delete, path = route::USER, tag = "access", responses(
    (status = 204, description = "Nobody signs in by that name any more"),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
    (status = 404, description = "There is no such user", body = ApiError),
    (status = 409, description = "It is you, or no administrator would be left", body = ApiError),
))]
pub async fn delete(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(user): Path<String>,
) -> Result<StatusCode, Error> {
    app.auth.delete_user(&app.audit, &viewer, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a user a new first password: made up, told this once. Ends the user's sessions.
#[utoipa::path(post, path = route::USER_PASSWORD, tag = "access", responses(
    (status = 200, description = "The new first password", body = FirstPassword),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
    (status = 404, description = "There is no such user", body = ApiError),
))]
pub async fn reset_password(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(user): Path<String>,
) -> Result<Json<FirstPassword>, Error> {
    let (first, password) = NewPassword::made_up();
    app.auth.set_password(&app.audit, &viewer, &user, first).await?;
    Ok(Json(FirstPassword { user, password }))
}
