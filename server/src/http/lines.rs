//! Answers that come bit by bit: one JSON object a line.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt};
use serde::Serialize;

/// Adds an event to `lines`.
pub fn add(lines: &mut Vec<u8>, event: &impl Serialize) {
    serde_json::to_writer(&mut *lines, event).expect("an event is JSON");
    lines.push(b'\n');
}

/// The answer that ends when `pieces` do; each is one or more lines.
pub fn answer(pieces: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let kind = HeaderValue::from_static("application/x-ndjson");
    let body = Body::from_stream(pieces.map(Ok::<Bytes, Infallible>));
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}
