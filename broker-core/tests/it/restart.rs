//! What was acknowledged is there after a restart and after a crash.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use ouzel_broker::world::{FakeDisk, World};
use ouzel_broker::{Broker, StartError};
use ouzel_wire::ErrorCode;

use crate::support::*;

/// The last segment of a partition.
fn segment(data: &Path, partition: &str) -> std::path::PathBuf {
    let files = fs::read_dir(data.join(partition)).unwrap().map(|e| e.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|e| e == "log")).max().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn records_and_positions_survive_restarts_and_crashes() {
    let mut test = TestBroker::start().await;
    let mut expected = Vec::new();
    create(&mut test.client().await, "orders", 1).await;
    for round in 0_i64..4 {
        let mut member = Member::new(&test, "g", None).await;
        let before = if round == 0 { -1 } else { round };
        assert_eq!(member.committed("orders").await.0, before, "round {round}");
        let value = format!("round {round}");
        produce(&mut member.client, "orders", &[&value]).await;
        expected.push(value);
        assert_eq!(member.commit("orders", round + 1, "").await, NONE);
        assert_eq!(read_all(&mut member.client, "orders").await, expected);
        drop(member);
        test = match round % 2 {
            0 => test.restart().await,
            _ => test.crash(|_| {}).await,
        };
    }
    assert_eq!(read_all(&mut test.client().await, "orders").await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_end_of_a_log_is_cut_and_everything_before_it_is_there() {
    let mut test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    produce(&mut client, "orders", &["one", "two"]).await;
    let torn = batch(&["never acknowledged"]);
    for length in [1, 11, 12, 60, torn.len() - 1] {
        drop(client);
        test = test
            .crash(|data| {
                let path = segment(data, "orders-0");
                let mut file = OpenOptions::new().append(true).open(path).unwrap();
                file.write_all(&torn[..length]).unwrap();
            })
            .await;
        client = test.client().await;
        assert_eq!(read_all(&mut client, "orders").await, ["one", "two"], "{length} bytes torn");
    }
    assert_eq!(produce(&mut client, "orders", &["three"]).await, 2);
    assert_eq!(read_all(&mut client, "orders").await, ["one", "two", "three"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_partition_stops_alone_and_its_files_stay() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "good", 1).await;
    create(&mut client, "bad", 1).await;
    produce(&mut client, "good", &["one"]).await;
    produce(&mut client, "bad", &["one"]).await;
    produce(&mut client, "bad", &["two"]).await;
    drop(client);
    let mut damaged = Vec::new();
    let test = test
        .crash(|data| {
            let path = segment(data, "bad-0");
            damaged = fs::read(&path).unwrap();
            damaged[65] ^= 1;
            fs::write(&path, &damaged).unwrap();
        })
        .await;
    let mut client = test.client().await;
    assert_eq!(read_all(&mut client, "good").await, ["one"]);
    assert_ne!(fetch(&mut client, "bad", 0).await.error_code, NONE);
    assert_eq!(metadata(&mut client, "bad", false).await.partitions[0].leader_id, -1);
    assert_eq!(fs::read(segment(test.dir.path(), "bad-0")).unwrap(), damaged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_broker_on_the_same_folder_is_refused_and_told_by_whom() {
    let test = TestBroker::start().await;
    let refused = Broker::start(config(test.dir.path())).await.err().unwrap();
    assert!(matches!(refused, StartError::Lock(_)));
    let pid = std::process::id().to_string();
    assert!(refused.to_string().contains(&pid), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_port_is_an_error_that_names_it() {
    let test = TestBroker::start().await;
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    config.listen = test.broker.kafka_addr();
    let refused = Broker::start(config).await.err().unwrap().to_string();
    assert!(refused.contains(&test.broker.kafka_addr().to_string()), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_whose_cluster_state_is_lost_are_not_taken_for_leftovers() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    produce(&mut client, "orders", &["one"]).await;
    test.broker.stop().await;
    let journal = test.dir.path().join("__cluster");
    fs::rename(&journal, test.dir.path().join("kept")).unwrap();
    let refused = Broker::start(config(test.dir.path())).await.err().unwrap().to_string();
    assert!(refused.contains("no cluster state"), "{refused}");
    assert!(segment(test.dir.path(), "orders-0").exists());
    fs::remove_dir_all(&journal).unwrap();
    fs::rename(test.dir.path().join("kept"), &journal).unwrap();
    let broker = Broker::start(config(test.dir.path())).await.unwrap();
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_in_the_place_of_a_new_topic_is_moved_aside_and_kept() {
    let test = TestBroker::start().await;
    // As long as a name may be, so that nothing can be added to it.
    let name = "o".repeat(249);
    let stray = test.dir.path().join(format!("{name}-0"));
    fs::create_dir(&stray).unwrap();
    fs::write(stray.join("00000000000000000000.log"), b"somebody's").unwrap();
    let mut client = test.client().await;
    create(&mut client, &name, 1).await;
    assert_eq!(read_all(&mut client, &name).await, [""; 0]);
    let aside = fs::read_dir(test.dir.path()).unwrap().map(|e| e.unwrap().path());
    let aside = aside.filter(|path| path.to_string_lossy().ends_with("-stray"));
    let kept = aside.map(|path| fs::read(path.join("00000000000000000000.log")).unwrap());
    assert_eq!(kept.collect::<Vec<_>>(), [b"somebody's"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_whose_partition_cannot_be_opened_is_not_said_to_be_created() {
    let test = TestBroker::start().await;
    // A file where the folder should be.
    fs::write(test.dir.path().join("orders-1"), b"in the way").unwrap();
    let mut client = test.client().await;
    let answer = client.call(create_request("orders", 2)).await.topics.remove(0);
    assert_eq!(answer.error_code, ErrorCode::KafkaStorageError.code(), "{answer:?}");
    assert!(answer.error_message.unwrap().contains("partition 1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_of_a_topic_that_a_crash_kept_are_not_those_of_its_successor() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    create(&mut client, "others", 1).await;
    let mut member = Member::new(&test, "g", None).await;
    assert_eq!(member.commit("orders", 7, "").await, NONE);
    assert_eq!(member.commit("others", 8, "").await, NONE);
    let name = |number| format!("__consumer_offsets-{number}");
    let kept = tempfile::tempdir().unwrap();
    for number in 0..2 {
        copy(&test.dir.path().join(name(number)), &kept.path().join(name(number)));
    }
    assert_eq!(delete(&mut client, "orders").await, NONE);
    // As if the crash had come before the positions were forgotten.
    let restore = |data: &Path| {
        for number in 0..2 {
            fs::remove_dir_all(data.join(name(number))).unwrap();
            copy(&kept.path().join(name(number)), &data.join(name(number)));
        }
    };
    let test = test.crash(restore).await;
    let mut member = Member::new(&test, "g", None).await;
    eventually_some(async || match member.committed("orders").await.0 {
        -1 => Some(()),
        _ => None,
    })
    .await;
    assert_eq!(member.committed("others").await.0, 8);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap().map(|e| e.unwrap()) {
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_partitions_of_one_topic_are_recovered_side_by_side() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FakeDisk::with_folder(dir.path());
    let on = async |disk: &FakeDisk| {
        let world = World { disk: Arc::new(disk.clone()), ..World::real() };
        Broker::start_in(world, config(dir.path())).await.ok()
    };
    let broker = on(&disk).await.unwrap();
    let mut client = Client::connect(broker.kafka_addr()).await;
    create(&mut client, "orders", 8).await;
    for partition in 0..8 {
        client.call(produce_request("orders", partition, batch(&["kept"]))).await;
    }
    let killed = disk.copy();
    drop((client, broker));
    // What is recovered is synced: so many wait for that at once as are opened at once.
    killed.hold_syncs_of("orders-");
    let waiting = async {
        eventually_some(async || (killed.syncs_waiting() == 4).then_some(())).await;
        killed.release_syncs();
    };
    let ((), broker) = tokio::join!(waiting, eventually_some(async || on(&killed).await));
    let mut client = Client::connect(broker.kafka_addr()).await;
    assert_eq!(read_all(&mut client, "orders").await, ["kept"]);
    broker.stop().await;
}
