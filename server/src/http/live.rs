//! The WebSocket's door.

use axum::{
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    response::Response,
};
use ouzel_api::{error::ApiError, route};

use crate::{auth::Viewer, error::Error, live, state::AppState, telemetry};

/// Follow topics live: a WebSocket with JSON text frames both ways.
#[utoipa::path(get, path = route::LIVE, tag = "messages", responses(
    (status = 101, description = "The conversation begins"),
    (status = 400, description = "It is not a WebSocket's request", body = ApiError),
    (status = 403, description = "Lacks read_messages, or another site asks", body = ApiError),
    (status = 429, description = "Too many WebSockets are open", body = ApiError),
))]
pub async fn open(
    State(app): State<AppState>,
    viewer: Viewer,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Error> {
    // First of all: no browser tells a page why a WebSocket was refused, so the page then asks in
    // a plain request, and learns from its answer that there are too many.
    let place = app.sockets.take(viewer.user())?;
    let upgrade = upgrade.map_err(|rejection| Error::Invalid(rejection.body_text()))?;
    let request_id = telemetry::request_id();
    let open = app.open.clone();
    Ok(upgrade
        .max_message_size(live::FRAME_BYTES_MAX)
        .max_frame_size(live::FRAME_BYTES_MAX)
        .on_upgrade(async move |socket| {
            open.track_future(live::serve(app, viewer, request_id, socket)).await;
            drop(place);
        }))
}
