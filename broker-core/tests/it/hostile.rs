//! Whatever a client sends or does not send, others are served and memory stays bounded.

use std::time::Duration;

use futures::future::join_all;
use ouzel_wire::frame::{RequestHeader, encode_request};
use ouzel_wire::messages::*;
use ouzel_wire::{ErrorCode, Request, spec};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

use crate::support::*;

/// Shows that the broker still serves others.
async fn is_well(test: &TestBroker) {
    let mut client = test.client().await;
    let answer = client.call(ApiVersionsRequest { ..greeting() }).await;
    assert_eq!(answer.error_code, NONE);
}

fn greeting() -> ApiVersionsRequest {
    ApiVersionsRequest {
        client_software_name: "it".to_owned(),
        client_software_version: "1.0".to_owned(),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn random_bytes_end_their_own_connection_and_no_other() {
    let test = TestBroker::start_with(|c| c.limits.stall = Duration::from_millis(100)).await;
    let seed = 0x0571;
    let mut random = StdRng::seed_from_u64(seed);
    for round in 0..200 {
        let mut bytes = vec![0; random.random_range(1..300)];
        random.fill_bytes(&mut bytes);
        if round % 2 == 0 && bytes.len() > 8 {
            // A length that fits and a key that exists bring the rest to the decoders.
            let length = (bytes.len() - 4) as u32;
            bytes[..4].copy_from_slice(&length.to_be_bytes());
            bytes[4..8].copy_from_slice(&[
                0,
                random.random_range(0..50),
                0,
                random.random_range(0..12),
            ]);
        }
        let mut client = test.client().await;
        client.send_bytes(&bytes).await;
        while client.receive_frame().await.is_some() {}
    }
    is_well(&test).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_of_200_megabytes_is_refused_before_it_comes() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    client.send_bytes(&(200_u32 << 20).to_be_bytes()).await;
    assert!(client.receive_frame().await.is_none());
    is_well(&test).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_request_of_megabytes_is_refused_unless_it_brings_records() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let mut head = (50_u32 << 20).to_be_bytes().to_vec();
    head.extend_from_slice(&[0, 3, 0, 12]);
    client.send_bytes(&head).await;
    assert!(client.receive_frame().await.is_none());
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let mut fresh = test.client().await;
    let large = batch(&[&"x".repeat(1 << 20), &"y".repeat(1 << 20)]);
    let answer = produced(fresh.call(produce_request("orders", 0, large)).await);
    assert_eq!(answer.error_code, ErrorCode::MessageTooLarge.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_names_more_than_there_can_be_ends_its_connection() {
    let test = TestBroker::start().await;
    let nothing = PartitionProduceData { index: 0, records: None, ..Default::default() };
    let topic = TopicProduceData {
        name: "orders".to_owned(),
        partition_data: vec![nothing; 20_000],
        ..Default::default()
    };
    let produce = ProduceRequest { acks: 1, topic_data: vec![topic], ..Default::default() };
    assert!(is_cut_off(&test, &produce).await);
    let protocol = JoinGroupRequestProtocol { name: "range".to_owned(), ..Default::default() };
    let join = JoinGroupRequest { protocols: vec![protocol; 2_000], ..Default::default() };
    assert!(is_cut_off(&test, &join).await);
    is_well(&test).await;
}

/// Whether this request gets no answer, but the end of its connection.
async fn is_cut_off<R: Request>(test: &TestBroker, request: &R) -> bool {
    let version = spec(R::KEY).map(|spec| spec.max).unwrap();
    let header =
        RequestHeader { api_key: R::KEY as i16, api_version: version, ..Default::default() };
    let mut client = test.client().await;
    client.send_bytes(&encode_request(&header, request).unwrap()).await;
    client.receive_frame().await.is_none()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_question_many_times_is_answered_once() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 100).await;
    let asked = MetadataRequestTopic { name: Some("orders".to_owned()), ..Default::default() };
    let request = MetadataRequest { topics: Some(vec![asked; 20_000]), ..Default::default() };
    assert_eq!(client.call(request).await.topics.len(), 1);
    let resource = DescribeConfigsResource {
        resource_type: 2,
        resource_name: "orders".to_owned(),
        configuration_keys: None,
        ..Default::default()
    };
    let request =
        DescribeConfigsRequest { resources: vec![resource; 20_000], ..Default::default() };
    assert_eq!(client.call(request).await.results.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_frame_costs_what_has_come_and_ends_when_nothing_follows() {
    let change = |config: &mut ouzel_broker::BrokerConfig| {
        config.limits.stall = Duration::from_millis(200);
        // Were the announced length reserved, the second client would wait for ever.
        config.limits.bytes_in_flight = 101 << 20;
    };
    let test = TestBroker::start_with(change).await;
    let mut halves = Vec::new();
    for _ in 0..8 {
        let mut client = test.client().await;
        let mut head = (99_u32 << 20).to_be_bytes().to_vec();
        head.extend_from_slice(&[0, 0, 0, 12, 0, 0, 0, 1]);
        client.send_bytes(&head).await;
        halves.push(client);
    }
    is_well(&test).await;
    for mut client in halves {
        assert!(client.receive_frame().await.is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_requests_of_which_each_holds_a_part_all_come_through() {
    let change = |config: &mut ouzel_broker::BrokerConfig| {
        // Room for three, or for parts of six.
        config.limits.bytes_in_flight = 3 << 20;
        config.limits.frame_bytes_max = 1 << 20;
        config.limits.stall = 2 * PATIENCE;
    };
    let test = TestBroker::start_with(change).await;
    create(&mut test.client().await, "orders", 1).await;
    let request = produce_request("orders", 0, batch(&[&"x".repeat(900_000)]));
    let header = RequestHeader { api_version: 12, correlation_id: 1, ..Default::default() };
    let frame = encode_request(&header, &request).unwrap();
    let (first, rest) = frame.split_at(300_000);
    let mut clients = Vec::new();
    for _ in 0..10 {
        let mut client = test.client().await;
        client.send_bytes(first).await;
        clients.push(client);
    }
    let finish = async |mut client: Client| {
        client.send_bytes(rest).await;
        let (_, answer) = client.receive::<ProduceRequest>(12).await;
        assert_eq!(produced(answer).error_code, NONE);
    };
    join_all(clients.into_iter().map(finish)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_sent_without_waiting_are_answered_in_their_order() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let mut ids = Vec::new();
    for number in 0..50 {
        let value = number.to_string();
        ids.push(client.send(12, &produce_request("orders", 0, batch(&[&value]))).await);
        ids.push(client.send(FETCH_BY_NAME, &fetch_request("orders", 0)).await);
    }
    for (number, pair) in ids.chunks(2).enumerate() {
        let (id, response) = client.receive::<ProduceRequest>(12).await;
        assert_eq!((id, produced(response).base_offset), (pair[0], number as i64));
        let (id, response) = client.receive::<FetchRequest>(FETCH_BY_NAME).await;
        assert_eq!(id, pair[1]);
        assert!(values(fetched(response).records).len() > number);
    }
}

/// Writes far more than sockets hold to `orders`, and asks for all of it.
async fn five_megabytes(client: &mut Client) -> FetchRequest {
    create(client, "orders", 1).await;
    let large = "x".repeat(500_000);
    for _ in 0..10 {
        produce(client, "orders", &[&large]).await;
    }
    let mut request = fetch_request("orders", 0);
    request.topics[0].partitions[0].partition_max_bytes = i32::MAX;
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_is_dropped() {
    let change = |config: &mut ouzel_broker::BrokerConfig| {
        config.limits.stall = Duration::from_millis(200);
        config.limits.connections_max = 2;
    };
    let test = TestBroker::start_with(change).await;
    let mut client = test.client().await;
    let request = five_megabytes(&mut client).await;
    // Far more than the sockets' buffers hold, and not a byte of it taken.
    let mut deaf = test.client().await;
    for _ in 0..20 {
        deaf.send(FETCH_BY_NAME, &request).await;
    }
    client.call(greeting()).await;
    // There is room for another one as soon as the deaf one is dropped.
    eventually_some(async || {
        let mut next = test.client().await;
        next.send(4, &greeting()).await;
        next.receive_frame().await
    })
    .await;
    // What lies in the buffers can still be read; then comes the end, not all twenty answers.
    let mut answers = 0;
    while deaf.receive_frame().await.is_some() {
        answers += 1;
    }
    assert!(answers < 20, "{answers} answers were kept for a client that did not read");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_never_read_do_not_keep_others_from_reading() {
    // Room for sixteen answers, and as long to take one as anywhere.
    let test = TestBroker::start_with(|c| c.limits.bytes_in_flight = 16 << 20).await;
    let mut client = test.client().await;
    let request = five_megabytes(&mut client).await;
    let mut deaf = Vec::new();
    for _ in 0..24 {
        let mut client = test.client().await;
        for _ in 0..30 {
            client.send(FETCH_BY_NAME, &request).await;
        }
        deaf.push(client);
    }
    let began = tokio::time::Instant::now();
    for _ in 0..5 {
        let mut offset = 0;
        while offset < 10 {
            let mut request = fetch_request("orders", offset);
            request.max_wait_ms = 500;
            let answer = fetched(client.call_at(FETCH_BY_NAME, request).await);
            offset += values(answer.records).len() as i64;
        }
    }
    let took = began.elapsed();
    assert!(took < PATIENCE / 2, "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_no_client_that_takes_nothing() {
    let change = |config: &mut ouzel_broker::BrokerConfig| {
        config.limits.connection_requests_in_flight = 2;
        // Longer than any test takes.
        config.limits.stall = 10 * PATIENCE;
    };
    let test = TestBroker::start_with(change).await;
    let mut client = test.client().await;
    let request = five_megabytes(&mut client).await;
    let mut deaf = test.client().await;
    for _ in 0..20 {
        deaf.send(FETCH_BY_NAME, &request).await;
    }
    // Its line is full once it holds memory for an answer that it does not take.
    let stats = test.broker.stats();
    eventually_some(async || {
        let told = stats.read()?;
        (told.traffic.answer_bytes_in_flight > 0).then_some(())
    })
    .await;
    let stopped = tokio::time::timeout(PATIENCE, test.broker.stop()).await;
    assert!(stopped.is_ok(), "it waits for a client that takes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_are_closed() {
    let test = TestBroker::start_with(|c| c.limits.idle = Duration::from_millis(50)).await;
    let mut client = test.client().await;
    assert!(client.receive_frame().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_more_than_there_may_be_is_refused_and_the_others_stay() {
    let test = TestBroker::start_with(|c| c.limits.connections_max = 2).await;
    let (mut first, mut second) = (test.client().await, test.client().await);
    first.call(greeting()).await;
    second.call(greeting()).await;
    assert!(test.client().await.receive_frame().await.is_none());
    first.call(greeting()).await;
    drop(second);
    eventually_some(async || {
        let mut next = test.client().await;
        next.send(4, &greeting()).await;
        next.receive_frame().await
    })
    .await;
}
