//! Moving what groups have committed: planned, done, undone, waited for, refused.

use ouzel::kafka::member::Member;
use ouzel_api::{
    ErrorCode, Lag,
    audit::{AuditPage, Outcome},
    groups::GroupList,
    resets::{
        DeleteGroups, DeletedGroups, PlanNote, PlanRow, PlannedAct, ResetAsk, ResetDone, ResetList,
        ResetPlan, ResetRequest, ResetScope, ResetState, ResetTo,
    },
    route,
    session::Role,
};
use ouzel_wire::batch::Codec;
use tokio::time::timeout;

use crate::support::{
    DEADLINE,
    app::{App, start},
    http::Client,
    kafka::{CLUSTER, Sample, create, join, produce, until, value},
};

/// Ten records a millisecond apart in `orders`, of which `billing` has committed four.
async fn scene() -> (App, Client) {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "orders", 1).await;
    let sample = |n: i64| Sample { timestamp_ms: Some(1_000 + n), ..value(n.to_string()) };
    let samples: Vec<Sample> = (0..10).map(sample).collect();
    produce(&app, "orders", Codec::None, &samples).await;
    let member = join(&app, "billing", "orders").await;
    read(&member, 4).await;
    member.leave().await;
    (app, client)
}

async fn read(member: &Member, count: usize) {
    for _ in 0..count {
        let message = timeout(DEADLINE, member.next()).await.expect("a record").unwrap();
        member.done(&message).unwrap();
    }
}

async fn plan(client: &Client, group: &str, to: ResetTo) -> ResetPlan {
    let asked = ResetAsk { scope: Vec::new(), to };
    let reply = client.post(&route::reset_plan(CLUSTER, group), &asked).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

fn request(plan: &ResetPlan, to: ResetTo) -> ResetRequest {
    let changes = plan.rows.iter().filter_map(PlanRow::change).collect();
    ResetRequest { to, changes, wait_minutes: None }
}

async fn apply(client: &Client, group: &str, to: ResetTo) -> ResetDone {
    let planned = plan(client, group, to.clone()).await;
    let reply = client.post(&route::resets(CLUSTER, group), &request(&planned, to)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

/// What `billing` has committed on the only partition.
async fn committed(client: &Client, group: &str) -> Option<i64> {
    plan(client, group, ResetTo::Latest).await.rows.first().and_then(|row| row.before)
}

async fn past(client: &Client) -> ResetList {
    client.get(&route::resets(CLUSTER, "billing")).await.json()
}

#[tokio::test]
async fn what_a_plan_shows_is_what_is_done_and_undoing_brings_back_what_was() {
    let (app, client) = scene().await;
    let known = |records| Lag::Known { records };
    let planned = plan(&client, "billing", ResetTo::Earliest).await;
    assert_eq!((planned.lag_before, planned.lag_after), (known(6), known(10)));
    assert_eq!(planned.rows[0].act, PlannedAct::Commit { offset: 0 });
    assert_eq!(committed(&client, "billing").await, Some(4), "a plan changes nothing");

    let done = apply(&client, "billing", ResetTo::Earliest).await;
    assert_eq!((done.changed, done.failed.len(), done.waits), (1, 0, false));
    assert_eq!(committed(&client, "billing").await, Some(0));
    for (to, wanted) in [
        (ResetTo::Shift { by: 3 }, 3),
        (ResetTo::Offset { offset: 7 }, 7),
        (ResetTo::Time { at_ms: 1_005 }, 5),
        (ResetTo::Record { topic: "orders".into(), partition: 0, offset: 8 }, 8),
        (ResetTo::Latest, 10),
        (ResetTo::Undo { reset: done.id }, 4),
    ] {
        apply(&client, "billing", to.clone()).await;
        assert_eq!(committed(&client, "billing").await, Some(wanted), "{to:?}");
    }
    let list = past(&client).await;
    assert_eq!(list.resets.len(), 7);
    assert!(list.resets.iter().all(|reset| reset.state == ResetState::Done));

    let audit: AuditPage = client.get("/api/v1/audit?action=group.reset").await.json();
    let row = audit.rows.last().unwrap();
    assert_eq!((row.outcome, row.resource.as_deref()), (Outcome::Done, Some("billing")));
    // Each leads to its own act, and the undoing one to the act that it undid.
    let acts: Vec<i64> = list.resets.iter().map(|reset| reset.act).collect();
    assert_eq!(acts, audit.rows.iter().map(|row| row.id).collect::<Vec<_>>());
    let detail: serde_json::Value =
        serde_json::from_str(audit.rows[0].detail.as_deref().unwrap()).unwrap();
    assert_eq!(detail["undoes_act"], row.id);
    let detail = row.detail.as_ref().unwrap().to_string();
    assert!(detail.contains("orders-0") && detail.contains("before"), "{detail}");
    app.server.stop().await;
}

#[tokio::test]
async fn a_group_can_be_put_where_another_one_is_and_brought_into_being_by_it() {
    let (_app, client) = scene().await;
    let to = ResetTo::Group { group: "billing".into() };
    apply(&client, "copy", to).await;
    assert_eq!(committed(&client, "copy").await, Some(4));
    let clamped = plan(&client, "copy", ResetTo::Shift { by: 1_000 }).await;
    assert_eq!(clamped.rows[0].act, PlannedAct::Commit { offset: 10 });
    assert_eq!(clamped.rows[0].note, Some(PlanNote::BeyondEnd { wanted: 1_004 }));
    // Undoing what brought a commit into being deletes it.
    let resets: ResetList = client.get(&route::resets(CLUSTER, "copy")).await.json();
    apply(&client, "copy", ResetTo::Undo { reset: resets.resets[0].id }).await;
    let scope = vec![ResetScope { topic: "orders".into(), partitions: Some(vec![0]) }];
    let asked = ResetAsk { scope, to: ResetTo::Latest };
    let reply = client.post(&route::reset_plan(CLUSTER, "copy"), &asked).await;
    assert_eq!(reply.json::<ResetPlan>().rows[0].before, None);
}

#[tokio::test]
async fn what_has_moved_since_it_was_planned_is_not_touched() {
    let (_app, client) = scene().await;
    let stale = plan(&client, "billing", ResetTo::Earliest).await;
    apply(&client, "billing", ResetTo::Offset { offset: 6 }).await;
    let wanted = request(&stale, ResetTo::Earliest);
    let reply = client.post(&route::resets(CLUSTER, "billing"), &wanted).await;
    assert_eq!((reply.status, reply.code()), (409, ErrorCode::Conflict));
    assert_eq!(committed(&client, "billing").await, Some(6));
    assert_eq!(past(&client).await.resets[0].state, ResetState::Failed);
}

#[tokio::test]
async fn a_group_with_members_is_refused_or_waited_for() {
    let (app, client) = scene().await;
    let member = join(&app, "billing", "orders").await;
    read(&member, 1).await;
    let to = ResetTo::Earliest;
    let mut wanted = request(&plan(&client, "billing", to.clone()).await, to.clone());
    let path = route::resets(CLUSTER, "billing");
    let reply = client.post(&path, &wanted).await;
    assert_eq!((reply.status, reply.code()), (409, ErrorCode::Conflict), "{}", reply.text());
    assert!(reply.text().contains("members"), "{}", reply.text());

    wanted.wait_minutes = Some(15);
    let waits: ResetDone = client.post(&path, &wanted).await.json();
    assert!(waits.waits);
    let second = client.post(&path, &wanted).await;
    assert_eq!((second.status, second.code()), (409, ErrorCode::Conflict));
    member.leave().await;
    let is_done = |list: &ResetList| {
        list.resets.iter().any(|it| it.id == waits.id && it.state == ResetState::Done)
    };
    until::<ResetList>(&client, &path, is_done).await;
    assert_eq!(committed(&client, "billing").await, Some(0));
    // Undone is what was committed at the last moment, not when it was asked for.
    apply(&client, "billing", ResetTo::Undo { reset: waits.id }).await;
    assert_eq!(committed(&client, "billing").await, Some(5));
}

#[tokio::test]
async fn what_waits_too_long_or_is_taken_back_is_never_done() {
    let (app, client) = scene().await;
    let member = join(&app, "billing", "orders").await;
    read(&member, 1).await;
    let path = route::resets(CLUSTER, "billing");
    let to = ResetTo::Earliest;
    let mut wanted = request(&plan(&client, "billing", to.clone()).await, to.clone());
    wanted.wait_minutes = Some(1);
    let first: ResetDone = client.post(&path, &wanted).await.json();
    assert_eq!(client.delete(&route::reset(CLUSTER, "billing", first.id)).await.status, 204);
    assert_eq!(client.delete(&route::reset(CLUSTER, "billing", first.id)).await.status, 404);
    client.post(&path, &wanted).await;
    app.tamper(&["UPDATE resets SET expires_ms = 1 WHERE state = 'waiting'"]).await;
    let is_over = |list: &ResetList| list.resets[0].state == ResetState::Expired;
    let list = until::<ResetList>(&client, &path, is_over).await;
    assert_eq!(list.resets[1].state, ResetState::Cancelled);
    member.leave().await;
    assert_eq!(committed(&client, "billing").await, Some(5));
    wanted.wait_minutes = Some(100_000);
    assert_eq!(client.post(&path, &wanted).await.code(), ErrorCode::Invalid);
}

#[tokio::test]
async fn commits_and_groups_are_deleted_with_a_result_for_each() {
    let (app, client) = scene().await;
    apply(&client, "gone", ResetTo::Group { group: "billing".into() }).await;
    apply(&client, "billing", ResetTo::Forget).await;
    // A group without members and commits is none any more; what was done to it is known still.
    assert_eq!(client.get(&route::group(CLUSTER, "billing")).await.status, 404);
    let undo = past(&client).await.resets[0].id;
    apply(&client, "billing", ResetTo::Undo { reset: undo }).await;
    assert_eq!(committed(&client, "billing").await, Some(4));

    let busy = join(&app, "busy", "orders").await;
    read(&busy, 1).await;
    let groups = ["gone", "busy", "never-met"].map(str::to_owned).to_vec();
    let asked = DeleteGroups { groups };
    let reply = client.post(&route::group_deletions(CLUSTER), &asked).await;
    let deleted: DeletedGroups = reply.json();
    let gone: Vec<bool> = deleted.groups.iter().map(|it| it.error.is_none()).collect();
    assert_eq!(gone, [true, false, false], "{deleted:?}");
    let list: GroupList = client.get(&route::groups(CLUSTER)).await.json();
    assert!(list.groups.iter().all(|group| group.group != "gone"), "{list:?}");
    assert_eq!(client.delete(&route::group(CLUSTER, "busy")).await.code(), ErrorCode::Conflict);
    let audit: AuditPage = client.get("/api/v1/audit?action=group.delete").await.json();
    assert_eq!(audit.rows.len(), 4);
    busy.leave().await;
}

#[tokio::test]
async fn a_viewer_sees_the_plan_and_changes_nothing() {
    let (app, client) = scene().await;
    let viewer = app.somebody(Role::Viewer).await;
    let planned = plan(&viewer, "billing", ResetTo::Earliest).await;
    let wanted = request(&planned, ResetTo::Earliest);
    let reply = viewer.post(&route::resets(CLUSTER, "billing"), &wanted).await;
    assert_eq!((reply.status, reply.code()), (403, ErrorCode::Forbidden));
    assert_eq!(viewer.delete(&route::group(CLUSTER, "billing")).await.status, 403);
    assert_eq!(committed(&client, "billing").await, Some(4));
    let editor = app.somebody(Role::Editor).await;
    apply(&editor, "billing", ResetTo::Earliest).await;
    assert_eq!(committed(&client, "billing").await, Some(0));
}
