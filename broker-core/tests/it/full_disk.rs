//! A disk that fills up: producers are told, everybody else goes on, and nobody has to help.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ouzel_broker::world::{Disk, FakeDisk, World};
use ouzel_broker::{Broker, BrokerConfig};
use ouzel_wire::ErrorCode;
use ouzel_wire::messages::PartitionProduceResponse;

use crate::support::*;

/// A broker whose producers may fill the disk.
async fn start(disk: &FakeDisk, data: &Path) -> Broker {
    start_with(disk, data, |config| config.limits.disk_free_bytes_min = 0).await
}

async fn start_with(disk: &FakeDisk, data: &Path, change: impl Fn(&mut BrokerConfig)) -> Broker {
    let start = async || {
        let world = World { disk: Arc::new(disk.clone()), ..World::real() };
        let mut config = config(data);
        change(&mut config);
        Broker::start_in(world, config).await.ok()
    };
    // One that was dropped before may take a moment to let the folder go.
    eventually_some(start).await
}

async fn try_produce(client: &mut Client, topic: &str, value: &str) -> PartitionProduceResponse {
    produced(client.call(produce_request(topic, 0, batch(&[value]))).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_producers_and_nobody_else_until_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FakeDisk::with_folder(dir.path());
    let broker = start(&disk, dir.path()).await;
    let mut client = Client::connect(broker.kafka_addr()).await;
    for topic in ["orders", "old"] {
        create(&mut client, topic, 1).await;
        produce(&mut client, topic, &["before"]).await;
    }
    disk.set_room(20);
    for _ in 0..3 {
        let refused = try_produce(&mut client, "orders", "lost").await;
        assert_eq!(refused.error_code, ErrorCode::KafkaStorageError.code());
        assert_eq!(refused.error_message.as_deref(), Some("the disk is full"));
    }
    assert_eq!(read_all(&mut client, "orders").await, ["before"]);
    assert_eq!(list_offset(&mut client, "orders", -1).await, 1);
    assert_eq!(delete(&mut client, "old").await, NONE, "which makes room a moment later");
    let accepted = async || {
        let answer = try_produce(&mut client, "orders", "after").await;
        (answer.error_code == NONE).then_some(answer.base_offset)
    };
    assert_eq!(eventually_some(accepted).await, 1);
    assert_eq!(read_all(&mut client, "orders").await, ["before", "after"]);
    broker.stop().await;
    let broker = start(&disk, dir.path()).await;
    let mut client = Client::connect(broker.kafka_addr()).await;
    assert_eq!(read_all(&mut client, "orders").await, ["before", "after"]);
    assert_eq!(metadata(&mut client, "old", false).await.partitions.len(), 0);
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn producers_are_refused_before_the_disk_is_full_so_that_consumers_can_commit() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FakeDisk::with_folder(dir.path());
    let broker = start_with(&disk, dir.path(), |_| {}).await;
    let mut client = Client::connect(broker.kafka_addr()).await;
    create(&mut client, "orders", 1).await;
    produce(&mut client, "orders", &["before"]).await;
    let mut member = Member::on(Client::connect(broker.kafka_addr()).await, "g", None).await;
    let kept = config(dir.path()).limits.disk_free_bytes_min as usize;
    disk.set_room(kept);
    // What the file system said last counts for a moment.
    let refused = async || {
        let answer = try_produce(&mut client, "orders", "one too many").await;
        (answer.error_code != NONE).then_some(answer)
    };
    let answer = eventually_some(refused).await;
    assert_eq!(answer.error_code, ErrorCode::KafkaStorageError.code());
    assert_eq!(member.commit("orders", 1, "").await, NONE);
    let mut client = Client::connect(broker.kafka_addr()).await;
    create(&mut client, "payments", 1).await;
    disk.set_room(2 * kept);
    produce(&mut client, "orders", &["after"]).await;
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_finds_no_room_for_its_indexes_goes_on_as_soon_as_there_is_some() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FakeDisk::with_folder(dir.path());
    let broker = start(&disk, dir.path()).await;
    let mut client = Client::connect(broker.kafka_addr()).await;
    create(&mut client, "orders", 1).await;
    produce(&mut client, "orders", &["kept"]).await;
    let killed = disk.copy();
    drop(broker);
    let sidecar = dir.path().join("orders-0").join("00000000000000000000.raft");
    killed.remove_file(&sidecar).unwrap();
    killed.set_room(0);
    let often = |config: &mut BrokerConfig| config.retention_check = Duration::from_millis(20);
    let broker = start_with(&killed, dir.path(), often).await;
    let mut client = Client::connect(broker.kafka_addr()).await;
    let shut = fetch(&mut client, "orders", 0).await;
    assert_eq!(shut.error_code, ErrorCode::KafkaStorageError.code());
    killed.set_room(1 << 30);
    let opened = eventually_some(async || {
        let answer = fetch(&mut client, "orders", 0).await;
        (answer.error_code == NONE).then_some(answer)
    });
    assert_eq!(values(opened.await.records), ["kept"]);
    assert_eq!(produce(&mut client, "orders", &["more"]).await, 1);
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_whose_partition_found_no_room_at_a_start_are_served_as_soon_as_there_is_some() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FakeDisk::with_folder(dir.path());
    let broker = start(&disk, dir.path()).await;
    let mut client = Client::connect(broker.kafka_addr()).await;
    for topic in ["orders", "payments"] {
        create(&mut client, topic, 1).await;
    }
    let mut member = Member::on(client, "g", None).await;
    assert_eq!(member.commit("orders", 7, "").await, NONE);
    let killed = disk.copy();
    drop(broker);
    for number in 0..config(dir.path()).offsets_topic_partitions {
        let folder = dir.path().join(format!("__consumer_offsets-{number}"));
        // A partition without a record has no files.
        let _ = killed.remove_file(&folder.join("00000000000000000000.raft"));
    }
    killed.set_room(0);
    let often = |config: &mut BrokerConfig| config.retention_check = Duration::from_millis(20);
    let broker = start_with(&killed, dir.path(), often).await;
    // Whoever asks meanwhile must not settle that there is no partition.
    let client = Client::connect(broker.kafka_addr()).await;
    let mut member = Member::on(client, "g", None).await;
    let refused = member.commit("payments", 8, "").await;
    assert_eq!(refused, ErrorCode::CoordinatorNotAvailable.code());
    killed.set_room(1 << 30);
    let again = async || (member.commit("payments", 8, "").await == NONE).then_some(());
    eventually_some(again).await;
    assert_eq!(member.committed("orders").await.0, 7, "what was committed is there still");
    broker.stop().await;
}
