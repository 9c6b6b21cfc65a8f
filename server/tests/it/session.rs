//! Signing in, staying signed in, signing out.

use ouzel::browse::TOKEN_BYTES_MAX;
use ouzel_api::{
    ErrorCode,
    audit::{AuditPage, Outcome},
    route,
    search::{From, Search},
    session::{Permission, Viewer},
};

use crate::support::app::{PASSWORD, console, start, try_sign_in};

const SESSION: &str = "/api/v1/session";

#[tokio::test]
async fn the_right_password_signs_in_and_the_cookie_is_out_of_reach_of_scripts() {
    let app = console().await;
    assert_eq!(app.nobody().get(SESSION).await.code(), ErrorCode::Unauthenticated);
    let reply = try_sign_in(&app.nobody(), "admin", PASSWORD).await;
    let viewer: Viewer = reply.json();
    assert_eq!((viewer.user.as_str(), viewer.role.as_str()), ("admin", "administrator"));
    assert!(viewer.may(Permission::ReadAudit));
    let cookie = reply.header("set-cookie").unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let again: Viewer = app.administrator().await.get(SESSION).await.json();
    assert_eq!(again.user, "admin");
}

#[tokio::test]
async fn an_unknown_user_and_a_wrong_password_get_the_same_answer() {
    let app = console().await;
    let mut answers = Vec::new();
    for (user, password) in [("admin", "wrong password"), ("nobody", "wrong password")] {
        let reply = try_sign_in(&app.nobody(), user, password).await;
        assert_eq!((reply.status, reply.header("set-cookie")), (401, None));
        let mut error: ouzel_api::ApiError = reply.json();
        assert!(!std::mem::take(&mut error.request_id).is_empty());
        answers.push(error);
    }
    assert_eq!(answers[0].code, ErrorCode::WrongCredentials);
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn guessing_is_throttled_and_told_how_long_to_wait() {
    let app = console().await;
    for _ in 0..5 {
        let reply = try_sign_in(&app.nobody(), "admin", "wrong password").await;
        assert_eq!(reply.code(), ErrorCode::WrongCredentials);
    }
    // Even the right password waits now: otherwise guessing would go on.
    for password in ["wrong password", PASSWORD] {
        let reply = try_sign_in(&app.nobody(), "ADMIN", password).await;
        assert_eq!((reply.status, reply.code()), (429, ErrorCode::Throttled));
        let seconds: u64 = reply.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=31).contains(&seconds), "{seconds}");
        assert!(reply.text().contains(" s\""), "{}", reply.text());
    }
}

#[tokio::test]
async fn signing_in_often_is_no_guessing() {
    let app = console().await;
    for _ in 0..8 {
        app.administrator().await;
    }
}

#[tokio::test]
async fn a_session_ends_at_sign_out_and_its_token_with_it() {
    let app = console().await;
    let client = app.administrator().await;
    let other = app.administrator().await;
    let reply = client.delete(SESSION).await;
    assert_eq!(reply.status, 204);
    assert!(reply.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(client.get(SESSION).await.code(), ErrorCode::Unauthenticated);
    assert_eq!(other.get(SESSION).await.status, 200);
}

#[tokio::test]
async fn a_program_may_send_the_token_as_bearer() {
    let app = console().await;
    let client = app.administrator().await;
    let token = client.sends("cookie").strip_prefix("ouzel_session=").unwrap().to_owned();
    let program = app.nobody().with("authorization", &format!("Bearer {token}"));
    assert_eq!(program.get(SESSION).await.status, 200);
    let forged = format!("{}x", &token[..token.len() - 1]);
    let forger = app.nobody().with("authorization", &format!("Bearer {forged}"));
    assert_eq!(forger.get(SESSION).await.status, 401);
}

#[tokio::test]
async fn a_session_that_lies_idle_or_grows_old_ends() {
    let idle = ["UPDATE sessions SET seen_ms = seen_ms - 600 * 60000 - 1"];
    let old = ["UPDATE sessions SET expires_ms = created_ms"];
    for end in [idle, old] {
        let app = console().await;
        let client = app.administrator().await;
        assert_eq!(client.get(SESSION).await.status, 200);
        app.tamper(&end).await;
        assert_eq!(client.get(SESSION).await.code(), ErrorCode::Unauthenticated, "{end:?}");
    }
}

#[tokio::test]
async fn a_role_that_changes_holds_from_the_next_request_on() {
    let app = console().await;
    let client = app.administrator().await;
    app.tamper(&["UPDATE users SET role = 'viewer'"]).await;
    let viewer: Viewer = client.get(SESSION).await.json();
    assert_eq!(viewer.role, "viewer");
    assert_eq!(client.get("/api/v1/audit").await.code(), ErrorCode::Forbidden);
}

#[tokio::test]
async fn every_attempt_to_sign_in_leaves_a_row() {
    let app = console().await;
    try_sign_in(&app.nobody(), "mallory", "wrong password").await;
    for _ in 0..9 {
        try_sign_in(&app.nobody(), "eve", "wrong password").await;
    }
    let client = app.administrator().await;
    let page: AuditPage = client.get("/api/v1/audit?action=session.").await.json();
    let seen: Vec<_> = page.rows.iter().map(|row| (row.user.as_str(), row.outcome)).collect();
    assert_eq!(seen[0], ("admin", Outcome::Done));
    // Five attempts that failed; of the four that were refused only the first.
    let of = |outcome| seen.iter().filter(|row| **row == ("eve", outcome)).count();
    assert_eq!((of(Outcome::Failed), of(Outcome::Denied)), (5, 1));
    assert!(seen.contains(&("mallory", Outcome::Failed)));
    assert!(page.rows.iter().all(|row| row.address == "127.0.0.1"), "{page:?}");
}

#[tokio::test]
async fn a_body_that_is_no_sign_in_is_told_so() {
    let app = console().await;
    let json = app.nobody().with("content-type", "application/json");
    for body in ["", "{", "[]", r#"{"user":"admin"}"#, r#"{"user":1,"password":"x"}"#] {
        let reply = json.send("POST", SESSION, body.as_bytes()).await;
        assert_eq!((reply.status, reply.code()), (400, ErrorCode::Invalid), "{body}");
    }
    let plain = app.nobody().send("POST", SESSION, b"user=admin").await;
    assert_eq!(plain.code(), ErrorCode::Invalid);
    let large = vec![b' '; 300 * 1024];
    let reply = json.send("POST", SESSION, &large).await;
    assert_eq!((reply.status, reply.code()), (413, ErrorCode::TooLarge));
}

#[tokio::test]
async fn a_search_may_bring_the_longest_token_and_nothing_larger() {
    let app = console().await;
    let client = app.administrator().await;
    let reply = async |bytes: usize| {
        let resume = Some("a".repeat(bytes));
        let wanted = Search { resume, ..Search::new(From::Newest, 1) };
        client.post(&route::search("none", "none"), &wanted).await
    };
    // It was read: only then it is known that there is no such cluster.
    assert_eq!(reply(TOKEN_BYTES_MAX).await.code(), ErrorCode::NotFound);
    assert_eq!(reply(2 * TOKEN_BYTES_MAX).await.code(), ErrorCode::TooLarge);
}

#[tokio::test]
async fn sessions_outlive_a_restart() {
    let app = console().await;
    let client = app.administrator().await;
    let cookie = client.sends("cookie").to_owned();
    let data = app.data().to_str().unwrap().to_owned();
    let folder = app.folder;
    app.server.stop().await;
    let app = start(&[("OUZEL_KAFKA", "off"), ("OUZEL_DATA", &data)]).await;
    assert_eq!(app.nobody().with("cookie", &cookie).get(SESSION).await.status, 200);
    drop(folder);
}
