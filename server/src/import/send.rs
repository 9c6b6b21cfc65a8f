//! Writes the records of an import, and tells exactly which are on the cluster when it ends.
//!
//! The first record that is not written ends it, and so does whoever stops it: what was handed
//! over before is waited for, and what was not is left.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use bytes::Bytes;
use ouzel_api::produce::{ImportFormat, WrittenPart};
use tokio_util::sync::CancellationToken;

use super::{Incoming, Ranges, read};
use crate::kafka::produce::{Outgoing, ProduceError, Producer, UnderWay, Written};

/// Records handed over and not yet answered: enough to fill batches to all partitions, few enough
/// that those that are left after a failure can be named in an address.
const UNDER_WAY_MAX: usize = 1_000;

/// How often it is told how far it is.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// What is to be written.
#[derive(Debug, Clone)]
pub struct Job {
    /// The body, which was checked.
    pub bytes: Bytes,
    /// How its records stand in it.
    pub format: ImportFormat,
    /// Records in it.
    pub records: u64,
    /// The topic.
    pub topic: String,
    /// The partition of records that name none.
    pub partition: Option<i32>,
    /// Only these records; all if none.
    pub only: Option<Ranges>,
}

/// How it ended.
#[derive(Debug, Default)]
pub struct Ending {
    /// What is on the cluster, by partition.
    pub parts: BTreeMap<i32, WrittenPart>,
    /// The records that are not on the cluster, as far as it answered. Without a failure it was
    /// stopped before them.
    pub left: Ranges,
    /// Why it broke off.
    pub failure: Option<Failure>,
}

/// Why an import broke off.
#[derive(Debug)]
pub struct Failure {
    /// What was said of the first record that was not written.
    pub error: ProduceError,
    /// The line of that record.
    pub line: u64,
    /// Whether the cluster did not answer for some of those that are left.
    pub doubtful: bool,
}

impl Ending {
    /// Records that are on the cluster.
    pub fn written(&self) -> u64 {
        self.parts.values().map(|part| part.records).sum()
    }

    fn note(&mut self, at: Written) {
        let new = || WrittenPart {
            partition: at.partition,
            records: 0,
            first_offset: at.offset,
            last_offset: at.offset,
        };
        let part = self.parts.entry(at.partition).or_insert_with(new);
        part.records += 1;
        part.first_offset = part.first_offset.min(at.offset);
        part.last_offset = part.last_offset.max(at.offset);
    }

    fn fail(&mut self, (number, line): (u64, u64), error: ProduceError) {
        let doubtful = error.is_doubtful();
        self.left.push_all(number, number);
        let new = || Failure { error, line, doubtful: false };
        self.failure.get_or_insert_with(new).doubtful |= doubtful;
    }
}

impl Job {
    /// How many records this writes.
    pub fn wanted(&self) -> u64 {
        match &self.only {
            None => self.records,
            Some(only) => only.count_up_to(self.records),
        }
    }

    fn wants(&self, number: u64) -> bool {
        self.only.as_ref().is_none_or(|only| only.holds(number))
    }

    /// Writes until `stop` is cancelled. `tell` hears now and then how many are written, and ends
    /// it by answering `false`: nobody waits for it any more.
    pub async fn run(
        &self,
        producer: &Producer,
        stop: &CancellationToken,
        mut tell: impl FnMut(u64) -> bool,
    ) -> Ending {
        let mut ending = Ending::default();
        let mut under_way: VecDeque<(u64, u64, UnderWay)> = VecDeque::new();
        let mut told = Instant::now();
        // Checked before: what cannot be read is not here.
        let records = read(self.format, &self.bytes).filter_map(Result::ok);
        let mut wanted = (1..).zip(records).filter(|(number, _)| self.wants(*number));
        while !stop.is_cancelled()
            && let Some((number, record)) = wanted.next()
        {
            match self.hand_over(producer, &record).await {
                Ok(sent) => under_way.push_back((number, record.line, sent)),
                Err(error) => {
                    drain(&mut under_way, 0, &mut ending).await;
                    ending.fail((number, record.line), error);
                }
            }
            drain(&mut under_way, UNDER_WAY_MAX, &mut ending).await;
            if ending.failure.is_some() {
                break;
            }
            if told.elapsed() >= TELL_EVERY {
                told = Instant::now();
                if !tell(ending.written()) {
                    break;
                }
            }
        }
        drain(&mut under_way, 0, &mut ending).await;
        wanted.for_each(|(number, _)| ending.left.push_all(number, number));
        ending
    }

    async fn hand_over(
        &self,
        producer: &Producer,
        record: &Incoming,
    ) -> Result<UnderWay, ProduceError> {
        let outgoing = Outgoing {
            topic: &self.topic,
            partition: record.partition.or(self.partition),
            timestamp_ms: record.timestamp_ms,
            key: record.key.as_deref(),
            value: record.value.as_deref(),
            headers: &record.headers,
        };
        producer.send(&outgoing).await
    }
}

/// Waits for the oldest until no more than `most` are under way.
async fn drain(under_way: &mut VecDeque<(u64, u64, UnderWay)>, most: usize, ending: &mut Ending) {
    while under_way.len() > most
        && let Some((number, line, sent)) = under_way.pop_front()
    {
        match sent.written().await {
            Ok(at) => ending.note(at),
            Err(error) => ending.fail((number, line), error),
        }
    }
}
