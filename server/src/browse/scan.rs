//! The loop that performs a search: what the plan asks for is fetched and sifted, what it shows is
//! sent.
//!
//! Owns time and memory of a search: how many fetches are under way, how long it may take, how
//! often it tells how far it is. It stops as soon as nobody receives; `outlet` says when that is.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use ouzel_api::{
    messages::Message,
    search::{DoneReason, Isolation, Progress},
};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use super::{
    Event, SearchError,
    outlet::{Outlet, STALL_MAX, Shut},
    part::Stretch,
    plan::{Direction, Plan, Totals},
    prepare::Search,
    round::{self, Abandon, Done, Errand, Outcome, Tools},
    token::{self, Binding, Left},
};
use crate::kafka::{FETCH_BYTES_MAX, KafkaError, RETRIES};

/// Longest time of one search; it can be resumed. Whoever waits longer has a reason to narrow it.
pub const SEARCH_TIME_MAX: Duration = Duration::from_secs(600);
/// The same of one that is written to a file, which cannot be gone on with: some billion small
/// records at the rate of one fast machine.
pub const EXPORT_TIME_MAX: Duration = Duration::from_secs(3_600);
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
    isolation: Isolation,
    leaders: HashMap<i32, i32>,
    /// Before these offsets every transaction was decided when the search began.
    stable: HashMap<i32, i64>,
    /// Offsets behind them that the search is not given.
    held: u64,
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
            shape: self.shape,
            isolation: self.isolation,
            wait: WAIT,
            abandoned: abandon.flag(),
        };
        let began = Instant::now();
        let mut plan = Plan::new(self.direction, &self.route.spans, self.wanted, filtered);
        for (partition, error) in self.route.untold {
            plan.fail(partition, error.to_string());
        }
        let mut scan = Scan {
            plan,
            tools,
            direction: self.direction,
            binding: self.binding,
            isolation: self.isolation,
            leaders: self.route.leaders,
            stable: self.route.stable,
            held: self.route.held,
            rounds: FuturesUnordered::new(),
            rounds_by_leader: HashMap::new(),
            failures: HashMap::new(),
            bytes_min: HashMap::new(),
            bytes: 0,
            began,
            told: began,
            outlet: Outlet::new(events, STALL_MAX, began + self.time_max),
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
            if let Some(reason) = self.ended() {
                return Ok(Ok(reason));
            }
            if let Err(error) = self.begin_rounds() {
                return Ok(Err(error));
            }
            // Giving the last one up leaves nothing to wait for.
            if self.rounds.is_empty() {
                continue;
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

    /// Why the search is over, if it is. A limit that is met by the very last record has stopped
    /// nothing: there is no more to go on to.
    fn ended(&self) -> Option<DoneReason> {
        let all_shown = self.plan.is_satisfied();
        if all_shown && self.resume().is_some() {
            return Some(DoneReason::Limit);
        }
        let all_read = all_shown || self.plan.is_exhausted();
        let failed = self.plan.has_failed();
        all_read.then_some(if failed { DoneReason::Partial } else { DoneReason::Exhausted })
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
        let mut by_leader: HashMap<(i32, Isolation), Vec<i32>> = HashMap::new();
        let mut order = Vec::new();
        for partition in self.plan.hungry() {
            let Some(&leader) = self.leaders.get(&partition) else {
                let topic = self.tools.lane.topic().to_owned();
                self.give_up(partition, KafkaError::NoLeader { topic, partition }.into())?;
                continue;
            };
            let way = (leader, self.asked(partition));
            let partitions = by_leader.entry(way).or_default();
            if partitions.is_empty() {
                order.push(way);
            }
            partitions.push(partition);
        }
        for way @ (leader, asked) in order {
            let mut partitions = by_leader.remove(&way).unwrap_or_default().into_iter().peekable();
            while partitions.peek().is_some()
                && self.rounds.len() < ROUNDS_MAX
                && self.rounds_by_leader.get(&leader).is_none_or(|now| *now < ROUNDS_LEADER_MAX)
            {
                let errands = self.errands(&mut partitions);
                *self.rounds_by_leader.entry(leader).or_default() += 1;
                let tools = self.tools.clone();
                self.rounds.push(Box::pin(round::run(tools, leader, asked, errands)));
            }
        }
        Ok(())
    }

    /// What to ask for where a partition goes on. Only for committed records does a leader tell
    /// which transactions were aborted, and behind an undecided one it sends only all.
    fn asked(&self, partition: i32) -> Isolation {
        let next = self.plan.next(partition);
        let is_decided = self.stable.get(&partition).is_some_and(|stable| next < *stable);
        match self.isolation {
            Isolation::ReadUncommitted if !is_decided => Isolation::ReadUncommitted,
            _ => Isolation::ReadCommitted,
        }
    }

    /// Reads a partition no further; the others go on. An error if that leaves none, or if it is
    /// one of all.
    fn give_up(&mut self, partition: i32, error: SearchError) -> Result<(), SearchError> {
        self.plan.fail(partition, error.to_string());
        if error.is_of_all() || self.plan.is_all_failed() { Err(error) } else { Ok(()) }
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
        match outcome {
            Outcome::Nothing if failures >= EMPTY_MAX => stretch.next = clip_end,
            // Asked for first and with room for everything, it would have come.
            Outcome::Withheld(end) if failures >= EMPTY_MAX => stretch.next = end.min(clip_end),
            _ => {}
        }
        self.plan.put(stretch);
        match self.follow_up(partition, outcome, (failures, clip_end)) {
            Ok(()) => Ok(()),
            Err(error) => self.give_up(partition, error),
        }
    }

    /// What an outcome means for how a partition is read on; an error if it is not.
    fn follow_up(
        &mut self,
        partition: i32,
        outcome: Outcome,
        (failures, clip_end): (u32, i64),
    ) -> Result<(), SearchError> {
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
            // A partition without a leader may get one: its last one is asked until then.
            Outcome::Stale(_, leaders) if again => self.leaders.extend(leaders),
            Outcome::Withheld(_) => {
                self.bytes_min.insert(partition, FETCH_BYTES_MAX);
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
            Outcome::Stopped(error) => return Err(error.into()),
            Outcome::Stale(error, _) | Outcome::Failed(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn done(&self, reason: DoneReason) -> Event {
        Event::Done { reason, resume: self.resume() }
    }

    /// Where to go on after what was shown so far.
    fn resume(&self) -> Option<String> {
        let left = Left { spans: self.plan.unshown(), held: self.held };
        token::write(self.direction, self.binding, &left)
    }

    async fn tell(&mut self) -> Result<(), Shut> {
        self.told = Instant::now();
        let totals = self.plan.totals();
        let Totals { read, again, skipped, filter_errors, undecodable, .. } = totals;
        let elapsed_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let progress = Progress {
            read,
            again,
            matched: self.plan.shown(),
            bytes: self.bytes,
            skipped,
            held: self.held,
            filter_errors,
            first_filter_error: totals.first_filter_error,
            unseen: self.tools.filters.unseen(),
            undecodable,
            first_undecodable: totals.first_undecodable,
            elapsed_ms,
            left_ms: left_ms(elapsed_ms, totals.passed, totals.left),
            partitions: self.plan.covered(),
            resume: self.resume(),
        };
        self.outlet.send(Event::Progress(progress)).await
    }
}

/// How long what is left takes at the rate of what was passed; nothing is known before anything
/// was passed.
fn left_ms(elapsed_ms: u64, passed: u64, left: u64) -> Option<u64> {
    let all = u128::from(elapsed_ms) * u128::from(left);
    u64::try_from(all.checked_div(u128::from(passed))?).ok()
}

#[cfg(test)]
mod tests {
    use super::left_ms;

    #[test]
    fn what_is_left_takes_as_long_as_what_was_passed() {
        assert_eq!(left_ms(1_000, 250, 500), Some(2_000));
        assert_eq!(left_ms(1_000, 0, 500), None);
        assert_eq!(left_ms(u64::MAX, 1, u64::MAX), None);
    }
}
