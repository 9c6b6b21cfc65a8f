//! A record that is sent twice is there once, whatever happens in between.

use bytes::Bytes;
use ouzel_wire::batch::BatchBuilder;

use super::super::*;
use super::support::*;

fn sent(sequence: i32, value: &str) -> Bytes {
    let mut builder = BatchBuilder::new().producer(7, 0, sequence);
    builder.push_value(NOW_MS, None, value.as_bytes());
    builder.build().unwrap()
}

#[tokio::test]
async fn a_repeat_is_answered_like_the_first_and_appends_nothing() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    let first = partition.append(sent(0, "a"), Origin::Client).await.unwrap();
    partition.append(sent(1, "b"), Origin::Client).await.unwrap();
    let repeat = partition.append(sent(0, "a"), Origin::Client).await.unwrap();
    assert_eq!(repeat, first);
    assert_eq!(values(&partition), ["a", "b"]);
    let gap = partition.append(sent(3, "d"), Origin::Client).await;
    let expected = AppendError::OutOfOrderSequence { producer_id: 7, expected: 2, got: 3 };
    assert_eq!(gap, Err(expected));
}

#[tokio::test]
async fn a_repeat_of_a_batch_on_its_way_waits_for_the_same_flush() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    node.disk.hold_syncs();
    let first = partition.submit(sent(0, "a"), Origin::Client).unwrap();
    let repeat = partition.submit(sent(0, "a"), Origin::Client).unwrap();
    let mut repeat = std::pin::pin!(repeat);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(repeat.as_mut().poll(&mut context).is_pending());
    node.disk.release_syncs();
    assert_eq!(soon(first).await.unwrap(), soon(repeat).await.unwrap());
    assert_eq!(values(&partition), ["a"]);
}

#[tokio::test]
async fn repeats_are_recognised_after_a_clean_restart_a_crash_and_a_roll() {
    let node = Node::new();
    let mut partition = node.open(small_segments());
    for sequence in 0..12 {
        partition.append(sent(sequence, "x"), Origin::Client).await.unwrap();
        match sequence % 3 {
            0 => partition.close().unwrap(),
            1 => {}
            _ => continue,
        }
        partition = node.open(small_segments());
        let repeat = partition.append(sent(sequence, "x"), Origin::Client).await.unwrap();
        assert_eq!(repeat.base_offset, i64::from(sequence));
    }
    assert_eq!(partition.offsets().log_end, 12);
    assert!(node.files().iter().filter(|name| name.ends_with(".log")).count() > 2);
}

#[tokio::test]
async fn a_producer_is_forgotten_after_its_time_and_not_before() {
    let node = Node::new();
    let config = LogConfig { producer_expiration_ms: 1000, ..LogConfig::default() };
    let partition = node.open(config);
    partition.append(sent(0, "a"), Origin::Client).await.unwrap();
    partition.retain(NOW_MS + 999).unwrap();
    partition.append(sent(5, "b"), Origin::Client).await.unwrap_err();
    partition.retain(NOW_MS + 1000).unwrap();
    partition.append(sent(5, "b"), Origin::Client).await.unwrap();
}

#[tokio::test]
async fn a_repeat_is_recognised_when_its_record_is_deleted_already() {
    let node = Node::new();
    let partition = node.open(small_segments());
    for sequence in 0..3 {
        partition.append(sent(sequence, "x"), Origin::Client).await.unwrap();
    }
    partition.delete_before(3).unwrap();
    partition.retain(NOW_MS).unwrap();
    for seed in 0..20 {
        let partition = node.after_power_cut(seed).open(small_segments());
        let repeat = partition.append(sent(1, "x"), Origin::Client).await.unwrap();
        assert_eq!(repeat.base_offset, 1, "seed {seed}");
        let next = partition.append(sent(3, "x"), Origin::Client).await.unwrap();
        assert_eq!(next.base_offset, 3, "seed {seed}");
    }
}
