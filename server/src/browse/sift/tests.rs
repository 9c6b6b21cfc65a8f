//! Plan and sift together, on real batches, against a search that reads everything in order.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::AtomicBool;

use bytes::{Bytes, BytesMut};
use ouzel_api::{
    messages::Message,
    search::{Filter, Operator, Target},
};
use ouzel_wire::batch::{Batch, BatchBuilder, Codec, NewRecord};
use proptest::prelude::*;

use super::{Filters, SiftError, sift};
use crate::browse::{
    gather::{Gather, Room},
    part::Stretch,
    plan::{Direction, Plan, Span},
};

/// What a record is made of, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sample {
    partition: i32,
    offset: i64,
    time: i64,
    amount: u32,
    plain: bool,
}

impl Sample {
    fn value(&self) -> String {
        match self.plain {
            true => format!("plain {}", self.amount),
            false => format!(r#"{{"amount": {}, "note": "n{}"}}"#, self.amount, self.offset),
        }
    }
}

#[derive(Debug, Clone)]
struct BatchSample {
    gap: i64,
    codec: Codec,
    control: bool,
    log_append: bool,
    records: Vec<(i64, u32, bool)>,
}

fn batch_sample() -> impl Strategy<Value = BatchSample> {
    let record = (0i64..4, 0u32..40, prop::bool::weighted(0.2));
    let codec = prop::sample::select(Codec::ALL.to_vec());
    let records = prop::collection::vec(record, 1..12);
    let flags = (prop::bool::weighted(0.15), prop::bool::weighted(0.2));
    (0i64..4, codec, flags, records).prop_map(|(gap, codec, (control, log_append), records)| {
        BatchSample { gap, codec, control, log_append, records }
    })
}

/// A partition's batches as a broker holds them, and the records in them.
struct Log {
    batches: Vec<Batch>,
    samples: Vec<Sample>,
}

fn log(partition: i32, batches: &[BatchSample]) -> Log {
    let (mut offset, mut time) = (0, 1_000);
    let mut log = Log { batches: Vec::new(), samples: Vec::new() };
    for sample in batches {
        offset += sample.gap;
        let mut builder = BatchBuilder::new().codec(sample.codec).base_offset(offset);
        let mut made = Vec::new();
        for &(later, amount, plain) in &sample.records {
            time += later;
            made.push(Sample { partition, offset, time, amount, plain });
            offset += 1;
        }
        if sample.log_append {
            builder = builder.log_append_time(time);
            made.iter_mut().for_each(|record| record.time = time);
        }
        if sample.control {
            builder = builder.control();
        }
        for record in &made {
            let value = record.value();
            builder.push(NewRecord {
                timestamp: record.time,
                key: None,
                value: Some(value.as_bytes()),
                headers: &[],
            });
        }
        log.batches.push(Batch::parse(&builder.build().unwrap()).unwrap());
        if !sample.control {
            log.samples.extend(made);
        }
    }
    log
}

/// Answers like a broker: whole batches from the one that holds `next`, and one that is cut.
fn fetch(log: &Log, next: i64, batches_max: usize) -> Bytes {
    let mut set = BytesMut::new();
    let reaches = log.batches.iter().filter(|batch| batch.header.last_offset() >= next);
    for (batch, nth) in reaches.zip(0..=batches_max) {
        let length = if nth == batches_max { batch.bytes.len() / 2 } else { batch.bytes.len() };
        set.extend_from_slice(&batch.bytes[..length]);
    }
    set.freeze()
}

fn search(
    plan: &mut Plan<Message>,
    logs: &[Log],
    filters: &Filters,
    batches: usize,
) -> Vec<Message> {
    let mut shown = Vec::new();
    for _ in 0..10_000 {
        shown.extend(std::iter::from_fn(|| plan.show()).map(|hit| hit.record));
        let Some(&partition) = plan.hungry().first() else { return shown };
        if plan.is_satisfied() {
            return shown;
        }
        let mut stretch = plan.take(partition);
        let records = fetch(&logs[usize::try_from(partition).unwrap()], stretch.next, batches);
        if records.is_empty() {
            stretch.next = stretch.clip.end;
        }
        stretch.received += i64::try_from(records.len()).unwrap();
        sift(records, &mut stretch, filters, &AtomicBool::new(false)).unwrap();
        plan.put(stretch);
    }
    panic!("the search does not end: {:?}", plan.covered());
}

fn amount_at_least(least: u32) -> Vec<Filter> {
    let (path, value) = ("amount".to_owned(), least.to_string());
    vec![Filter::Field { path, op: Operator::Ge, value }]
}

fn holds_text(text: &str) -> Vec<Filter> {
    vec![Filter::Contains { target: Target::Value, text: text.to_owned() }]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_search_finds_what_reading_everything_finds(
        partitions in prop::collection::vec(prop::collection::vec(batch_sample(), 0..8), 1..4),
        (backward, by_text) in any::<(bool, bool)>(),
        (wanted, batches) in (1usize..50, 1usize..4),
        least in 0u32..40,
    ) {
        let direction = if backward { Direction::Backward } else { Direction::Forward };
        let logs: Vec<Log> = (0..).zip(&partitions).map(|(p, batches)| log(p, batches)).collect();
        let end = |log: &Log| log.batches.last().map_or(0, |batch| batch.header.next_offset());
        let spans: Vec<Span> =
            (0..).zip(&logs).map(|(p, log)| Span::unread(direction, p, 0, end(log))).collect();
        let text = format!(" {least}");
        let wanted_filters = if by_text { holds_text(&text) } else { amount_at_least(least) };
        let filters = Filters::compile(&wanted_filters).unwrap();

        let holds = |sample: &&Sample| match by_text {
            true => sample.value().contains(&text),
            false => !sample.plain && sample.amount >= least,
        };
        let all = || logs.iter().flat_map(|log| &log.samples);
        let mut expected: Vec<i64> = all().filter(holds).map(|sample| sample.time).collect();
        expected.sort_unstable();
        if backward {
            expected.reverse();
        }
        expected.truncate(wanted);

        let mut plan = Plan::new(direction, &spans, wanted, true);
        let shown = search(&mut plan, &logs, &filters, batches);
        let times: Vec<i64> = shown.iter().map(|message| message.timestamp_ms).collect();
        prop_assert_eq!(times, expected);
        for message in &shown {
            let same = |sample: &&Sample| {
                (sample.partition, sample.offset) == (message.partition, message.offset)
            };
            let sample = all().find(same).unwrap();
            prop_assert_eq!(&message.value.text, &sample.value());
        }
        if plan.is_exhausted() && !by_text {
            let plain = all().filter(|sample| sample.plain).count() as u64;
            let counts = (plan.counts().read, plan.counts().not_json);
            prop_assert_eq!(counts, (all().count() as u64, plain));
        }
    }
}

fn stretch(clip: std::ops::Range<i64>) -> Stretch<Message> {
    let spans = [Span::unread(Direction::Forward, 0, clip.start, clip.end)];
    Plan::new(Direction::Forward, &spans, 100, false).take(0)
}

fn sift_all(records: Bytes, stretch: &mut Stretch<Message>) -> Result<(), SiftError> {
    sift(records, stretch, &Filters::default(), &AtomicBool::new(false))
}

#[test]
fn a_batch_larger_than_the_answer_is_named_with_its_size() {
    let log = log(
        0,
        &[BatchSample {
            gap: 0,
            codec: Codec::None,
            control: false,
            log_append: false,
            records: vec![(0, 1, false)],
        }],
    );
    let bytes = &log.batches[0].bytes;
    let error = sift_all(bytes.slice(..bytes.len() - 1), &mut stretch(0..1)).unwrap_err();
    assert!(matches!(error, SiftError::BatchLarger { offset: 0, needed } if needed == bytes.len()));
}

#[test]
fn a_damaged_batch_is_an_error_with_its_offset() {
    let mut builder = BatchBuilder::new().base_offset(7);
    builder.push_value(1, None, b"value");
    let mut bytes = builder.build().unwrap().to_vec();
    let last = bytes.len() - 2;
    bytes[last] ^= 1;
    let error = sift_all(bytes.into(), &mut stretch(7..8)).unwrap_err();
    assert!(matches!(error, SiftError::Batch { offset: 7, .. }), "{error}");
}

#[test]
fn nobody_waiting_stops_it_at_the_next_batch() {
    let mut builder = BatchBuilder::new();
    builder.push_value(1, None, b"value");
    let mut stretch = stretch(0..1);
    let abandoned = AtomicBool::new(true);
    sift(builder.build().unwrap(), &mut stretch, &Filters::default(), &abandoned).unwrap();
    assert_eq!(stretch.next, 0);
}

#[test]
fn what_waits_is_weighed_with_its_texts() {
    let room = Room { hits: 10, bytes: 40_000 };
    let mut builder = BatchBuilder::new();
    for _ in 0..3 {
        builder.push_value(1, None, &[b'x'; 15_000]);
    }
    let mut stretch = stretch(0..3);
    stretch.gather = Gather::new(Direction::Backward, room);
    sift_all(builder.build().unwrap(), &mut stretch).unwrap();
    let gathered = stretch.gather.finish();
    assert_eq!((gathered.hits.len(), gathered.dropped), (2, Some(0)));
}
