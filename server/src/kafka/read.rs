//! Reading partitions upwards, batch by batch: for the command line, which prints everything.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
    time::Duration,
};

use bytes::Bytes;
use futures::future::join_all;
use ouzel_api::{messages::Transaction, search::Isolation};
use ouzel_wire::batch::{BatchError, batches};
use tokio::time::sleep;

use super::{
    Answer, Ask, Cluster, FETCH_BYTES_MAX, KafkaError, Lane, RETRIES, TopicPartition, pause,
    transactions::Transactions,
};

pub use ouzel_wire::batch::Batch;

/// How long a leader may wait for a record.
const WAIT: Duration = Duration::from_secs(1);
/// Bytes asked for per partition.
const PARTITION_BYTES_MAX: i32 = 1024 * 1024;

/// How a topic is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Which records of transactions count.
    pub isolation: Isolation,
    /// Most bytes of one answer. A first batch that is larger still comes.
    pub bytes_max: i32,
}

impl Default for Terms {
    fn default() -> Terms {
        Terms { isolation: Isolation::ReadUncommitted, bytes_max: FETCH_BYTES_MAX }
    }
}

/// A reader of one topic.
#[derive(Debug)]
pub struct Reader {
    lane: Lane,
    terms: Terms,
    /// What is left of each partition.
    left: BTreeMap<i32, Range<i64>>,
    leaders: HashMap<i32, i32>,
    /// Partitions that have more and were left out of the last answer.
    waiting: BTreeSet<i32>,
    failures: u32,
}

/// A batch, and the offsets of it that count.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Its partition.
    pub partition: i32,
    /// Records outside were not asked for.
    pub wanted: Range<i64>,
    /// The batch.
    pub batch: Batch,
}

impl Reader {
    /// Reads these offsets of each partition; `i64::MAX` as an end goes on for good.
    pub async fn new(
        cluster: &Cluster,
        topic: &str,
        left: BTreeMap<i32, Range<i64>>,
        terms: Terms,
    ) -> Result<Reader, KafkaError> {
        let topic_id = cluster.fresh_topic(topic).await?.id;
        let lane = Lane::new(cluster, topic, topic_id).at_most(terms.bytes_max);
        let (leaders, waiting) = (HashMap::new(), BTreeSet::new());
        let mut reader = Reader { lane, terms, left, leaders, waiting, failures: 0 };
        reader.find_leaders().await?;
        Ok(reader)
    }

    /// What comes next: nothing if nothing came for a while, `None` once all has been read.
    pub async fn next(&mut self) -> Result<Option<Vec<Piece>>, KafkaError> {
        self.left.retain(|_, left| left.start < left.end);
        if self.left.is_empty() {
            return Ok(None);
        }
        let mut asks: BTreeMap<i32, Vec<Ask>> = BTreeMap::new();
        for (partition, left) in &self.left {
            let Some(leader) = self.leaders.get(partition) else {
                let topic = self.lane.topic().to_owned();
                return Err(KafkaError::NoLeader { topic, partition: *partition });
            };
            let (partition, offset) = (*partition, left.start);
            let bytes_max = PARTITION_BYTES_MAX.min(self.terms.bytes_max);
            let ask = Ask { partition, offset, bytes_max };
            asks.entry(*leader).or_default().push(ask);
        }
        // Only the first partition of a request is sure to get something; without turns, those
        // behind a partition that is written faster than it is read would wait for good.
        for asks in asks.values_mut() {
            asks.sort_by_key(|ask| !self.waiting.contains(&ask.partition));
        }
        let isolation = self.terms.isolation;
        let fetches =
            asks.iter().map(|(leader, asks)| self.lane.fetch(*leader, asks, WAIT, isolation));
        let answers = join_all(fetches).await;
        let mut pieces = Vec::new();
        for answers in answers {
            let taken = answers.and_then(|answers| self.take(answers, &mut pieces));
            match taken {
                Ok(()) => self.failures = 0,
                Err(error) if error.is_stale_route() && self.failures < RETRIES => {
                    sleep(pause(self.failures)).await;
                    self.failures += 1;
                    self.find_leaders().await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Some(pieces))
    }

    fn take(&mut self, answers: Vec<Answer>, pieces: &mut Vec<Piece>) -> Result<(), KafkaError> {
        for answer in answers {
            let place = TopicPartition::new(self.lane.topic(), answer.partition);
            let Some(left) = self.left.get_mut(&answer.partition) else { continue };
            let about = || format!("reading {place} at offset {}", left.start);
            KafkaError::check(about, answer.error_code)?;
            match answer.records.is_empty() && answer.high_watermark > left.start {
                true => self.waiting.insert(answer.partition),
                false => self.waiting.remove(&answer.partition),
            };
            let transactions = match self.terms.isolation {
                // What is undecided, the leader keeps to itself.
                Isolation::ReadCommitted => Transactions::decided(i64::MAX, answer.aborted),
                Isolation::ReadUncommitted => Transactions::undecided(),
            };
            take_batches(&place, answer.records, transactions, left, pieces)?;
        }
        Ok(())
    }

    async fn find_leaders(&mut self) -> Result<(), KafkaError> {
        let topic = self.lane.cluster().fresh_topic(self.lane.topic()).await?;
        let led = topic.partitions.iter().filter_map(|it| Some((it.number, it.leader?)));
        self.leaders = led.collect();
        Ok(())
    }
}

/// The whole batches of an answer but those of aborted transactions, and `left` moved behind them.
fn take_batches(
    place: &TopicPartition,
    records: Bytes,
    mut transactions: Transactions,
    left: &mut Range<i64>,
    pieces: &mut Vec<Piece>,
) -> Result<(), KafkaError> {
    for (whole, batch) in batches(records).enumerate() {
        let batch = match batch {
            Ok(batch) => batch,
            Err(BatchError::Partial { .. }) if whole > 0 => break,
            Err(cause) => return Err(unreadable(place, left.start, &cause)),
        };
        let wanted = left.clone();
        left.start = left.start.max(batch.header.next_offset());
        let is_aborted = transactions.of(&batch) == Some(Transaction::Aborted);
        let is_wanted = batch.header.last_offset() >= wanted.start && !is_aborted;
        if is_wanted && !batch.header.attributes.is_control() {
            batch.verify_crc().map_err(|cause| unreadable(place, wanted.start, &cause))?;
            pieces.push(Piece { partition: place.partition, wanted, batch });
        }
    }
    Ok(())
}

fn unreadable(place: &TopicPartition, offset: i64, cause: &BatchError) -> KafkaError {
    KafkaError::Protocol {
        address: format!("{place} at offset {offset}"),
        api: "Fetch",
        cause: cause.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ouzel_wire::batch::BatchBuilder;

    use super::*;

    /// A record of a transaction of producer 7 at each of these offsets.
    fn records(offsets: Range<i64>) -> Bytes {
        let batch = |offset| {
            let mut builder =
                BatchBuilder::new().base_offset(offset).producer(7, 0, 0).transactional();
            builder.push_value(1, None, b"v");
            builder.build().unwrap()
        };
        offsets.map(batch).collect::<Vec<Bytes>>().concat().into()
    }

    fn taken(transactions: Transactions) -> (Vec<i64>, i64) {
        let (mut left, mut pieces) = (0..i64::MAX, Vec::new());
        let place = TopicPartition::new("t", 0);
        take_batches(&place, records(0..4), transactions, &mut left, &mut pieces).unwrap();
        (pieces.iter().map(|piece| piece.batch.header.base_offset).collect(), left.start)
    }

    #[test]
    fn aborted_records_are_passed_over_where_committed_ones_are_asked_for() {
        let decided = Transactions::decided(i64::MAX, vec![(7, 2)]);
        assert_eq!(taken(decided), (vec![0, 1], 4), "all is read, what was aborted is left out");
        assert_eq!(taken(Transactions::undecided()), (vec![0, 1, 2, 3], 4));
    }
}
