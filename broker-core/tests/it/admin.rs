//! Topics and settings, as administrators handle them.

use std::path::Path;
use std::sync::Arc;

use ouzel_broker::Broker;
use ouzel_broker::world::{Disk, FakeDisk, RealDisk, World};
use ouzel_wire::ErrorCode;
use ouzel_wire::messages::*;

use crate::support::*;

async fn outcome(client: &mut Client, topic: CreatableTopic) -> (i16, String) {
    let request = CreateTopicsRequest { topics: vec![topic], ..Default::default() };
    let result = client.call(request).await.topics.remove(0);
    (result.error_code, result.error_message.unwrap_or_default())
}

fn topic(name: &str) -> CreatableTopic {
    create_request(name, 1).topics.remove(0)
}

fn setting(name: &str, value: &str) -> CreatableTopicConfig {
    CreatableTopicConfig {
        name: name.to_owned(),
        value: Some(value.to_owned()),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_cannot_be_is_refused_with_kafkas_error_and_plain_words() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "my.topic", 1).await;
    let placed = |partition_index, node| CreatableReplicaAssignment {
        partition_index,
        broker_ids: vec![node],
        ..Default::default()
    };
    let by_hand = |assignments| CreatableTopic {
        num_partitions: -1,
        replication_factor: -1,
        assignments,
        ..topic("placed")
    };
    let refused = [
        (topic("my.topic"), ErrorCode::TopicAlreadyExists, "already exists"),
        (topic("my_topic"), ErrorCode::InvalidTopicException, "collides"),
        (topic("__consumer_offsets"), ErrorCode::InvalidTopicException, "belongs to the broker"),
        (CreatableTopic { num_partitions: 0, ..topic("a") }, ErrorCode::InvalidPartitions, "0"),
        (CreatableTopic { num_partitions: -2, ..topic("a") }, ErrorCode::InvalidPartitions, "-2"),
        (
            CreatableTopic { num_partitions: i32::MAX, ..topic("a") },
            ErrorCode::PolicyViolation,
            "10000",
        ),
        (
            CreatableTopic { replication_factor: 3, ..topic("a") },
            ErrorCode::InvalidReplicationFactor,
            "one node",
        ),
        (
            CreatableTopic { configs: vec![setting("retention.sm", "1")], ..topic("a") },
            ErrorCode::InvalidConfig,
            "not a topic setting",
        ),
        (
            CreatableTopic { configs: vec![setting("retention.ms", "soon")], ..topic("a") },
            ErrorCode::InvalidConfig,
            "whole number",
        ),
        (by_hand(vec![placed(0, 5)]), ErrorCode::InvalidReplicaAssignment, "node 0"),
        (by_hand(vec![placed(1, 0)]), ErrorCode::InvalidReplicaAssignment, "from 0"),
    ];
    for (asked, code, words) in refused {
        let (got, message) = outcome(&mut client, asked).await;
        assert_eq!(got, code.code(), "{message}");
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(outcome(&mut client, by_hand(vec![placed(1, 0), placed(0, 0)])).await.0, NONE);
    assert_eq!(metadata(&mut client, "placed", false).await.partitions.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_asked_for_twice_in_one_request_is_not_made() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let topics = vec![topic("twice"), topic("once"), topic("twice")];
    let results = client.call(CreateTopicsRequest { topics, ..Default::default() }).await.topics;
    let codes: Vec<i16> = results.iter().map(|r| r.error_code).collect();
    let invalid = ErrorCode::InvalidRequest.code();
    assert_eq!(codes, [invalid, NONE, invalid]);
    let twice = metadata(&mut client, "twice", false).await;
    assert_eq!(twice.error_code, ErrorCode::UnknownTopicOrPartition.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judgement_makes_nothing() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let request = CreateTopicsRequest { validate_only: true, ..create_request("orders", 5) };
    let judged = client.call(request).await.topics.remove(0);
    assert_eq!((judged.error_code, judged.num_partitions), (NONE, 5));
    let missing = metadata(&mut client, "orders", false).await;
    assert_eq!(missing.error_code, ErrorCode::UnknownTopicOrPartition.code());
}

/// Folders of deleted partitions whose files are still there.
fn leftovers(disk: &dyn Disk, data: &Path) -> usize {
    disk.list(data).unwrap().iter().filter(|name| name.ends_with("-delete")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_is_answered_before_the_files_are_gone_and_the_name_is_free_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FakeDisk::with_folder(dir.path());
    let world = World { disk: Arc::new(disk.clone()), ..World::real() };
    let broker = Broker::start_in(world, config(dir.path())).await.unwrap();
    let mut client = Client::connect(broker.kafka_addr()).await;
    create(&mut client, "large", 2).await;
    produce(&mut client, "large", &["old"]).await;
    disk.hold_removals();
    assert_eq!(delete(&mut client, "large").await, NONE);
    eventually_some(async || (disk.removals_waiting() == 1).then_some(())).await;
    assert_eq!(leftovers(&disk, dir.path()), 2, "one folder after the other");
    create(&mut client, "large", 1).await;
    assert_eq!(read_all(&mut client, "large").await, [""; 0], "its successor has its folders");
    assert_eq!(produce(&mut client, "large", &["new"]).await, 0);
    assert_eq!(delete(&mut client, "large").await, NONE, "nobody waits in line either");
    create(&mut client, "large", 1).await;
    assert_eq!(leftovers(&disk, dir.path()), 3);
    disk.release_removals();
    eventually_some(async || (leftovers(&disk, dir.path()) == 0).then_some(())).await;
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_a_crash_or_a_stop_kept_from_going_are_gone_after_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FakeDisk::with_folder(dir.path());
    let world = World { disk: Arc::new(disk.clone()), ..World::real() };
    let broker = Broker::start_in(world, config(dir.path())).await.unwrap();
    let mut client = Client::connect(broker.kafka_addr()).await;
    create(&mut client, "large", 3).await;
    produce(&mut client, "large", &["old"]).await;
    disk.hold_removals();
    assert_eq!(delete(&mut client, "large").await, NONE);
    create(&mut client, "large", 1).await;
    let after_power_cut = disk.crash(1);
    assert_eq!(leftovers(&after_power_cut, dir.path()), 3);
    drop(client);
    let stopping = tokio::spawn(broker.stop());
    disk.release_removals();
    stopping.await.unwrap();
    for disk in [after_power_cut, disk] {
        let world = World { disk: Arc::new(disk.clone()), ..World::real() };
        let broker = Broker::start_in(world, config(dir.path())).await.unwrap();
        assert_eq!(leftovers(&disk, dir.path()), 0);
        let mut client = Client::connect(broker.kafka_addr()).await;
        assert_eq!(read_all(&mut client, "large").await, [""; 0]);
        drop(client);
        broker.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_twice_in_one_request_is_refused_once_and_stays() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let id = create(&mut client, "orders", 1).await.topic_id;
    create(&mut client, "payments", 1).await;
    let invalid = ErrorCode::InvalidRequest.code();
    let unknown = ErrorCode::UnknownTopicOrPartition.code();
    let names = ["orders", "nowhere", "orders"].map(str::to_owned).to_vec();
    let request = DeleteTopicsRequest { topic_names: names, ..Default::default() };
    let answers = client.call_at(3, request).await.responses;
    let codes: Vec<i16> = answers.iter().map(|answer| answer.error_code).collect();
    assert_eq!(codes, [invalid, unknown], "{answers:?}");
    let name = |name: &str| DeleteTopicState { name: Some(name.to_owned()), ..Default::default() };
    let by_id = || DeleteTopicState { topic_id: id, ..Default::default() };
    for topics in [
        vec![name("orders"), name("orders")],
        vec![by_id(), by_id()],
        vec![name("orders"), by_id()],
        vec![by_id(), name("orders")],
    ] {
        let request = DeleteTopicsRequest { topics, ..Default::default() };
        let answers = client.call(request).await.responses;
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(answers[0].error_code, invalid, "{answers:?}");
    }
    assert_eq!(metadata(&mut client, "orders", false).await.error_code, NONE);
    let request =
        DeleteTopicsRequest { topics: vec![name("payments"), by_id()], ..Default::default() };
    let answers = client.call(request).await.responses;
    assert!(answers.iter().all(|answer| answer.error_code == NONE), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_topic_is_gone_with_its_files_and_its_successor_is_another() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let first = create(&mut client, "orders", 2).await.topic_id;
    produce(&mut client, "orders", &["old"]).await;
    assert_eq!(delete(&mut client, "orders").await, NONE);
    assert_eq!(delete(&mut client, "orders").await, ErrorCode::UnknownTopicOrPartition.code());
    let left = std::fs::read_dir(test.dir.path()).unwrap();
    let left: Vec<_> = left.map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with("orders")), "{left:?}");
    let gone = async || (leftovers(&RealDisk, test.dir.path()) == 0).then_some(());
    eventually_some(gone).await;
    let second = create(&mut client, "orders", 1).await.topic_id;
    assert_ne!(first, second);
    assert_eq!(read_all(&mut client, "orders").await, [""; 0]);
    let by_id = DeleteTopicState { topic_id: second, ..Default::default() };
    let request = DeleteTopicsRequest { topics: vec![by_id.clone()], ..Default::default() };
    assert_eq!(client.call(request.clone()).await.responses[0].error_code, NONE);
    let again = client.call(request).await.responses[0].error_code;
    assert_eq!(again, ErrorCode::UnknownTopicId.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_can_be_added_and_are_there_after_a_restart() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let grow = |count| {
        let name = "orders".to_owned();
        let topic = CreatePartitionsTopic { name, count, assignments: None, ..Default::default() };
        CreatePartitionsRequest { topics: vec![topic], ..Default::default() }
    };
    assert_eq!(client.call(grow(3)).await.results[0].error_code, NONE);
    let fewer = client.call(grow(2)).await.results[0].error_code;
    assert_eq!(fewer, ErrorCode::InvalidPartitions.code());
    let request = produce_request("orders", 2, batch(&["one"]));
    assert_eq!(produced(client.call(request).await).error_code, NONE);
    drop(client);
    let test = test.restart().await;
    let mut client = test.client().await;
    assert_eq!(metadata(&mut client, "orders", false).await.partitions.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_is_made_with_settings_that_are_told_with_their_source() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let configs = vec![setting("retention.ms", "1234")];
    let request = CreateTopicsRequest {
        topics: vec![CreatableTopic { configs, ..topic("orders") }],
        ..Default::default()
    };
    let made = client.call(request).await.topics.remove(0);
    let configs = made.configs.unwrap();
    let find = |name: &str| configs.iter().find(|c| c.name == name).unwrap();
    let (set, unset) = (find("retention.ms"), find("cleanup.policy"));
    assert_eq!((set.value.as_deref(), set.config_source), (Some("1234"), 1));
    assert_eq!((unset.value.as_deref(), unset.config_source), (Some("delete"), 5));
    assert_eq!(described(&mut client, TOPIC, "orders", "retention.ms").await.config_source, 1);
    assert_eq!(settings(&mut client, BROKER, "0").await.error_code, NONE);
    let elsewhere = settings(&mut client, BROKER, "1").await.error_code;
    assert_eq!(elsewhere, ErrorCode::InvalidRequest.code());
    let unknown = settings(&mut client, TOPIC, "nowhere").await.error_code;
    assert_eq!(unknown, ErrorCode::UnknownTopicOrPartition.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn more_topics_than_one_request_may_create_are_refused_and_none_is_made() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let one = |number: i32| create_request(&format!("t{number}"), 1).topics.remove(0);
    let topics = (0..10_001).map(one).collect();
    let answer = client.call(CreateTopicsRequest { topics, ..Default::default() }).await;
    let refused = ErrorCode::PolicyViolation.code();
    assert!(answer.topics.iter().all(|topic| topic.error_code == refused));
    let all = MetadataRequest { topics: None, ..Default::default() };
    assert_eq!(client.call(all).await.topics.len(), 0);
}
