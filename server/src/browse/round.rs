//! One fetch from one leader for several partitions, sifted: what is done between two decisions.

use std::{
    collections::HashMap,
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use bytes::Bytes;
use ouzel_api::{messages::Message, search::Isolation};
use ouzel_wire::{ErrorCode, batch};
use tokio::time::{Instant, sleep};

use super::{
    filter::Filters,
    foresee::Foreseen,
    part::Stretch,
    sift::{Shape, Sieve, SiftError, sift},
    transactions::Transactions,
};
use crate::{
    kafka::{
        Answer, Ask, At, KafkaError, Lane, OffsetAndTime, Offsets, TopicPartition, is_stale_route,
        pause,
    },
    script::ScriptError,
};

/// Longest pause that a throttling broker gets in one go; it can ask again.
const THROTTLE_MAX: Duration = Duration::from_secs(5);

/// How long a round may go on before what it found is shown and counted: a fraction of the time
/// between two progress lines.
const AHEAD_FOR: Duration = Duration::from_millis(80);

/// What every round of a search needs.
#[derive(Debug, Clone)]
pub struct Tools {
    /// The way to the leaders.
    pub lane: Arc<Lane>,
    /// What matches.
    pub filters: Arc<Filters>,
    /// How matches are shown.
    pub shape: Shape,
    /// Which records of transactions count.
    pub isolation: Isolation,
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
    /// None came although the log goes on up to here: the next batch waits behind others of the
    /// answer, or there is nothing until then.
    Withheld(i64),
    /// It cannot be read.
    Unreadable(SiftError),
    /// A script reached a limit; what was judged before counts.
    Stopped(ScriptError),
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

/// Fetches and sifts. `asked` is what the leader is asked for: only committed records, up to the
/// first undecided transaction, or all.
pub async fn run(tools: Tools, leader: i32, asked: Isolation, mut errands: Vec<Errand>) -> Done {
    // Only the first partition of a request gets a batch of any size.
    errands.sort_by_key(|errand| std::cmp::Reverse(errand.bytes_min));
    let asks: Vec<Ask> = errands.iter().map(ask).collect();
    let failures = errands.iter().map(|errand| errand.failures).max().unwrap_or(0);
    let stretches = errands.into_iter().map(|errand| errand.stretch).collect();
    let (bytes, errands) = match tools.lane.fetch(leader, &asks, tools.wait, asked).await {
        Ok(answers) => read(&tools, leader, asked, (answers, stretches)).await,
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

/// Reads on while nothing has to be decided: while one answer is sifted, the next one is on its
/// way. A search for something rare thus waits for no round trip.
async fn read(
    tools: &Tools,
    leader: i32,
    asked: Isolation,
    (mut answers, mut left): (Vec<Answer>, Vec<Stretch<Message>>),
) -> (u64, Vec<(Stretch<Message>, Outcome)>) {
    let began = Instant::now();
    let mut bytes = 0;
    let mut done = Vec::new();
    loop {
        bytes += answers.iter().map(|answer| answer.records.len() as u64).sum::<u64>();
        let may_go_on = !tools.filters.is_empty() && began.elapsed() < AHEAD_FOR;
        let ahead = if may_go_on { ahead(&answers, &left, asked) } else { Vec::new() };
        let next = async {
            match ahead.is_empty() {
                true => None,
                false => tools.lane.fetch(leader, &ahead, tools.wait, asked).await.ok(),
            }
        };
        let (sifted, next) = tokio::join!(sift_all(tools, answers, left, asked), next);
        let (on, ended): (Vec<_>, Vec<_>) =
            sifted.into_iter().partition(|(stretch, outcome)| goes_on(stretch, outcome, &ahead));
        done.extend(ended);
        match next {
            Some(more) if on.len() == ahead.len() => {
                answers = more;
                left = on.into_iter().map(|(stretch, _)| stretch).collect();
            }
            unused => {
                let unused = unused.iter().flatten();
                bytes += unused.map(|answer| answer.records.len() as u64).sum::<u64>();
                done.extend(on);
                return (bytes, done);
            }
        }
    }
}

/// What to ask for next, as far as the headers of an answer tell: where each stretch goes on that
/// has more to read. Nothing if the broker wants to be left alone.
fn ahead(answers: &[Answer], left: &[Stretch<Message>], asked: Isolation) -> Vec<Ask> {
    if answers.iter().any(|answer| !answer.throttle.is_zero()) {
        return Vec::new();
    }
    let next = |stretch: &Stretch<Message>| {
        let answer = answers.iter().find(|answer| answer.partition == stretch.partition)?;
        let whole = batch::batches(answer.records.clone()).map_while(Result::ok);
        let offset = whole.last()?.header.next_offset();
        let end = readable_end(answer, asked).min(stretch.clip.end);
        let (partition, bytes_max) = (stretch.partition, stretch.bytes);
        (offset < end).then_some(Ask { partition, offset, bytes_max })
    };
    left.iter().filter_map(next).collect()
}

/// Whether a stretch is where the next answer begins, and wants it.
fn goes_on(stretch: &Stretch<Message>, outcome: &Outcome, ahead: &[Ask]) -> bool {
    let is_next = |ask: &Ask| ask.partition == stretch.partition && ask.offset == stretch.next;
    matches!(outcome, Outcome::Read) && !stretch.gather.is_full() && ahead.iter().any(is_next)
}

/// Unpacking and testing take milliseconds: not on a thread that others wait for.
async fn sift_all(
    tools: &Tools,
    answers: Vec<Answer>,
    stretches: Vec<Stretch<Message>>,
    asked: Isolation,
) -> Vec<(Stretch<Message>, Outcome)> {
    let throttle = answers.iter().map(|answer| answer.throttle).max().unwrap_or_default();
    let tools = tools.clone();
    let sifting = tokio::task::spawn_blocking(move || {
        let mut answers: HashMap<i32, Answer> =
            answers.into_iter().map(|answer| (answer.partition, answer)).collect();
        let sift_one = |mut stretch: Stretch<Message>| {
            let outcome = match answers.remove(&stretch.partition) {
                Some(answer) => take(&tools, answer, &mut stretch, asked),
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
    errands
}

fn take(
    tools: &Tools,
    answer: Answer,
    stretch: &mut Stretch<Message>,
    asked: Isolation,
) -> Outcome {
    if answer.error_code != 0 {
        let (topic, partition) = (tools.lane.topic(), answer.partition);
        let about = format!("reading {topic}-{partition} at offset {}", stretch.next);
        return Outcome::Failed(KafkaError::refused(about, answer.error_code, None));
    }
    if answer.records.is_empty() {
        // Records that are there and did not come wait behind a batch that was too large for what
        // was asked, or for what other partitions left over. Taken for the end, they would be lost.
        return match readable_end(&answer, asked) {
            end if end > stretch.next => Outcome::Withheld(end),
            _ => Outcome::Nothing,
        };
    }
    let records: Bytes = answer.records.clone();
    stretch.received += i64::try_from(records.len()).unwrap_or(i64::MAX);
    let transactions = match asked {
        Isolation::ReadCommitted => {
            Transactions::decided(readable_end(&answer, asked), answer.aborted)
        }
        Isolation::ReadUncommitted => Transactions::undecided(),
    };
    let mut sieve = Sieve {
        filters: &tools.filters,
        shape: tools.shape,
        isolation: tools.isolation,
        transactions,
        foreseen: Foreseen::default(),
        abandoned: &tools.abandoned,
    };
    match sift(records, stretch, &mut sieve) {
        Ok(()) => Outcome::Read,
        Err(SiftError::BatchLarger { needed, .. }) => Outcome::Larger(needed),
        Err(SiftError::Script(error)) => Outcome::Stopped(error),
        Err(error) => Outcome::Unreadable(error),
    }
}

/// Offset after the last record that the leader would send.
fn readable_end(answer: &Answer, asked: Isolation) -> i64 {
    match (asked, answer.stable_offset) {
        (Isolation::ReadCommitted, stable @ 0..) => answer.high_watermark.min(stable),
        _ => answer.high_watermark,
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
