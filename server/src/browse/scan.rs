//! The loop that performs a search: what the plan asks for is fetched and sifted, what it shows is
//! sent.
//!
//! Owns time and memory of a search: how many fetches are under way, how long it may take, how
//! often it tells how far it is. It stops as soon as nobody receives; `outlet` says when that is.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use ouzel_api::{
    messages::Message,
    search::{DoneReason, PartitionProgress, Progress},
};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use super::{
    Event, SearchError,
    outlet::{Outlet, STALL_MAX, Shut},
    part::Stretch,
    plan::{Direction, Plan},
    prepare::Search,
    round::{self, Abandon, Done, Errand, Outcome, Tools},
    token::{self, Binding},
};
use crate::kafka::{FETCH_BYTES_MAX, KafkaError, RETRIES};

/// Longest time of one search; it can be resumed. Whoever waits longer has a reason to narrow it.
pub const SEARCH_TIME_MAX: Duration = Duration::from_secs(600);
/// How often a search tells how far it is, below the 250 ms that are promised.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);
/// How long a leader may wait for a first byte. There is one, unless the end of the log was lost.
const WAIT: Duration = Duration::from_millis(500);
/// Fetches under way at once in one search: memory is at most this times [`FETCH_BYTES_MAX`],
/// and a second one hides the time that the first is sifted.
const ROUNDS_MAX: usize = 4;
/// Fetches under way at once at one leader.
const ROUNDS_LEADER_MAX: usize = 2;
/// Partitions in one fetch: their first stretches together fill about one answer.
const PARTITIONS_ROUND_MAX: usize = 32;
/// Empty answers in a row after which a log counts as read: the end was lost, or emptied.
const EMPTY_MAX: u32 = 3;

struct Scan {
    plan: Plan<Message>,
    tools: Tools,
    direction: Direction,
    binding: Binding,
    leaders: HashMap<i32, i32>,
    rounds: FuturesUnordered<BoxFuture<'static, Done>>,
    rounds_by_leader: HashMap<i32, usize>,
    failures: HashMap<i32, u32>,
    bytes_min: HashMap<i32, i32>,
    bytes: u64,
    began: Instant,
    told: Instant,
    outlet: Outlet,
}

impl Search {
    /// Runs to its end, or until the receiver of `events` is dropped.
    pub async fn run(self, events: mpsc::Sender<Event>) {
        let filtered = !self.filters.is_empty();
        let abandon = Abandon::default();
        let tools = Tools {
            lane: Arc::new(self.route.lane),
            filters: Arc::new(self.filters),
            wait: WAIT,
            abandoned: abandon.flag(),
        };
        let began = Instant::now();
        let mut scan = Scan {
            plan: Plan::new(self.direction, &self.route.spans, self.wanted, filtered),
            tools,
            direction: self.direction,
            binding: self.binding,
            leaders: self.route.leaders,
            rounds: FuturesUnordered::new(),
            rounds_by_leader: HashMap::new(),
            failures: HashMap::new(),
            bytes_min: HashMap::new(),
            bytes: 0,
            began,
            told: began,
            outlet: Outlet::new(events, STALL_MAX, began + SEARCH_TIME_MAX),
        };
        let ended = match scan.work().await {
            Ok(Err(error)) => Event::Failed(error),
            Err(Shut::Gone) => return,
            Ok(Ok(reason)) => scan.done(reason),
            Err(Shut::Late) => scan.done(DoneReason::TimeLimit),
        };
        scan.outlet.prolong();
        if scan.tell().await.is_ok() {
            let _ = scan.outlet.send(ended).await;
        }
    }
}

impl Scan {
    async fn work(&mut self) -> Result<Result<DoneReason, SearchError>, Shut> {
        let deadline = self.outlet.deadline;
        let mut ticks = interval(PROGRESS_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.show().await?;
            if self.plan.is_satisfied() {
                return Ok(Ok(DoneReason::Limit));
            }
            if self.plan.is_exhausted() {
                return Ok(Ok(DoneReason::Exhausted));
            }
            if let Err(error) = self.begin_rounds() {
                return Ok(Err(error));
            }
            tokio::select! {
                () = self.outlet.closed() => return Err(Shut::Gone),
                () = sleep_until(deadline) => return Ok(Ok(DoneReason::TimeLimit)),
                _ = ticks.tick() => self.tell().await?,
                Some(done) = self.rounds.next() => {
                    if let Err(error) = self.end_round(done) {
                        self.show().await?;
                        return Ok(Err(error));
                    }
                }
            }
        }
    }

    /// Sends all matches whose turn it is.
    async fn show(&mut self) -> Result<(), Shut> {
        loop {
            // Room first: what the plan has shown, a resumed search does not show again.
            let room = self.outlet.room().await?;
            let Some(hit) = self.plan.show() else { return Ok(()) };
            room.send(Event::Match(Box::new(hit.record)));
            if self.told.elapsed() >= PROGRESS_EVERY {
                self.tell().await?;
            }
        }
    }

    fn begin_rounds(&mut self) -> Result<(), SearchError> {
        let hungry = self.plan.hungry();
        let mut by_leader: HashMap<i32, Vec<i32>> = HashMap::new();
        let mut order = Vec::new();
        for partition in hungry {
            let Some(&leader) = self.leaders.get(&partition) else {
                let topic = self.tools.lane.topic().to_owned();
                return Err(KafkaError::NoLeader { topic, partition }.into());
            };
            let partitions = by_leader.entry(leader).or_default();
            if partitions.is_empty() {
                order.push(leader);
            }
            partitions.push(partition);
        }
        for leader in order {
            let mut partitions =
                by_leader.remove(&leader).unwrap_or_default().into_iter().peekable();
            while partitions.peek().is_some()
                && self.rounds.len() < ROUNDS_MAX
                && self.rounds_by_leader.get(&leader).is_none_or(|now| *now < ROUNDS_LEADER_MAX)
            {
                let errands = self.errands(&mut partitions);
                *self.rounds_by_leader.entry(leader).or_default() += 1;
                self.rounds.push(Box::pin(round::run(self.tools.clone(), leader, errands)));
            }
        }
        Ok(())
    }

    /// As many stretches as one answer holds.
    fn errands(&mut self, partitions: &mut impl Iterator<Item = i32>) -> Vec<Errand> {
        let mut errands: Vec<Errand> = Vec::new();
        let mut bytes = 0;
        for partition in partitions {
            let stretch = self.plan.take(partition);
            let bytes_min = self.bytes_min.get(&partition).copied().unwrap_or(0);
            let failures = self.failures.get(&partition).copied().unwrap_or(0);
            bytes += stretch.bytes.max(bytes_min);
            errands.push(Errand { stretch, bytes_min, failures });
            if errands.len() >= PARTITIONS_ROUND_MAX || bytes >= FETCH_BYTES_MAX {
                break;
            }
        }
        errands
    }

    fn end_round(&mut self, done: Done) -> Result<(), SearchError> {
        if let Some(now) = self.rounds_by_leader.get_mut(&done.leader) {
            *now -= 1;
        }
        self.bytes += done.bytes;
        // All stretches go back before an error ends the search: what they hold can be shown.
        let mut ended = Ok(());
        for (stretch, outcome) in done.errands {
            let one = self.end_errand(stretch, outcome);
            ended = ended.and(one);
        }
        ended
    }

    fn end_errand(
        &mut self,
        mut stretch: Stretch<Message>,
        outcome: Outcome,
    ) -> Result<(), SearchError> {
        let partition = stretch.partition;
        let failures = match outcome {
            Outcome::Read | Outcome::Throttled => {
                self.failures.remove(&partition);
                0
            }
            _ => {
                let failures = self.failures.entry(partition).or_default();
                *failures += 1;
                *failures
            }
        };
        let clip_end = stretch.clip.end;
        if matches!(outcome, Outcome::Nothing) && failures >= EMPTY_MAX {
            stretch.next = clip_end;
        }
        self.plan.put(stretch);
        let again = failures <= RETRIES;
        match outcome {
            Outcome::Read | Outcome::Throttled | Outcome::Nothing => {}
            Outcome::OutOfRange { start, end } => {
                self.plan.start_moved(partition, start);
                if end < clip_end {
                    self.plan.end_moved(partition, end);
                }
                // The leader may know less than the one that was asked where the log ends.
                if !again {
                    let topic = self.tools.lane.topic();
                    let about = format!("reading {topic}-{partition} between {start} and {end}");
                    let code = ouzel_wire::ErrorCode::OffsetOutOfRange.code();
                    return Err(KafkaError::refused(about, code, None).into());
                }
            }
            Outcome::Stale(error, leaders) => {
                self.leaders = leaders;
                if !again || !self.leaders.contains_key(&partition) {
                    return Err(error.into());
                }
            }
            Outcome::Larger(needed) if again => {
                let needed = i32::try_from(needed).unwrap_or(i32::MAX);
                self.bytes_min.insert(partition, needed);
            }
            Outcome::Larger(needed) => {
                let source = super::SiftError::BatchLarger { offset: clip_end, needed };
                return Err(SearchError::Unreadable { partition, source });
            }
            Outcome::Unreadable(source) => {
                return Err(SearchError::Unreadable { partition, source });
            }
            Outcome::Failed(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn done(&self, reason: DoneReason) -> Event {
        let resume = token::write(self.direction, self.binding, &self.plan.unshown());
        Event::Done { reason, resume }
    }

    async fn tell(&mut self) -> Result<(), Shut> {
        self.told = Instant::now();
        let counts = self.plan.counts();
        let spans = self.plan.covered();
        let covered = |span: &super::plan::Span| {
            let (covered_from, covered_to) = match self.direction {
                Direction::Forward => (span.start, span.edge),
                Direction::Backward => (span.edge, span.end),
            };
            let (partition, start, end) = (span.partition, span.start, span.end);
            PartitionProgress { partition, start, end, covered_from, covered_to }
        };
        let progress = Progress {
            read: counts.read,
            matched: self.plan.shown(),
            bytes: self.bytes,
            not_json: counts.not_json,
            first_not_json: self.plan.first_not_json().map(str::to_owned),
            elapsed_ms: u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
            partitions: spans.iter().map(covered).collect(),
        };
        self.outlet.send(Event::Progress(progress)).await
    }
}
