//! Messages: searching a topic, and one message whole. Running a search as an act is `running`'s,
//! writing what it finds to a file `export`'s.

pub mod export;
pub mod exports;
mod running;
mod signed_in;

use axum::{
    body::Bytes,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures::stream;
use ouzel_api::{
    audit::Outcome,
    error::ApiError,
    messages::{Decoder, Message},
    route,
    script::{ScriptTried, TryScript},
    search::{Decode, Search, SearchEvent},
};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use self::running::{Order, Running};
use super::{
    extract::{Json, Path, Query},
    lines,
};
use crate::{
    audit::{Action, Kind},
    auth::Viewer,
    browse::{Event, Purpose, record, trial},
    error::Error,
    kafka::TopicPartition,
    state::AppState,
    telemetry,
};

/// Events that may wait for a slow browser; the search waits beyond that.
const EVENTS_MAX: usize = 64;
/// Lines that go out in one piece, so that ten thousand small ones do not take as many writes.
const LINES_MAX: usize = 256;

/// Search a topic: one JSON object a line, as it is found.
///
/// Closing the connection ends the search.
#[utoipa::path(post, path = route::SEARCH, tag = "messages", request_body = Search, responses(
    (status = 200, description = "Matches and progress, one a line, ending in `done` or `failed`",
        body = SearchEvent, content_type = "application/x-ndjson"),
    (status = 400, description = "A filter, the limit or the token is wrong", body = ApiError),
    (status = 404, description = "There is no such cluster, topic or partition", body = ApiError),
    (status = 429, description = "Too many searches run", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn search(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic)): Path<(String, String)>,
    Json(asked): Json<Search>,
) -> Result<Response, Error> {
    let cluster = app.cluster(&cluster)?;
    let order = Order {
        cluster: &cluster,
        topic: &topic,
        asked: &asked,
        action: Action::new(Kind::SearchMessages).with(running::detail(&asked)),
        purpose: Purpose::Rows,
        events_max: EVENTS_MAX,
        stop: app.stop.clone(),
    };
    let running = Running::start(&app, &viewer, order).await?;
    let answer = Answer { running, last: None, request_id: telemetry::request_id() };
    Ok(lines::answer(stream::unfold(answer, Answer::next_lines)))
}

/// A search as it is told to the browser.
struct Answer {
    running: Running,
    /// How the search ended, while that is not told yet.
    last: Option<Event>,
    request_id: String,
}

impl Answer {
    /// All lines that are ready; none once the search has ended.
    async fn next_lines(mut self) -> Option<(Bytes, Answer)> {
        let mut events = Vec::with_capacity(LINES_MAX);
        match self.last.take() {
            Some(last) => events.push(last),
            None if self.running.events.recv_many(&mut events, LINES_MAX).await == 0 => {
                return None;
            }
            None => {}
        }
        let mut piece = Vec::new();
        for event in events {
            // The row is completed before the end is told; what was found does not wait for that.
            if event.is_end() && !piece.is_empty() {
                self.last = Some(event);
                break;
            }
            let event = self.told(event).await;
            lines::add(&mut piece, &event);
        }
        self.running.note();
        Some((piece.into(), self))
    }

    async fn told(&mut self, event: Event) -> SearchEvent {
        match event {
            Event::Match(message) => {
                self.running.matched += 1;
                SearchEvent::Match { message }
            }
            Event::Progress(progress) => {
                self.running.read = progress.read + progress.again;
                SearchEvent::Progress { progress }
            }
            Event::Done { reason, resume } => {
                self.running.end(Outcome::Done, running::reason_text(reason)).await;
                SearchEvent::Done { reason, resume }
            }
            Event::Failed(error) => {
                let error = Error::from(error);
                self.running.end(Outcome::Failed, &error.to_string()).await;
                SearchEvent::Failed { error: error.to_api(self.request_id.clone()) }
            }
        }
    }
}

/// How a message is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Wanted {
    /// `key` or `value`: its bytes, as they are stored, instead of the message as JSON.
    download: Option<Part>,
    /// How the key is read.
    #[serde(default)]
    key_decoder: Decoder,
    /// How the value is read.
    #[serde(default)]
    value_decoder: Decoder,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Part {
    Key,
    Value,
}

/// One message, key and value whole up to 4 MiB; with `download` the bytes themselves, whatever
/// their size.
#[utoipa::path(get, path = route::MESSAGE, tag = "messages", params(Wanted), responses(
    (status = 200, description = "The message", body = Message),
    (status = 404, description = "There is none at this offset", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn show(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic, partition, offset)): Path<(String, String, i32, i64)>,
    Query(query): Query<Wanted>,
) -> Result<Response, Error> {
    let cluster = app.cluster(&cluster)?;
    let place = TopicPartition { topic, partition };
    let detail = json!({ "partition": partition, "offset": offset });
    let decode = Decode { key: query.key_decoder, value: query.value_decoder };
    let action = Action::new(Kind::ReadMessage).on(cluster.id()).to(&place.topic).with(detail);
    let read = async {
        record::read(&cluster, &place, offset, decode)
            .await?
            .ok_or_else(|| no_message(&place, offset))
    };
    let record = app.audit.record(&viewer, action, read).await?;
    Ok(match query.download {
        None => Json(record.message).into_response(),
        Some(Part::Key) => file(&place, offset, "key", record.key.unwrap_or_default()),
        Some(Part::Value) => file(&place, offset, "value", record.value.unwrap_or_default()),
    })
}

/// Try a filter in JavaScript on one message.
///
/// It runs as in a search, with the same limits, and what it writes by `console.log` is told.
#[utoipa::path(post, path = route::SCRIPT, tag = "messages", request_body = TryScript, responses(
    (status = 200, description = "What the script says of the message", body = ScriptTried),
    (status = 400, description = "The script is empty or too long", body = ApiError),
    (status = 404, description = "There is none at this offset", body = ApiError),
    (status = 429, description = "Too many scripts run", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn try_script(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic, partition, offset)): Path<(String, String, i32, i64)>,
    Json(tried): Json<TryScript>,
) -> Result<Json<ScriptTried>, Error> {
    let cluster = app.cluster(&cluster)?;
    let place = TopicPartition { topic, partition };
    // A script can ask for every part of the message and tell it by what it writes: this is a read
    // like any other.
    let detail = json!({ "partition": partition, "offset": offset, "script": tried.script });
    let action = Action::new(Kind::ReadMessage).on(cluster.id()).to(&place.topic).with(detail);
    let run = async {
        trial::run(&cluster, &place, offset, &tried)
            .await?
            .ok_or_else(|| no_message(&place, offset))
    };
    Ok(Json(app.audit.record(&viewer, action, run).await?))
}

/// The answer where a record is asked for and none is there.
pub(super) fn no_message(place: &TopicPartition, offset: i64) -> Error {
    Error::NotFound(format!("{place} holds no message at offset {offset}"))
}

/// Bytes to be saved, never to be shown: they may be a page of somebody else's.
fn file(place: &TopicPartition, offset: i64, part: &str, bytes: Bytes) -> Response {
    let name = format!("{}-{}-{offset}.{part}", place.topic, place.partition);
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, attachment(&name)),
    ];
    (headers, bytes).into_response()
}

/// Has the browser save what comes, under this name as far as every system allows it.
fn attachment(name: &str) -> String {
    let safe = |c: &char| c.is_ascii_alphanumeric() || "._-".contains(*c);
    format!("attachment; filename=\"{}\"", name.chars().filter(safe).collect::<String>())
}
