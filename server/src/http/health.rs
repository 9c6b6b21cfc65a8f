//! Whether the process lives, whether it can serve, and its figures: open to everybody.
//!
//! `/metrics` is open like the exporters beside which it is scraped. Strangers are told counts by
//! route, Kafka API and cluster; names of groups and topics, with their lag and sizes, only whoever
//! shows a session or a token, of the clusters that may be looked at by it. Whoever shows a token
//! that does not hold is refused, so that a scraper whose token has ended does not go on in silence
//! with half of the figures. From where somebody asks says nothing: a proxy on this machine asks
//! for the whole world, and not every proxy tells.

use axum::{
    extract::State,
    http::{Extensions, HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use ouzel_api::{
    ApiError,
    session::{Asked, Permission},
};
use ouzel_broker::stats::StatsReader;

use super::extract::Json;
use crate::{
    auth::{Peer, Viewer, cookie, guard},
    db,
    error::Error,
    openapi, router,
    state::AppState,
};

/// Answers as long as the process lives.
pub const HEALTHZ: &str = "/healthz";
/// Answers 200 once everything that this process needs is there.
pub const READYZ: &str = "/readyz";
/// Figures for Prometheus.
pub const METRICS: &str = "/metrics";

/// The process lives.
#[utoipa::path(get, path = HEALTHZ, tag = "health", responses((status = 200, body = str)))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The process can serve: its database answers and its clusters are known.
#[utoipa::path(get, path = READYZ, tag = "health", responses(
    (status = 200, description = "Ready", body = str),
    (status = 503, description = "What is missing", body = str),
))]
pub async fn readyz(State(app): State<AppState>) -> Response {
    match ready(&app).await {
        Ok(()) => "ok\n".into_response(),
        Err(problem) => (StatusCode::SERVICE_UNAVAILABLE, format!("{problem}\n")).into_response(),
    }
}

/// What [`readyz`] says.
pub async fn ready(app: &AppState) -> Result<(), String> {
    if app.stop.is_cancelled() {
        return Err("stopping".to_owned());
    }
    app.db.ping().await.map_err(|error| error.to_string())
}

/// Figures for Prometheus. Names of groups and topics are told to whoever shows a token.
#[utoipa::path(get, path = METRICS, tag = "health", security((), ("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The figures; without names for whoever is not known",
            body = str),
        (status = 401, description = "A token was shown that does not hold", body = ApiError),
    ))]
pub async fn metrics(
    State(app): State<AppState>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let viewer = asking(&app, Peer::of(&extensions), &headers).await?;
    let sessions = app.auth.session_count().await?;
    let audit_entries = db::audit::highest_id(&app.db).await?;
    let broker = app.broker.as_ref().and_then(StatsReader::read);
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    let text = app.metrics.render(sessions, audit_entries, broker.as_ref());
    let named = |cluster: &str| {
        let asked = Asked::new(Permission::ViewCluster).on(cluster);
        viewer.as_ref().is_some_and(|it| guard::may(&app, it, &asked))
    };
    let text = text + &app.watch.render(named);
    Ok((kind, text).into_response())
}

/// Who sent this, if that is somebody who may be told names.
async fn asking(
    app: &AppState,
    Peer(address): Peer,
    headers: &HeaderMap,
) -> Result<Option<Viewer>, Error> {
    // A cookie comes by itself, and may be that of a session which is over; a header is meant.
    let is_shown = headers.contains_key(header::AUTHORIZATION);
    let viewer = match cookie::token(headers) {
        Some(token) => app.auth.viewer(&token, address).await?,
        None => None,
    };
    if is_shown && viewer.is_none() {
        return Err(Error::Unauthenticated);
    }
    Ok(viewer.filter(|it| !it.must_change))
}

/// This API, described.
#[utoipa::path(get, path = ouzel_api::route::OPENAPI, tag = "health", responses(
    (status = 200, description = "OpenAPI 3.1", body = serde_json::Value),
))]
pub async fn openapi() -> Json<serde_json::Value> {
    Json(openapi::document(&router::table()))
}
