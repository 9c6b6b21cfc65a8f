//! The audit log over HTTP and from the command line.

use ouzel_api::audit::{AuditPage, AuditVerdict, Outcome};

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
async fn what_was_tried_is_kept_short_whatever_was_sent() {
    let app = console().await;
    let name = "ä".repeat(100_000);
    try_sign_in(&app.nobody(), &name, PASSWORD).await;
    let page: AuditPage = app.administrator().await.get("/api/v1/audit").await.json();
    let longest = page.rows.iter().map(|row| row.user.len()).max().unwrap();
    assert!((1000..1100).contains(&longest), "{longest}");
}
