//! Acknowledged means on disk, and only what is on disk is seen.

use super::super::*;
use super::support::*;

const LIMITS: ReadLimits = ReadLimits { bytes_max: 1 << 20, at_least_one: true };

#[tokio::test]
async fn nothing_is_seen_before_it_is_on_disk() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    let mut changes = partition.changes();
    node.disk.hold_syncs();
    let pending = partition.submit(batch(&["a"]), Origin::Client).unwrap();
    assert_eq!(partition.offsets().log_end, 1);
    assert_eq!(partition.offsets().high_watermark, 0);
    assert!(partition.read(0, LIMITS).unwrap().records.is_empty());
    assert!(!changes.has_changed().unwrap());
    node.disk.release_syncs();
    soon(pending).await.unwrap();
    soon(changes.changed()).await.unwrap();
    assert_eq!(*changes.borrow(), 1);
    assert_eq!(values(&partition), ["a"]);
}

#[tokio::test]
async fn with_write_caching_the_answer_does_not_wait_for_the_disk() {
    let node = Node::new();
    let partition = node.open(LogConfig { write_caching: true, ..LogConfig::default() });
    node.disk.hold_syncs();
    soon(partition.append(batch(&["a"]), Origin::Client)).await.unwrap();
    assert_eq!(values(&partition), ["a"]);
    assert_eq!(*partition.changes().borrow(), 1);
    node.disk.release_syncs();
}

#[tokio::test]
async fn many_who_wait_share_a_round() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    append_each(&partition, &["first"]).await;
    let (rounds, syncs) = (node.env.flusher.rounds(), node.disk.syncs());
    node.disk.hold_syncs();
    let submit = |_| partition.submit(batch(&["x"]), Origin::Client).unwrap();
    let waiting: Vec<_> = (0..500).map(submit).collect();
    node.disk.release_syncs();
    for pending in waiting {
        soon(pending).await.unwrap();
    }
    assert_eq!(partition.offsets().high_watermark, 501);
    // One that began with the first of them, one for all others, and one that found nothing.
    assert!(node.env.flusher.rounds() - rounds <= 3, "{} rounds", node.env.flusher.rounds());
    assert!(node.disk.syncs() - syncs <= 2, "{} syncs", node.disk.syncs() - syncs);
}

#[tokio::test]
async fn a_failed_sync_stops_its_partition_for_good_and_no_other() {
    let node = Node::new();
    let (partition, _) = node.try_open("orders", LogConfig::default()).unwrap();
    let (other, _) = node.try_open("payments", LogConfig::default()).unwrap();
    append_each(&partition, &["a"]).await;
    node.disk.fail_sync("orders-0/00000000000000000000.log");
    let failed = soon(partition.append(batch(&["b"]), Origin::Client)).await;
    assert_eq!(failed, Err(AppendError::Stopped));
    assert!(partition.is_stopped());
    let refused = partition.append(batch(&["c"]), Origin::Client).await;
    assert_eq!(refused, Err(AppendError::Stopped), "though the disk would do it now");
    assert_eq!(values(&partition), ["a"], "what was flushed stays readable");
    append_each(&other, &["x"]).await;
    assert_eq!(values(&other), ["x"]);
}

#[tokio::test]
async fn a_full_disk_takes_nothing_and_the_partition_goes_on_when_there_is_room() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    append_each(&partition, &["a"]).await;
    let whole = batch(&["b"]).len();
    // None at all, part of the batch, and the batch without its entry in the sidecar.
    for room in [0, 30, whole + 10] {
        node.disk.set_room(room);
        for _ in 0..3 {
            let failed = soon(partition.append(batch(&["b"]), Origin::Client)).await;
            assert_eq!(failed, Err(AppendError::DiskFull), "room {room}");
        }
        assert!(!partition.is_stopped());
        assert_eq!(partition.offsets().log_end, 1);
        assert_eq!(values(&partition), ["a"], "what is there can be read");
    }
    node.disk.set_room(1 << 20);
    append_each(&partition, &["c"]).await;
    assert_eq!(values(&partition), ["a", "c"]);
    partition.close().unwrap();
    let (partition, report) = node.try_open("orders", LogConfig::default()).unwrap();
    assert!(report.clean, "{report:?}");
    assert_eq!(values(&partition), ["a", "c"]);
}

/// More than any test opens.
const DESCRIPTORS: usize = 1000;

#[tokio::test]
async fn without_a_descriptor_nothing_is_taken_and_the_partition_goes_on_when_there_is_one() {
    let node = Node::new();
    let partition = node.open(small_segments());
    let logs = || node.files().iter().filter(|name| name.ends_with(".log")).count();
    let mut taken: Vec<&str> = Vec::new();
    // Of the four files of a segment so many can be opened.
    for left in [0, 1, 2, 3] {
        node.disk.set_descriptors(left);
        // What is open goes on, until a segment begins.
        let failed = loop {
            match soon(partition.append(batch(&["open"]), Origin::Client)).await {
                Ok(_) => taken.push("open"),
                Err(failed) => break failed,
            }
        };
        assert_eq!(failed, AppendError::TooManyFiles, "{left} left");
        assert!(!partition.is_stopped());
        assert_eq!(values(&partition), taken);
        node.disk.set_descriptors(DESCRIPTORS);
        append_each(&partition, &["again"]).await;
        taken.push("again");
    }
    assert!(logs() > 2 && taken.len() > 8, "{taken:?}");
    for seed in 0..10 {
        let node = node.after_power_cut(seed);
        assert_eq!(values(&node.open(small_segments())), taken, "seed {seed}");
    }
}

#[tokio::test]
async fn who_waits_for_a_sync_that_needs_a_descriptor_waits_until_there_is_one() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    node.disk.hold_syncs();
    let pending = partition.submit(batch(&["a"]), Origin::Client).unwrap();
    // The names of its files are yet to be synced.
    node.disk.set_descriptors(0);
    node.disk.release_syncs();
    let early = tokio::time::timeout(std::time::Duration::from_millis(50), pending);
    assert!(early.await.is_err());
    assert!(!partition.is_stopped());
    assert_eq!(partition.offsets().high_watermark, 0);
    node.disk.set_descriptors(DESCRIPTORS);
    let mut changes = partition.changes();
    if *changes.borrow_and_update() == 0 {
        soon(changes.changed()).await.unwrap();
    }
    for seed in 0..10 {
        let node = node.after_power_cut(seed);
        assert_eq!(values(&node.open(LogConfig::default())), ["a"], "seed {seed}");
    }
}

#[tokio::test]
async fn on_a_full_disk_records_can_be_deleted_and_that_makes_room() {
    let node = Node::new();
    let partition = node.open(small_segments());
    append_each(&partition, &["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]).await;
    node.disk.set_room(0);
    let failed = soon(partition.append(batch(&["k"]), Origin::Client)).await;
    assert_eq!(failed, Err(AppendError::DiskFull));
    assert_eq!(partition.delete_before(8).unwrap(), 8);
    assert!(partition.retain(NOW_MS).unwrap().segments_removed > 0);
    append_each(&partition, &["k"]).await;
    assert_eq!(values(&partition), ["i", "j", "k"]);
}

#[tokio::test]
async fn a_partition_that_finds_no_room_for_its_first_record_takes_it_later() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    for room in [0, 10] {
        node.disk.set_room(room);
        let failed = soon(partition.append(batch(&["a"]), Origin::Client)).await;
        assert_eq!(failed, Err(AppendError::DiskFull));
    }
    // Enough for the batch, and for nothing that a round writes beside it.
    node.disk.set_room(batch(&["a"]).len() + 40);
    append_each(&partition, &["a"]).await;
    node.disk.set_room(1 << 20);
    append_each(&partition, &["b"]).await;
    drop(partition);
    for seed in 0..20 {
        let partition = node.after_power_cut(seed).open(LogConfig::default());
        assert_eq!(values(&partition), ["a", "b"], "seed {seed}");
    }
}

#[tokio::test]
async fn closing_flushes_what_waits() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    append_each(&partition, &["a"]).await;
    let pending = partition.submit(batch(&["b"]), Origin::Client).unwrap();
    partition.close().unwrap();
    soon(pending).await.unwrap();
    let reopened = node.after_power_cut(1).open(LogConfig::default());
    assert_eq!(values(&reopened), ["a", "b"]);
}
