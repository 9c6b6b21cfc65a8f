//! Writing the records of a file: checked whole, then written, told line by line. Its person can
//! stop it, and ask how it ended.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::State,
    http::StatusCode,
    response::Response,
};
use futures::{StreamExt, stream};
use ouzel_api::{
    audit::Outcome,
    error::ApiError,
    produce::{Codec, IMPORT_BYTES_MAX, ImportCheck, ImportEvent, ImportFormat, WrittenPart},
    route,
};
use serde::Deserialize;
use serde_json::json;
use tokio::{sync::mpsc, task::spawn_blocking, time::timeout};
use utoipa::IntoParams;

use super::{
    extract::{Json, Path, Query},
    lines,
    produce::{codec, expect_partitions},
};
use crate::{
    audit::{Action, Begun, Kind},
    auth::Viewer,
    browse::Permit,
    clock,
    error::Error,
    import::{self, Ending, Failure, Job, Ranges, Run, Watched},
    kafka::produce::Producer,
    state::AppState,
    telemetry,
};

/// How long a file may take to arrive: 64 MiB by a slow line.
const ARRIVAL_MAX: Duration = Duration::from_secs(600);
/// Events that may wait for a slow browser; more are left out, but for the last.
const EVENTS_MAX: usize = 16;

/// How a body is read, and where its records go.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Options {
    /// How the records stand in the body.
    format: ImportFormat,
    /// The partition of records that name none; chosen by key if left out.
    partition: Option<i32>,
    /// How batches are packed.
    #[serde(default)]
    codec: Codec,
    /// Only these records, counted from 1, such as `70001-80000`: what an earlier import left.
    only: Option<String>,
    /// A name for it, by which it can be stopped and asked how it ended. One that says nothing
    /// about the file, and none of another import of the last hour.
    id: Option<String>,
}

/// What an import of this body would write. Nothing is written.
#[utoipa::path(post, path = route::IMPORT_CHECK, tag = "messages", params(Options),
    request_body(content = String, content_type = "text/plain", description = "The file"),
    responses(
        (status = 200, description = "Its first records, and its broken lines",
            body = ImportCheck),
        (status = 403, description = "The role lacks produce_messages", body = ApiError),
        (status = 413, description = "It is larger than 64 MiB, or has too many records",
            body = ApiError),
        (status = 429, description = "Too many imports run", body = ApiError),
))]
pub async fn check(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic)): Path<(String, String)>,
    Query(options): Query<Options>,
    body: Body,
) -> Result<Json<ImportCheck>, Error> {
    let cluster = app.cluster(&cluster)?;
    let _permit = app.imports.take(viewer.user())?;
    let partitions = expect_partitions(&cluster, &topic, options.partition).await?;
    let bytes = arrived(body).await?;
    Ok(Json(checked(options.format, bytes, partitions).await?))
}

/// Write the records of a file: one JSON object a line, as it goes on.
///
/// Nothing is written while a line is broken. Closing the connection ends it; one that has an `id`
/// can then be asked how many records it wrote.
#[utoipa::path(post, path = route::IMPORT, tag = "messages", params(Options),
    request_body(content = String, content_type = "text/plain", description = "The file"),
    responses(
        (status = 200, description = "How far it is, one a line, ending in `done` or `failed`",
            body = ImportEvent, content_type = "application/x-ndjson"),
        (status = 400, description = "A line is broken; it is named, and nothing was written",
            body = ApiError),
        (status = 403, description = "The role lacks produce_messages", body = ApiError),
        (status = 404, description = "There is no such cluster, topic or partition",
            body = ApiError),
        (status = 409, description = "You have an import of that `id`", body = ApiError),
        (status = 413, description = "It is larger than 64 MiB, or has too many records",
            body = ApiError),
        (status = 429, description = "Too many imports run", body = ApiError),
))]
pub async fn run(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic)): Path<(String, String)>,
    Query(options): Query<Options>,
    body: Body,
) -> Result<Response, Error> {
    let cluster = app.cluster(&cluster)?;
    let permit = app.imports.take(viewer.user())?;
    let only = options.only.as_deref().map(Ranges::parse).transpose()?;
    let named = |id: &String| named(&viewer, (cluster.id(), &topic), id);
    let watched = app.runs.begin(options.id.as_ref().map(named), clock::now_ms)?;
    let bytes = arrived(body).await?;
    let detail = json!({
        "format": options.format,
        "size_bytes": bytes.len(),
        "codec": options.codec,
        "partition": options.partition,
        "only": options.only,
    });
    let action = Action::new(Kind::ImportMessages).on(cluster.id()).to(&topic).with(detail);
    let begun = app.audit.begin(&viewer, action).await?;
    let ready = async {
        let partitions = expect_partitions(&cluster, &topic, options.partition).await?;
        let records = whole(options.format, bytes.clone(), partitions).await?;
        Ok((records, Producer::on(&cluster, codec(options.codec)).await?))
    };
    let (records, producer) = match ready.await {
        Ok(ready) => ready,
        Err(error) => return Err(ended(begun, error).await),
    };
    let (format, partition) = (options.format, options.partition);
    let job = Job { bytes, format, records, topic, partition, only };
    let (sender, events) = mpsc::channel(EVENTS_MAX);
    let request_id = telemetry::request_id();
    let work = Work { job, producer, begun, watched, sender, permit, request_id };
    // Stopping the server drops the work, and the audit row says so.
    tokio::spawn(app.stop.clone().run_until_cancelled_owned(work.run()));
    let told = stream::unfold(events, async |mut events| {
        let event: ImportEvent = events.recv().await?;
        let mut line = Vec::new();
        lines::add(&mut line, &event);
        Some((line.into(), events))
    });
    Ok(lines::answer(told.boxed()))
}

/// How far one of one's own imports is, or how it ended within the last hour.
///
/// The answer is the last line that `POST …/import` told, or would have told if its connection had
/// not broken.
#[utoipa::path(get, path = route::IMPORT_RUN, tag = "messages", responses(
    (status = 200, description = "The last that is known of it", body = ImportEvent),
    (status = 404, description = "There is no such cluster, or no such import of yours: it never \
        began to write, or the server was started anew", body = ApiError),
))]
pub async fn show(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic, id)): Path<(String, String, String)>,
) -> Result<Json<ImportEvent>, Error> {
    let run = named(&viewer, (app.cluster(&cluster)?.id(), &topic), &id);
    app.runs.of(&run, clock::now_ms()).map(Json).ok_or_else(|| unknown(&id))
}

/// Stop one of one's own imports. What was handed to the cluster is waited for, and the last line
/// of its answer names the records that are left.
#[utoipa::path(delete, path = route::IMPORT_RUN, tag = "messages", responses(
    (status = 204, description = "It stops, or has ended"),
    (status = 404, description = "There is no such cluster, or no such import of yours",
        body = ApiError),
))]
pub async fn stop(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic, id)): Path<(String, String, String)>,
) -> Result<StatusCode, Error> {
    let run = named(&viewer, (app.cluster(&cluster)?.id(), &topic), &id);
    match app.runs.stop(&run, clock::now_ms()) {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(unknown(&id)),
    }
}

fn named(viewer: &Viewer, (cluster, topic): (&str, &str), id: &str) -> Run {
    let [user, cluster, topic, id] = [viewer.user(), cluster, topic, id].map(str::to_owned);
    Run { user, cluster, topic, id }
}

fn unknown(id: &str) -> Error {
    Error::NotFound(format!("you have no import `{id}`"))
}

async fn ended(begun: Begun, error: Error) -> Error {
    begun.end(Outcome::Failed, Some(format!("nothing was written: {error}"))).await;
    error
}

async fn arrived(body: Body) -> Result<Bytes, Error> {
    let too_late =
        |_| Error::Timeout(format!("the file did not arrive within {} s", ARRIVAL_MAX.as_secs()));
    let arrived = timeout(ARRIVAL_MAX, to_bytes(body, IMPORT_BYTES_MAX)).await.map_err(too_late)?;
    arrived.map_err(|_| {
        let mib = IMPORT_BYTES_MAX / 1024 / 1024;
        Error::TooLarge(format!("the file is larger than {mib} MiB, or broke off"))
    })
}

async fn checked(
    format: ImportFormat,
    bytes: Bytes,
    partitions: usize,
) -> Result<ImportCheck, Error> {
    let check = spawn_blocking(move || import::check(format, &bytes, partitions)).await;
    let check = check.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
    Ok(check?)
}

/// How many records it has; fails if one of its lines is none.
async fn whole(format: ImportFormat, bytes: Bytes, partitions: usize) -> Result<u64, Error> {
    let check = checked(format, bytes, partitions).await?;
    match check.first_broken.first() {
        Some(first) => {
            let more = match check.broken {
                1 => String::new(),
                many => format!("; {} more lines are broken", many - 1),
            };
            Err(Error::Invalid(format!("line {}: {}{more}", first.line, first.reason)))
        }
        None if check.records == 0 => Err(Error::Invalid("the file holds no record".to_owned())),
        None => Ok(check.records),
    }
}

/// An import under way.
struct Work {
    job: Job,
    producer: Producer,
    begun: Begun,
    watched: Watched,
    sender: mpsc::Sender<ImportEvent>,
    permit: Permit,
    request_id: String,
}

impl Work {
    async fn run(self) {
        let Work { job, producer, mut begun, watched, sender, permit, request_id } = self;
        let of = job.wanted();
        begun.note("0 records");
        let tell = |written| {
            begun.note(format!("{written} of {of} records"));
            let event = ImportEvent::Progress { written, of };
            watched.tells(event.clone());
            !matches!(sender.try_send(event), Err(mpsc::error::TrySendError::Closed(_)))
        };
        let ending = job.run(&producer, &watched.stop, tell).await;
        producer.close().await;
        drop(permit);
        let told = told(&ending, of);
        let outcome = match ending.failure {
            None if ending.written() == of => Outcome::Done,
            _ => Outcome::Failed,
        };
        begun.end(outcome, Some(told)).await;
        let end = event(ending, request_id);
        watched.ends(end.clone());
        // Nobody may be there any more to hear it; that one asks later.
        let _ = sender.send(end).await;
    }
}

fn event(ending: Ending, request_id: String) -> ImportEvent {
    let written = ending.written();
    let partitions = parts(&ending.parts);
    let all = ending.left.is_empty();
    let left = ending.left.to_string();
    match ending.failure {
        None if all => ImportEvent::Done { written, partitions },
        None => ImportEvent::Stopped { written, partitions, left },
        Some(failure) => ImportEvent::Failed {
            line: failure.line,
            left,
            doubtful: failure.doubtful,
            error: Error::from(failure.error).to_api(request_id),
            written,
            partitions,
        },
    }
}

fn parts(parts: &BTreeMap<i32, WrittenPart>) -> Vec<WrittenPart> {
    parts.values().copied().collect()
}

/// For the audit log: `3 of 3 records: partition 0 at 5 to 6, partition 1 at 7`. What is left
/// comes first: there may be many partitions, and no room for all of them.
fn told(ending: &Ending, of: u64) -> String {
    let place = |part: &WrittenPart| match part.first_offset == part.last_offset {
        true => format!("partition {} at {}", part.partition, part.first_offset),
        false => {
            let (first, last) = (part.first_offset, part.last_offset);
            format!("partition {} at {first} to {last}", part.partition)
        }
    };
    let places = ending.parts.values().map(place).collect::<Vec<_>>().join(", ");
    let written = format!("{} of {of} records", ending.written());
    let left = &ending.left;
    match &ending.failure {
        None if left.is_empty() => format!("{written}: {places}"),
        None => format!("stopped, {written}, left are {left}: {places}"),
        Some(Failure { line, error, .. }) => {
            format!("{written}, left are {left}: {places}; line {line}: {error}")
        }
    }
}
