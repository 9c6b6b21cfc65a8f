//! Records that were appended are there, in order, also after a restart.

use super::super::*;
use super::support::*;

#[tokio::test]
async fn what_was_appended_is_read_in_order_and_again_after_a_restart() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    let first = partition.append(batch(&["a", "b"]), Origin::Client).await.unwrap();
    assert_eq!((first.base_offset, first.last_offset), (0, 1));
    let second = partition.append(batch(&["c"]), Origin::Client).await.unwrap();
    assert_eq!((second.base_offset, second.last_offset), (2, 2));
    let expected: Vec<_> = [(0, "a"), (1, "b"), (2, "c")].map(|(o, v)| (o, v.to_owned())).into();
    assert_eq!(read_from(&partition, 0), expected);
    assert_eq!(read_from(&partition, 1), expected[1..], "from the middle of a batch");
    partition.close().unwrap();
    let (partition, report) = node.try_open("orders", LogConfig::default()).unwrap();
    assert!(report.clean && report.rebuilt.is_empty(), "{report:?}");
    assert_eq!(read_from(&partition, 0), expected);
    assert_eq!(partition.append(batch(&["d"]), Origin::Client).await.unwrap().base_offset, 3);
    drop(partition);
    let (partition, report) = node.try_open("orders", LogConfig::default()).unwrap();
    assert!(!report.clean && report.cut.is_none() && report.rebuilt.is_empty(), "{report:?}");
    assert_eq!(read_from(&partition, 3), [(3, "d".to_owned())]);
    assert_eq!(partition.offsets().leader_epoch, 2, "two epochs have records");
}

#[tokio::test]
async fn the_epoch_in_a_batch_is_that_of_the_leadership_that_appended_it() {
    let node = Node::new();
    for epoch in 0..3 {
        let partition = node.open(LogConfig::default());
        assert_eq!(partition.offsets().leader_epoch, epoch);
        append_each(&partition, &["x"]).await;
        let limits = ReadLimits { bytes_max: 1000, at_least_one: true };
        let read = partition.read(i64::from(epoch), limits).unwrap();
        let batch = ouzel_wire::batch::Batch::parse(&read.records).unwrap();
        assert_eq!(batch.header.leader_epoch, epoch);
        partition.close().unwrap();
    }
    let partition = node.open(LogConfig::default());
    assert_eq!(partition.end_offset_for_epoch(0), Some((0, 1)));
    assert_eq!(partition.end_offset_for_epoch(1), Some((1, 2)));
    assert_eq!(partition.end_offset_for_epoch(3), Some((3, 3)), "the current one");
    assert_eq!(partition.end_offset_for_epoch(4), None);
}

#[tokio::test]
async fn what_a_fetch_asks_of_a_partition_waits_for_no_writer() {
    let partition = Node::new().open(LogConfig::default());
    append_each(&partition, &["a", "b"]).await;
    let reader = partition.clone();
    let writing = partition.0.writer.lock();
    let read = std::thread::spawn(move || {
        let (stands, epoch) = (reader.stands(1).unwrap(), reader.epoch_of(1));
        let ends = reader.end_offset_for_epoch(stands.leader_epoch);
        let ahead = reader.bytes_ahead(2, &mut None).unwrap();
        (ends, epoch, ahead, read_from(&reader, 1).len())
    });
    eventually(|| read.is_finished());
    assert_eq!(read.join().unwrap(), (Some((0, 2)), Some(0), Some(0), 1));
    drop(writing);
}

#[tokio::test]
async fn a_read_is_limited_but_for_its_first_batch() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    append_each(&partition, &["a", "b", "c"]).await;
    let one = batch(&["a"]).len();
    let read = |bytes_max, at_least_one| {
        let read = partition.read(0, ReadLimits { bytes_max, at_least_one }).unwrap();
        read.records.len()
    };
    assert_eq!(read(1, true), one);
    assert_eq!(read(1, false), 0);
    assert_eq!(read(one * 2 + 1, true), one * 2, "whole batches only");
    assert_eq!(read(1 << 30, true), one * 3);
}

#[tokio::test]
async fn offsets_outside_the_log_are_refused_and_its_end_is_empty() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    append_each(&partition, &["a", "b"]).await;
    let limits = ReadLimits { bytes_max: 1000, at_least_one: true };
    assert!(partition.read(2, limits).unwrap().records.is_empty());
    for asked in [-1, 3] {
        let error = partition.read(asked, limits).unwrap_err();
        let ReadError::OutOfRange { start: 0, end: 2, .. } = error else { panic!("{error}") };
    }
}

#[tokio::test]
async fn an_untouched_partition_leaves_an_empty_folder_and_opens_again() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    partition.close().unwrap();
    assert!(node.files().is_empty(), "{:?}", node.files());
    let (partition, report) = node.try_open("orders", LogConfig::default()).unwrap();
    assert!(report.clean);
    assert_eq!(partition.offsets().log_end, 0);
    assert!(values(&partition).is_empty());
}

#[tokio::test]
async fn several_batches_of_a_coordinator_are_one_append() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    let both = [batch(&["a", "b"]), batch(&["c"])].concat();
    let appended = partition.append(both.clone().into(), Origin::Coordinator).await.unwrap();
    assert_eq!((appended.base_offset, appended.last_offset), (0, 2));
    assert_eq!(values(&partition), ["a", "b", "c"]);
    let refused = partition.append(both.into(), Origin::Client).await;
    assert!(matches!(refused, Err(AppendError::InvalidRecord { .. })), "{refused:?}");
}

/// Deletes a partition as a topic's end does; how many folders were put aside meanwhile.
fn remove(env: &PartitionEnv, partition: &PartitionHandle) -> usize {
    partition.abandon_files();
    let folder = env.data.join(partition.name().to_string());
    let (leftovers, put) = put_aside(env, &[folder.clone(), env.data.join("never-was-0")]);
    put.unwrap();
    assert!(env.world.disk.list(&folder).is_err(), "its name is free");
    let aside = env.world.disk.list(&env.data).unwrap().len();
    leftovers.each().for_each(|leftover| leftover.remove(&env.world));
    aside
}

#[tokio::test]
async fn a_deleted_partition_is_gone_and_one_of_the_same_name_begins_anew() {
    let node = Node::new();
    let partition = node.open(LogConfig::default());
    append_each(&partition, &["a"]).await;
    let mut changes = partition.changes();
    assert_eq!(remove(&node.env, &partition), 1);
    assert!(soon(changes.changed()).await.is_err(), "who waits sees the end");
    let refused = partition.append(batch(&["b"]), Origin::Client).await;
    assert_eq!(refused, Err(AppendError::Closed));
    let limits = ReadLimits { bytes_max: 1000, at_least_one: true };
    assert!(matches!(partition.read(0, limits), Err(ReadError::Closed)));
    for seed in 0..10 {
        let partition = node.after_power_cut(seed).open(LogConfig::default());
        assert_eq!(partition.offsets().log_end, 0, "seed {seed}");
    }
}

#[tokio::test]
async fn the_whole_life_of_a_partition_on_a_real_disk() {
    let folder = tempfile::tempdir().unwrap();
    let world = World { clock: Node::new().clock, ..World::real() };
    let flusher = Flusher::start().unwrap();
    let data = folder.path().join("data");
    let room = Arc::new(DiskRoom::new(world.disk.clone(), data.clone(), 0));
    let producers = Arc::new(ProducerRoom::of(1_000));
    let env = PartitionEnv { world, flusher, data, room, producers };
    let topic = TopicName::parse("orders").unwrap();
    let open = || PartitionHandle::open(&env, &topic, 3, small_segments()).unwrap();
    let partition = open().0;
    append_each(&partition, &["a", "b", "c", "d", "e", "f"]).await;
    drop(partition);
    let (partition, report) = open();
    assert!(!report.clean && report.cut.is_none(), "{report:?}");
    append_each(&partition, &["g"]).await;
    close_all(&env, std::slice::from_ref(&partition)).unwrap();
    let (partition, report) = open();
    assert!(report.clean, "{report:?}");
    assert_eq!(values(&partition), ["a", "b", "c", "d", "e", "f", "g"]);
    partition.retain(i64::MAX).unwrap();
    append_each(&partition, &["h"]).await;
    partition.close().unwrap();
    let partition = open().0;
    assert_eq!(read_from(&partition, 7), [(7, "h".to_owned())]);
    assert_eq!(remove(&env, &partition), 1);
    assert!(env.world.disk.list(&env.data).unwrap().is_empty());
    env.world.disk.create_dir(&env.data.join("0123-delete")).unwrap();
    assert_eq!(remove_leftovers(&env.world, &env.data).unwrap(), 1);
}
