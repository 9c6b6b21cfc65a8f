//! Topics with `write.caching`: what an acknowledgement means there, and what it does not.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ouzel_broker::Broker;
use ouzel_broker::world::{FakeDisk, World};
use ouzel_wire::messages::*;
use tokio::time::timeout;

use crate::support::*;

async fn start(disk: &FakeDisk, data: &Path) -> Broker {
    let start = async || {
        let world = World { disk: Arc::new(disk.clone()), ..World::real() };
        Broker::start_in(world, config(data)).await.ok()
    };
    // One that was dropped before may take a moment to let the folder go.
    eventually_some(start).await
}

async fn client(broker: &Broker) -> Client {
    Client::connect(broker.kafka_addr()).await
}

/// `cached` with write caching, and `safe` without.
async fn with_topics(broker: &Broker) -> Client {
    let mut client = client(broker).await;
    create(&mut client, "safe", 1).await;
    let mut request = create_request("cached", 1);
    let (name, value) = ("write.caching".to_owned(), Some("true".to_owned()));
    request.topics[0].configs = vec![CreatableTopicConfig { name, value, ..Default::default() }];
    assert_eq!(client.call(request).await.topics[0].error_code, NONE);
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_acknowledged_and_read_before_any_sync_and_other_topics_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FakeDisk::with_folder(dir.path());
    let broker = start(&disk, dir.path()).await;
    let mut clients = (with_topics(&broker).await, client(&broker).await);
    disk.hold_syncs();
    for number in 0..20 {
        assert_eq!(produce(&mut clients.0, "cached", &["x"]).await, number);
    }
    assert_eq!(read_all(&mut clients.0, "cached").await.len(), 20);
    let acknowledged = produce(&mut clients.1, "safe", &["y"]);
    let early = timeout(Duration::from_millis(100), acknowledged).await;
    assert!(early.is_err(), "it was acknowledged before it was on disk");
    assert_eq!(read_all(&mut clients.0, "safe").await, Vec::<String>::new());
    disk.release_syncs();
    eventually_some(async || (read_all(&mut clients.0, "safe").await == ["y"]).then_some(())).await;
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_minus_nine_loses_nothing_and_a_power_cut_only_what_had_no_sync_yet() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FakeDisk::with_folder(dir.path());
    let broker = start(&disk, dir.path()).await;
    let mut producer = with_topics(&broker).await;
    produce(&mut producer, "cached", &["early"]).await;
    // Nobody asks for it: its time comes.
    let synced = async || {
        let after = disk.crash(0);
        let log = dir.path().join("cached-0").join("00000000000000000000.log");
        let there = |seed| file_len(&disk.crash(seed), &log) == file_len(&after, &log);
        (file_len(&after, &log) > 0 && (1..20).all(there)).then_some(())
    };
    eventually_some(synced).await;
    disk.hold_syncs();
    produce(&mut producer, "cached", &["late"]).await;
    let (killed, cuts) = (disk.copy(), (0..20).map(|seed| disk.crash(seed)).collect::<Vec<_>>());
    disk.release_syncs();
    drop(broker);
    let broker = start(&killed, dir.path()).await;
    assert_eq!(read_all(&mut client(&broker).await, "cached").await, ["early", "late"]);
    drop(broker);
    let mut lost = 0;
    for cut in cuts {
        let broker = start(&cut, dir.path()).await;
        let left = read_all(&mut client(&broker).await, "cached").await;
        assert!(left == ["early"] || left == ["early", "late"], "{left:?}");
        lost += usize::from(left.len() == 1);
        drop(broker);
    }
    assert!(lost > 0, "the promise is as weak as it is said to be");
}

fn file_len(disk: &FakeDisk, path: &Path) -> u64 {
    use ouzel_broker::world::Disk;
    disk.meta(path).map_or(0, |meta| meta.len)
}
