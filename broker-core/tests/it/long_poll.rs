//! A fetch that waits is woken by what it waits for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ouzel_broker::Broker;
use ouzel_broker::world::{FakeDisk, World};
use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{FetchRequest, PartitionData};

use crate::support::*;

/// A fetch that waits longer than any test.
fn patient(topic: &str, offset: i64) -> FetchRequest {
    FetchRequest { max_wait_ms: 120_000, ..fetch_request(topic, offset) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_wakes_every_fetch_that_waits() {
    let test = TestBroker::start().await;
    let mut producer = test.client().await;
    create(&mut producer, "orders", 1).await;
    let mut readers = Vec::new();
    for _ in 0..3 {
        let mut reader = test.client().await;
        reader.send(FETCH_BY_NAME, &patient("orders", 0)).await;
        readers.push(reader);
    }
    produce(&mut producer, "orders", &["news"]).await;
    for mut reader in readers {
        let (_, response) = reader.receive::<FetchRequest>(FETCH_BY_NAME).await;
        assert_eq!(values(fetched(response).records), ["news"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_waits_for_as_many_bytes_as_it_wants() {
    let test = TestBroker::start().await;
    let mut producer = test.client().await;
    create(&mut producer, "orders", 1).await;
    let mut reader = test.client().await;
    let one = batch(&["news"]).len() as i32;
    reader.send(FETCH_BY_NAME, &FetchRequest { min_bytes: 3 * one, ..patient("orders", 0) }).await;
    for _ in 0..3 {
        produce(&mut producer, "orders", &["news"]).await;
    }
    let (_, response) = reader.receive::<FetchRequest>(FETCH_BY_NAME).await;
    assert_eq!(values(fetched(response).records), ["news", "news", "news"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_that_waits_counts_what_comes_and_reads_it_once() {
    let dir = tempfile::tempdir().unwrap();
    let disk = FakeDisk::with_folder(dir.path());
    let world = World { disk: Arc::new(disk.clone()), ..World::real() };
    let broker = Broker::start_in(world, config(dir.path())).await.unwrap();
    let mut producer = Client::connect(broker.kafka_addr()).await;
    create(&mut producer, "orders", 1).await;
    produce(&mut producer, "orders", &["old"]).await;
    let one = batch(&["new"]).len() as i32;
    let mut readers = Vec::new();
    // One reads on from the end, the other one comes from behind.
    for offset in [1, 0] {
        let mut reader = Client::connect(broker.kafka_addr()).await;
        let before = disk.reads();
        let wants = FetchRequest { min_bytes: 100 * one, ..patient("orders", offset) };
        reader.send(FETCH_BY_NAME, &wants).await;
        if offset == 0 {
            // It looks for its place.
            eventually_some(async || (disk.reads() > before).then_some(())).await;
        }
        readers.push(reader);
    }
    let before = disk.reads();
    for _ in 0..100 {
        produce(&mut producer, "orders", &["new"]).await;
    }
    for (mut reader, count) in readers.into_iter().zip([100, 101]) {
        let (_, response) = reader.receive::<FetchRequest>(FETCH_BY_NAME).await;
        let got = values(fetched(response).records).len();
        assert!((100..=count).contains(&got), "{got} of {count}");
    }
    let reads = disk.reads() - before;
    assert!(reads < 20, "{reads} reads for two answers");
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_of_nothing_is_answered_when_its_time_is_up_and_not_before() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let begin = Instant::now();
    let request = FetchRequest { max_wait_ms: 200, ..fetch_request("orders", 0) };
    let answer = fetched(client.call_at(FETCH_BY_NAME, request).await);
    assert_eq!((answer.error_code, answer.records.unwrap().len()), (NONE, 0));
    assert!(begin.elapsed() >= Duration::from_millis(200));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_does_not_wait() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let answer = fetched(client.call_at(FETCH_BY_NAME, patient("nowhere", 0)).await);
    assert_eq!(answer.error_code, ErrorCode::UnknownTopicOrPartition.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_topic_wakes_whoever_waits_for_it() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let mut reader = test.client().await;
    reader.send(FETCH_BY_NAME, &patient("orders", 0)).await;
    assert_eq!(delete(&mut client, "orders").await, NONE);
    let (_, response) = reader.receive::<FetchRequest>(FETCH_BY_NAME).await;
    assert_ne!(fetched(response).error_code, NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_stops_answers_whoever_waits() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let mut reader = test.client().await;
    // The second answer shows that the first request is being waited on.
    reader.send(FETCH_BY_NAME, &fetch_request("orders", 0)).await;
    reader.send(FETCH_BY_NAME, &patient("orders", 0)).await;
    reader.receive::<FetchRequest>(FETCH_BY_NAME).await;
    let begin = Instant::now();
    test.broker.stop().await;
    assert!(begin.elapsed() < PATIENCE);
    if let Some(frame) = reader.receive_frame().await {
        let decoded = ouzel_wire::frame::decode_response::<FetchRequest>(frame, FETCH_BY_NAME);
        assert_eq!(fetched(decoded.unwrap().1).error_code, NONE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_is_answered_in_time_though_others_hold_all_memory_for_answers() {
    let change = |config: &mut ouzel_broker::BrokerConfig| {
        // Room for one answer.
        config.limits.bytes_in_flight = 1 << 20;
        config.limits.stall = Duration::from_secs(600);
    };
    let test = TestBroker::start_with(change).await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    produce(&mut client, "orders", &[&"x".repeat(900_000)]).await;
    // Far more than the sockets' buffers hold, and not a byte of it taken.
    let mut deaf = test.client().await;
    for _ in 0..20 {
        deaf.send(FETCH_BY_NAME, &fetch_request("orders", 0)).await;
    }
    let request = || FetchRequest { max_wait_ms: 100, ..fetch_request("orders", 0) };
    eventually_some(async || {
        let answer = fetched(client.call_at(FETCH_BY_NAME, request()).await);
        assert_eq!((answer.error_code, answer.high_watermark), (NONE, 1));
        answer.records.unwrap().is_empty().then_some(())
    })
    .await;
    drop(deaf);
    let again = async || Some(fetch(&mut client, "orders", 0).await).filter(|a| !is_empty(a));
    eventually_some(again).await;
}

fn is_empty(answer: &PartitionData) -> bool {
    answer.records.as_ref().is_none_or(|records| records.is_empty())
}
