//! Everybody's sessions and tokens, and what somebody may do somewhere.

use axum::{extract::State, http::StatusCode};
use ouzel_api::{
    access::{ExplainQuery, Explained, ExplainedRight, SessionRow, TokenRow},
    error::ApiError,
    route,
    session::{Asked, Permission, Scope},
};
use serde_json::json;

use super::extract::{Json, Path, Query};
use crate::{
    audit::{Action, Kind},
    auth::{
        AccountError, Decision, Viewer, guard,
        permission::{Breadth, Granted, Rights},
    },
    db,
    error::Error,
    state::AppState,
};

/// Everybody's sessions, the one used last first.
#[utoipa::path(get, path = route::SESSIONS, tag = "access", responses(
    (status = 200, description = "The sessions", body = Vec<SessionRow>),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
))]
pub async fn sessions(
    State(app): State<AppState>,
    viewer: Viewer,
) -> Result<Json<Vec<SessionRow>>, Error> {
    Ok(Json(marked(app.auth.sessions(None).await?, &viewer)))
}

/// End anybody's session.
#[utoipa::path(delete, path = route::OTHER_SESSION, tag = "access", responses(
    (status = 204, description = "It has ended"),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
    (status = 404, description = "There is no such session", body = ApiError),
))]
pub async fn end_session(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let rows = app.auth.sessions(None).await?;
    end(&app, &viewer, rows, &id).await
}

/// Ends the session of that id, if it is among `rows`.
pub(super) async fn end(
    app: &AppState,
    viewer: &Viewer,
    rows: Vec<SessionRow>,
    id: &str,
) -> Result<StatusCode, Error> {
    let none = || AccountError::NoSession(id.to_owned());
    let row = rows.into_iter().find(|row| row.id == id).ok_or_else(none)?;
    let detail = json!({ "begun_from": row.address });
    let action = Action::new(Kind::EndSession).to(&row.user).with(detail);
    let ended = async { Ok::<_, Error>(app.auth.end_session(id).await?) };
    app.audit.record(viewer, action, ended).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The rows, with the viewer's own session marked.
pub(super) fn marked(mut rows: Vec<SessionRow>, viewer: &Viewer) -> Vec<SessionRow> {
    for row in &mut rows {
        row.here = viewer.session() == Some(row.id.as_str());
    }
    rows
}

/// Everybody's API tokens, by owner and name.
#[utoipa::path(get, path = route::TOKENS, tag = "access", responses(
    (status = 200, description = "The tokens, without what proves them", body = Vec<TokenRow>),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
))]
pub async fn tokens(State(app): State<AppState>) -> Result<Json<Vec<TokenRow>>, Error> {
    Ok(Json(app.auth.tokens(None).await?))
}

/// Revoke anybody's API token.
#[utoipa::path(delete, path = route::TOKEN, tag = "access", responses(
    (status = 204, description = "It is worth nothing now"),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
    (status = 404, description = "There is no such token", body = ApiError),
))]
pub async fn revoke_token(
    State(app): State<AppState>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    app.auth.revoke_token(&app.audit, &viewer, &id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What somebody may do somewhere, right by right, and by which rule.
#[utoipa::path(get, path = route::EXPLAIN, tag = "access", params(ExplainQuery), responses(
    (status = 200, description = "Every right, decided", body = Explained),
    (status = 403, description = "The role lacks manage_access", body = ApiError),
    (status = 404, description = "There is no such user", body = ApiError),
))]
pub async fn explain(
    State(app): State<AppState>,
    Query(query): Query<ExplainQuery>,
) -> Result<Json<Explained>, Error> {
    let user = db::users::by_name(&app.db, &query.user).await?;
    let user = user.ok_or_else(|| AccountError::Unknown(query.user.clone()))?;
    let nothing = || Granted::of(user.role.clone(), None);
    let granted = app.auth.role(&user.role).await?.unwrap_or_else(nothing);
    let rights = Rights { user: granted, token: None };
    let decided = |permission: &Permission| {
        let mut asked = Asked::new(*permission);
        if permission.scope() != Scope::Console {
            asked.cluster = Some(query.cluster.as_str()).filter(|it| !it.is_empty());
            asked.resource = Some(query.resource.as_str()).filter(|it| !it.is_empty());
        }
        let Decision { allowed, rule } = match user.disabled {
            true => Decision { allowed: false, rule: format!("user {} is shut out", user.name) },
            false => guard::judge(&app, &rights, &asked, Breadth::All),
        };
        ExplainedRight { permission: *permission, allowed, rule }
    };
    let decisions = Permission::ALL.iter().map(decided).collect();
    Ok(Json(Explained { user: user.name.clone(), role: user.role.clone(), decisions }))
}
