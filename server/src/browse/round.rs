//! One fetch from one leader for several partitions, sifted: what is done between two decisions.

use std::{
    collections::HashMap,
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use bytes::Bytes;
use ouzel_api::messages::Message;
use ouzel_wire::ErrorCode;
use tokio::time::sleep;

use super::{
    filter::Filters,
    part::Stretch,
    sift::{SiftError, sift},
};
use crate::kafka::{
    Answer, Ask, At, FETCH_BYTES_MAX, KafkaError, Lane, OffsetAndTime, Offsets, TopicPartition,
    is_stale_route, pause,
};

/// Longest pause that a throttling broker gets in one go; it can ask again.
const THROTTLE_MAX: Duration = Duration::from_secs(5);

/// What every round of a search needs.
#[derive(Debug, Clone)]
pub struct Tools {
    /// The way to the leaders.
    pub lane: Arc<Lane>,
    /// What matches.
    pub filters: Arc<Filters>,
    /// How long a leader may wait for a first byte.
    pub wait: Duration,
    /// Set when nobody waits any more.
    pub abandoned: Arc<AtomicBool>,
}

/// Tells the threads that sift, once it is dropped, that they may stop.
#[derive(Debug, Default)]
pub struct Abandon(Arc<AtomicBool>);

impl Abandon {
    /// What the threads look at.
    pub fn flag(&self) -> Arc<AtomicBool> {
        self.0.clone()
    }
}

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A stretch to be read in a round.
#[derive(Debug)]
pub struct Errand {
    /// What to read.
    pub stretch: Stretch<Message>,
    /// Bytes to ask for at least, after a batch proved larger than usual.
    pub bytes_min: i32,
    /// How often it failed without a pause of its own in between.
    pub failures: u32,
}

/// How an errand ended.
#[derive(Debug)]
pub enum Outcome {
    /// Records came.
    Read,
    /// None came, and the broker did not hold them back.
    Nothing,
    /// The broker asked for a pause, which was made.
    Throttled,
    /// The offset is not in the log, which goes from `start` to `end`.
    OutOfRange {
        /// First readable offset.
        start: i64,
        /// Offset after the last readable one.
        end: i64,
    },
    /// Another broker may know better; a pause was made, and this is who leads now.
    Stale(KafkaError, HashMap<i32, i32>),
    /// The next batch needs more than was asked for.
    Larger(usize),
    /// It cannot be read.
    Unreadable(SiftError),
    /// The cluster failed.
    Failed(KafkaError),
}

/// A round that is over.
#[derive(Debug)]
pub struct Done {
    /// Who was asked.
    pub leader: i32,
    /// Bytes that came.
    pub bytes: u64,
    /// Each stretch and what became of it.
    pub errands: Vec<(Stretch<Message>, Outcome)>,
}

/// Fetches and sifts.
pub async fn run(tools: Tools, leader: i32, mut errands: Vec<Errand>) -> Done {
    // Only the first partition of a request gets a batch of any size.
    errands.sort_by_key(|errand| std::cmp::Reverse(errand.bytes_min));
    let asks: Vec<Ask> = errands.iter().map(ask).collect();
    let failures = errands.iter().map(|errand| errand.failures).max().unwrap_or(0);
    let stretches = errands.into_iter().map(|errand| errand.stretch).collect();
    let (bytes, errands) = match tools.lane.fetch(leader, &asks, tools.wait).await {
        Ok(answers) => read(&tools, answers, stretches).await,
        Err(error) => {
            let failed = |stretch| (stretch, Outcome::Failed(error.clone()));
            (0, stretches.into_iter().map(failed).collect())
        }
    };
    let mut done = Done { leader, bytes, errands };
    tend(&tools.lane, &mut done, failures).await;
    done
}

fn ask(errand: &Errand) -> Ask {
    let Errand { stretch, bytes_min, .. } = errand;
    let bytes_max = stretch.bytes.max(*bytes_min);
    Ask { partition: stretch.partition, offset: stretch.next, bytes_max }
}

async fn read(
    tools: &Tools,
    answers: Vec<Answer>,
    stretches: Vec<Stretch<Message>>,
) -> (u64, Vec<(Stretch<Message>, Outcome)>) {
    let throttle = answers.iter().map(|answer| answer.throttle).max().unwrap_or_default();
    let bytes = answers.iter().map(|answer| answer.records.len() as u64).sum();
    let tools = tools.clone();
    // Unpacking and testing take milliseconds: not on a thread that others wait for.
    let sifting = tokio::task::spawn_blocking(move || {
        let mut answers: HashMap<i32, Answer> =
            answers.into_iter().map(|answer| (answer.partition, answer)).collect();
        let sift_one = |mut stretch: Stretch<Message>| {
            let outcome = match answers.remove(&stretch.partition) {
                Some(answer) => take(&tools, answer, &mut stretch),
                None => Outcome::Nothing,
            };
            (stretch, outcome)
        };
        stretches.into_iter().map(sift_one).collect::<Vec<_>>()
    });
    let mut errands =
        sifting.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
    if !throttle.is_zero() {
        sleep(throttle.min(THROTTLE_MAX)).await;
        for (_, outcome) in &mut errands {
            if matches!(outcome, Outcome::Nothing) {
                *outcome = Outcome::Throttled;
            }
        }
    }
    (bytes, errands)
}

fn take(tools: &Tools, answer: Answer, stretch: &mut Stretch<Message>) -> Outcome {
    if answer.error_code != 0 {
        let (topic, partition) = (tools.lane.topic(), answer.partition);
        let about = format!("reading {topic}-{partition} at offset {}", stretch.next);
        return Outcome::Failed(KafkaError::refused(about, answer.error_code, None));
    }
    let records: Bytes = answer.records;
    if records.is_empty() {
        // Records that are there and did not come wait behind a batch that was too large for what
        // was asked, or for what other partitions left over. Taken for the end, they would be lost.
        return match answer.high_watermark > stretch.next {
            true => Outcome::Larger(FETCH_BYTES_MAX as usize),
            false => Outcome::Nothing,
        };
    }
    stretch.received += i64::try_from(records.len()).unwrap_or(i64::MAX);
    match sift(records, stretch, &tools.filters, &tools.abandoned) {
        Ok(()) => Outcome::Read,
        Err(SiftError::BatchLarger { needed, .. }) => Outcome::Larger(needed),
        Err(error) => Outcome::Unreadable(error),
    }
}

/// Finds out, for what failed, what to do next: where the log lies now, or who leads.
async fn tend(lane: &Lane, done: &mut Done, failures: u32) {
    let mut leaders = None;
    for (stretch, outcome) in &mut done.errands {
        let Outcome::Failed(error) = outcome else { continue };
        let error = error.clone();
        if error.code() == Some(ErrorCode::OffsetOutOfRange) {
            *outcome = bounds(lane, stretch.partition).await;
        } else if error.is_stale_route() || error.code().is_some_and(is_stale_route) {
            if leaders.is_none() {
                sleep(pause(failures)).await;
                leaders = Some(who_leads(lane).await);
            }
            *outcome = match leaders.as_ref().expect("just set") {
                Ok(leaders) => Outcome::Stale(error, leaders.clone()),
                Err(worse) => Outcome::Failed(worse.clone()),
            };
        }
    }
}

async fn bounds(lane: &Lane, partition: i32) -> Outcome {
    let place = TopicPartition::new(lane.topic(), partition);
    let asked = tokio::try_join!(
        lane.cluster().offsets([place.clone()], At::Start),
        lane.cluster().offsets([place.clone()], At::End)
    );
    let offset = |offsets: Offsets| match offsets.get(&place) {
        Some(Ok(Some(OffsetAndTime { offset, .. }))) => Ok(*offset),
        Some(Err(error)) => Err(error.clone()),
        _ => Err(KafkaError::NoPartition { topic: place.topic.clone(), partition }),
    };
    match asked.and_then(|(start, end)| Ok((offset(start)?, offset(end)?))) {
        Ok((start, end)) => Outcome::OutOfRange { start, end },
        Err(error) => Outcome::Failed(error),
    }
}

async fn who_leads(lane: &Lane) -> Result<HashMap<i32, i32>, KafkaError> {
    let topic = lane.cluster().fresh_topic(lane.topic()).await?;
    let led = topic.partitions.iter().filter_map(|it| Some((it.number, it.leader?)));
    Ok(led.collect())
}
