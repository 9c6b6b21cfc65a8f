//! Fetch: records out, at once or when there are enough of them.
//!
//! A fetch that waits is woken by the partitions it waits for, never by a clock but its own
//! deadline, and it counts what has come without reading it (`fetch_wait.rs`). It reads once, when
//! that is enough or its time is up (`fetch_read.rs`). Reading may have to wait for the disk, so
//! it happens on a thread that may block; a fetch with nothing to read never goes there, nor does
//! one whose few bytes were written while it waited: waking that thread would cost it more.

use std::sync::Arc;
use std::time::Duration;

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{FetchRequest, FetchResponse, FetchableTopicResponse, PartitionData};
use tokio::time::{Instant, timeout_at};

use crate::listener::answer::{Answer, Pending};
use crate::listener::budget::Reservation;
use crate::listener::call::{Call, Ctx};
use crate::listener::closed::Closed;
use crate::listener::error_code::Code;
use crate::listener::meter::Load;
use crate::session::{Ended, Fetched, TopicRef, Turn};

use super::fetch_ask::{asked, resolve};
use super::fetch_read::{Pass, Wanted, pass};
use super::fetch_wait::{News, Wait};

/// Reads committed records only.
const READ_COMMITTED: i8 = 1;
/// Longest a client may have us wait; longer, and it takes the connection for dead itself.
const WAIT_MAX: Duration = Duration::from_secs(300);

/// How much to read, and how long to wait for how much.
struct Terms {
    bytes_max: usize,
    bytes_min: u64,
    deadline: Instant,
}

pub(in crate::listener) fn handle(call: Call) -> Result<Pending, Closed> {
    Ok(Box::pin(async move {
        let (ctx, request) = call.decode::<FetchRequest>()?;
        Box::pin(fetch(Arc::new(ctx), request)).await
    }))
}

async fn fetch(ctx: Arc<Ctx>, request: FetchRequest) -> Result<Answer, Closed> {
    let terms = Terms::of(&ctx, &request);
    let committed_only = request.isolation_level == READ_COMMITTED;
    let turn = match begin(&ctx, request) {
        Ok(turn) => turn,
        Err(code) => return refused(&ctx, code),
    };
    let wanted = Arc::new(resolve(&ctx, &turn.asks, committed_only));
    let news = Wait::new(&ctx, wanted.clone(), terms.bytes_min, terms.deadline).run().await;
    let (pass, reservation) = match news {
        News::Nothing => (pass(&wanted, None), Reservation::default()),
        news => read(&ctx, &wanted, &terms, news).await,
    };
    let records = pass.answers.iter().filter_map(|answer| answer.records.as_ref());
    records.for_each(|records| ctx.shared.counters.fetched.note(Load::of(records)));
    let topics: Vec<TopicRef> = turn.asks.iter().map(|ask| ask.topic.clone()).collect();
    match end(&ctx, turn, &pass.answers) {
        Ok(ended) => {
            let responses = shape(topics, pass.answers, ended.news);
            let session_id = ended.session_id;
            let response = FetchResponse { session_id, responses, ..Default::default() };
            ctx.answer_holding::<FetchRequest>(&response, reservation)
        }
        Err(code) => refused(&ctx, code),
    }
}

fn begin(ctx: &Ctx, request: FetchRequest) -> Result<Turn, ErrorCode> {
    let now_ms = ctx.shared.node.clock().now_ms();
    let turn = ctx.shared.sessions.lock().begin(asked(ctx.version, request), now_ms);
    turn.map_err(|e| e.code())
}

fn end(ctx: &Ctx, turn: Turn, answers: &[PartitionData]) -> Result<Ended, ErrorCode> {
    let now_ms = ctx.shared.node.clock().now_ms();
    let fetched = |answer: &PartitionData| Fetched {
        high_watermark: answer.high_watermark,
        log_start: answer.log_start_offset,
        has_records: answer.records.as_ref().is_some_and(|records| !records.is_empty()),
        is_urgent: super::fetch_read::is_urgent(answer),
    };
    let fetched: Vec<Fetched> = answers.iter().map(fetched).collect();
    let ended = ctx.shared.sessions.lock().end(turn, &fetched, now_ms);
    ended.map_err(|e| e.code())
}

/// The session does not go on, and nothing is read.
fn refused(ctx: &Ctx, code: ErrorCode) -> Result<Answer, Closed> {
    let response = FetchResponse { error_code: code.code(), ..Default::default() };
    ctx.answer::<FetchRequest>(&response)
}

/// One pass, with the bytes it read taken from the budget. When others have not taken their
/// answers and time is up, it reads nothing: the client asks again.
async fn read(
    ctx: &Ctx,
    wanted: &Arc<Vec<Wanted>>,
    terms: &Terms,
    news: News,
) -> (Pass, Reservation) {
    let reserving = ctx.shared.answers.reserve(&ctx.standing, terms.bytes_max);
    let Ok(mut reservation) = timeout_at(terms.deadline, reserving).await else {
        return (pass(wanted, None), Reservation::default());
    };
    let (wanted, most) = (wanted.clone(), terms.bytes_max.min(reservation.bytes()));
    let pass = match news {
        News::Fresh => pass(&wanted, Some(most)),
        _ => ctx.blocking(move |_| pass(&wanted, Some(most))).await,
    };
    reservation.shrink_to(pass.bytes);
    (pass, reservation)
}

/// The answers by topic, in the order in which they were read, without those that are no news.
fn shape(
    topics: Vec<TopicRef>,
    answers: Vec<PartitionData>,
    news: Option<Vec<bool>>,
) -> Vec<FetchableTopicResponse> {
    let mut shaped: Vec<(TopicRef, FetchableTopicResponse)> = Vec::new();
    for (at, (topic, answer)) in topics.into_iter().zip(answers).enumerate() {
        if news.as_ref().is_some_and(|news| !news[at]) {
            continue;
        }
        match shaped.last_mut() {
            Some((last, response)) if *last == topic => response.partitions.push(answer),
            _ => {
                let mut response = FetchableTopicResponse::default();
                match &topic {
                    TopicRef::Name(name) => response.topic = name.to_string(),
                    TopicRef::Id(id) => response.topic_id = *id,
                }
                response.partitions.push(answer);
                shaped.push((topic, response));
            }
        }
    }
    shaped.into_iter().map(|(_, response)| response).collect()
}

impl Terms {
    fn of(ctx: &Ctx, request: &FetchRequest) -> Terms {
        let limit = ctx.shared.node.config.limits.fetch_bytes_max;
        let bytes_max = usize::try_from(request.max_bytes).unwrap_or(0).min(limit);
        let bytes_min = usize::try_from(request.min_bytes).unwrap_or(0).min(bytes_max) as u64;
        let wait = Duration::from_millis(u64::try_from(request.max_wait_ms).unwrap_or(0));
        Terms { bytes_max, bytes_min, deadline: Instant::now() + wait.min(WAIT_MAX) }
    }
}
