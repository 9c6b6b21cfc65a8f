//! Positions go when nobody needs them (OffsetDelete), or lapse, as groups do.

use std::time::Duration;

use bytes::Bytes;
use ouzel_wire::ErrorCode;
use ouzel_wire::frame::encode_versioned;
use ouzel_wire::messages::*;

use crate::support::*;

/// What becomes of the whole request, and of each partition of each topic.
async fn forget(
    client: &mut Client,
    group: &str,
    asked: &[(&str, &[i32])],
) -> (i16, Vec<(i32, i16)>) {
    let partition =
        |n: &i32| OffsetDeleteRequestPartition { partition_index: *n, ..Default::default() };
    let topic = |(name, numbers): &(&str, &[i32])| OffsetDeleteRequestTopic {
        name: (*name).to_owned(),
        partitions: numbers.iter().map(partition).collect(),
        ..Default::default()
    };
    let topics = asked.iter().map(topic).collect();
    let request = OffsetDeleteRequest { group_id: group.to_owned(), topics, ..Default::default() };
    let answer = client.call(request).await;
    let partitions = answer.topics.iter().flat_map(|topic| &topic.partitions);
    let codes = partitions.map(|p| (p.partition_index, p.error_code)).collect();
    (answer.error_code, codes)
}

fn subscription(topics: &[&str]) -> Bytes {
    let topics = topics.iter().map(|topic| (*topic).to_owned()).collect();
    let subscription = ConsumerProtocolSubscription { topics, ..Default::default() };
    encode_versioned(1, &subscription).unwrap()
}

/// A consumer that has joined, read and committed in both topics, and subscribes to the first.
async fn reader(test: &TestBroker, protocol_type: &str) -> Member {
    let mut member = Member::new(test, "g", None).await;
    create(&mut member.client, "orders", 1).await;
    create(&mut member.client, "payments", 1).await;
    let mut request = member.join_request();
    request.protocols[0].metadata = subscription(&["orders"]);
    request.protocol_type = protocol_type.to_owned();
    member.id = member.client.call(request.clone()).await.member_id;
    request.member_id.clone_from(&member.id);
    let joined = member.client.call(request).await;
    assert_eq!(joined.error_code, NONE);
    member.generation = joined.generation_id;
    member.speaks.0 = protocol_type.to_owned();
    assert_eq!(member.sync(&[]).await.error_code, NONE);
    assert_eq!(member.commit("orders", 5, "").await, NONE);
    assert_eq!(member.commit("payments", 6, "").await, NONE);
    member
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_of_topics_that_members_read_stay_and_others_go() {
    let test = TestBroker::start().await;
    let mut member = reader(&test, "consumer").await;
    let asked: [(&str, &[i32]); 3] = [("orders", &[0, 1]), ("payments", &[0]), ("nowhere", &[0])];
    let subscribed = ErrorCode::GroupSubscribedToTopic.code();
    let unknown = ErrorCode::UnknownTopicOrPartition.code();
    let wanted = vec![(0, subscribed), (1, unknown), (0, NONE), (0, unknown)];
    assert_eq!(forget(&mut member.client, "g", &asked).await, (NONE, wanted));
    assert_eq!(member.committed("orders").await.0, 5);
    assert_eq!(member.committed("payments").await.0, -1);
    assert_eq!(member.leave().await, NONE);
    let orders: [(&str, &[i32]); 1] = [("orders", &[0])];
    assert_eq!(forget(&mut member.client, "g", &orders).await, (NONE, vec![(0, NONE)]));
    assert_eq!(member.committed("orders").await.0, -1);
    drop(member);
    // What is forgotten stays forgotten.
    let test = test.restart().await;
    let mut member = Member::new(&test, "g", None).await;
    assert_eq!(member.committed("orders").await.0, -1);
    let again = forget(&mut member.client, "g", &orders).await;
    assert_eq!(again.0, ErrorCode::GroupIdNotFound.code(), "nothing was left of the group");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_forgotten_is_refused_as_a_whole() {
    let test = TestBroker::start().await;
    let mut member = reader(&test, "connect").await;
    let asked: [(&str, &[i32]); 1] = [("payments", &[0])];
    let refused = forget(&mut member.client, "g", &asked).await;
    assert_eq!(refused, (ErrorCode::NonEmptyGroup.code(), vec![]));
    let refused = forget(&mut member.client, "nobody", &asked).await;
    assert_eq!(refused, (ErrorCode::GroupIdNotFound.code(), vec![]));
    let refused = forget(&mut member.client, "", &asked).await;
    assert_eq!(refused, (ErrorCode::InvalidGroupId.code(), vec![]));
    assert_eq!(member.committed("payments").await.0, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_lapse_and_their_group_with_them_but_not_under_those_who_read() {
    let test = TestBroker::start_with(|config| {
        config.groups.offsets_retention_ms = 1;
        config.groups.offsets_check = Duration::from_millis(20);
    })
    .await;
    let mut member = reader(&test, "consumer").await;
    eventually_some(async || (member.committed("payments").await.0 == -1).then_some(())).await;
    assert_eq!(member.committed("orders").await.0, 5, "it is being read");
    assert_eq!(member.leave().await, NONE);
    eventually_some(async || (member.committed("orders").await.0 == -1).then_some(())).await;
    eventually_some(async || {
        let listed = member.client.call(ListGroupsRequest::default()).await;
        listed.groups.is_empty().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_groups_are_deleted_at_once_each_with_its_own_answer() {
    let test = TestBroker::start().await;
    let mut simple = Member::new(&test, "idle", None).await;
    create(&mut simple.client, "orders", 1).await;
    assert_eq!(simple.commit("orders", 7, "").await, NONE);
    let (_living, _) = join(&test, "living").await;
    let names = ["idle", "living", "nobody", "", "idle"];
    let groups_names = names.iter().map(|name| (*name).to_owned()).collect();
    let request = DeleteGroupsRequest { groups_names, ..Default::default() };
    let results = simple.client.call(request).await.results;
    let codes: Vec<_> = results.iter().map(|r| (r.group_id.as_str(), r.error_code)).collect();
    let wanted = [
        ("idle", NONE),
        ("living", ErrorCode::NonEmptyGroup.code()),
        ("nobody", ErrorCode::GroupIdNotFound.code()),
        ("", ErrorCode::GroupIdNotFound.code()),
    ];
    assert_eq!(codes, wanted);
    assert_eq!(simple.committed("orders").await.0, -1);
    drop(simple);
    let test = test.restart().await;
    let mut simple = Member::new(&test, "idle", None).await;
    assert_eq!(simple.committed("orders").await.0, -1);
}
