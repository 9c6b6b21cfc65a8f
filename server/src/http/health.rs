//! Whether the process lives, whether it can serve, and its figures: open to everybody.
//!
//! `/metrics` is open like the exporters beside which it is scraped. It holds counts by route and
//! by Kafka API, no names of topics, users or clusters; whoever must hide even those binds `--http`
//! to loopback.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use ouzel_broker::stats::StatsReader;

use super::extract::Json;
use crate::{db, error::Error, openapi, router, state::AppState};

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

/// Figures for Prometheus.
#[utoipa::path(get, path = METRICS, tag = "health", responses((status = 200, body = str)))]
pub async fn metrics(State(app): State<AppState>) -> Result<Response, Error> {
    let sessions = app.auth.session_count().await?;
    let audit_entries = db::audit::highest_id(&app.db).await?;
    let broker = app.broker.as_ref().and_then(StatsReader::read);
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, app.metrics.render(sessions, audit_entries, broker.as_ref())).into_response())
}

/// This API, described.
#[utoipa::path(get, path = ouzel_api::route::OPENAPI, tag = "health", responses(
    (status = 200, description = "OpenAPI 3.1", body = serde_json::Value),
))]
pub async fn openapi() -> Json<serde_json::Value> {
    Json(openapi::document(&router::table()))
}
