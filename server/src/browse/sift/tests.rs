//! Plan and sift together, on real batches, against a search that reads everything in order.
#![allow(clippy::unwrap_used)]

mod logs;
mod wish;

use std::{ops::Range, sync::atomic::AtomicBool};

use bytes::{Bytes, BytesMut};
use logs::{Log, Sample, batch_sample, log};
use ouzel_api::{
    messages::{Message, Transaction},
    search::{Filter, Isolation},
};
use ouzel_wire::batch::BatchBuilder;
use proptest::prelude::*;
use wish::{Wish, judged, wish};

use super::{Filters, Shape, Sieve, SiftError, sift};
use crate::browse::{
    decode::Decoding,
    foresee::Foreseen,
    gather::{Gather, Room},
    part::Stretch,
    plan::{Direction, Plan, Span, Totals},
    transactions::Transactions,
};

const HOW: Shape = Shape::Decoded(1_000);

/// Answers like a broker: whole batches from the one that holds `next`, and one that is cut. Asked
/// for committed records it stops at the first undecided transaction and names aborted ones.
fn fetch(log: &Log, next: i64, batches_max: usize, asked: Isolation) -> (Bytes, Transactions) {
    let mut set = BytesMut::new();
    let is_committed = asked == Isolation::ReadCommitted;
    let reaches = log.batches.iter().filter(|batch| {
        let header = &batch.header;
        header.last_offset() >= next && !(is_committed && header.base_offset >= log.stable)
    });
    let mut upto = next;
    for (batch, nth) in reaches.zip(0..=batches_max) {
        let length = if nth == batches_max { batch.bytes.len() / 2 } else { batch.bytes.len() };
        set.extend_from_slice(&batch.bytes[..length]);
        upto = batch.header.next_offset();
    }
    let overlaps = |(_, range): &&(i64, Range<i64>)| range.start < upto && range.end >= next;
    let aborted = log.aborted.iter().filter(overlaps).map(|(id, range)| (*id, range.start));
    let transactions = match is_committed {
        true => Transactions::decided(log.stable, aborted.collect()),
        false => Transactions::undecided(),
    };
    (set.freeze(), transactions)
}

/// How a search is run.
#[derive(Debug, Clone, Copy)]
struct Way {
    direction: Direction,
    isolation: Isolation,
    wanted: usize,
    batches: usize,
}

fn search(
    logs: &[Log],
    spans: &[Span],
    filters: &Filters,
    way: Way,
) -> (Plan<Message>, Vec<Message>) {
    let mut plan = Plan::new(way.direction, spans, way.wanted, true);
    let mut shown = Vec::new();
    for _ in 0..10_000 {
        shown.extend(std::iter::from_fn(|| plan.show()).map(|hit| hit.record));
        if plan.is_satisfied() {
            return (plan, shown);
        }
        let Some(&partition) = plan.hungry().first() else { return (plan, shown) };
        let log = &logs[usize::try_from(partition).unwrap()];
        let asked = match way.isolation {
            Isolation::ReadUncommitted if plan.next(partition) >= log.stable => {
                Isolation::ReadUncommitted
            }
            _ => Isolation::ReadCommitted,
        };
        let mut stretch = plan.take(partition);
        let (records, transactions) = fetch(log, stretch.next, way.batches, asked);
        if records.is_empty() {
            let end = if asked == Isolation::ReadCommitted { log.stable } else { log.end() };
            stretch.next = end.min(stretch.clip.end);
        }
        stretch.received += i64::try_from(records.len()).unwrap();
        let isolation = way.isolation;
        let abandoned = &AtomicBool::new(false);
        let foreseen = Foreseen::default();
        let mut sieve = Sieve { filters, shape: HOW, isolation, transactions, foreseen, abandoned };
        sift(records, &mut stretch, &mut sieve).unwrap();
        plan.put(stretch);
    }
    panic!("the search does not end: {:?}", plan.covered());
}

/// What reading everything in order finds and counts.
fn reference(
    logs: &[Log],
    spans: &[Span],
    wishes: &[(Wish, bool)],
    isolation: Isolation,
) -> (Vec<Sample>, Totals) {
    let mut totals = Totals::default();
    let mut found = Vec::new();
    for (log, span) in logs.iter().zip(spans) {
        for offset in span.start..span.end {
            totals.passed += 1;
            let sample = log.samples.iter().find(|sample| sample.offset == offset);
            let state = sample.and_then(|sample| sample.transaction);
            match sample {
                None if log.control.contains(&offset) => totals.skipped.control += 1,
                None => totals.skipped.missing += 1,
                Some(_)
                    if isolation == Isolation::ReadCommitted
                        && state == Some(Transaction::Aborted) =>
                {
                    totals.skipped.aborted += 1;
                }
                Some(sample) => {
                    totals.read += 1;
                    match judged(wishes, sample) {
                        Some(true) => found.push(sample.clone()),
                        Some(false) => {}
                        None => totals.filter_errors += 1,
                    }
                }
            }
        }
    }
    (found, totals)
}

/// What the reader may know of a transaction: nothing of those that lie behind an open one.
fn known(log: &Log, sample: &Sample) -> Option<Transaction> {
    match sample.transaction {
        Some(_) if sample.offset >= log.stable => Some(Transaction::Open),
        state => state,
    }
}

fn spans(logs: &[Log], way: Way, (from, to): (i64, i64)) -> Vec<Span> {
    let span = |(partition, log): (i32, &Log)| {
        let end = match way.isolation {
            Isolation::ReadUncommitted => log.end(),
            Isolation::ReadCommitted => log.stable,
        };
        let start = from.min(end);
        Span::unread(way.direction, partition, start, (end - to).max(start))
    };
    (0..).zip(logs).map(span).collect()
}

fn place(message: &Message) -> (i32, i64) {
    (message.partition, message.offset)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_search_finds_what_reading_everything_finds(
        partitions in prop::collection::vec(prop::collection::vec(batch_sample(), 0..10), 1..4),
        (backward, committed) in any::<(bool, bool)>(),
        (wanted, batches) in (1usize..50, 1usize..4),
        range in (0i64..20, 0i64..20),
        wishes in prop::collection::vec(wish(), 0..4),
    ) {
        let way = Way {
            direction: if backward { Direction::Backward } else { Direction::Forward },
            isolation: match committed {
                true => Isolation::ReadCommitted,
                false => Isolation::ReadUncommitted,
            },
            wanted,
            batches,
        };
        let logs: Vec<Log> = (0..).zip(&partitions).map(|(p, batches)| log(p, batches)).collect();
        let spans = spans(&logs, way, range);
        let filters: Vec<Filter> = wishes.iter().map(|(it, negate)| it.filter(*negate)).collect();
        let filters = Filters::compile(&filters, Decoding::default()).unwrap();
        let (all, totals) = reference(&logs, &spans, &wishes, way.isolation);

        // By time, as many as wanted, each as it was written.
        let mut times: Vec<i64> = all.iter().map(|sample| sample.time).collect();
        times.sort_unstable();
        if backward {
            times.reverse();
        }
        times.truncate(wanted);
        let (_, shown) = search(&logs, &spans, &filters, way);
        let shown_times: Vec<i64> = shown.iter().map(|message| message.timestamp_ms).collect();
        prop_assert_eq!(shown_times, times);
        for message in &shown {
            let here = |sample: &&Sample| (sample.partition, sample.offset) == place(message);
            let sample = all.iter().find(here).unwrap();
            prop_assert_eq!(&message.value.text, &sample.value().unwrap_or_default());
            let log = &logs[usize::try_from(sample.partition).unwrap()];
            prop_assert_eq!(message.transaction, known(log, sample));
        }

        // Resumed again and again, each once, and each offset counted once.
        let mut seen = Vec::new();
        let mut sum = Totals::default();
        let mut left = spans.clone();
        while !left.iter().all(|span| span.is_done(way.direction)) {
            let (plan, shown) = search(&logs, &left, &filters, way);
            seen.extend(shown.iter().map(place));
            add(&mut sum, &plan.totals());
            left = plan.unshown();
        }
        prop_assert_eq!(sum, totals.clone());
        seen.sort_unstable();
        let places: Vec<(i32, i64)> =
            all.iter().map(|sample| (sample.partition, sample.offset)).collect();
        prop_assert_eq!(seen, places);

        // To the end, everything is counted.
        let whole = Way { wanted: 10_000, ..way };
        let (plan, _) = search(&logs, &spans, &filters, whole);
        prop_assert!(plan.is_exhausted());
        let counted = Totals { first_filter_error: None, ..plan.totals() };
        prop_assert_eq!(counted, totals);
        let has_first = plan.totals().first_filter_error.is_some();
        prop_assert_eq!(has_first, plan.totals().filter_errors > 0);
    }
}

/// Adds the counts of a later part of the same search.
fn add(sum: &mut Totals, later: &Totals) {
    sum.read += later.read;
    sum.skipped.control += later.skipped.control;
    sum.skipped.aborted += later.skipped.aborted;
    sum.skipped.missing += later.skipped.missing;
    sum.filter_errors += later.filter_errors;
    sum.passed += later.passed;
}

fn stretch(clip: Range<i64>) -> Stretch<Message> {
    let spans = [Span::unread(Direction::Forward, 0, clip.start, clip.end)];
    Plan::new(Direction::Forward, &spans, 100, false).take(0)
}

fn sift_with(
    records: Bytes,
    stretch: &mut Stretch<Message>,
    abandoned: bool,
) -> Result<(), SiftError> {
    let mut sieve = Sieve {
        filters: &Filters::default(),
        shape: Shape::Decoded(64 * 1024),
        isolation: Isolation::ReadUncommitted,
        transactions: Transactions::undecided(),
        foreseen: Foreseen::default(),
        abandoned: &AtomicBool::new(abandoned),
    };
    sift(records, stretch, &mut sieve)
}

fn one() -> Bytes {
    let mut builder = BatchBuilder::new();
    builder.push_value(1, None, b"value");
    builder.build().unwrap()
}

#[test]
fn a_batch_larger_than_the_answer_is_named_with_its_size() {
    let bytes = one();
    let cut = bytes.slice(..bytes.len() - 1);
    let error = sift_with(cut, &mut stretch(0..1), false).unwrap_err();
    assert!(matches!(error, SiftError::BatchLarger { offset: 0, needed } if needed == bytes.len()));
}

#[test]
fn a_damaged_batch_is_an_error_with_its_offset() {
    let mut builder = BatchBuilder::new().base_offset(7);
    builder.push_value(1, None, b"value");
    let mut bytes = builder.build().unwrap().to_vec();
    let last = bytes.len() - 2;
    bytes[last] ^= 1;
    let error = sift_with(bytes.into(), &mut stretch(7..8), false).unwrap_err();
    assert!(matches!(error, SiftError::Batch { offset: 7, .. }), "{error}");
}

#[test]
fn nobody_waiting_stops_it_at_the_next_record() {
    let mut stretch = stretch(0..1);
    sift_with(one(), &mut stretch, true).unwrap();
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
    stretch.gather = Gather::new(Direction::Backward, room, 0..3);
    sift_with(builder.build().unwrap(), &mut stretch, false).unwrap();
    let gathered = stretch.gather.finish();
    assert_eq!((gathered.hits.len(), gathered.dropped), (2, Some(0)));
}
