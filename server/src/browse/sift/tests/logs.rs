//! Partitions as brokers hold them: batches of every kind and codec, with holes and transactions,
//! and what is in them.

use std::{collections::BTreeMap, ops::Range};

use ouzel_api::messages::Transaction;
use ouzel_wire::batch::{Batch, BatchBuilder, Codec, NewRecord};
use proptest::prelude::*;

/// What a record is made of, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    pub partition: i32,
    pub offset: i64,
    pub time: i64,
    pub amount: u32,
    pub kind: Kind,
    pub transaction: Option<Transaction>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Json,
    /// JSON of which every letter is escaped.
    Escaped,
    Plain,
    Tombstone,
}

impl Sample {
    pub fn value(&self) -> Option<String> {
        let note = format!("n{}", self.amount % 7);
        match self.kind {
            Kind::Json => Some(format!(r#"{{"amount": {}, "note": "{note}"}}"#, self.amount)),
            Kind::Escaped => {
                let escaped = |text: &str| -> String {
                    text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect()
                };
                let (amount, name) = (escaped("amount"), escaped("note"));
                let note = escaped(&note);
                Some(format!(r#"{{"{amount}": {}, "{name}": "{note}"}}"#, self.amount))
            }
            Kind::Plain => Some(format!("plain {}", self.amount)),
            Kind::Tombstone => None,
        }
    }

    pub fn key(&self) -> String {
        (self.amount % 5).to_string()
    }

    /// Amount and note, if the value is JSON.
    pub fn fields(&self) -> Option<(i64, String)> {
        let value: serde_json::Value = serde_json::from_str(&self.value()?).ok()?;
        Some((value["amount"].as_i64().unwrap(), value["note"].as_str().unwrap().to_owned()))
    }
}

/// What a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Plain,
    /// Of a transaction of this producer.
    Of(i64),
    Commit(i64),
    Abort(i64),
}

#[derive(Debug, Clone)]
pub struct BatchSample {
    gap: i64,
    codec: Codec,
    what: What,
    log_append: bool,
    /// Delay, amount, kind; and whether compaction removed it.
    records: Vec<(i64, u32, Kind, bool)>,
}

pub fn batch_sample() -> impl Strategy<Value = BatchSample> {
    let kind = prop_oneof![
        6 => Just(Kind::Json),
        2 => Just(Kind::Escaped),
        2 => Just(Kind::Plain),
        1 => Just(Kind::Tombstone),
    ];
    let record = (0i64..4, 0u32..40, kind, prop::bool::weighted(0.15));
    let codec = prop::sample::select(Codec::ALL.to_vec());
    let what = prop_oneof![
        4 => Just(What::Plain),
        3 => (1i64..4).prop_map(What::Of),
        1 => (1i64..4).prop_map(What::Commit),
        1 => (1i64..4).prop_map(What::Abort),
    ];
    let records = prop::collection::vec(record, 1..12);
    let log_append = prop::bool::weighted(0.2);
    (0i64..4, codec, what, log_append, records).prop_map(
        |(gap, codec, what, log_append, records)| BatchSample {
            gap,
            codec,
            what,
            log_append,
            records,
        },
    )
}

/// A partition's batches as a broker holds them, and what is in them.
#[derive(Default)]
pub struct Log {
    pub batches: Vec<Batch>,
    pub samples: Vec<Sample>,
    pub control: Vec<i64>,
    /// Producer, first offset and mark of aborted transactions.
    pub aborted: Vec<(i64, Range<i64>)>,
    /// Before it every transaction is decided.
    pub stable: i64,
}

impl Log {
    pub fn end(&self) -> i64 {
        self.batches.last().map_or(0, |batch| batch.header.next_offset())
    }
}

pub fn log(partition: i32, batches: &[BatchSample]) -> Log {
    let (mut offset, mut time) = (0, 1_000);
    let mut log = Log::default();
    let mut open: BTreeMap<i64, i64> = BTreeMap::new();
    for sample in batches {
        offset += sample.gap;
        let builder = BatchBuilder::new().codec(sample.codec).base_offset(offset);
        match sample.what {
            What::Commit(producer) | What::Abort(producer) => {
                let is_abort = matches!(sample.what, What::Abort(_));
                let first = open.remove(&producer);
                let state = if is_abort { Transaction::Aborted } else { Transaction::Committed };
                let is_of = |it: &&mut Sample| it.transaction == Some(Transaction::Open);
                for record in log.samples.iter_mut().filter(is_of) {
                    let of = log.batches.iter().find(|batch| {
                        let header = &batch.header;
                        (header.base_offset..header.next_offset()).contains(&record.offset)
                    });
                    if of.is_some_and(|batch| batch.header.producer_id == producer) {
                        record.transaction = Some(state);
                    }
                }
                if let (Some(first), true) = (first, is_abort) {
                    log.aborted.push((producer, first..offset));
                }
                log.batches.push(mark(offset, producer, is_abort, time));
                log.control.push(offset);
                offset += 1;
            }
            What::Plain | What::Of(_) => {
                let mut builder = builder;
                let mut transaction = None;
                if let What::Of(producer) = sample.what {
                    builder = builder.producer(producer, 0, 0).transactional();
                    open.entry(producer).or_insert(offset);
                    transaction = Some(Transaction::Open);
                }
                let last = sample.records.iter().map(|(later, ..)| later).sum::<i64>() + time;
                if sample.log_append {
                    builder = builder.log_append_time(last);
                }
                let mut any = false;
                for (nth, &(later, amount, kind, removed)) in sample.records.iter().enumerate() {
                    time += later;
                    let is_last = nth + 1 == sample.records.len();
                    if removed && (any || !is_last) {
                        builder.skip();
                    } else {
                        any = true;
                        let time = if sample.log_append { last } else { time };
                        let made = Sample { partition, offset, time, amount, kind, transaction };
                        push(&mut builder, &made, time);
                        log.samples.push(made);
                    }
                    offset += 1;
                }
                log.batches.push(Batch::parse(&builder.build().unwrap()).unwrap());
            }
        }
    }
    log.stable = open.values().min().copied().unwrap_or(log.end());
    log
}

fn push(builder: &mut BatchBuilder, sample: &Sample, timestamp: i64) {
    let (key, value) = (sample.key(), sample.value());
    let headers: &[(&str, Option<&[u8]>)] = &[("h", Some(b"x"))];
    let value = value.as_ref().map(|value| value.as_bytes());
    builder.push(NewRecord { timestamp, key: Some(key.as_bytes()), value, headers });
}

fn mark(offset: i64, producer: i64, is_abort: bool, timestamp: i64) -> Batch {
    let builder = BatchBuilder::new().base_offset(offset).producer(producer, 0, -1);
    let mut builder = builder.transactional().control();
    let key = [0, 0, 0, u8::from(!is_abort)];
    builder.push(NewRecord { timestamp, key: Some(&key), value: Some(b"\0\0"), headers: &[] });
    Batch::parse(&builder.build().unwrap()).unwrap()
}
