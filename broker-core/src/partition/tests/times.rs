//! Time lookup finds the first record that is late enough, in any order of times.

use ouzel_wire::batch::{BatchBuilder, Codec};

use super::super::*;
use super::support::*;

/// The times of the records, by offset: out of order within batches and across segments.
const TIMES: [[i64; 3]; 8] = [
    [10, 30, 20],
    [40, 5, 15],
    [25, 60, 60],
    [50, 55, 1],
    [70, 65, 90],
    [80, 2, 3],
    [88, 91, 89],
    [100, 99, 98],
];

async fn filled(node: &Node) -> PartitionHandle {
    let partition = node.open(small_segments());
    for (number, times) in TIMES.iter().enumerate() {
        let codec = if number % 2 == 0 { Codec::None } else { Codec::Lz4 };
        let mut builder = BatchBuilder::new().codec(codec);
        for time in times {
            builder.push_value(NOW_MS + time, None, b"value");
        }
        partition.append(builder.build().unwrap(), Origin::Client).await.unwrap();
    }
    partition
}

fn expected(time: i64, start: i64) -> Option<(i64, i64)> {
    let mut all = (0..).zip(TIMES.as_flattened());
    let found = all.find(|(offset, at)| *offset >= start && **at >= time);
    found.map(|(offset, at)| (offset, NOW_MS + at))
}

#[tokio::test]
async fn the_first_record_that_is_late_enough_is_found_in_any_order_of_times() {
    let node = Node::new();
    let mut partition = filled(&node).await;
    for round in ["open", "reopened", "recovered"] {
        for time in 0..=101 {
            let found = partition.offset_for_time(NOW_MS + time).unwrap();
            assert_eq!(found, expected(time, 0), "{round}: time {time}");
        }
        assert_eq!(partition.max_timestamp().unwrap(), Some((21, NOW_MS + 100)), "{round}");
        if round == "open" {
            partition.close().unwrap();
        }
        partition = node.open(small_segments());
    }
}

#[tokio::test]
async fn what_lies_before_the_start_is_not_found() {
    let node = Node::new();
    let partition = filled(&node).await;
    for start in [1, 4, 8, 13, 22, 24] {
        partition.delete_before(start).unwrap();
        for time in 0..=101 {
            let found = partition.offset_for_time(NOW_MS + time).unwrap();
            assert_eq!(found, expected(time, start), "start {start} time {time}");
        }
    }
    assert_eq!(partition.max_timestamp().unwrap(), None, "nothing is left");
}

#[tokio::test]
async fn what_is_not_flushed_is_not_found() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    partition.append(timed_batch(&[(NOW_MS, "a")]), Origin::Client).await.unwrap();
    node.disk.hold_syncs();
    let later = partition.submit(timed_batch(&[(NOW_MS + 9, "b")]), Origin::Client).unwrap();
    assert_eq!(partition.offset_for_time(NOW_MS + 1).unwrap(), None);
    assert_eq!(partition.max_timestamp().unwrap(), Some((0, NOW_MS)));
    node.disk.release_syncs();
    soon(later).await.unwrap();
    assert_eq!(partition.offset_for_time(NOW_MS + 1).unwrap(), Some((1, NOW_MS + 9)));
    assert_eq!(partition.max_timestamp().unwrap(), Some((1, NOW_MS + 9)));
}

#[tokio::test]
async fn with_the_broker_s_time_records_have_the_time_of_their_append() {
    let node = Node::new();
    let timestamp_type = crate::log::TimestampType::LogAppendTime;
    let partition = node.open(LogConfig { timestamp_type, ..LogConfig::default() });
    let first = partition.append(timed_batch(&[(5, "a"), (6, "b")]), Origin::Client);
    assert_eq!(first.await.unwrap().log_append_time_ms, Some(NOW_MS));
    node.clock.advance(50);
    partition.append(timed_batch(&[(7, "c")]), Origin::Client).await.unwrap();
    assert_eq!(partition.offset_for_time(NOW_MS).unwrap(), Some((0, NOW_MS)));
    assert_eq!(partition.offset_for_time(NOW_MS + 1).unwrap(), Some((2, NOW_MS + 50)));
}
