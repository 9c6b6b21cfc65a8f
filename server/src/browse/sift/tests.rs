//! Plan and sift together, on real batches, against a search that reads everything in order.
#![allow(clippy::unwrap_used)]

use std::{collections::BTreeMap, ops::Range, sync::atomic::AtomicBool};

use bytes::{Bytes, BytesMut};
use ouzel_api::{
    messages::{Message, Transaction},
    search::{Filter, Isolation, Operator, Side, Target, Test},
};
use ouzel_wire::batch::{Batch, BatchBuilder, Codec, NewRecord};
use proptest::prelude::*;

use super::{Filters, Shape, Sieve, SiftError, sift};
use crate::browse::{
    decode::Decoding,
    gather::{Gather, Room},
    part::Stretch,
    plan::{Direction, Plan, Span, Totals},
    transactions::Transactions,
};

const HOW: Shape = Shape::Decoded(1_000);

/// What a record is made of, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sample {
    partition: i32,
    offset: i64,
    time: i64,
    amount: u32,
    kind: Kind,
    transaction: Option<Transaction>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Json,
    /// JSON of which every letter is escaped.
    Escaped,
    Plain,
    Tombstone,
}

impl Sample {
    fn value(&self) -> Option<String> {
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

    fn key(&self) -> String {
        (self.amount % 5).to_string()
    }

    /// Amount and note, if the value is JSON.
    fn fields(&self) -> Option<(i64, String)> {
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
struct BatchSample {
    gap: i64,
    codec: Codec,
    what: What,
    log_append: bool,
    /// Delay, amount, kind; and whether compaction removed it.
    records: Vec<(i64, u32, Kind, bool)>,
}

fn batch_sample() -> impl Strategy<Value = BatchSample> {
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
struct Log {
    batches: Vec<Batch>,
    samples: Vec<Sample>,
    control: Vec<i64>,
    /// Producer, first offset and mark of aborted transactions.
    aborted: Vec<(i64, Range<i64>)>,
    /// Before it every transaction is decided.
    stable: i64,
}

impl Log {
    fn end(&self) -> i64 {
        self.batches.last().map_or(0, |batch| batch.header.next_offset())
    }
}

fn log(partition: i32, batches: &[BatchSample]) -> Log {
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
        let mut sieve = Sieve { filters, shape: HOW, isolation, transactions, abandoned };
        sift(records, &mut stretch, &mut sieve).unwrap();
        plan.put(stretch);
    }
    panic!("the search does not end: {:?}", plan.covered());
}

/// A filter, and what it means.
#[derive(Debug, Clone)]
enum Wish {
    AmountAtLeast(i64),
    AmountIs(i64),
    NoteIs(String),
    NoteIn(Vec<String>),
    HasAmount,
    ValueHolds(String),
    KeyIs(u32),
    HeaderIs(&'static str),
}

fn wish() -> impl Strategy<Value = (Wish, bool)> {
    let note = || (0u32..8).prop_map(|n| format!("n{n}"));
    let wish = prop_oneof![
        (0i64..40).prop_map(Wish::AmountAtLeast),
        (0i64..40).prop_map(Wish::AmountIs),
        note().prop_map(Wish::NoteIs),
        prop::collection::vec(note(), 1..3).prop_map(Wish::NoteIn),
        Just(Wish::HasAmount),
        (0u32..40).prop_map(|n| Wish::ValueHolds(format!(" {n}"))),
        (0u32..6).prop_map(Wish::KeyIs),
        prop::sample::select(vec!["x", "y"]).prop_map(Wish::HeaderIs),
    ];
    (wish, prop::bool::weighted(0.3))
}

impl Wish {
    fn filter(&self, negate: bool) -> Filter {
        let field = |path: &str, op, value: String| Test::Field {
            of: Side::Value,
            path: path.to_owned(),
            op,
            value,
        };
        let test = match self {
            Wish::AmountAtLeast(n) => field("amount", Operator::Ge, n.to_string()),
            Wish::AmountIs(n) => field("amount", Operator::Eq, format!("{n}.0")),
            Wish::NoteIs(note) => field("note", Operator::Eq, note.clone()),
            Wish::NoteIn(notes) => field("note", Operator::In, notes.join(", ")),
            Wish::HasAmount => field("amount", Operator::Exists, String::new()),
            Wish::ValueHolds(text) => Test::Contains { target: Target::Value, text: text.clone() },
            Wish::KeyIs(n) => {
                Test::Part { target: Target::Key, op: Operator::Eq, value: n.to_string() }
            }
            Wish::HeaderIs(value) => Test::Part {
                target: Target::Header("h".to_owned()),
                op: Operator::Eq,
                value: (*value).to_owned(),
            },
        };
        Filter { negate, ..Filter::new(test) }
    }

    fn is_of_field(&self) -> bool {
        !matches!(self, Wish::ValueHolds(_) | Wish::KeyIs(_) | Wish::HeaderIs(_))
    }

    /// `None` if it cannot be judged.
    fn holds(&self, sample: &Sample) -> Option<bool> {
        let of_fields = |test: &dyn Fn(i64, &str) -> bool| match sample.kind {
            Kind::Tombstone => Some(false),
            _ => sample.fields().map(|(amount, note)| test(amount, &note)),
        };
        match self {
            Wish::AmountAtLeast(n) => of_fields(&|amount, _| amount >= *n),
            Wish::AmountIs(n) => of_fields(&|amount, _| amount == *n),
            Wish::NoteIs(wanted) => of_fields(&|_, note| note == wanted),
            Wish::NoteIn(notes) => of_fields(&|_, note| notes.iter().any(|it| it == note)),
            Wish::HasAmount => of_fields(&|_, _| true),
            Wish::ValueHolds(text) => {
                Some(sample.value().is_some_and(|value| value.contains(text.as_str())))
            }
            Wish::KeyIs(n) => Some(sample.key() == n.to_string()),
            Wish::HeaderIs(value) => Some(*value == "x"),
        }
    }
}

/// Whether a sample matches; `None` if it cannot be told. Fields are looked at last.
fn judged(wishes: &[(Wish, bool)], sample: &Sample) -> Option<bool> {
    let (fields, others): (Vec<_>, Vec<_>) = wishes.iter().partition(|(it, _)| it.is_of_field());
    for (wish, negate) in others.into_iter().chain(fields) {
        if wish.holds(sample)? == *negate {
            return Some(false);
        }
    }
    Some(true)
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

/// Aborted batches are not unpacked to be counted. Where one of them has holes and is cut by the
/// range, how many of its offsets are holes is not known; together they are.
fn told_apart(totals: Totals) -> Totals {
    let ouzel_api::search::Skipped { control, aborted, missing } = totals.skipped;
    let aborted = aborted + missing;
    let skipped = ouzel_api::search::Skipped { control, aborted, missing: 0 };
    Totals { skipped, ..totals }
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

        // Resumed again and again, each once.
        let mut seen = Vec::new();
        let mut left = spans.clone();
        while !left.iter().all(|span| span.is_done(way.direction)) {
            let (plan, shown) = search(&logs, &left, &filters, way);
            seen.extend(shown.iter().map(place));
            left = plan.unshown();
        }
        seen.sort_unstable();
        let places: Vec<(i32, i64)> =
            all.iter().map(|sample| (sample.partition, sample.offset)).collect();
        prop_assert_eq!(seen, places);

        // To the end, everything is counted.
        let whole = Way { wanted: 10_000, ..way };
        let (plan, _) = search(&logs, &spans, &filters, whole);
        prop_assert!(plan.is_exhausted());
        let counted = Totals { first_filter_error: None, ..plan.totals() };
        prop_assert_eq!(told_apart(counted), told_apart(totals));
        let has_first = plan.totals().first_filter_error.is_some();
        prop_assert_eq!(has_first, plan.totals().filter_errors > 0);
    }
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
    stretch.gather = Gather::new(Direction::Backward, room);
    sift_with(builder.build().unwrap(), &mut stretch, false).unwrap();
    let gathered = stretch.gather.finish();
    assert_eq!((gathered.hits.len(), gathered.dropped), (2, Some(0)));
}
