//! Many topics at once: what makes them durable is paid for once.

use std::sync::Arc;

use futures::future::join_all;
use ouzel_broker::Broker;
use ouzel_broker::world::{FakeDisk, World};
use ouzel_wire::messages::*;
use ouzel_wire::{ErrorCode, Request};

use crate::support::*;

async fn start(disk: &FakeDisk, data: &std::path::Path) -> Broker {
    let world = World { disk: Arc::new(disk.clone()), ..World::real() };
    Broker::start_in(world, config(data)).await.unwrap()
}

fn many(names: impl IntoIterator<Item = String>) -> CreateTopicsRequest {
    let topics = names.into_iter().flat_map(|name| create_request(&name, 1).topics).collect();
    CreateTopicsRequest { topics, ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_of_one_request_share_a_sync_and_each_has_its_own_answer() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FakeDisk::with_folder(dir.path());
    let broker = start(&disk, dir.path()).await;
    let mut client = Client::connect(broker.kafka_addr()).await;
    create(&mut client, "topic-7", 1).await;
    let before = disk.syncs();
    let names = (0..200).map(|n| format!("topic-{n}"));
    let names = names.chain(["twice".to_owned(), "../x".to_owned(), "twice".to_owned()]);
    let names = names.chain(["__consumer_offsets".to_owned(), "last".to_owned()]);
    let names: Vec<String> = names.collect();
    let answers = client.call(many(names.clone())).await.topics;
    assert_eq!(disk.syncs() - before, 1);
    assert!(answers.iter().map(|answer| &answer.name).eq(&names), "in the order of asking");
    let code = |name: &str| answers.iter().find(|answer| answer.name == name).unwrap().error_code;
    assert_eq!(code("topic-7"), ErrorCode::TopicAlreadyExists.code());
    assert_eq!(code("twice"), ErrorCode::InvalidRequest.code());
    assert_eq!(code("../x"), ErrorCode::InvalidTopicException.code());
    assert_ne!(code("__consumer_offsets"), NONE);
    let made = answers.iter().filter(|answer| answer.error_code == NONE);
    assert_eq!(made.count(), 200, "all but topic-7, and `last`");
    assert_eq!(produce(&mut client, "last", &["x"]).await, 0);
    broker.stop().await;
    let broker = start(&disk, dir.path()).await;
    let mut client = Client::connect(broker.kafka_addr()).await;
    assert_eq!(read_all(&mut client, "last").await, ["x"]);
    assert_eq!(metadata(&mut client, "topic-199", false).await.partitions.len(), 1);
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_wait_for_the_same_sync_share_the_next() {
    const CLIENTS: usize = 20;
    let dir = tempfile::tempdir().unwrap();
    let disk = FakeDisk::with_folder(dir.path());
    let broker = start(&disk, dir.path()).await;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(Client::connect(broker.kafka_addr()).await);
    }
    let before = disk.syncs();
    disk.hold_syncs_of("journal");
    let version = *CreateTopicsRequest::VERSIONS.end();
    for (number, client) in clients.iter_mut().enumerate() {
        client.send(version, &create_request(&format!("topic-{number}"), 1)).await;
    }
    let create = ouzel_wire::ApiKey::CreateTopics as i16;
    let asked = async || {
        let traffic = broker.stats().read()?.traffic;
        let asked = traffic.requests.iter().find(|(key, _)| *key == create);
        (asked?.1 == CLIENTS as u64 && disk.syncs_waiting() == 1).then_some(())
    };
    eventually_some(asked).await;
    disk.release_syncs();
    let made = clients.iter_mut().map(async |client| {
        let (_, answer) = client.receive::<CreateTopicsRequest>(version).await;
        assert_eq!(answer.topics[0].error_code, NONE, "{answer:?}");
    });
    join_all(made).await;
    let syncs = disk.syncs() - before;
    assert!(syncs <= CLIENTS as u64 / 2, "{syncs} syncs for {CLIENTS} topics");
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_thousand_topics_are_made_and_changed_in_one_request_each_with_a_sync_for_all() {
    const TOPICS: usize = 2_000;
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let name = |number: usize| format!("topic-{number}");
    let made = client.call(many((0..TOPICS).map(name))).await.topics;
    assert!(made.iter().all(|topic| topic.error_code == NONE));
    let all = [(SET, "retention.ms", Some("1234"))];
    let one = |number| alter_request(TOPIC, &name(number), &all).resources.remove(0);
    let mut resources: Vec<_> = (0..TOPICS).map(one).collect();
    resources.push(alter_request(TOPIC, "nowhere", &all).resources.remove(0));
    let request = IncrementalAlterConfigsRequest { resources, ..Default::default() };
    let answers = client.call(request).await.responses;
    assert_eq!(answers.len(), TOPICS + 1);
    let (last, done) = answers.split_last().unwrap();
    assert!(done.iter().all(|answer| answer.error_code == NONE));
    assert_eq!(last.error_code, ErrorCode::UnknownTopicOrPartition.code());
    for number in [0, TOPICS - 1] {
        let set = described(&mut client, TOPIC, &name(number), "retention.ms").await;
        assert_eq!(set.value.as_deref(), Some("1234"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_one_request_share_a_sync_and_each_has_its_own_answer() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FakeDisk::with_folder(dir.path());
    let broker = start(&disk, dir.path()).await;
    let mut client = Client::connect(broker.kafka_addr()).await;
    client.call(many((0..50).map(|n| format!("topic-{n}")))).await;
    let before = disk.syncs();
    let set = |name: &str, value: &str| {
        alter_request(TOPIC, name, &[(SET, "retention.ms", Some(value))]).resources.remove(0)
    };
    let mut resources: Vec<_> = (0..50).map(|n| set(&format!("topic-{n}"), "1234")).collect();
    resources.insert(7, set("nowhere", "1234"));
    resources[3] = set("topic-3", "never");
    let request = IncrementalAlterConfigsRequest { resources, ..Default::default() };
    let codes: Vec<i16> =
        client.call(request).await.responses.iter().map(|answer| answer.error_code).collect();
    assert_eq!(disk.syncs() - before, 1);
    assert_eq!(codes[3], ErrorCode::InvalidConfig.code());
    assert_eq!(codes[7], ErrorCode::UnknownTopicOrPartition.code());
    assert_eq!(codes.iter().filter(|code| **code == NONE).count(), 49);
    let topic = described(&mut client, TOPIC, "topic-49", "retention.ms").await;
    assert_eq!(topic.value.as_deref(), Some("1234"));
    broker.stop().await;
    let broker = start(&disk, dir.path()).await;
    let mut client = Client::connect(broker.kafka_addr()).await;
    let topic = described(&mut client, TOPIC, "topic-49", "retention.ms").await;
    assert_eq!(topic.value.as_deref(), Some("1234"), "after a restart too");
    broker.stop().await;
}
