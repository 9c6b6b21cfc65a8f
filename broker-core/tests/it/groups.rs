//! Consumer groups: members come and go, everyone knows their part, positions are kept.

use futures::future::join_all;
use ouzel_wire::ErrorCode;
use ouzel_wire::messages::*;

use crate::support::*;

const REBALANCING: i16 = ErrorCode::RebalanceInProgress.code();
const UNKNOWN: i16 = ErrorCode::UnknownMemberId.code();

/// A stable group of two: the leader first.
async fn pair(test: &TestBroker, group: &str) -> (Member, Member) {
    let (mut first, _) = join(test, group).await;
    assert_eq!(first.sync(&[]).await.error_code, NONE);
    let mut second = Member::new(test, group, None).await;
    second.learn_id().await;
    let (led, followed) = tokio::join!(rejoin(&mut first), second.join());
    assert_eq!((led.generation_id, followed.generation_id), (2, 2));
    assert_eq!((led.members.len(), followed.members.len()), (2, 0));
    assert_eq!((&led.leader, &followed.leader), (&first.id, &first.id));
    sync_all(&mut first, &mut second).await;
    (first, second)
}

/// Beats until told to join again, as a consumer does, and joins.
async fn rejoin(member: &mut Member) -> JoinGroupResponse {
    eventually_some(async || (member.heartbeat().await == REBALANCING).then_some(())).await;
    member.join().await
}

/// Groups have no topic before the first of them: all of these come while it is being made.
#[tokio::test(flavor = "multi_thread")]
async fn groups_that_are_the_first_all_at_once_all_find_their_coordinator() {
    let test = TestBroker::start_with(|c| c.offsets_topic_partitions = 50).await;
    let first = (0..16).map(async |number| {
        let (member, joined) = join(&test, &format!("g{number}")).await;
        assert_eq!(joined.error_code, NONE, "{}", member.group);
    });
    join_all(first).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_members_share_and_each_gets_its_own_part() {
    let test = TestBroker::start().await;
    let (mut first, mut second) = pair(&test, "g").await;
    assert_eq!((first.heartbeat().await, second.heartbeat().await), (NONE, NONE));
    let described = first.describe().await;
    assert_eq!(
        (described.group_state.as_str(), described.protocol_data.as_str()),
        ("Stable", "range")
    );
    let mut parts: Vec<&[u8]> =
        described.members.iter().map(|m| &m.member_assignment[..]).collect();
    parts.sort_unstable();
    assert_eq!(parts, [b"a", b"b"]);
    assert_eq!(described.members[0].client_host, "/127.0.0.1");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_is_missed_at_once_and_the_rest_goes_on() {
    let test = TestBroker::start().await;
    let (mut first, mut second) = pair(&test, "g").await;
    assert_eq!(first.leave().await, NONE);
    let alone = rejoin(&mut second).await;
    assert_eq!((alone.generation_id, alone.members.len()), (3, 1));
    assert_eq!(alone.leader, second.id);
    assert_eq!(first.heartbeat().await, UNKNOWN);
    assert_eq!(second.leave().await, NONE);
    assert_eq!(second.describe().await.group_state, "Empty");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_silent_for_a_session_is_replaced() {
    let test = TestBroker::start().await;
    let mut silent = Member::new(&test, "g", None).await;
    silent.learn_id().await;
    let request = JoinGroupRequest { session_timeout_ms: 100, ..silent.join_request() };
    assert_eq!(silent.client.call(request).await.error_code, NONE);
    silent.generation = 1;
    assert_eq!(silent.sync(&[]).await.error_code, NONE);
    // The second one waits for the first to join again; the first is taken for dead instead.
    let (mut second, joined) = join(&test, "g").await;
    assert_eq!((joined.error_code, joined.members.len()), (NONE, 1));
    assert_eq!(joined.leader, second.id);
    assert_eq!(silent.heartbeat().await, UNKNOWN);
    assert_eq!(second.sync(&[]).await.error_code, NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_join_again_in_time_is_left_behind() {
    let test = TestBroker::start().await;
    let mut slow = Member::new(&test, "g", None).await;
    slow.learn_id().await;
    let request = JoinGroupRequest { rebalance_timeout_ms: 100, ..slow.join_request() };
    assert_eq!(slow.client.call(request).await.error_code, NONE);
    slow.generation = 1;
    assert_eq!(slow.sync(&[]).await.error_code, NONE);
    let mut quick = Member::new(&test, "g", None).await;
    quick.learn_id().await;
    let request = JoinGroupRequest { rebalance_timeout_ms: 100, ..quick.join_request() };
    let joined = quick.client.call(request).await;
    assert_eq!((joined.error_code, joined.members.len()), (NONE, 1));
    assert_eq!(slow.heartbeat().await, UNKNOWN);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_clients_join_without_learning_an_id_first() {
    let test = TestBroker::start().await;
    let mut member = Member::new(&test, "g", None).await;
    for version in 0..4 {
        let group = format!("g{version}");
        let joined = member.client.call_at(version, join_request(&group)).await;
        assert_eq!((joined.error_code, joined.generation_id), (NONE, 1), "version {version}");
        assert_eq!(joined.leader, joined.member_id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_without_a_common_protocol_are_not_brought_together() {
    let test = TestBroker::start().await;
    let (member, _) = join(&test, "g").await;
    let mut other = test.client().await;
    let mut request = join_request("g");
    request.protocols[0].name = "sticky".to_owned();
    let refused = other.call(request.clone()).await.error_code;
    assert_eq!(refused, ErrorCode::InconsistentGroupProtocol.code());
    request.protocol_type = "connect".to_owned();
    request.protocols[0].name = "range".to_owned();
    let refused = other.call(request).await.error_code;
    assert_eq!(refused, ErrorCode::InconsistentGroupProtocol.code());
    drop(member);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_syncs_says_what_the_group_speaks_and_is_told_when_it_does_not() {
    let test = TestBroker::start().await;
    let (mut member, joined) = join(&test, "g").await;
    let spoken = (joined.protocol_type.as_deref(), joined.protocol_name.as_deref());
    assert_eq!(spoken, (Some("consumer"), Some("range")));
    let sync = |kind: Option<&str>, name: Option<&str>| SyncGroupRequest {
        group_id: "g".to_owned(),
        generation_id: member.generation,
        member_id: member.id.clone(),
        protocol_type: kind.map(str::to_owned),
        protocol_name: name.map(str::to_owned),
        ..Default::default()
    };
    let (consumer, range) = (Some("consumer"), Some("range"));
    let wrong = [(consumer, None), (None, range), (Some("connect"), range), (consumer, Some("x"))];
    let wrong = wrong.map(|(kind, name)| sync(kind, name));
    let (unnamed, named) = (sync(None, None), sync(consumer, range));
    for request in wrong.into_iter().chain([unnamed.clone()]) {
        let refused = member.client.call(request).await.error_code;
        assert_eq!(refused, ErrorCode::InconsistentGroupProtocol.code());
    }
    assert_eq!(member.client.call_at(4, unnamed).await.error_code, NONE, "it has no place for it");
    let synced = member.client.call(named).await;
    let spoken = (synced.protocol_type.as_deref(), synced.protocol_name.as_deref());
    assert_eq!((synced.error_code, spoken), (NONE, (consumer, range)));
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_kept_with_epoch_and_note_and_only_from_the_present_generation() {
    let test = TestBroker::start().await;
    let (mut member, _) = join(&test, "g").await;
    create(&mut member.client, "orders", 1).await;
    assert_eq!(member.committed("orders").await, (-1, -1, String::new()));
    assert_eq!(member.commit("orders", 5, "x").await, REBALANCING, "before the sync");
    assert_eq!(member.sync(&[]).await.error_code, NONE);
    assert_eq!(member.commit("orders", 0, "").await, NONE);
    assert_eq!(member.committed("orders").await, (0, 3, String::new()));
    assert_eq!(member.commit("orders", 42, "a note").await, NONE);
    assert_eq!(member.committed("orders").await, (42, 3, "a note".to_owned()));
    let long = "x".repeat(4097);
    let code = member.commit("orders", 43, &long).await;
    assert_eq!(code, ErrorCode::OffsetMetadataTooLarge.code());
    let code = member.commit("nowhere", 43, "").await;
    assert_eq!(code, ErrorCode::UnknownTopicOrPartition.code());
    member.generation += 1;
    let code = member.commit("orders", 44, "").await;
    assert_eq!(code, ErrorCode::IllegalGeneration.code());
    member.id = "somebody".to_owned();
    assert_eq!(member.commit("orders", 45, "").await, UNKNOWN);
    assert_eq!(member.committed("orders").await.0, 42);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_without_a_group_life_commits_until_others_live_in_the_group() {
    let test = TestBroker::start().await;
    let mut simple = Member::new(&test, "g", None).await;
    create(&mut simple.client, "orders", 1).await;
    assert_eq!(simple.commit("orders", 7, "").await, NONE);
    assert_eq!(simple.committed("orders").await.0, 7);
    // Nobody is in: whoever says that it is, is not.
    let mut stranger = Member::new(&test, "g", None).await;
    (stranger.id, stranger.generation) = ("nobody".to_owned(), 5);
    assert_eq!(stranger.commit("orders", 8, "").await, UNKNOWN);
    let (_member, _) = join(&test, "g").await;
    assert_eq!(simple.commit("orders", 8, "").await, UNKNOWN);
    assert_eq!(simple.committed("orders").await.0, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_kept_under_no_name_too_but_nobody_is_a_member_of_that() {
    let mut test = TestBroker::start().await;
    let mut nameless = Member::new(&test, "", None).await;
    create(&mut nameless.client, "orders", 1).await;
    assert_eq!(nameless.commit("orders", 7, "").await, NONE);
    for _ in 0..2 {
        assert_eq!(nameless.committed("orders").await.0, 7);
        let described = nameless.describe().await;
        assert_eq!((described.error_code, described.group_state.as_str()), (NONE, "Empty"));
        drop(nameless);
        test = test.restart().await;
        nameless = Member::new(&test, "", None).await;
    }
    let invalid = ErrorCode::InvalidGroupId.code();
    assert_eq!(nameless.join().await.error_code, invalid);
    assert_eq!(nameless.sync(&[]).await.error_code, invalid);
    assert_eq!(nameless.heartbeat().await, invalid);
    let groups_names = vec![String::new()];
    let delete = DeleteGroupsRequest { groups_names, ..Default::default() };
    assert_eq!(nameless.client.call(delete).await.results[0].error_code, NONE);
    assert_eq!(nameless.committed("orders").await.0, -1);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_listed_by_state_and_type_and_deleted_when_empty() {
    let test = TestBroker::start().await;
    let (mut member, _) = join(&test, "g").await;
    assert_eq!(member.sync(&[]).await.error_code, NONE);
    let list = async |client: &mut Client, state: &[&str], kind: &[&str]| {
        let own = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
        let request = ListGroupsRequest {
            states_filter: own(state),
            types_filter: own(kind),
            ..Default::default()
        };
        client.call(request).await.groups.len()
    };
    let client = &mut member.client;
    assert_eq!(list(client, &[], &[]).await, 1);
    assert_eq!(list(client, &["stable"], &["Classic"]).await, 1);
    assert_eq!(list(client, &["Empty"], &[]).await, 0);
    assert_eq!(list(client, &[], &["consumer"]).await, 0);
    let delete = DeleteGroupsRequest { groups_names: vec!["g".to_owned()], ..Default::default() };
    let refused = client.call(delete.clone()).await.results[0].error_code;
    assert_eq!(refused, ErrorCode::NonEmptyGroup.code());
    assert_eq!(member.leave().await, NONE);
    let client = &mut member.client;
    assert_eq!(client.call(delete.clone()).await.results[0].error_code, NONE);
    let gone = client.call(delete).await.results[0].error_code;
    assert_eq!(gone, ErrorCode::GroupIdNotFound.code());
    let described = member.describe().await;
    assert_eq!((described.group_state.as_str(), described.error_code), ("Dead", gone));
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_in_a_deleted_topic_are_forgotten() {
    let test = TestBroker::start().await;
    let mut simple = Member::new(&test, "g", None).await;
    create(&mut simple.client, "orders", 1).await;
    assert_eq!(simple.commit("orders", 7, "").await, NONE);
    assert_eq!(delete(&mut simple.client, "orders").await, NONE);
    eventually_some(async || (simple.committed("orders").await.0 == -1).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_group_is_refused() {
    let test = TestBroker::start().await;
    let mut member = Member::new(&test, "", None).await;
    let refused = member.client.call(join_request("")).await.error_code;
    assert_eq!(refused, ErrorCode::InvalidGroupId.code());
    let request = JoinGroupRequest { session_timeout_ms: i32::MAX, ..join_request("g") };
    let refused = member.client.call(request).await.error_code;
    assert_eq!(refused, ErrorCode::InvalidSessionTimeout.code());
    member.group = "never seen".to_owned();
    member.id = "nobody".to_owned();
    assert_eq!(member.heartbeat().await, UNKNOWN);
    assert_eq!(member.leave().await, UNKNOWN);
    assert_eq!(member.join().await.error_code, UNKNOWN);
    assert_eq!(member.sync(&[]).await.error_code, UNKNOWN);
}
