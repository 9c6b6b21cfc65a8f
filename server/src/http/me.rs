//! What everybody may do with what is their own: password, sessions, tokens.

use axum::{extract::State, http::StatusCode};
use ouzel_api::{
    access::{ChangePassword, CreateToken, NewToken, SessionRow, TokenRow},
    error::ApiError,
    route,
};

use super::{
    access::{end, marked},
    extract::{Json, Path},
};
use crate::{
    auth::{AccountError, Peer, Viewer},
    error::Error,
    state::AppState,
};

/// Change one's own password. Ends one's other sessions.
#[utoipa::path(post, path = route::MY_PASSWORD, tag = "me", request_body = ChangePassword,
    responses(
        (status = 204, description = "It was changed"),
        (status = 400, description = "The old one is wrong, or the new one too short",
            body = ApiError),
        (status = 403, description = "A program came by an API token", body = ApiError),
        (status = 429, description = "Too many attempts", body = ApiError),
))]
pub async fn change_password(
    State(app): State<AppState>,
    viewer: Viewer,
    Peer(address): Peer,
    Json(sent): Json<ChangePassword>,
) -> Result<StatusCode, Error> {
    // Whoever sits down before somebody's open console guesses no quicker than at the door.
    if let Err(refused) = app.auth.take_a_try(viewer.user(), address) {
        return Err(Error::Throttled { wait: refused.wait });
    }
    app.auth.change_password(&app.audit, &viewer, sent.old, sent.new).await?;
    app.auth.give_back_a_try(viewer.user(), address);
    Ok(StatusCode::NO_CONTENT)
}

/// One's own sessions, the one used last first.
#[utoipa::path(get, path = route::MY_SESSIONS, tag = "me", responses(
    (status = 200, description = "The sessions", body = Vec<SessionRow>),
    (status = 401, description = "Nobody is signed in", body = ApiError),
))]
pub async fn sessions(
    State(app): State<AppState>,
    viewer: Viewer,
) -> Result<Json<Vec<SessionRow>>, Error> {
    let rows = app.auth.sessions(Some(viewer.user())).await?;
    Ok(Json(marked(rows, &viewer)))
}

/// End one of one's own sessions.
#[utoipa::path(delete, path = route::MY_SESSION, tag = "me", responses(
    (status = 204, description = "It has ended"),
    (status = 404, description = "You have no such session", body = ApiError),
))]
pub async fn end_session(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let rows = app.auth.sessions(Some(viewer.user())).await?;
    end(&app, &viewer, rows, &id).await
}

/// One's own API tokens, by name.
#[utoipa::path(get, path = route::MY_TOKENS, tag = "me", responses(
    (status = 200, description = "The tokens, without what proves them", body = Vec<TokenRow>),
    (status = 401, description = "Nobody is signed in", body = ApiError),
))]
pub async fn tokens(
    State(app): State<AppState>,
    viewer: Viewer,
) -> Result<Json<Vec<TokenRow>>, Error> {
    Ok(Json(app.auth.tokens(Some(viewer.user())).await?))
}

/// Make an API token. The answer holds it for the only time.
#[utoipa::path(post, path = route::MY_TOKENS, tag = "me", request_body = CreateToken, responses(
    (status = 201, description = "The token", body = NewToken),
    (status = 400, description = "Its name, life or role is illegal", body = ApiError),
    (status = 403, description = "A program came by an API token", body = ApiError),
    (status = 409, description = "You have too many", body = ApiError),
))]
pub async fn create_token(
    State(app): State<AppState>,
    viewer: Viewer,
    Json(wanted): Json<CreateToken>,
) -> Result<(StatusCode, Json<NewToken>), Error> {
    viewer.session().ok_or(AccountError::NeedsSession)?;
    let made = app.auth.create_token(&app.audit, &viewer, wanted).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revoke one of one's own API tokens.
#[utoipa::path(delete, path = route::MY_TOKEN, tag = "me", responses(
    (status = 204, description = "It is worth nothing now"),
    (status = 404, description = "You have no such token", body = ApiError),
))]
pub async fn revoke_token(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    app.auth.revoke_token(&app.audit, &viewer, &id, Some(viewer.user())).await?;
    Ok(StatusCode::NO_CONTENT)
}
