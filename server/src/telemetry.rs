//! Logs to standard error, and the id that ties a request to its log lines.

use std::io::IsTerminal;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, debug, info_span};
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Log, LogFormat};

/// The header that carries the request id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    /// The id of the request that this task answers.
    static CURRENT: String;
}

/// Starts logging. Standard output belongs to what the program has to say.
pub fn start(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.filter)
        .map_err(|error| format!("log = `{}`: {error}", log.filter))?;
    let is_read_live = std::io::stderr().is_terminal();
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(is_read_live);
    match log.format {
        LogFormat::Human => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    }
    .map_err(|error| format!("logging cannot be started: {error}"))
}

/// The id of the request that is being answered; empty outside of one. A stream that goes on after
/// its handler has returned asks while the handler still runs, and keeps the answer.
pub fn request_id() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Gives each request an id: in its log lines, in its errors and in the answer's header. One that
/// the client sends is not taken over, since nothing would keep it unique.
pub async fn with_request_id(request: Request, next: Next) -> Response {
    let id = uuid::Uuid::new_v4().simple().to_string();
    let span = info_span!("request", request.id = %id);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let answer = async {
        let response = next.run(request).await;
        debug!(status = response.status().as_u16(), "{method} {path}");
        response
    };
    let mut response = CURRENT.scope(id.clone(), answer.instrument(span)).await;
    let value = HeaderValue::try_from(id).expect("a UUID is a legal header");
    response.headers_mut().insert(REQUEST_ID, value);
    response
}

/// The pattern that a request matched, for figures by route: paths themselves are without bound.
pub fn route_of(request: &Request) -> String {
    let matched = request.extensions().get::<MatchedPath>();
    matched.map_or("none", MatchedPath::as_str).to_owned()
}
