//! Resets that wait, and what may have changed by the time they could be done.

use ouzel_api::{
    audit::{AuditPage, AuditRow, Outcome},
    resets::{Reset, ResetChange, ResetDone, ResetList, ResetRequest, ResetState, ResetTo},
    route,
    session::Role,
};
use ouzel_wire::ErrorCode;
use serde_json::json;

use crate::support::{
    app::{App, start},
    broker::{GROUP, Scripted, scripted, silent},
    http::Client,
    kafka::until,
};

const CLUSTER: &str = "theirs";

/// A console, its administrator, and a cluster that does as it is told.
async fn scene(group: Option<&'static str>) -> (App, Client, Scripted) {
    let app = start(&[("OUZEL_KAFKA", "off")]).await;
    let client = app.administrator().await;
    let broker = scripted(group).await;
    add(&client, CLUSTER, &broker.address).await;
    (app, client, broker)
}

async fn add(client: &Client, id: &str, broker: &str) {
    let wanted = json!({ "id": id, "bootstrap": [broker] });
    assert_eq!(client.post(route::CLUSTERS, &wanted).await.status, 201);
}

/// Asks for `orders-0` to be put to the beginning once the group is empty.
async fn ask(client: &Client, cluster: &str) -> i64 {
    ask_of(client, cluster, GROUP).await
}

async fn ask_of(client: &Client, cluster: &str, group: &str) -> i64 {
    let change =
        ResetChange { topic: "orders".into(), partition: 0, before: Some(4), after: Some(0) };
    let (to, changes) = (ResetTo::Earliest, vec![change]);
    let wanted = ResetRequest { to, changes, wait_minutes: Some(15) };
    let reply = client.post(&route::resets(cluster, group), &wanted).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let done: ResetDone = reply.json();
    assert!(done.waits);
    done.id
}

/// The latest reset, once it has ended: while it is tried, it counts as failed.
async fn ended(client: &Client, cluster: &str) -> Reset {
    let is_over = |list: &ResetList| list.resets[0].ended_ms.is_some();
    let path = route::resets(cluster, GROUP);
    until::<ResetList>(client, &path, is_over).await.resets.remove(0)
}

/// The acts of this kind, the latest first, once all of them have ended.
async fn acts(client: &Client, action: &str) -> Vec<AuditRow> {
    let ended = |page: &AuditPage| page.rows.iter().all(|row| row.outcome != Outcome::Begun);
    until::<AuditPage>(client, &format!("/api/v1/audit?action={action}"), ended).await.rows
}

#[tokio::test]
async fn what_is_not_allowed_any_more_is_not_done_when_its_time_comes() {
    let (app, client, broker) = scene(Some("Stable")).await;
    let editor = app.somebody(Role::Editor).await;
    let id = ask(&editor, CLUSTER).await;
    let row = acts(&client, "group.reset_later").await.remove(0);
    let lower = json!({ "role": "viewer", "disabled": false });
    assert_eq!(client.put(&route::user(&row.user), &lower).await.status, 204);
    broker.tell(|script| script.group = Some("Empty"));
    let reset = ended(&client, CLUSTER).await;
    assert_eq!((reset.id, reset.state), (id, ResetState::Failed));
    let problem = reset.problem.unwrap();
    assert!(problem.contains("role viewer lacks reset_offsets"), "{problem}");
    let denied = acts(&client, "group.reset").await.remove(0);
    assert_eq!((denied.outcome, &denied.user), (Outcome::Denied, &row.user));
    assert!(denied.rule.contains("asked for in act"), "{}", denied.rule);
    assert_eq!(broker.tell(|script| script.commits.clone()), [4]);
}

#[tokio::test]
async fn nothing_is_done_for_somebody_who_is_gone_or_by_a_token_that_was_revoked() {
    let (app, client, broker) = scene(Some("Stable")).await;
    let editor = app.somebody(Role::Editor).await;
    ask(&editor, CLUSTER).await;
    let user = acts(&client, "group.reset_later").await.remove(0).user;
    assert_eq!(client.delete(&route::user(&user)).await.status, 204);
    broker.tell(|script| script.group = Some("Empty"));
    let problem = ended(&client, CLUSTER).await.problem.unwrap();
    assert!(problem.contains(&format!("the account of {user}")), "{problem}");

    broker.tell(|script| script.group = Some("Stable"));
    let program = app.token(&client, None).await;
    ask(&program, CLUSTER).await;
    app.tamper(&["DELETE FROM tokens"]).await;
    broker.tell(|script| script.group = Some("Empty"));
    let problem = ended(&client, CLUSTER).await.problem.unwrap();
    assert!(problem.contains("the token of admin"), "{problem}");
    assert_eq!(broker.tell(|script| script.commits.clone()), [4]);
}

#[tokio::test]
async fn nothing_is_done_on_a_cluster_that_became_read_only() {
    let (_app, client, broker) = scene(Some("Stable")).await;
    ask(&client, CLUSTER).await;
    let wanted = json!({ "bootstrap": [broker.address], "id": CLUSTER, "read_only": true });
    assert_eq!(client.put(&route::cluster(CLUSTER), &wanted).await.status, 204);
    broker.tell(|script| script.group = Some("Empty"));
    let problem = ended(&client, CLUSTER).await.problem.unwrap();
    assert!(problem.contains("read-only"), "{problem}");
    assert_eq!(acts(&client, "group.reset").await[0].outcome, Outcome::Denied);
    assert_eq!(broker.tell(|script| script.commits.clone()), [4]);
}

#[tokio::test]
async fn a_group_that_was_deleted_meanwhile_is_not_brought_back() {
    let (_app, client, broker) = scene(Some("Stable")).await;
    ask(&client, CLUSTER).await;
    broker.tell(|script| script.group = None);
    let reset = ended(&client, CLUSTER).await;
    assert_eq!(reset.state, ResetState::Failed);
    assert!(reset.problem.unwrap().contains("no group"));
    let row = acts(&client, "group.reset").await.remove(0);
    assert_eq!((row.outcome, row.resource.as_deref()), (Outcome::Failed, Some(GROUP)));
    assert_eq!(broker.tell(|script| script.commits.clone()), [4]);
}

#[tokio::test]
async fn a_reset_that_meets_a_consumer_who_comes_back_waits_on_and_is_done_later() {
    let (_app, client, broker) = scene(Some("Empty")).await;
    let refusals = [ErrorCode::UnknownMemberId, ErrorCode::RebalanceInProgress];
    broker.tell(|script| script.refusals.extend(refusals.map(|it| it.code())));
    ask(&client, CLUSTER).await;
    assert_eq!(ended(&client, CLUSTER).await.state, ResetState::Done);
    assert_eq!(broker.tell(|script| script.commits.clone()), [4, 0]);
    let rows = acts(&client, "group.reset").await;
    let rows: Vec<_> = rows.iter().filter(|row| row.action == "group.reset").collect();
    let outcomes: Vec<_> = rows.iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [Outcome::Done, Outcome::Failed, Outcome::Failed]);
    let told = rows[2].result.as_deref().unwrap();
    assert!(told.contains("waits on") && told.contains("UNKNOWN_MEMBER_ID"), "{told}");
}

#[tokio::test]
async fn what_was_done_nowhere_is_not_told_as_done() {
    let (_app, client, broker) = scene(Some("Empty")).await;
    let denied = ErrorCode::TopicAuthorizationFailed;
    broker.tell(|script| script.refusals.extend([denied, denied].map(|it| it.code())));
    let change =
        ResetChange { topic: "orders".into(), partition: 0, before: Some(4), after: Some(0) };
    let (to, changes) = (ResetTo::Earliest, vec![change]);
    let wanted = ResetRequest { to, changes, wait_minutes: None };
    let reply = client.post(&route::resets(CLUSTER, GROUP), &wanted).await;
    assert_eq!(reply.json::<ResetDone>().failed.len(), 1);
    assert_eq!(acts(&client, "group.reset").await[0].outcome, Outcome::Failed);
    ask(&client, CLUSTER).await;
    assert_eq!(ended(&client, CLUSTER).await.state, ResetState::Failed);
    assert_eq!(acts(&client, "group.reset").await[0].outcome, Outcome::Failed);
}

#[tokio::test]
async fn a_cluster_that_never_answers_keeps_no_other_ones_resets_waiting() {
    let (_app, client, broker) = scene(Some("Empty")).await;
    let (_listener, address) = silent().await;
    add(&client, "silent", &address).await;
    // Each is waited for until its connection is given up: together longer than this test waits.
    for n in 0..30 {
        ask_of(&client, "silent", &format!("g{n}")).await;
    }
    ask(&client, CLUSTER).await;
    assert_eq!(ended(&client, CLUSTER).await.state, ResetState::Done);
    assert_eq!(broker.tell(|script| script.commits.clone()), [4, 0]);
}
