//! The plan against a straightforward search over made-up logs.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Direction, Plan, Span};
use crate::browse::{gather::Hit, part::Stretch};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Record {
    offset: i64,
    time: i64,
    matches: bool,
}

/// Batches of records; offsets rise with gaps, batches begin at their first offset.
type Log = Vec<Vec<Record>>;

fn log() -> impl Strategy<Value = Log> {
    let record = (1i64..4, 0i64..5, prop::bool::weighted(0.4));
    let batches = prop::collection::vec(prop::collection::vec(record, 1..5), 0..12);
    batches.prop_map(|batches| {
        let (mut offset, mut time) = (-1, 1_000);
        let mut place = |(gap, later, matches)| {
            offset += gap;
            time += later;
            Record { offset, time, matches }
        };
        batches.into_iter().map(|batch| batch.into_iter().map(&mut place).collect()).collect()
    })
}

fn end(log: &Log) -> i64 {
    log.iter().flatten().last().map_or(0, |record| record.offset + 1)
}

/// Reads as a broker answers: whole batches from the one that holds `next`, at least one.
fn read(log: &Log, stretch: &mut Stretch<Record>, batches_max: usize) {
    let reaches = |batch: &&Vec<Record>| batch.last().unwrap().offset >= stretch.next;
    let fetched: Vec<_> = log.iter().filter(reaches).take(batches_max).cloned().collect();
    if fetched.is_empty() {
        stretch.next = stretch.clip.end;
    }
    for batch in fetched {
        stretch.reaches_down_to(batch[0].offset);
        stretch.received += 100 * i64::try_from(batch.len()).unwrap();
        for record in &batch {
            if !stretch.clip.contains(&record.offset) {
                continue;
            }
            if stretch.gather.is_full() {
                return;
            }
            stretch.gather.saw(record.offset, record.time);
            stretch.next = stretch.next.max(record.offset + 1);
            if record.matches {
                let Record { offset, time, .. } = *record;
                let hit = Hit { offset, timestamp_ms: time, weight: 1, record: *record };
                stretch.gather.hit(hit);
            }
        }
        stretch.next = stretch.next.max(batch.last().unwrap().offset + 1);
    }
}

fn run(plan: &mut Plan<Record>, logs: &[Log], batches_max: usize) -> Vec<Record> {
    let mut shown = Vec::new();
    for _ in 0..100_000 {
        while let Some(hit) = plan.show() {
            let holds = |log: &Log| log.iter().flatten().any(|record| *record == hit.record);
            assert!(logs.iter().any(holds));
            shown.push(hit.record);
        }
        let hungry = plan.hungry();
        if plan.is_satisfied() || hungry.is_empty() {
            return shown;
        }
        let stretches: Vec<_> = hungry.into_iter().take(2).map(|p| plan.take(p)).collect();
        for mut stretch in stretches {
            read(&logs[usize::try_from(stretch.partition).unwrap()], &mut stretch, batches_max);
            plan.put(stretch);
        }
    }
    panic!("the search does not end: {:?}", plan.covered());
}

fn spans(direction: Direction, logs: &[Log]) -> Vec<Span> {
    let numbered = logs.iter().zip(0..);
    numbered.map(|(log, partition)| Span::unread(direction, partition, 0, end(log))).collect()
}

/// All matches, by time in the direction of the search.
fn reference(direction: Direction, logs: &[Log]) -> Vec<i64> {
    let all = logs.iter().flatten().flatten();
    let mut times: Vec<i64> = all.filter(|record| record.matches).map(|r| r.time).collect();
    times.sort_unstable();
    if direction == Direction::Backward {
        times.reverse();
    }
    times
}

fn direction() -> impl Strategy<Value = Direction> {
    prop_oneof![Just(Direction::Forward), Just(Direction::Backward)]
}

proptest! {
    #[test]
    fn matches_are_shown_by_time_and_none_is_missed(
        logs in prop::collection::vec(log(), 1..5), direction in direction(),
        wanted in 1usize..60, batches_max in 1usize..5, filtered: bool,
    ) {
        let mut plan = Plan::new(direction, &spans(direction, &logs), wanted, filtered);
        let shown: Vec<i64> =
            run(&mut plan, &logs, batches_max).iter().map(|record| record.time).collect();
        let mut wanted_times = reference(direction, &logs);
        let all = wanted_times.len();
        wanted_times.truncate(wanted);
        prop_assert_eq!(shown, wanted_times);
        if wanted > all {
            prop_assert!(plan.is_exhausted());
            let records = logs.iter().flatten().map(Vec::len).sum::<usize>();
            let totals = plan.totals();
            prop_assert_eq!((totals.read, totals.left), (records as u64, 0));
            let offsets = logs.iter().map(end).sum::<i64>();
            prop_assert_eq!(totals.passed, offsets as u64);
            prop_assert_eq!(totals.skipped.missing, offsets as u64 - records as u64);
        }
    }

    #[test]
    fn a_search_resumed_again_and_again_shows_every_match_and_counts_every_offset_once(
        logs in prop::collection::vec(log(), 1..4), direction in direction(),
        wanted in 1usize..8, batches_max in 1usize..4,
    ) {
        let mut spans = spans(direction, &logs);
        let mut seen = BTreeMap::new();
        let (mut read, mut passed) = (0, 0);
        loop {
            let mut plan = Plan::new(direction, &spans, wanted, true);
            let shown = run(&mut plan, &logs, batches_max);
            for record in &shown {
                *seen.entry((record.time, record.offset)).or_insert(0) += 1;
            }
            spans = plan.unshown();
            (read, passed) = (read + plan.totals().read, passed + plan.totals().passed);
            if shown.len() < wanted {
                break;
            }
        }
        let mut wanted = BTreeMap::new();
        for record in logs.iter().flatten().flatten().filter(|record| record.matches) {
            *wanted.entry((record.time, record.offset)).or_insert(0) += 1;
        }
        prop_assert_eq!(seen, wanted);
        let records = logs.iter().flatten().map(Vec::len).sum::<usize>();
        let offsets = logs.iter().map(end).sum::<i64>();
        prop_assert_eq!((read, passed), (records as u64, offsets as u64));
    }

    #[test]
    fn a_log_cut_at_either_side_in_mid_search_still_ends(
        log in log(), direction in direction(), start in 0i64..60, end in 0i64..60,
    ) {
        let logs = [log];
        let mut plan = Plan::new(direction, &spans(direction, &logs), 1_000, false);
        if let Some(&partition) = plan.hungry().first() {
            let mut stretch = plan.take(partition);
            read(&logs[0], &mut stretch, 1);
            plan.put(stretch);
            plan.start_moved(0, start);
            plan.end_moved(0, end.max(start));
        }
        run(&mut plan, &logs, 1);
        prop_assert!(plan.is_exhausted());
    }
}

#[test]
fn nothing_is_shown_before_a_partition_that_may_hold_something_newer_was_read() {
    let record = |offset, time| Record { offset, time, matches: true };
    let logs = [vec![vec![record(0, 10)]], vec![vec![record(0, 20)]]];
    let mut plan = Plan::new(Direction::Backward, &spans(Direction::Backward, &logs), 5, false);
    let mut stretch = plan.take(0);
    read(&logs[0], &mut stretch, 1);
    plan.put(stretch);
    assert_eq!(plan.show(), None);
    let mut stretch = plan.take(1);
    read(&logs[1], &mut stretch, 1);
    plan.put(stretch);
    let times = std::iter::from_fn(|| plan.show()).map(|hit| hit.timestamp_ms);
    assert_eq!(times.collect::<Vec<_>>(), [20, 10]);
}

#[test]
fn a_partition_that_is_given_up_holds_nobody_up_and_is_read_again_when_resumed() {
    let record = |offset, time| Record { offset, time, matches: true };
    let logs = [vec![vec![record(0, 10)]], vec![vec![record(0, 20)]]];
    for direction in [Direction::Forward, Direction::Backward] {
        let mut plan = Plan::new(direction, &spans(direction, &logs), 5, false);
        let stretch = plan.take(0);
        plan.put(stretch);
        plan.fail(0, "gone".to_owned());
        assert!(plan.has_failed() && !plan.is_all_failed());
        let shown = run(&mut plan, &logs, 1);
        assert_eq!(shown, [record(0, 20)]);
        assert!(plan.is_exhausted());
        assert_eq!(plan.covered()[0].failed.as_deref(), Some("gone"));
        let mut again = Plan::new(direction, &plan.unshown(), 5, false);
        assert_eq!(run(&mut again, &logs, 1), [record(0, 10)]);
    }
}
