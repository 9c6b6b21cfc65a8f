//! Where leaderships ended (OffsetForLeaderEpoch): every start of the broker is one.

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::*;

use crate::support::*;

/// What is known of a leadership, asked by a client that takes `current` for the present one.
async fn end_of(client: &mut Client, version: i16, current: i32, epoch: i32) -> (i16, i32, i64) {
    let partition = OffsetForLeaderPartition {
        current_leader_epoch: current,
        leader_epoch: epoch,
        ..Default::default()
    };
    let topic = OffsetForLeaderTopic {
        topic: "orders".to_owned(),
        partitions: vec![partition],
        ..Default::default()
    };
    let request =
        OffsetForLeaderEpochRequest { replica_id: -1, topics: vec![topic], ..Default::default() };
    let answer = client.call_at(version, request).await.topics.remove(0).partitions.remove(0);
    (answer.error_code, answer.leader_epoch, answer.end_offset)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leadership_ends_where_the_next_one_begins() {
    let mut test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    for values in [&["a", "b"][..], &["c"], &[]] {
        if !values.is_empty() {
            produce(&mut client, "orders", values).await;
            drop(client);
            test = test.restart().await;
            client = test.client().await;
        }
    }
    let epoch = metadata(&mut client, "orders", false).await.partitions[0].leader_epoch;
    assert_eq!(epoch, 2, "two leaderships have records");
    for version in 2..=4 {
        let client = &mut client;
        assert_eq!(end_of(client, version, -1, 0).await, (NONE, 0, 2), "version {version}");
        assert_eq!(end_of(client, version, epoch, 1).await, (NONE, 1, 3), "version {version}");
        assert_eq!(end_of(client, version, epoch, 2).await, (NONE, 2, 3), "the present one");
        assert_eq!(end_of(client, version, epoch, 3).await, (NONE, -1, -1), "nobody knows it");
        assert_eq!(end_of(client, version, epoch, -1).await, (NONE, -1, -1), "none is asked for");
    }
    // Whose first records are gone still ends where the next one begins.
    delete_before(&mut client, "orders", 1).await;
    assert_eq!(end_of(&mut client, 4, -1, 0).await, (NONE, 0, 2));
    delete_before(&mut client, "orders", 3).await;
    assert_eq!(end_of(&mut client, 4, -1, 0).await, (NONE, 0, 3), "all of it is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_another_leadership_for_the_present_one_is_told() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    produce(&mut client, "orders", &["a"]).await;
    drop(client);
    let test = test.restart().await;
    let mut client = test.client().await;
    let fenced = (ErrorCode::FencedLeaderEpoch.code(), -1, -1);
    assert_eq!(end_of(&mut client, 4, 0, 0).await, fenced);
    let unknown = (ErrorCode::UnknownLeaderEpoch.code(), -1, -1);
    assert_eq!(end_of(&mut client, 4, 2, 0).await, unknown);
    assert_eq!(delete(&mut client, "orders").await, NONE);
    let nowhere = (ErrorCode::UnknownTopicOrPartition.code(), -1, -1);
    assert_eq!(end_of(&mut client, 4, -1, 0).await, nowhere);
}
