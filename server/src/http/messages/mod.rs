//! Messages: searching a topic, and one message whole. Writing what a search finds to a file is
//! `export`'s.

pub mod export;

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use ouzel_api::{
    audit::Outcome,
    error::ApiError,
    messages::{Decoder, Message},
    route,
    script::{ScriptTried, TryScript},
    search::{Decode, DoneReason, Search, SearchEvent},
    session::{Asked, Permission},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use utoipa::{IntoParams, ToSchema};

use super::extract::{Json, Path, Query};
use crate::{
    audit::{Action, Begun, Kind},
    auth::{Viewer, guard},
    browse::{self, Event, Purpose, record, trial},
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
    may_see_group(&app, &viewer, cluster.id(), &asked).await?;
    let permit = app.permits.take(viewer.user())?;
    let action = Action::new(Kind::SearchMessages).on(cluster.id()).to(&topic);
    let mut begun = app.audit.begin(&viewer, action.with(detail(&asked))).await?;
    let search = match browse::Search::prepare(&cluster, &topic, &asked, Purpose::Rows).await {
        Ok(search) => search,
        Err(error) => {
            begun.end(Outcome::Failed, Some(error.to_string())).await;
            return Err(error.into());
        }
    };
    begun.note(count(0, 0));
    let (sender, events) = mpsc::channel(EVENTS_MAX);
    // Its place is free when it ends, even if a browser that stopped reading keeps the answer.
    let run = async move {
        let _permit = permit;
        search.run(sender).await;
    };
    // Stopping the server drops the search, which ends the stream of lines.
    tokio::spawn(app.stop.clone().run_until_cancelled_owned(run));
    let answer = Answer {
        events,
        begun: Some(begun),
        read: 0,
        matched: 0,
        request_id: telemetry::request_id(),
    };
    let lines = stream::unfold(answer, Answer::next_lines).map(Ok::<Bytes, Infallible>);
    let kind = HeaderValue::from_static("application/x-ndjson");
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(lines)).into_response())
}

/// Where a group goes on is told to whoever may look at that group, and to nobody else.
async fn may_see_group(
    app: &AppState,
    viewer: &Viewer,
    cluster: &str,
    asked: &Search,
) -> Result<(), Error> {
    if let ouzel_api::search::From::Group { group } = &asked.from {
        let right = Asked::new(Permission::ViewCluster).on(cluster).to(group);
        let action = Action::new(Kind::ViewCluster).on(cluster).to(group);
        guard::require(app, viewer, &right, &action).await?;
    }
    Ok(())
}

/// What the audit log keeps of a search: all of it, but of a token only that there was one.
fn detail(asked: &Search) -> Value {
    json!({
        "from": asked.from,
        "until": asked.until,
        "partitions": asked.partitions,
        "filters": asked.filters,
        "limit": asked.limit,
        "isolation": asked.isolation,
        "decode": asked.decode,
        "resumed": asked.resume.is_some(),
    })
}

/// A search as it is told to the browser. Dropping it ends the search and its audit row.
struct Answer {
    events: mpsc::Receiver<Event>,
    begun: Option<Begun>,
    read: u64,
    matched: u64,
    request_id: String,
}

impl Answer {
    /// All lines that are ready; none once the search has ended.
    async fn next_lines(mut self) -> Option<(Bytes, Answer)> {
        let mut events = Vec::with_capacity(LINES_MAX);
        if self.events.recv_many(&mut events, LINES_MAX).await == 0 {
            return None;
        }
        let mut lines = Vec::new();
        for event in events {
            let event = self.told(event).await;
            serde_json::to_writer(&mut lines, &event).expect("an event is JSON");
            lines.push(b'\n');
        }
        if let Some(begun) = &mut self.begun {
            begun.note(count(self.matched, self.read));
        }
        Some((lines.into(), self))
    }

    async fn told(&mut self, event: Event) -> SearchEvent {
        match event {
            Event::Match(message) => {
                self.matched += 1;
                SearchEvent::Match { message }
            }
            Event::Progress(progress) => {
                self.read = progress.read;
                SearchEvent::Progress { progress }
            }
            Event::Done { reason, resume } => {
                self.end(Outcome::Done, reason_text(reason)).await;
                SearchEvent::Done { reason, resume }
            }
            Event::Failed(error) => {
                let error = Error::from(error);
                self.end(Outcome::Failed, &error.to_string()).await;
                SearchEvent::Failed { error: error.to_api(self.request_id.clone()) }
            }
        }
    }

    async fn end(&mut self, outcome: Outcome, how: &str) {
        if let Some(begun) = self.begun.take() {
            let result = format!("{}; {how}", count(self.matched, self.read));
            begun.end(outcome, Some(result)).await;
        }
    }
}

fn count(matched: u64, read: u64) -> String {
    format!("{matched} matches of {read} read")
}

fn reason_text(reason: DoneReason) -> &'static str {
    match reason {
        DoneReason::Limit => "limit reached",
        DoneReason::Exhausted => "all read",
        DoneReason::Partial => "some partitions could not be read",
        DoneReason::TimeLimit => "time is up",
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
        let none = || Error::NotFound(format!("{place} holds no message at offset {offset}"));
        record::read(&cluster, &place, offset, decode).await?.ok_or_else(none)
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
        let none = || Error::NotFound(format!("{place} holds no message at offset {offset}"));
        trial::run(&cluster, &place, offset, &tried).await?.ok_or_else(none)
    };
    Ok(Json(app.audit.record(&viewer, action, run).await?))
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
