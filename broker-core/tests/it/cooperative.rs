//! Cooperative rebalancing (KIP-429): members keep what they have through one generation, give up
//! what moves, and the next generation hands it on.

use bytes::Bytes;
use ouzel_wire::ErrorCode;
use ouzel_wire::frame::{decode_versioned, encode_versioned};
use ouzel_wire::messages::*;

use crate::support::*;

const REBALANCING: i16 = ErrorCode::RebalanceInProgress.code();

fn orders(partitions: &[i32]) -> Vec<ConsumerProtocolTopicPartition> {
    let topic = "orders".to_owned();
    let partitions = partitions.to_vec();
    vec![ConsumerProtocolTopicPartition { topic, partitions, ..Default::default() }]
}

/// Joins as a consumer that speaks cooperative-sticky and owns these partitions.
async fn join_owning(member: &mut Member, owned: &[i32]) -> JoinGroupResponse {
    let subscription = ConsumerProtocolSubscription {
        topics: vec!["orders".to_owned()],
        owned_partitions: orders(owned),
        ..Default::default()
    };
    let mut request = member.join_request();
    request.protocols[0].name = "cooperative-sticky".to_owned();
    request.protocols[0].metadata = encode_versioned(1, &subscription).unwrap();
    let mut joined = member.client.call(request.clone()).await;
    if joined.error_code == ErrorCode::MemberIdRequired.code() {
        request.member_id = joined.member_id;
        joined = member.client.call(request).await;
    }
    assert_eq!(joined.error_code, NONE, "{joined:?}");
    member.id.clone_from(&joined.member_id);
    member.generation = joined.generation_id;
    member.speaks.1 = "cooperative-sticky".to_owned();
    joined
}

/// What a member said it owns, as the leader is told.
fn owned(joined: &JoinGroupResponse, member: &str) -> Vec<i32> {
    let told = joined.members.iter().find(|m| m.member_id == member).unwrap();
    let (_, said) =
        decode_versioned::<ConsumerProtocolSubscription>(told.metadata.clone(), 3).unwrap();
    said.owned_partitions.into_iter().flat_map(|topic| topic.partitions).collect()
}

/// Both sync; the leader gives each these partitions. What each got.
async fn share(
    leader: (&mut Member, &[i32]),
    other: (&mut Member, &[i32]),
) -> (Vec<i32>, Vec<i32>) {
    let ((leader, first), (other, second)) = (leader, other);
    let assignment = |partitions: &[i32]| -> Bytes {
        let assigned_partitions = orders(partitions);
        let assignment = ConsumerProtocolAssignment { assigned_partitions, ..Default::default() };
        encode_versioned(1, &assignment).unwrap()
    };
    let part = |member_id: &str, partitions: &[i32]| SyncGroupRequestAssignment {
        member_id: member_id.to_owned(),
        assignment: assignment(partitions),
        ..Default::default()
    };
    let parts = vec![part(&leader.id, first), part(&other.id, second)];
    let sync = |member: &Member, assignments| SyncGroupRequest {
        group_id: member.group.clone(),
        generation_id: member.generation,
        member_id: member.id.clone(),
        protocol_type: Some(member.speaks.0.clone()),
        protocol_name: Some(member.speaks.1.clone()),
        assignments,
        ..Default::default()
    };
    let (led, followed) = (sync(leader, parts), sync(other, Vec::new()));
    let (led, followed) = tokio::join!(leader.client.call(led), other.client.call(followed));
    let got = |answer: SyncGroupResponse| -> Vec<i32> {
        assert_eq!(answer.error_code, NONE);
        let (_, part) =
            decode_versioned::<ConsumerProtocolAssignment>(answer.assignment, 3).unwrap();
        part.assigned_partitions.into_iter().flat_map(|topic| topic.partitions).collect()
    };
    (got(led), got(followed))
}

async fn called(member: &mut Member) {
    eventually_some(async || (member.heartbeat().await == REBALANCING).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_moves_in_two_generations_and_the_others_are_never_given_up() {
    let test = TestBroker::start().await;
    let mut first = Member::new(&test, "g", None).await;
    create(&mut first.client, "orders", 2).await;
    assert_eq!(join_owning(&mut first, &[]).await.generation_id, 1);
    assert_eq!(first.sync(&[]).await.error_code, NONE);
    // A second member comes. The first joins again, and goes on reading meanwhile.
    let mut second = Member::new(&test, "g", None).await;
    let (led, joined) = tokio::join!(
        async {
            called(&mut first).await;
            assert_eq!(first.commit("orders", 7, "").await, NONE, "it still owns what it reads");
            join_owning(&mut first, &[0, 1]).await
        },
        join_owning(&mut second, &[]),
    );
    assert_eq!((led.generation_id, joined.generation_id), (2, 2));
    assert_eq!((led.protocol_name.as_deref(), led.members.len()), (Some("cooperative-sticky"), 2));
    assert_eq!((owned(&led, &first.id), owned(&led, &second.id)), (vec![0, 1], vec![]));
    // What moves belongs to nobody in this generation.
    let parts = share((&mut first, &[0]), (&mut second, &[])).await;
    assert_eq!(parts, (vec![0], vec![]));
    // The first has given up partition 1 and says so by joining again; the second is called.
    let (led, joined) = tokio::join!(join_owning(&mut first, &[0]), async {
        called(&mut second).await;
        join_owning(&mut second, &[]).await
    });
    assert_eq!((led.generation_id, joined.generation_id), (3, 3));
    assert_eq!(owned(&led, &first.id), [0]);
    let parts = share((&mut first, &[0]), (&mut second, &[1])).await;
    assert_eq!(parts, (vec![0], vec![1]));
    assert_eq!((first.heartbeat().await, second.heartbeat().await), (NONE, NONE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_that_has_given_something_up_begins_the_second_generation() {
    let test = TestBroker::start().await;
    let mut first = Member::new(&test, "g", None).await;
    create(&mut first.client, "orders", 3).await;
    join_owning(&mut first, &[]).await;
    assert_eq!(first.sync(&[]).await.error_code, NONE);
    let mut second = Member::new(&test, "g", None).await;
    let both = async {
        called(&mut first).await;
        join_owning(&mut first, &[]).await
    };
    tokio::join!(both, join_owning(&mut second, &[1, 2]));
    share((&mut first, &[0]), (&mut second, &[1])).await;
    let (led, followed) = tokio::join!(
        async {
            called(&mut first).await;
            join_owning(&mut first, &[0]).await
        },
        join_owning(&mut second, &[1]),
    );
    assert_eq!((led.generation_id, followed.generation_id), (3, 3));
    assert_eq!((owned(&led, &first.id), owned(&led, &second.id)), (vec![0], vec![1]));
    let parts = share((&mut first, &[0, 2]), (&mut second, &[1])).await;
    assert_eq!(parts, (vec![0, 2], vec![1]));
}
