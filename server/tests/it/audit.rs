//! The audit log over HTTP and from the command line.

use ouzel_api::audit::{AuditPage, AuditRow, AuditVerdict, Outcome};

use crate::support::{
    app::{App, PASSWORD, console, try_sign_in},
    process,
};

const VERIFY: &str = "/api/v1/audit/verify";

async fn verdict(app: &App) -> AuditVerdict {
    app.administrator().await.get(VERIFY).await.json()
}

#[tokio::test]
async fn a_log_that_nobody_touched_is_whole() {
    let app = console().await;
    assert!(matches!(verdict(&app).await, AuditVerdict::Whole { rows } if rows >= 3));
    let page: AuditPage = app.administrator().await.get("/api/v1/audit").await.json();
    let checked = page.rows.iter().find(|row| row.action == "audit.verify").unwrap();
    assert!(checked.result.as_ref().unwrap().starts_with("the chain is whole"), "{checked:?}");
    assert_eq!(checked.outcome, Outcome::Done);
}

#[tokio::test]
async fn a_changed_row_is_found_and_named() {
    let app = console().await;
    try_sign_in(&app.nobody(), "mallory", "wrong password").await;
    app.administrator().await;
    app.tamper(&[
        "DROP TRIGGER audit_is_not_changed",
        "UPDATE audit SET user = 'anna' WHERE user = 'mallory'",
    ])
    .await;
    let AuditVerdict::Broken { row, reason } = verdict(&app).await else { panic!("not found") };
    let page: AuditPage = app.administrator().await.get("/api/v1/audit?user=anna").await.json();
    assert_eq!(page.rows[0].id, row);
    assert!(reason.contains("does not fit its hash"), "{reason}");

    let data = app.data().to_str().unwrap();
    let output = process::run(app.data(), &["audit", "verify", "--data", data], "");
    assert_eq!(output.status.code(), Some(1));
    let told = process::text(&output.stdout);
    assert!(told.contains(&format!("broken at row {row}")), "{told}");
}

#[tokio::test]
async fn the_command_line_verifies_beside_a_running_server() {
    let app = console().await;
    let data = app.data().to_str().unwrap();
    let arguments = ["audit", "verify", "--data", data, "--format", "json"];
    let output = process::run(app.data(), &arguments, "");
    assert_eq!(output.status.code(), Some(0), "{}", process::text(&output.stderr));
    let verdict: AuditVerdict = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(verdict, AuditVerdict::Whole { rows: 1 });
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition() {
    let app = console().await;
    let client = app.administrator().await;
    // Each sign-in is one row; three pages need more than two times the page's size.
    let db = ouzel::db::Db::open(app.data()).await.unwrap();
    let audit = ouzel::audit::Audit::new(db);
    for n in 0..450 {
        let who = ouzel::audit::Actor {
            user: format!("user-{n}"),
            address: "local".into(),
            rule: "test".into(),
        };
        let action = ouzel::audit::Action::new(ouzel::audit::Kind::SignOut);
        audit.denied(&who, action).await.unwrap();
    }
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/audit?action=session.sign_out{before}");
        let page: AuditPage = client.get(&path).await.json();
        seen.extend(page.rows.into_iter().map(|row| row.user));
        let Some(next) = page.next_before else { break };
        before = format!("&before={next}");
    }
    let wanted: Vec<_> = (0..450).rev().map(|n| format!("user-{n}")).collect();
    assert_eq!(seen, wanted);
    let bad = client.get("/api/v1/audit?before=x").await;
    assert_eq!(bad.code(), ouzel_api::ErrorCode::Invalid);
}

#[tokio::test]
async fn rows_are_numbered_one_by_one_though_each_is_two_entries() {
    let app = console().await;
    let client = app.administrator().await;
    try_sign_in(&app.nobody(), "eve", "wrong password").await;
    let page: AuditPage = client.get("/api/v1/audit").await.json();
    let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
    let wanted: Vec<_> = (1..=ids.len() as i64).rev().collect();
    assert_eq!(ids, wanted);
}

#[tokio::test]
async fn what_fits_leaves_as_a_file_and_that_is_a_row_too() {
    let app = console().await;
    for _ in 0..3 {
        try_sign_in(&app.nobody(), "=eve", "wrong password").await;
    }
    let client = app.administrator().await;
    let path = "/api/v1/audit/export?user=%3Deve&outcome=failed";
    let lines = client.get(&format!("{path}&format=jsonl")).await;
    let rows: Vec<AuditRow> =
        lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.user == "=eve" && row.action == "session.sign_in"));
    let csv = client.get(&format!("{path}&format=csv")).await;
    let name = csv.header("content-disposition").unwrap();
    assert!(name.contains("ouzel-audit.csv"), "{name}");
    assert_eq!(csv.text().lines().count(), 4);
    assert!(csv.text().contains("\"'=eve\""), "{}", csv.text());
    let page: AuditPage = client.get("/api/v1/audit?action=audit.export").await.json();
    let results: Vec<_> = page.rows.iter().map(|row| row.result.as_deref()).collect();
    assert_eq!(results, [Some("3 rows"); 2]);
    let wrong = client.get("/api/v1/audit/export?format=xml").await;
    assert_eq!(wrong.code(), ouzel_api::ErrorCode::Invalid);
}

#[tokio::test]
async fn acts_are_found_by_cluster_and_time() {
    let app = console().await;
    let viewer = app.somebody(ouzel_api::session::Role::Viewer).await;
    assert_eq!(viewer.delete("/api/v1/clusters/prod/topics/orders").await.status, 403);
    let client = app.administrator().await;
    let find = async |query: &str| -> Vec<AuditRow> {
        let page: AuditPage = client.get(&format!("/api/v1/audit?{query}")).await.json();
        page.rows
    };
    let found = find("cluster=prod").await;
    assert_eq!((found.len(), found[0].action.as_str()), (1, "topic.delete"));
    let at = found[0].at_ms;
    assert_eq!(find(&format!("cluster=prod&since_ms={at}&until_ms={}", at + 1)).await.len(), 1);
    assert!(find(&format!("cluster=prod&until_ms={at}")).await.is_empty());
    assert!(find("cluster=pro").await.is_empty());
}

#[tokio::test]
async fn what_was_tried_is_kept_short_whatever_was_sent() {
    let app = console().await;
    let name = "ä".repeat(100_000);
    try_sign_in(&app.nobody(), &name, PASSWORD).await;
    let page: AuditPage = app.administrator().await.get("/api/v1/audit").await.json();
    let longest = page.rows.iter().map(|row| row.user.len()).max().unwrap();
    assert!((1000..1100).contains(&longest), "{longest}");
}
