//! Old segments go by age, size and start; offsets never come back.

use super::super::*;
use super::support::*;

/// Ten batches in segments of a few.
async fn filled(node: &Node, config: LogConfig) -> PartitionHandle {
    let partition = node.open(config);
    append_each(&partition, &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]).await;
    partition
}

#[tokio::test]
async fn size_and_age_remove_whole_segments_from_the_old_end() {
    let node = Node::new();
    let config = LogConfig { retention_bytes: Some(400), ..small_segments() };
    let partition = filled(&node, config).await;
    let before = partition.size_bytes();
    let retained = partition.retain(NOW_MS).unwrap();
    assert!(retained.segments_removed > 0);
    assert_eq!(partition.size_bytes(), before - retained.bytes_removed);
    assert!((400..800).contains(&partition.size_bytes()), "{}", partition.size_bytes());
    let start = partition.offsets().log_start;
    assert_eq!(read_from(&partition, start).first().unwrap().1, start.to_string());
    let limits = ReadLimits { bytes_max: 1, at_least_one: true };
    assert!(matches!(partition.read(start - 1, limits), Err(ReadError::OutOfRange { .. })));
    partition.retain(NOW_MS + 7 * 86_400_000 + 1).unwrap();
    assert_eq!(partition.offsets().log_start, 10, "all are too old");
    assert_eq!(partition.size_bytes(), 0);
}

#[tokio::test]
async fn an_emptied_log_goes_on_at_its_end_even_after_a_power_cut() {
    let node = Node::new();
    let partition = filled(&node, small_segments()).await;
    partition.retain(i64::MAX).unwrap();
    for seed in 0..30 {
        let after = node.after_power_cut(seed);
        let partition = after.open(small_segments());
        assert_eq!(partition.offsets().log_end, 10, "seed {seed}");
        append_each(&partition, &["10"]).await;
        let values = values(&partition);
        assert_eq!(values.last().unwrap(), "10");
    }
}

#[tokio::test]
async fn producers_do_not_wait_for_the_disk_that_retention_and_deletion_wait_for() {
    let node = Node::new();
    let partition = filled(&node, small_segments()).await;
    for delete in [true, false] {
        node.disk.hold_syncs_of("checkpoint");
        let trimmed = partition.clone();
        let trimming = std::thread::spawn(move || match delete {
            true => drop(trimmed.delete_before(1).unwrap()),
            false => drop(trimmed.retain(i64::MAX).unwrap()),
        });
        eventually(|| node.disk.syncs_waiting() > 0);
        let append = partition.append(batch(&["meanwhile"]), Origin::Client);
        soon(append).await.unwrap();
        assert!(!trimming.is_finished());
        node.disk.release_syncs();
        trimming.join().unwrap();
    }
    assert_eq!(partition.offsets().log_end, 12);
}

#[tokio::test]
async fn deleted_records_stay_deleted() {
    let node = Node::new();
    let partition = filled(&node, small_segments()).await;
    assert_eq!(partition.delete_before(5).unwrap(), 5);
    assert_eq!(partition.delete_before(3).unwrap(), 5, "the start never moves down");
    let error = DeleteError::OutOfRange { asked: 11, high_watermark: 10 };
    assert_eq!(partition.delete_before(11), Err(error));
    partition.retain(NOW_MS).unwrap();
    assert_eq!(values(&partition), ["5", "6", "7", "8", "9"]);
    for seed in 0..20 {
        let partition = node.after_power_cut(seed).open(small_segments());
        assert_eq!(values(&partition), ["5", "6", "7", "8", "9"], "seed {seed}");
    }
}

#[tokio::test]
async fn a_segment_ends_when_its_records_have_become_old() {
    let node = Node::new();
    let day_ms = 86_400_000;
    let config = LogConfig { segment_ms: day_ms, ..LogConfig::default() };
    let partition = node.open(config);
    let logs = || node.files().iter().filter(|name| name.ends_with(".log")).count();
    for (days, expected) in [(0, 1), (1, 1), (2, 2), (0, 2), (4, 3)] {
        let at = timed_batch(&[(NOW_MS - 10 * day_ms + days * day_ms, "x")]);
        partition.append(at, Origin::Client).await.unwrap();
        assert_eq!(logs(), expected, "day {days}");
    }
}

#[tokio::test]
async fn readers_of_a_segment_that_goes_learn_the_new_start() {
    let node = Node::new();
    let partition = filled(&node, small_segments()).await;
    let limits = ReadLimits { bytes_max: 1, at_least_one: true };
    assert!(partition.read(0, limits).is_ok());
    partition.retain(i64::MAX).unwrap();
    let error = partition.read(0, limits).unwrap_err();
    assert!(matches!(error, ReadError::OutOfRange { start: 10, .. }), "{error}");
    assert!(node.files().iter().all(|name| !name.starts_with("00000000000000000000")));
}

#[tokio::test]
async fn segments_end_by_their_age_also_when_their_records_have_no_time() {
    let node = Node::new();
    let config = LogConfig { segment_ms: 1_000, ..LogConfig::default() };
    let partition = node.open(config);
    let segments = || node.files().iter().filter(|name| name.ends_with(".log")).count();
    let append = async |partition: &PartitionHandle, time: i64| {
        partition.append(timed_batch(&[(time, "x")]), Origin::Client).await.unwrap();
    };
    append(&partition, -1).await;
    node.clock.advance(1_000);
    append(&partition, -1).await;
    assert_eq!(segments(), 1, "not older than it may be");
    node.clock.advance(1);
    append(&partition, NOW_MS).await;
    assert_eq!(segments(), 2);
    node.clock.advance(10_000);
    append(&partition, -1).await;
    append(&partition, NOW_MS + 1_000).await;
    assert_eq!(segments(), 2, "where the first record has a time, it is theirs that counts");
    append(&partition, NOW_MS + 1_001).await;
    assert_eq!(segments(), 3);
}
