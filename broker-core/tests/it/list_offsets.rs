//! Which offset stands where and when (ListOffsets).

use ouzel_wire::ErrorCode;
use ouzel_wire::batch::BatchBuilder;
use ouzel_wire::messages::*;

use crate::support::*;

const UNSUPPORTED: i16 = ErrorCode::UnsupportedVersion.code();

/// Error, offset, timestamp and leader epoch for partition 0.
async fn at(client: &mut Client, version: i16, timestamp: i64) -> (i16, i64, i64, i32) {
    let partition = ListOffsetsPartition { timestamp, ..Default::default() };
    let answer = client.call_at(version, request("orders", vec![partition])).await;
    let found = &answer.topics[0].partitions[0];
    (found.error_code, found.offset, found.timestamp, found.leader_epoch)
}

fn request(topic: &str, partitions: Vec<ListOffsetsPartition>) -> ListOffsetsRequest {
    let topic = ListOffsetsTopic { name: topic.to_owned(), partitions, ..Default::default() };
    ListOffsetsRequest { replica_id: -1, topics: vec![topic], ..Default::default() }
}

/// Three records whose times are not in order, each in a batch of its own.
async fn filled(client: &mut Client, base_ms: i64) {
    create(client, "orders", 1).await;
    for ms in [2_000, 5_000, 1_000] {
        let mut builder = BatchBuilder::new();
        builder.push_value(base_ms + ms, None, b"x");
        let answer = client.call(produce_request("orders", 0, builder.build().unwrap())).await;
        assert_eq!(produced(answer).error_code, NONE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_special_time_is_known_from_its_version_on() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let base = now_ms() - 10_000;
    filled(&mut client, base).await;
    let epoch = |version: i16| if version < 4 { -1 } else { 0 };
    for version in 1..=9 {
        let (client, epoch) = (&mut client, epoch(version));
        assert_eq!(at(client, version, -1).await, (NONE, 3, -1, epoch), "version {version}");
        assert_eq!(at(client, version, -2).await, (NONE, 0, -1, epoch), "version {version}");
        let unsupported = (UNSUPPORTED, -1, -1, -1);
        let largest = if version < 7 { unsupported } else { (NONE, 1, base + 5_000, epoch) };
        assert_eq!(at(client, version, -3).await, largest, "version {version}");
        let local = if version < 8 { unsupported } else { (NONE, 0, -1, epoch) };
        assert_eq!(at(client, version, -4).await, local, "version {version}");
        let tiered = if version < 9 { unsupported } else { (NONE, -1, -1, -1) };
        assert_eq!(at(client, version, -5).await, tiered, "version {version}");
        assert_eq!(at(client, version, -6).await, unsupported, "version {version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_record_that_is_late_enough_is_found_whatever_the_order_of_times() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let base = now_ms() - 10_000;
    filled(&mut client, base).await;
    for (time, found) in [
        (0, (NONE, 0, base + 2_000, 0)),
        (base + 2_000, (NONE, 0, base + 2_000, 0)),
        (base + 2_001, (NONE, 1, base + 5_000, 0)),
        (base + 5_001, (NONE, -1, -1, -1)),
        (i64::MAX, (NONE, -1, -1, -1)),
    ] {
        assert_eq!(at(&mut client, 9, time).await, found, "at {time}");
    }
    // What was deleted is not found, and never an offset before the start.
    delete_before(&mut client, "orders", 2).await;
    assert_eq!(at(&mut client, 9, 0).await, (NONE, 2, base + 1_000, 0));
    assert_eq!(at(&mut client, 9, base + 2_000).await, (NONE, -1, -1, -1));
    assert_eq!(at(&mut client, 9, -3).await, (NONE, 2, base + 1_000, 0));
    assert_eq!(at(&mut client, 9, -2).await, (NONE, 2, -1, 0));
    delete_before(&mut client, "orders", -1).await;
    assert_eq!(at(&mut client, 9, -3).await, (NONE, -1, -1, -1), "nothing is left");
    assert_eq!(at(&mut client, 9, -1).await, (NONE, 3, -1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn offsets_carry_the_epoch_of_the_leadership_that_wrote_them() {
    let mut test = TestBroker::start().await;
    let mut client = test.client().await;
    let base = now_ms() - 10_000;
    filled(&mut client, base).await;
    drop(client);
    test = test.restart().await;
    let mut client = test.client().await;
    produce(&mut client, "orders", &["later"]).await;
    assert_eq!(at(&mut client, 9, -2).await.3, 0);
    assert_eq!(at(&mut client, 9, base + 1).await.3, 0);
    assert_eq!(at(&mut client, 9, base + 9_000).await, {
        let found = at(&mut client, 9, -3).await;
        assert_eq!((found.1, found.3), (3, 1));
        found
    });
    assert_eq!(at(&mut client, 9, -1).await, (NONE, 4, -1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_answered_is_refused_and_the_rest_is_answered() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 3).await;
    let one = |partition_index, current_leader_epoch| ListOffsetsPartition {
        partition_index,
        current_leader_epoch,
        timestamp: -1,
        ..Default::default()
    };
    let asked = vec![one(0, -1), one(1, -1), one(2, 7), one(3, -1), one(-1, -1), one(1, -1)];
    let answer = client.call(request("orders", asked)).await;
    let partitions = answer.topics[0].partitions.iter();
    let codes: Vec<_> = partitions.map(|p| (p.partition_index, p.error_code, p.offset)).collect();
    let invalid = ErrorCode::InvalidRequest.code();
    let unknown = ErrorCode::UnknownTopicOrPartition.code();
    let wanted = [
        (0, NONE, 0),
        (1, invalid, -1),
        (2, ErrorCode::UnknownLeaderEpoch.code(), -1),
        (3, unknown, -1),
        (-1, unknown, -1),
        (1, invalid, -1),
    ];
    assert_eq!(codes, wanted);
    let nowhere = client.call(request("nowhere", vec![one(0, -1)])).await;
    assert_eq!(nowhere.topics[0].partitions[0].error_code, unknown);
}
