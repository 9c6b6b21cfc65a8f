//! Members with a name of their own may restart without disturbing anyone (KIP-345).

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{JoinGroupRequest, LeaveGroupRequest, MemberIdentity};

use crate::support::*;

const FENCED: i16 = ErrorCode::FencedInstanceId.code();

async fn stable(test: &TestBroker, instance: &str) -> Member {
    let mut member = Member::new(test, "g", Some(instance)).await;
    let joined = member.join().await;
    assert_eq!((joined.error_code, joined.generation_id), (NONE, 1));
    let id = member.id.clone();
    let synced = member.sync(&[(&id, b"part")]).await;
    assert_eq!(synced.error_code, NONE);
    member
}

/// A stable group of two such members, in generation 2; the first leads.
async fn pair(test: &TestBroker) -> (Member, Member) {
    let mut first = stable(test, "i").await;
    let mut second = Member::new(test, "g", Some("j")).await;
    let rebalancing = ErrorCode::RebalanceInProgress.code();
    let called = async {
        let beat = async || (first.heartbeat().await == rebalancing).then_some(());
        eventually_some(beat).await;
        first.join().await
    };
    let (led, followed) = tokio::join!(called, second.join());
    assert_eq!((led.generation_id, followed.generation_id), (2, 2));
    sync_all(&mut first, &mut second).await;
    (first, second)
}

#[tokio::test(flavor = "multi_thread")]
async fn others_do_not_notice_that_a_static_member_restarts() {
    let test = TestBroker::start().await;
    let (first, mut second) = pair(&test).await;
    drop(first);
    let mut again = Member::new(&test, "g", Some("i")).await;
    assert_eq!(again.join().await.generation_id, 2);
    let synced = again.sync(&[]).await;
    assert_eq!((synced.error_code, &synced.assignment[..]), (NONE, &b"a"[..]));
    assert_eq!((again.heartbeat().await, second.heartbeat().await), (NONE, NONE));
    drop(second);
    let mut other = Member::new(&test, "g", Some("j")).await;
    let joined = other.join().await;
    assert_eq!((joined.generation_id, joined.skip_assignment), (2, false));
    assert_eq!((&joined.leader, joined.members.len()), (&again.id, 0));
    let synced = other.sync(&[]).await;
    assert_eq!((synced.error_code, &synced.assignment[..]), (NONE, &b"b"[..]));
    assert_eq!((again.heartbeat().await, other.heartbeat().await), (NONE, NONE));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_removes_many_by_name_and_answers_for_each() {
    let test = TestBroker::start().await;
    let (mut first, second) = pair(&test).await;
    let leaver = |instance: &str, member: &str| MemberIdentity {
        member_id: member.to_owned(),
        group_instance_id: Some(instance.to_owned()),
        ..Default::default()
    };
    let unknown = ErrorCode::UnknownMemberId.code();
    for (version, members, codes) in [
        (3, vec![leaver("i", &second.id), leaver("nobody", "")], vec![FENCED, unknown]),
        (4, vec![leaver("j", &second.id), leaver("j", "")], vec![NONE, unknown]),
        (5, vec![leaver("i", "")], vec![NONE]),
    ] {
        let group_id = "g".to_owned();
        let request = LeaveGroupRequest { group_id, members, ..Default::default() };
        let answer = first.client.call_at(version, request).await;
        let told: Vec<i16> = answer.members.iter().map(|member| member.error_code).collect();
        assert_eq!((answer.error_code, told), (NONE, codes), "version {version}");
    }
    assert_eq!(first.describe().await.group_state, "Empty");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_static_member_that_restarts_keeps_its_part_and_its_generation() {
    let test = TestBroker::start().await;
    let old = stable(&test, "i").await;
    let mut new = Member::new(&test, "g", Some("i")).await;
    let joined = new.join().await;
    assert_eq!((joined.error_code, joined.generation_id), (NONE, 1));
    assert_ne!(new.id, old.id);
    // It leads, and is told to leave the assignment as it is.
    assert_eq!((&joined.leader, joined.skip_assignment), (&new.id, true));
    let synced = new.sync(&[]).await;
    assert_eq!((synced.error_code, &synced.assignment[..]), (NONE, &b"part"[..]));
    assert_eq!(new.heartbeat().await, NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_client_that_leads_is_told_that_its_old_self_does() {
    let test = TestBroker::start().await;
    let old = stable(&test, "i").await;
    let mut new = Member::new(&test, "g", Some("i")).await;
    let request = new.join_request();
    let joined = new.client.call_at(8, request).await;
    assert_eq!((joined.error_code, joined.generation_id), (NONE, 1));
    assert_eq!((&joined.leader, joined.members.len()), (&old.id, 0));
    assert_ne!(joined.member_id, old.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_holder_of_a_name_is_fenced_everywhere() {
    let test = TestBroker::start().await;
    let mut old = stable(&test, "i").await;
    create(&mut old.client, "orders", 1).await;
    let mut new = Member::new(&test, "g", Some("i")).await;
    assert_eq!(new.join().await.error_code, NONE);
    assert_eq!(old.heartbeat().await, FENCED);
    assert_eq!(old.sync(&[]).await.error_code, FENCED);
    assert_eq!(old.commit("orders", 1, "").await, FENCED);
    assert_eq!(old.leave().await, FENCED);
    assert_eq!(old.join().await.error_code, FENCED);
    assert_eq!(new.heartbeat().await, NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_removes_a_static_member_by_its_name_alone() {
    let test = TestBroker::start().await;
    let mut member = stable(&test, "i").await;
    member.id = String::new();
    assert_eq!(member.leave().await, NONE);
    assert_eq!(member.describe().await.group_state, "Empty");
    assert_eq!(member.leave().await, ErrorCode::UnknownMemberId.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_static_member_that_speaks_otherwise_makes_the_group_choose_again() {
    let test = TestBroker::start().await;
    let _old = stable(&test, "i").await;
    let mut new = Member::new(&test, "g", Some("i")).await;
    let mut request: JoinGroupRequest = new.join_request();
    request.protocols[0].name = "sticky".to_owned();
    let joined = new.client.call(request).await;
    assert_eq!((joined.error_code, joined.generation_id), (NONE, 2));
    assert_eq!(joined.protocol_name.as_deref(), Some("sticky"));
}

#[tokio::test(flavor = "multi_thread")]
async fn static_members_find_their_group_as_it_was_after_a_restart_of_the_broker() {
    let test = TestBroker::start().await;
    let mut member = stable(&test, "i").await;
    assert_eq!(member.heartbeat().await, NONE);
    let (id, generation) = (member.id.clone(), member.generation);
    drop(member);
    let test = test.restart().await;
    let mut member = Member::new(&test, "g", Some("i")).await;
    (member.id, member.generation) = (id, generation);
    assert_eq!(member.heartbeat().await, NONE);
    let synced = member.sync(&[]).await;
    assert_eq!((synced.error_code, &synced.assignment[..]), (NONE, &b"part"[..]));
    let described = member.describe().await;
    assert_eq!((described.group_state.as_str(), described.members.len()), ("Stable", 1));
}
