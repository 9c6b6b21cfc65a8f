//! Signing in and out, and who is signed in.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use ouzel_api::{
    error::ApiError,
    route,
    session::{self, SignIn},
};

use super::extract::Json;
use crate::{
    audit::{Action, Actor, Kind},
    auth::{Credential, Peer, Refused, Viewer, cookie},
    clock,
    error::Error,
    state::AppState,
};

/// Sign in.
///
/// Answers the same, after the same work, for an unknown user and for a wrong password. The session
/// comes as a cookie; a program may send the cookie's value as `Authorization: Bearer` instead.
#[utoipa::path(post, path = route::SESSION, tag = "session", request_body = SignIn, responses(
    (status = 200, description = "Signed in", body = session::Viewer),
    (status = 401, description = "User or password are wrong", body = ApiError),
    (status = 429, description = "Too many attempts", body = ApiError),
))]
pub async fn sign_in(
    State(app): State<AppState>,
    Peer(address): Peer,
    headers: HeaderMap,
    Json(sent): Json<SignIn>,
) -> Result<Response, Error> {
    let who = Actor {
        user: sent.user.clone(),
        address: address.to_string(),
        rule: "everybody may try".to_owned(),
    };
    if let Err(refused) = app.auth.take_a_try(&sent.user, address) {
        return Err(throttled(&app, who, refused).await);
    }
    let attempt = async {
        let signed_in = app.auth.sign_in(&sent.user, sent.password, address).await?;
        Ok::<_, Error>(signed_in)
    };
    let signed_in = app.audit.record(&who, Action::new(Kind::SignIn), attempt).await?;
    let lasts_s = (signed_in.viewer.expires_ms - clock::now_ms()) / 1000;
    let cookie = cookie::signed_in(&signed_in.token, lasts_s, &headers);
    Ok(([(header::SET_COOKIE, cookie)], Json(shown(&signed_in.viewer))).into_response())
}

/// Only the first refusal in a row leaves a row: the rest would let anybody fill the disk.
async fn throttled(app: &AppState, who: Actor, refused: Refused) -> Error {
    if refused.is_first {
        let who = Actor { rule: "too many attempts".to_owned(), ..who };
        if let Err(error) = app.audit.denied(&who, Action::new(Kind::SignIn)).await {
            return error.into();
        }
    }
    Error::Throttled { wait: refused.wait }
}

/// Who is signed in.
#[utoipa::path(get, path = route::SESSION, tag = "session", responses(
    (status = 200, description = "The person and what that person may do", body = session::Viewer),
    (status = 401, description = "Nobody is signed in", body = ApiError),
))]
pub async fn show(viewer: Viewer) -> Json<session::Viewer> {
    Json(shown(&viewer))
}

fn shown(viewer: &Viewer) -> session::Viewer {
    let granted = viewer.rights.shown();
    let mut permissions: Vec<_> =
        granted.grants.iter().flat_map(|grant| grant.permissions.iter().copied()).collect();
    permissions.sort_unstable();
    permissions.dedup();
    session::Viewer {
        user: viewer.user().to_owned(),
        role: granted.role.clone(),
        permissions,
        grants: granted.grants.clone(),
        must_change_password: viewer.must_change,
        expires_ms: viewer.expires_ms,
    }
}

/// Sign out. The token is worth nothing afterwards.
#[utoipa::path(delete, path = route::SESSION, tag = "session", responses(
    (status = 204, description = "Signed out"),
    (status = 401, description = "Nobody is signed in", body = ApiError),
))]
pub async fn sign_out(
    State(app): State<AppState>,
    viewer: Viewer,
    headers: HeaderMap,
) -> Result<Response, Error> {
    // Signing out by a token revokes it: it is worth nothing afterwards either.
    match &viewer.by {
        Credential::Session(id) => {
            let ended = async { Ok::<_, Error>(app.auth.end_session(id).await?) };
            app.audit.record(&viewer, Action::new(Kind::SignOut), ended).await?;
        }
        Credential::Token(id) => {
            app.auth.revoke_token(&app.audit, &viewer, id, Some(viewer.user())).await?;
        }
    }
    let cookie = cookie::signed_out(&headers);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
