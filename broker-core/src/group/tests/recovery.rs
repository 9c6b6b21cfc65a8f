//! Groups whose partition cannot be had at first.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::flush::Flusher;
use crate::group::Groups;
use crate::ids::TopicName;
use crate::log::LogConfig;
use crate::partition::{DiskRoom, PartitionEnv, PartitionHandle, ProducerRoom};
use crate::world::{FakeDisk, ManualClock, World};

fn partition(disk: &FakeDisk) -> (PartitionHandle, Groups) {
    let world = World { disk: Arc::new(disk.clone()), clock: Arc::new(ManualClock::at(1_000)) };
    let room = Arc::new(DiskRoom::new(world.disk.clone(), "/data".into(), 0));
    let (flusher, data) = (Flusher::start().unwrap(), "/data".into());
    let clock = world.clock.clone();
    let producers = Arc::new(ProducerRoom::of(10));
    let env = PartitionEnv { world, flusher, data, room, producers };
    let topic = TopicName::parse("__consumer_offsets").unwrap();
    let opened = PartitionHandle::open(&env, &topic, 0, LogConfig::default());
    (opened.unwrap().0, Groups::new(GroupConfig::default(), clock))
}

fn serve(groups: &Groups, partition: Option<PartitionHandle>) {
    groups.serve(vec![partition], Arc::new(|_| false));
}

async fn eventually(mut is_so: impl FnMut() -> bool) {
    let give_up = tokio::time::Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(tokio::time::Instant::now() < give_up, "it never came true");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn committed(groups: &Groups) -> Result<Option<i64>, GroupError> {
    let (topic, number) = key();
    groups.offsets("g", |offsets| offsets.get(&topic, number).map(|found| found.offset))
}

async fn commit(groups: &Groups, offset: i64) {
    eventually(|| committed(groups).is_ok()).await;
    let position = Committed { offset, leader_epoch: -1, at_ms: 1_000, ..Committed::default() };
    let commit = Commit {
        member_id: String::new(),
        instance_id: None,
        generation: -1,
        offsets: vec![(key(), position)],
    };
    groups.commit("g", commit).await.unwrap();
}

#[tokio::test]
async fn groups_that_cannot_be_read_for_want_of_descriptors_are_read_when_there_are_some() {
    let disk = FakeDisk::with_folder(Path::new("/data"));
    let (partition, before) = partition(&disk);
    serve(&before, Some(partition.clone()));
    commit(&before, 7).await;
    before.stop().await;
    // Files that were not used since the last time are closed.
    partition.retain(1_000).unwrap();
    partition.retain(1_000).unwrap();
    disk.set_descriptors(0);
    let after = Groups::new(GroupConfig::default(), Arc::new(ManualClock::at(1_000)));
    serve(&after, Some(partition));
    eventually(|| disk.opens_refused() > 0).await;
    assert_eq!(committed(&after), Err(GroupError::Loading), "clients come again");
    disk.set_descriptors(10);
    eventually(|| committed(&after) == Ok(Some(7))).await;
}

#[tokio::test]
async fn a_partition_that_was_missing_may_come_later_and_what_is_there_stays() {
    let disk = FakeDisk::with_folder(Path::new("/data"));
    let (partition, groups) = partition(&disk);
    assert!(!groups.is_missing_any(), "nobody has asked for groups yet");
    serve(&groups, None);
    assert!(groups.is_serving() && groups.is_missing_any());
    assert_eq!(committed(&groups), Err(GroupError::Stopped));
    serve(&groups, Some(partition.clone()));
    commit(&groups, 7).await;
    serve(&groups, Some(partition));
    serve(&groups, None);
    assert!(!groups.is_missing_any());
    assert_eq!(committed(&groups), Ok(Some(7)));
}
