//! Following a topic from its end.
//!
//! Owns one long poll per leader, over connections of its own, for as long as somebody receives.
//! How many records the receiver can take is not known here: a tail never waits for that, since
//! being late is worse than a gap that is counted.

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
use tokio::sync::mpsc;

use super::{
    SearchError,
    filter::Filters,
    gather::Room,
    part::Part,
    plan::{Direction, Span},
    prepare::{Range, Start, route},
    round::{self, Abandon, Done, Errand, Outcome, Tools},
    sift::Shape,
};
use crate::kafka::{Cluster, FETCH_BYTES_MAX, KafkaError, RETRIES};

/// How long a leader may wait for a record: idle tails cost a request in this time, no more.
const WAIT: Duration = Duration::from_secs(5);
/// Matches of one answer that are held at once.
const HELD_BYTES_MAX: usize = 16 * 1024 * 1024;

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
    /// It broke off.
    Failed(SearchError),
}

/// A tail that stands at the end of its partitions.
pub struct Tail {
    tools: Tools,
    _abandon: Abandon,
    parts: BTreeMap<i32, Part<Message>>,
    leaders: HashMap<i32, i32>,
    failures: HashMap<i32, u32>,
    bytes_min: HashMap<i32, i32>,
}

impl Tail {
    /// Finds the ends: what is produced from now on will be seen.
    pub async fn prepare(
        cluster: &Cluster,
        topic: &str,
        partitions: Option<&[i32]>,
        filters: Filters,
    ) -> Result<Tail, SearchError> {
        let isolation = Isolation::ReadUncommitted;
        let range = Range { from: &From::Newest, until: Until::Now, isolation };
        let start = Start::Fresh(range, partitions);
        let found = route(cluster, topic, start).await?;
        let at_end = |span: &Span| {
            let end = span.end;
            let endless = Span { start: end, end: i64::MAX, edge: end, ..*span };
            (span.partition, Part::new(Direction::Forward, endless))
        };
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
        loop {
            for (leader, errands) in self.errands()? {
                // What was just written is shown before its transaction is decided.
                let all = Isolation::ReadUncommitted;
                rounds.push(Box::pin(round::run(self.tools.clone(), leader, all, errands)));
            }
            let Some(done) = rounds.next().await else { return Ok(()) };
            for (stretch, outcome) in done.errands {
                let partition = stretch.partition;
                let part = self.parts.get_mut(&partition).expect("it was handed out");
                let before = part.counts.read;
                part.put(stretch);
                let read = part.counts.read - before;
                let messages: Vec<Message> = part.ready.drain(..).map(|hit| hit.record).collect();
                if read > 0 && events.send(Event::Records { messages, read }).await.is_err() {
                    return Ok(());
                }
                self.end_errand(partition, outcome)?;
            }
        }
    }

    /// Everything that is not being read, by leader.
    fn errands(&mut self) -> Result<HashMap<i32, Vec<Errand>>, KafkaError> {
        let mut by_leader: HashMap<i32, Vec<Errand>> = HashMap::new();
        for (partition, part) in self.parts.iter_mut().filter(|(_, part)| part.is_hungry()) {
            let Some(leader) = self.leaders.get(partition) else {
                let topic = self.tools.lane.topic().to_owned();
                return Err(KafkaError::NoLeader { topic, partition: *partition });
            };
            let room = Room { hits: usize::MAX, bytes: HELD_BYTES_MAX };
            by_leader.entry(*leader).or_default().push(Errand {
                stretch: part.take(room, i64::MAX),
                bytes_min: self.bytes_min.get(partition).copied().unwrap_or(0),
                failures: self.failures.get(partition).copied().unwrap_or(0),
            });
        }
        Ok(by_leader)
    }

    fn end_errand(&mut self, partition: i32, outcome: Outcome) -> Result<(), SearchError> {
        if matches!(outcome, Outcome::Read | Outcome::Nothing | Outcome::Throttled) {
            self.failures.remove(&partition);
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
                let span = Span { partition, start: edge, end: i64::MAX, edge };
                self.parts.insert(partition, Part::new(Direction::Forward, span));
                Ok(())
            }
            Outcome::OutOfRange { .. } => {
                let about = format!("following partition {partition}");
                let code = ouzel_wire::ErrorCode::OffsetOutOfRange.code();
                Err(KafkaError::refused(about, code, None).into())
            }
            Outcome::Stale(_, leaders) if again && leaders.contains_key(&partition) => {
                self.leaders = leaders;
                Ok(())
            }
            Outcome::Withheld(_) if again => {
                self.bytes_min.insert(partition, FETCH_BYTES_MAX);
                Ok(())
            }
            Outcome::Withheld(end) => {
                let about = format!("following partition {partition} up to {end}");
                let code = ouzel_wire::ErrorCode::OffsetOutOfRange.code();
                Err(KafkaError::refused(about, code, None).into())
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
            Outcome::Stale(error, _) | Outcome::Failed(error) => Err(error.into()),
        }
    }
}
