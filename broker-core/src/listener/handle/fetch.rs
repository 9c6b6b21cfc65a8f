//! Fetch: records out, at once or when there are enough of them.
//!
//! A fetch that waits is woken by the partitions it waits for, never by a clock but its own
//! deadline. Reading may have to wait for the disk, so it happens on a thread that may block; a
//! fetch with nothing to read never goes there. Sessions are not kept: every answer says session
//! 0, with which clients name all their partitions each time.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{FetchRequest, FetchResponse, FetchableTopicResponse, PartitionData};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::cluster::TopicId;
use crate::listener::answer::{Answer, Pending};
use crate::listener::budget::Reservation;
use crate::listener::call::{Call, Ctx};
use crate::listener::closed::Closed;

use super::fetch_read::{Pass, Wanted, find, has_news, pass};

/// From this version on topics are named by id.
const IDS_FROM: i16 = 13;
/// Reads committed records only.
const READ_COMMITTED: i8 = 1;
/// A fetch waits until this much of the budget is free: enough for a batch of the default size.
const RESERVED_BYTES_MIN: usize = 1024 * 1024;
/// Longest a client may have us wait; longer, and it takes the connection for dead itself.
const WAIT_MAX: Duration = Duration::from_secs(300);

/// Topics in the client's order, with how many partitions of each were asked for.
struct Shape(Vec<(FetchableTopicResponse, usize)>);

pub(in crate::listener) fn handle(call: Call) -> Result<Pending, Closed> {
    let (ctx, request) = call.decode::<FetchRequest>()?;
    Ok(Box::pin(async move { Box::pin(fetch(Arc::new(ctx), request)).await }))
}

async fn fetch(ctx: Arc<Ctx>, request: FetchRequest) -> Result<Answer, Closed> {
    if request.session_id != 0 {
        let error_code = ErrorCode::FetchSessionIdNotFound.code();
        let response = FetchResponse { error_code, ..Default::default() };
        return ctx.answer::<FetchRequest>(&response);
    }
    let limit = ctx.shared.node.config.limits.fetch_bytes_max;
    let bytes_max = usize::try_from(request.max_bytes).unwrap_or(0).min(limit);
    let bytes_min = usize::try_from(request.min_bytes).unwrap_or(0).min(bytes_max);
    let wait = Duration::from_millis(u64::try_from(request.max_wait_ms).unwrap_or(0));
    let deadline = Instant::now() + wait.min(WAIT_MAX);
    let (shape, wanted) = resolve(&ctx, request);
    let wanted = Arc::new(wanted);
    let (pass, reservation) = loop {
        let (pass, reservation) = read(&ctx, &wanted, bytes_max, deadline).await;
        let is_enough = pass.bytes >= bytes_min || pass.is_urgent || wanted.is_empty();
        if is_enough || Instant::now() >= deadline || ctx.shared.stop.is_cancelled() {
            break (pass, reservation);
        }
        drop(reservation);
        wait_for_news(&ctx, &wanted, &pass.answers, deadline).await;
    };
    let response = FetchResponse { responses: shape.fill(pass.answers), ..Default::default() };
    ctx.answer_holding::<FetchRequest>(&response, reservation)
}

/// One pass, with the bytes it read taken from the budget. When others have not taken their
/// answers and time is up, it reads nothing: the client asks again.
async fn read(
    ctx: &Ctx,
    wanted: &Arc<Vec<Wanted>>,
    bytes_max: usize,
    deadline: Instant,
) -> (Pass, Reservation) {
    if !has_news(wanted) {
        return (pass(wanted, None), Reservation::default());
    }
    let floor = RESERVED_BYTES_MIN.min(ctx.shared.node.config.limits.bytes_in_flight);
    let reserving = ctx.shared.answers.reserve_up_to(bytes_max, floor);
    let Ok(mut reservation) = timeout_at(deadline, reserving).await else {
        return (pass(wanted, None), Reservation::default());
    };
    let (wanted, most) = (wanted.clone(), bytes_max.min(reservation.bytes()));
    let pass = ctx.blocking(move |_| pass(&wanted, Some(most))).await;
    reservation.shrink_to(pass.bytes);
    (pass, reservation)
}

/// Returns when a partition has moved on since the pass, or when waiting is over.
async fn wait_for_news(ctx: &Ctx, wanted: &[Wanted], seen: &[PartitionData], deadline: Instant) {
    let mut changes = FuturesUnordered::new();
    for (one, seen) in wanted.iter().zip(seen) {
        let Ok(partition) = &one.partition else { continue };
        let mut watch = partition.changes();
        if *watch.borrow_and_update() != seen.high_watermark {
            return;
        }
        // A partition that is closed ends the wait as well; the next pass says why.
        changes.push(async move { watch.changed().await.is_ok() });
    }
    tokio::select! {
        _ = changes.next(), if !changes.is_empty() => {}
        () = sleep_until(deadline) => {}
        () = ctx.shared.stop.cancelled() => {}
    }
}

/// Finds what the client names, by name or by id.
fn resolve(ctx: &Ctx, request: FetchRequest) -> (Shape, Vec<Wanted>) {
    let committed_only = request.isolation_level == READ_COMMITTED;
    let (mut shape, mut wanted) = (Vec::new(), Vec::new());
    for topic in request.topics {
        let name = match ctx.version {
            ..IDS_FROM => Ok(topic.topic.clone()),
            _ => {
                let state = ctx.shared.node.state();
                let known = state.topic_by_id(TopicId(topic.topic_id));
                known.map(|t| t.name.as_str().to_owned()).ok_or(ErrorCode::UnknownTopicId)
            }
        };
        shape.push((
            FetchableTopicResponse {
                topic: topic.topic,
                topic_id: topic.topic_id,
                ..Default::default()
            },
            topic.partitions.len(),
        ));
        wanted.extend(topic.partitions.into_iter().map(|asked| {
            let name = name.as_deref().map_err(|code| *code);
            let partition = find(&ctx.shared, name, asked.partition);
            Wanted { asked, partition, committed_only }
        }));
    }
    (Shape(shape), wanted)
}

impl Shape {
    fn fill(self, answers: Vec<PartitionData>) -> Vec<FetchableTopicResponse> {
        let mut answers = answers.into_iter();
        let fill = |(mut topic, count): (FetchableTopicResponse, usize)| {
            topic.partitions = answers.by_ref().take(count).collect();
            topic
        };
        self.0.into_iter().map(fill).collect()
    }
}
