//! The oldest records go, up to an offset, and stay gone (DeleteRecords).

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::*;

use crate::support::*;

const OUT_OF_RANGE: i16 = ErrorCode::OffsetOutOfRange.code();

async fn filled(test: &TestBroker) -> Client {
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    for value in ["a", "b", "c"] {
        produce(&mut client, "orders", &[value]).await;
    }
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_before_the_offset_is_gone_also_after_a_restart_and_a_crash() {
    let mut test = TestBroker::start().await;
    let mut client = filled(&test).await;
    for (version, offset, low) in [(0, 1, 1), (1, 0, 1), (2, 2, 2)] {
        let request = delete_records_request("orders", 0, offset);
        let answer = client.call_at(version, request).await.topics.remove(0).partitions.remove(0);
        assert_eq!((answer.error_code, answer.low_watermark), (NONE, low), "version {version}");
    }
    for round in 0..3 {
        assert_eq!(list_offset(&mut client, "orders", -2).await, 2, "round {round}");
        assert_eq!(list_offset(&mut client, "orders", -1).await, 3, "round {round}");
        assert_eq!(fetch(&mut client, "orders", 1).await.error_code, OUT_OF_RANGE);
        assert_eq!(values(fetch(&mut client, "orders", 2).await.records), ["c"]);
        drop(client);
        test = match round {
            0 => test.crash(|_| {}).await,
            _ => test.restart().await,
        };
        client = test.client().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn minus_one_deletes_all_that_consumers_may_read_and_the_room_is_free_at_once() {
    let test = TestBroker::start().await;
    let mut client = filled(&test).await;
    assert_eq!(delete_before(&mut client, "orders", -1).await, (NONE, 3));
    assert_eq!(values(fetch(&mut client, "orders", 3).await.records), [""; 0]);
    let segments = std::fs::read_dir(test.dir.path().join("orders-0")).unwrap();
    let bytes = segments
        .map(|file| file.unwrap())
        .filter(|file| file.path().extension().is_some_and(|extension| extension == "log"));
    assert_eq!(bytes.map(|file| file.metadata().unwrap().len()).sum::<u64>(), 0);
    assert_eq!(produce(&mut client, "orders", &["d"]).await, 3);
    assert_eq!(values(fetch(&mut client, "orders", 3).await.records), ["d"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_to_be_deleted_is_refused() {
    let test = TestBroker::start().await;
    let mut client = filled(&test).await;
    let compacted = CreatableTopicConfig {
        name: "cleanup.policy".to_owned(),
        value: Some("compact".to_owned()),
        ..Default::default()
    };
    let mut request = create_request("keyed", 1);
    request.topics[0].configs = vec![compacted];
    assert_eq!(client.call(request).await.topics[0].error_code, NONE);
    // Brings the groups' topic into being.
    Member::new(&test, "g", None).await;
    let cases = [
        ("orders", 0, 4, ErrorCode::OffsetOutOfRange),
        ("orders", 0, -2, ErrorCode::OffsetOutOfRange),
        ("orders", 1, 0, ErrorCode::UnknownTopicOrPartition),
        ("orders", -1, 0, ErrorCode::UnknownTopicOrPartition),
        ("nowhere", 0, 0, ErrorCode::UnknownTopicOrPartition),
        ("keyed", 0, 0, ErrorCode::PolicyViolation),
        ("__consumer_offsets", 0, 0, ErrorCode::InvalidTopicException),
    ];
    for (topic, partition, offset, code) in cases {
        let request = delete_records_request(topic, partition, offset);
        let answer = client.call(request).await.topics.remove(0).partitions.remove(0);
        let got = (answer.error_code, answer.low_watermark);
        assert_eq!(got, (code.code(), -1), "{topic} {partition} {offset}");
    }
    assert_eq!(list_offset(&mut client, "orders", -2).await, 0, "nothing went");
}
