//! What goes in comes out, byte for byte, whole, and only when it should.

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::*;

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_produced_is_fetched_in_every_version() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let id = create(&mut client, "orders", 1).await.topic_id;
    let mut expected = Vec::new();
    for version in 3..=12 {
        let value = format!("produced in {version}");
        let request = produce_request("orders", 0, batch(&[&value]));
        let answer = produced(client.call_at(version, request).await);
        assert_eq!((answer.error_code, answer.base_offset), (NONE, expected.len() as i64));
        expected.push(value);
    }
    for version in 4..=18 {
        let mut request = fetch_request("orders", 0);
        if version > FETCH_BY_NAME {
            request.topics[0].topic_id = id;
        }
        let answer = fetched(client.call_at(version, request).await);
        assert_eq!((answer.error_code, answer.high_watermark), (NONE, 10), "version {version}");
        assert_eq!(values(answer.records), expected, "version {version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_batch_comes_whole_however_small_the_limits_and_the_second_does_not() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    produce(&mut client, "orders", &["one", "two"]).await;
    produce(&mut client, "orders", &["three"]).await;
    for offset in [0, 1] {
        let mut request = fetch_request("orders", offset);
        request.max_bytes = 1;
        request.topics[0].partitions[0].partition_max_bytes = 1;
        let answer = fetched(client.call_at(FETCH_BY_NAME, request).await);
        assert_eq!(values(answer.records), ["one", "two"], "from offset {offset}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_partitions_of_a_fetch_share_what_the_client_and_the_broker_allow() {
    let test = TestBroker::start_with(|config| config.limits.fetch_bytes_max = 1_024).await;
    let mut client = test.client().await;
    create(&mut client, "orders", 3).await;
    let value = "v".repeat(400);
    for partition in 0..3 {
        let request = produce_request("orders", partition, batch(&[&value]));
        assert_eq!(produced(client.call(request).await).error_code, NONE);
    }
    for (max_bytes, wanted) in [(i32::MAX, [1, 1, 0]), (600, [1, 0, 0]), (1, [1, 0, 0])] {
        let mut request = fetch_request("orders", 0);
        request.max_bytes = max_bytes;
        let one = request.topics[0].partitions[0].clone();
        let at = |partition| FetchPartition { partition, ..one.clone() };
        request.topics[0].partitions = (0..3).map(at).collect();
        let answer = client.call_at(FETCH_BY_NAME, request).await.responses.remove(0);
        let got = answer.partitions.into_iter().map(|it| values(it.records).len());
        assert_eq!(got.collect::<Vec<_>>(), wanted, "{max_bytes} bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_without_acknowledgement_are_stored_and_not_answered() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let request = ProduceRequest { acks: 0, ..produce_request("orders", 0, batch(&["quiet"])) };
    client.send(12, &request).await;
    // The next answer is that to the next question, and it sees the record.
    assert_eq!(list_offset(&mut client, "orders", -1).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_without_acknowledgement_ends_the_connection() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let request = ProduceRequest { acks: 0, ..produce_request("nowhere", 0, batch(&["lost"])) };
    client.send(12, &request).await;
    assert!(client.receive_frame().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_stored_is_refused_by_name() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let mut torn = batch(&["one"]).to_vec();
    *torn.last_mut().unwrap() ^= 1;
    let refused = [
        (produce_request("nowhere", 0, batch(&["x"])), ErrorCode::UnknownTopicOrPartition),
        (produce_request("orders", 1, batch(&["x"])), ErrorCode::UnknownTopicOrPartition),
        (produce_request("orders", -1, batch(&["x"])), ErrorCode::UnknownTopicOrPartition),
        (produce_request("orders", 0, torn.into()), ErrorCode::CorruptMessage),
        (produce_request("__consumer_offsets", 0, batch(&["x"])), ErrorCode::InvalidTopicException),
        (
            ProduceRequest { acks: 2, ..produce_request("orders", 0, batch(&["x"])) },
            ErrorCode::InvalidRequiredAcks,
        ),
    ];
    for (request, code) in refused {
        let answer = produced(client.call(request).await);
        assert_eq!(answer.error_code, code.code(), "{answer:?}");
        assert!(answer.error_message.is_some(), "{answer:?}");
    }
    assert_eq!(list_offset(&mut client, "orders", -1).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_without_a_key_are_named_when_their_topic_needs_keys() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let mut request = create_request("latest", 1);
    request.topics[0].configs = vec![CreatableTopicConfig {
        name: "cleanup.policy".to_owned(),
        value: Some("compact".to_owned()),
        ..Default::default()
    }];
    assert_eq!(client.call(request).await.topics[0].error_code, NONE);
    let mut builder = ouzel_wire::batch::BatchBuilder::new();
    builder.push_value(now_ms(), Some(b"key"), b"fine");
    builder.push_value(now_ms(), None, b"lost among many");
    let request = produce_request("latest", 0, builder.build().unwrap());
    let answer = produced(client.call(request).await);
    assert_eq!(answer.error_code, ErrorCode::InvalidRecord.code());
    let named: Vec<i32> = answer.record_errors.iter().map(|e| e.batch_index).collect();
    assert_eq!(named, [1]);
    assert_eq!(list_offset(&mut client, "latest", -1).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_beyond_the_topics_limit_is_too_large() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let large = "x".repeat(2 << 20);
    let answer = produced(client.call(produce_request("orders", 0, batch(&[&large]))).await);
    assert_eq!(answer.error_code, ErrorCode::MessageTooLarge.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn offsets_outside_the_log_and_epochs_that_differ_are_refused() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    produce(&mut client, "orders", &["one"]).await;
    let epoch = metadata(&mut client, "orders", false).await.partitions[0].leader_epoch;
    let ask = |offset, current_leader_epoch| {
        let mut request = fetch_request("orders", offset);
        request.topics[0].partitions[0].current_leader_epoch = current_leader_epoch;
        request
    };
    let cases = [
        (ask(1, -1), ErrorCode::None),
        (ask(2, -1), ErrorCode::OffsetOutOfRange),
        (ask(-5, -1), ErrorCode::OffsetOutOfRange),
        (ask(0, epoch), ErrorCode::None),
        (ask(0, epoch + 1), ErrorCode::UnknownLeaderEpoch),
    ];
    for (request, code) in cases {
        let answer = fetched(client.call_at(FETCH_BY_NAME, request).await);
        assert_eq!(answer.error_code, code.code(), "{answer:?}");
    }
    let test = test.restart().await;
    let mut client = test.client().await;
    let answer = fetched(client.call_at(FETCH_BY_NAME, ask(0, epoch)).await);
    assert_eq!(answer.error_code, ErrorCode::FencedLeaderEpoch.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_by_an_unknown_id_says_so_and_serves_the_others() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let id = create(&mut client, "orders", 1).await.topic_id;
    produce(&mut client, "orders", &["one"]).await;
    let mut request = fetch_request("", 0);
    let mut known = request.topics[0].clone();
    known.topic_id = id;
    request.topics[0].topic_id = ouzel_wire::Uuid([7; 16]);
    request.topics.push(known);
    let response = client.call(request).await;
    let code = response.responses[0].partitions[0].error_code;
    assert_eq!(code, ErrorCode::UnknownTopicId.code());
    assert_eq!(values(response.responses[1].partitions[0].records.clone()), ["one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn offsets_are_found_by_time() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let base = now_ms() - 10_000;
    let mut builder = ouzel_wire::batch::BatchBuilder::new();
    for step in 0..3 {
        builder.push_value(base + step * 1000, None, b"x");
    }
    let request = produce_request("orders", 0, builder.build().unwrap());
    assert_eq!(produced(client.call(request).await).error_code, NONE);
    for (time, offset) in [
        (base - 1, 0),
        (base, 0),
        (base + 1, 1),
        (base + 2000, 2),
        (base + 2001, -1),
        (-1, 3),
        (-2, 0),
    ] {
        assert_eq!(list_offset(&mut client, "orders", time).await, offset, "at {time}");
    }
    assert_eq!(list_offset(&mut client, "orders", -3).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_is_acknowledged_however_little_time_the_client_gives() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    for (offset, timeout_ms) in [0, -1, 1, i32::MIN].into_iter().enumerate() {
        let request = produce_request("orders", 0, batch(&["x"]));
        let answer = produced(client.call(ProduceRequest { timeout_ms, ..request }).await);
        // The time is for other replicas, and there are none; see Kafka's DelayedProduce.
        assert_eq!((answer.error_code, answer.base_offset), (NONE, offset as i64), "{timeout_ms}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_read_nothing_yet_gets_as_much_as_it_asks_for() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let long = "x".repeat(900_000);
    for _ in 0..4 {
        produce(&mut client, "orders", &[&long]).await;
    }
    let mut request = fetch_request("orders", 0);
    request.min_bytes = 3_600_000;
    request.topics[0].partitions[0].partition_max_bytes = 1 << 24;
    let answer = fetched(test.client().await.call_at(FETCH_BY_NAME, request).await);
    assert_eq!(values(answer.records).len(), 4);
}
