//! A disk that fills up: producers are told, everybody else goes on, and nobody has to help.

use std::path::Path;
use std::sync::Arc;

use ouzel_broker::Broker;
use ouzel_broker::world::{FakeDisk, World};
use ouzel_wire::ErrorCode;
use ouzel_wire::messages::PartitionProduceResponse;

use crate::support::*;

async fn start(disk: &FakeDisk, data: &Path) -> Broker {
    let world = World { disk: Arc::new(disk.clone()), ..World::real() };
    Broker::start_in(world, config(data)).await.unwrap()
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
    assert_eq!(delete(&mut client, "old").await, NONE, "which makes room");
    assert_eq!(produce(&mut client, "orders", &["after"]).await, 1);
    assert_eq!(read_all(&mut client, "orders").await, ["before", "after"]);
    broker.stop().await;
    let broker = start(&disk, dir.path()).await;
    let mut client = Client::connect(broker.kafka_addr()).await;
    assert_eq!(read_all(&mut client, "orders").await, ["before", "after"]);
    assert_eq!(metadata(&mut client, "old", false).await.partitions.len(), 0);
    broker.stop().await;
}
