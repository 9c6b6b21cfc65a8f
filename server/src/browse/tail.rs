//! Following a topic from its end.
//!
//! Owns one long poll per leader, over connections of its own, for as long as somebody receives.
//! How many records the receiver can take is not known here: a tail never waits for that, since
//! being late is worse than a gap that is counted. A partition that cannot be read is told, tried
//! again now and then, and keeps no other from being followed; one that is added is noticed.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use ouzel_api::{
    messages::{Message, PREVIEW_BYTES_MAX},
    search::{From, Isolation, Until},
};
use tokio::{
    sync::mpsc::{self, error::SendError},
    time::{Instant, sleep, sleep_until},
};

use super::{
    SearchError,
    filter::Filters,
    gather::{Counts, Room},
    part::{Part, Stretch},
    plan::{Direction, Span},
    prepare::{Start, route},
    range::Range,
    round::{self, Abandon, Done, Errand, Outcome, Tools},
    sift::Shape,
};
use crate::kafka::{Cluster, FETCH_BYTES_MAX, KafkaError, Lane, Partition, RETRIES, Topic};

/// How long a leader may wait for a record: idle tails cost a request in this time, no more.
const WAIT: Duration = Duration::from_secs(5);
/// Matches of one answer that are held at once.
const HELD_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long a partition that cannot be read is left alone: a broker takes seconds to come back.
const AGAIN_AFTER: Duration = Duration::from_secs(2);
/// How often it is looked whether partitions were added: a small request each time.
const NOTICE_EVERY: Duration = Duration::from_secs(5);
/// Where a partition is begun whose end is not known: beyond it, which has its leader tell.
const BEYOND: i64 = i64::MAX - 1;

/// What a tail tells. Nothing follows `Failed`.
#[derive(Debug)]
pub enum Event {
    /// Records that matched, of so many that were looked at.
    Records {
        /// In the order of each partition.
        messages: Vec<Message>,
        /// Looked at since the last event.
        read: u64,
    },
    /// More records that a filter could not judge.
    Unjudged {
        /// So many.
        records: u64,
        /// Partition, offset and reason of the first one of the partition.
        first: String,
    },
    /// Partitions that are not followed now, and why; replaces what was told before.
    Lost(BTreeMap<i32, String>),
    /// It broke off.
    Failed(SearchError),
}

/// A partition that is not followed now.
struct Lost {
    reason: String,
    again: Instant,
    /// Whether it is being tried again.
    trying: bool,
}

impl Lost {
    fn now(reason: String) -> Lost {
        Lost { reason, again: Instant::now() + AGAIN_AFTER, trying: false }
    }
}

/// A tail that stands at the end of its partitions.
pub struct Tail {
    tools: Tools,
    _abandon: Abandon,
    parts: BTreeMap<i32, Part<Message>>,
    leaders: HashMap<i32, i32>,
    failures: HashMap<i32, u32>,
    bytes_min: HashMap<i32, i32>,
    /// Whether partitions that are added are followed, too.
    grows: bool,
    lost: BTreeMap<i32, Lost>,
    /// What was told of them.
    told: BTreeMap<i32, String>,
}

impl Tail {
    /// Finds the ends: what is produced from now on will be seen. Of committed records it is what
    /// can be read from now on, so that those are among it whose transaction is open by now.
    pub async fn prepare(
        cluster: &Cluster,
        topic: &str,
        partitions: Option<&[i32]>,
        filters: Filters,
        isolation: Isolation,
    ) -> Result<Tail, SearchError> {
        let range = Range { from: &From::Newest, until: Until::Now, isolation };
        let start = Start::Fresh(range, partitions);
        let found = route(cluster, topic, start).await?;
        let at_end = |span: &Span| {
            let end = if span.is_unknown() { BEYOND } else { span.end };
            let endless = Span::unread(Direction::Forward, span.partition, end, i64::MAX);
            (span.partition, Part::new(Direction::Forward, endless))
        };
        let lost =
            |(partition, error): (i32, KafkaError)| (partition, Lost::now(error.to_string()));
        let abandon = Abandon::default();
        Ok(Tail {
            tools: Tools {
                lane: Arc::new(found.lane),
                filters: Arc::new(filters),
                shape: Shape::Decoded(PREVIEW_BYTES_MAX),
                isolation,
                wait: WAIT,
                abandoned: abandon.flag(),
            },
            _abandon: abandon,
            parts: found.spans.iter().map(at_end).collect(),
            leaders: found.leaders,
            failures: HashMap::new(),
            bytes_min: HashMap::new(),
            grows: partitions.is_none(),
            lost: found.untold.into_iter().map(lost).collect(),
            told: BTreeMap::new(),
        })
    }

    /// Follows until the receiver of `events` is dropped, or it fails.
    pub async fn run(mut self, events: mpsc::Sender<Event>) {
        tokio::select! {
            () = events.closed() => {}
            ended = self.follow(&events) => if let Err(error) = ended {
                let _ = events.send(Event::Failed(error)).await;
            },
        }
    }

    async fn follow(&mut self, events: &mpsc::Sender<Event>) -> Result<(), SearchError> {
        let mut rounds: FuturesUnordered<BoxFuture<'static, Done>> = FuturesUnordered::new();
        let mut noticed = notice(self.tools.lane.clone());
        loop {
            for (leader, errands) in self.errands()? {
                // Asked for all, a leader sends what was just written before it is decided.
                let asked = self.tools.isolation;
                rounds.push(Box::pin(round::run(self.tools.clone(), leader, asked, errands)));
            }
            if self.tell_lost(events).await.is_err() {
                return Ok(());
            }
            let again = self.lost.values().map(|lost| lost.again).filter(|at| *at > Instant::now());
            let again = again.min();
            let done = tokio::select! {
                Some(done) = rounds.next() => done,
                () = sleep_until(again.unwrap_or_else(Instant::now)), if again.is_some() => {
                    continue;
                }
                topic = &mut noticed, if self.grows => {
                    // A cluster that does not tell now tells later.
                    topic.iter().for_each(|topic| self.grow(topic));
                    noticed = notice(self.tools.lane.clone());
                    continue;
                }
                else => return Ok(()),
            };
            for (stretch, outcome) in done.errands {
                let partition = stretch.partition;
                if self.tell_read(stretch, events).await.is_err() {
                    return Ok(());
                }
                if let Err(error) = self.end_errand(partition, outcome) {
                    self.lose(partition, error)?;
                }
            }
        }
    }

    /// Tells what a read has brought; an error if nobody listens any more.
    async fn tell_read(
        &mut self,
        stretch: Stretch<Message>,
        events: &mpsc::Sender<Event>,
    ) -> Result<(), SendError<Event>> {
        let partition = stretch.partition;
        let part = self.parts.get_mut(&partition).expect("it was handed out");
        let (read, unjudged) = (part.counts.read, part.counts.filter_errors);
        part.put(stretch);
        let read = part.counts.read - read;
        let unjudged = unjudged_since(unjudged, partition, &part.counts);
        let messages: Vec<Message> = part.ready.drain(..).map(|hit| hit.record).collect();
        if read > 0 {
            events.send(Event::Records { messages, read }).await?;
        }
        if let Some(unjudged) = unjudged {
            events.send(unjudged).await?;
        }
        Ok(())
    }

    /// Follows partitions that were added meanwhile, from their start: all that is in them came
    /// after the tail began.
    fn grow(&mut self, topic: &Topic) {
        for Partition { number, leader, .. } in &topic.partitions {
            if self.parts.contains_key(number) {
                continue;
            }
            let whole = Span::unread(Direction::Forward, *number, 0, i64::MAX);
            self.parts.insert(*number, Part::new(Direction::Forward, whole));
            self.leaders.extend(leader.map(|leader| (*number, leader)));
        }
    }

    /// Everything that is not being read and not left alone, by leader.
    fn errands(&mut self) -> Result<HashMap<i32, Vec<Errand>>, SearchError> {
        let now = Instant::now();
        let is_due = |partition: &i32| self.lost.get(partition).is_none_or(|it| it.again <= now);
        let hungry = self.parts.iter().filter(|(_, part)| part.is_hungry());
        let due: Vec<i32> = hungry.map(|(it, _)| *it).filter(is_due).collect();
        let mut by_leader: HashMap<i32, Vec<Errand>> = HashMap::new();
        for partition in due {
            // Another's leader knows as little, but asking it leads to who leads by now.
            let leader = self.leaders.get(&partition).or_else(|| self.leaders.values().next());
            let Some(leader) = leader.copied() else {
                let topic = self.tools.lane.topic().to_owned();
                self.lose(partition, KafkaError::NoLeader { topic, partition }.into())?;
                continue;
            };
            if let Some(lost) = self.lost.get_mut(&partition).filter(|lost| !lost.trying) {
                lost.trying = true;
                // Twice at most: one whose end is not known is told where that is, and goes there.
                self.failures.insert(partition, RETRIES - 1);
            }
            let room = Room { hits: usize::MAX, bytes: HELD_BYTES_MAX };
            let part = self.parts.get_mut(&partition).expect("it is one of them");
            by_leader.entry(leader).or_default().push(Errand {
                stretch: part.take(room, i64::MAX),
                bytes_min: self.bytes_min.get(&partition).copied().unwrap_or(0),
                failures: self.failures.get(&partition).copied().unwrap_or(0),
            });
        }
        Ok(by_leader)
    }

    /// Leaves a partition alone for a while. An error if that leaves none, or if it is one of all.
    fn lose(&mut self, partition: i32, error: SearchError) -> Result<(), SearchError> {
        self.lost.insert(partition, Lost::now(error.to_string()));
        if error.is_of_all() || self.lost.len() == self.parts.len() { Err(error) } else { Ok(()) }
    }

    /// Tells which partitions are lost, if that has changed.
    async fn tell_lost(&mut self, events: &mpsc::Sender<Event>) -> Result<(), ()> {
        let lost = self.lost.iter().map(|(partition, lost)| (*partition, lost.reason.clone()));
        let lost: BTreeMap<i32, String> = lost.collect();
        if lost == self.told {
            return Ok(());
        }
        self.told.clone_from(&lost);
        events.send(Event::Lost(lost)).await.map_err(|_| ())
    }

    fn end_errand(&mut self, partition: i32, outcome: Outcome) -> Result<(), SearchError> {
        if matches!(outcome, Outcome::Read | Outcome::Nothing | Outcome::Throttled) {
            self.failures.remove(&partition);
            self.lost.remove(&partition);
            return Ok(());
        }
        let failures = self.failures.entry(partition).or_default();
        *failures += 1;
        let again = *failures <= RETRIES;
        match outcome {
            Outcome::Read | Outcome::Nothing | Outcome::Throttled => Ok(()),
            // The log was emptied, or cut: what is in it now came after the tail began.
            Outcome::OutOfRange { start, end } if again => {
                let edge = self.parts[&partition].span.edge.clamp(start, end.max(start));
                let span = Span::unread(Direction::Forward, partition, edge, i64::MAX);
                self.parts.insert(partition, Part::new(Direction::Forward, span));
                Ok(())
            }
            Outcome::OutOfRange { .. } => {
                Err(out_of_range(format!("following partition {partition}")))
            }
            Outcome::Stale(error, leaders) => {
                let is_led = leaders.contains_key(&partition);
                self.leaders.extend(leaders);
                if again && is_led { Ok(()) } else { Err(error.into()) }
            }
            Outcome::Withheld(_) if again => {
                self.bytes_min.insert(partition, FETCH_BYTES_MAX);
                Ok(())
            }
            Outcome::Withheld(end) => {
                Err(out_of_range(format!("following partition {partition} up to {end}")))
            }
            Outcome::Larger(needed) if again => {
                self.bytes_min.insert(partition, i32::try_from(needed).unwrap_or(i32::MAX));
                Ok(())
            }
            Outcome::Larger(needed) => {
                let source = super::SiftError::BatchLarger { offset: 0, needed };
                Err(SearchError::Unreadable { partition, source })
            }
            Outcome::Unreadable(source) => Err(SearchError::Unreadable { partition, source }),
            Outcome::Stopped(error) => Err(error.into()),
            Outcome::Failed(error) => Err(error.into()),
        }
    }
}

fn out_of_range(about: String) -> SearchError {
    let code = ouzel_wire::ErrorCode::OffsetOutOfRange.code();
    KafkaError::refused(about, code, None).into()
}

/// What is told of records that could not be judged, if there are more than before.
fn unjudged_since(before: u64, partition: i32, counts: &Counts) -> Option<Event> {
    let (offset, reason) = counts.first_filter_error.as_ref()?;
    let records = counts.filter_errors - before;
    let first = format!("partition {partition}, offset {offset}: {reason}");
    (records > 0).then_some(Event::Unjudged { records, first })
}

/// The topic as it is after a while.
fn notice(lane: Arc<Lane>) -> BoxFuture<'static, Result<Topic, KafkaError>> {
    Box::pin(async move {
        sleep(NOTICE_EVERY).await;
        lane.cluster().fresh_topic(lane.topic()).await
    })
}
