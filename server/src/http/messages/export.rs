//! What a search finds, as a file that comes as it is found.
//!
//! A file that is not all that was asked for must not look as if it were: where the search breaks
//! off, so does the answer, and the browser calls the download failed. The audit row says why.
//! While it comes, its person can ask how far it is ([`super::exports`]).

use std::io;

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures::stream;
use ouzel_api::{
    audit::Outcome,
    error::ApiError,
    exports::ExportState,
    route,
    search::{DoneReason, ExportFormat, Search},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    attachment,
    running::{self, Order, Running},
    signed_in,
};
use crate::{
    audit::{Action, Kind},
    auth::Viewer,
    browse::{
        Event, Purpose, export,
        exports::{Owner, Watched},
    },
    clock,
    error::Error,
    http::extract::{Path, Query},
    state::AppState,
};

/// Records that may wait for a slow browser. Each can be many megabytes, so they are few.
const EVENTS_MAX: usize = 8;
/// Bytes that go out in one piece, so that a million small records do not take as many writes.
const PIECE_BYTES: usize = 64 * 1024;

/// What to export, and how.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Wanted {
    /// The format.
    format: ExportFormat,
    /// A search, as the body of `POST …/search`, with a limit of at most 1,000,000,000.
    search: String,
}

/// Export what a search finds, as a file that is streamed.
///
/// The records come whole and exactly as stored. An answer that ends without its last chunk is not
/// all: the search broke off, or reached the server's time limit of one hour.
#[utoipa::path(get, path = route::EXPORT, tag = "messages", params(Wanted), responses(
    (status = 200, description = "The records, in the order of the search",
        content_type = "application/x-ndjson"),
    (status = 400, description = "A filter, the limit or the token is wrong", body = ApiError),
    (status = 404, description = "There is no such cluster, topic or partition", body = ApiError),
    (status = 429, description = "Too many searches run", body = ApiError),
    (status = 502, description = "The cluster cannot be reached", body = ApiError),
))]
pub async fn run(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let no_search = |wrong: serde_json::Error| Error::Invalid(format!("`search`: {wrong}"));
    let asked: Search = serde_json::from_str(&wanted.search).map_err(no_search)?;
    let cluster = app.cluster(&cluster)?;
    let user = viewer.user().to_owned();
    let owner = Owner { user, cluster: cluster.id().to_owned(), topic: topic.clone() };
    let watched = app.exports.begin(owner, wanted.format, &app.stop, clock::now_ms);
    let mut detail = running::detail(&asked);
    detail["format"] = serde_json::json!(wanted.format);
    let order = Order {
        cluster: &cluster,
        topic: &topic,
        asked: &asked,
        action: Action::new(Kind::ExportMessages).with(detail),
        purpose: Purpose::Export,
        events_max: EVENTS_MAX,
        stop: watched.stop.clone(),
    };
    // The page that has only started a download hears from here why there is none.
    let running = Running::start(&app, &viewer, order).await.inspect_err(|error| {
        watched.end(ExportState::Failed { message: error.to_string() });
    })?;
    let mut first = Vec::new();
    export::begin(wanted.format, &mut first);
    let file = File { format: wanted.format, running, watched, first };
    let (kind, extension) = match wanted.format {
        ExportFormat::Jsonl => ("application/x-ndjson", "jsonl"),
        ExportFormat::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, attachment(&format!("{topic}.{extension}"))),
    ];
    Ok((headers, Body::from_stream(stream::unfold(file, File::next_piece))).into_response())
}

/// A file on its way.
struct File {
    format: ExportFormat,
    running: Running,
    /// How far it is, for its person.
    watched: Watched,
    /// What is written and not sent yet.
    first: Vec<u8>,
}

impl File {
    /// The next bytes; an error if there will be no more although there should.
    async fn next_piece(mut self) -> Option<(io::Result<Bytes>, File)> {
        if self.running.is_ended() {
            return None;
        }
        let mut piece = std::mem::take(&mut self.first);
        loop {
            // Nothing is held back while the search looks for more.
            let event = match self.running.events.try_recv() {
                Ok(event) => Some(event),
                Err(_) if !piece.is_empty() => return Some(self.hand_over(piece)),
                Err(_) => self.running.events.recv().await,
            };
            if let Err(broken) = self.write(event, &mut piece).await {
                return Some((Err(broken), self));
            }
            let is_ended = self.running.is_ended();
            if is_ended && piece.is_empty() {
                return None;
            }
            if is_ended || piece.len() >= PIECE_BYTES {
                return Some(self.hand_over(piece));
            }
        }
    }

    fn hand_over(self, piece: Vec<u8>) -> (io::Result<Bytes>, File) {
        self.watched.sends(self.running.matched, piece.len());
        (Ok(piece.into()), self)
    }

    async fn write(&mut self, event: Option<Event>, piece: &mut Vec<u8>) -> io::Result<()> {
        let told = match event {
            Some(Event::Match(message)) => {
                self.running.matched += 1;
                export::record(self.format, &message, piece);
                return Ok(());
            }
            Some(Event::Progress(progress)) => {
                self.running.read = progress.read;
                self.running.note();
                self.watched.reads(&progress);
                return Ok(());
            }
            Some(Event::Done {
                reason: reason @ (DoneReason::Exhausted | DoneReason::Limit),
                ..
            }) => {
                self.running.end(Outcome::Done, running::reason_text(reason)).await;
                self.watched.end(ExportState::Done);
                return Ok(());
            }
            Some(Event::Done { reason, .. }) => running::reason_text(reason).to_owned(),
            Some(Event::Failed(error)) => error.to_string(),
            None if self.watched.is_cancelled() => "cancelled".to_owned(),
            None if self.running.is_signed_out() => signed_in::OVER.to_owned(),
            None => "the server stops".to_owned(),
        };
        self.running.end(Outcome::Failed, &told).await;
        self.watched.end(ExportState::Failed { message: told.clone() });
        Err(io::Error::other(told))
    }
}
