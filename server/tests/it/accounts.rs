//! Users, their passwords, sessions and tokens over HTTP: who gets in, and for how long. What they
//! may do then is `access`'s.

use ouzel::db;
use ouzel_api::{
    ErrorCode,
    access::{FirstPassword, NewToken, SessionRow, TokenRow, User},
    audit::AuditPage,
    session::Viewer,
};
use serde_json::json;

use crate::support::{
    app::{App, PASSWORD, console, create_user, try_sign_in},
    http::Client,
};

const SESSION: &str = "/api/v1/session";

/// Makes anna, who has given herself [`PASSWORD`].
async fn anna(app: &App, administrator: &Client) -> Client {
    let first = create_user(administrator, "anna", "editor").await;
    let anna = app.sign_in("anna", &first.password).await;
    let body = json!({ "old": first.password, "new": PASSWORD });
    assert_eq!(anna.post("/api/v1/me/password", &body).await.status, 204);
    anna
}

/// Nothing opens with what was hers.
async fn is_out(app: &App, hers: [&Client; 2]) {
    for client in hers {
        assert_eq!(client.get(SESSION).await.code(), ErrorCode::Unauthenticated);
    }
    let reply = try_sign_in(&app.nobody(), "anna", PASSWORD).await;
    assert_eq!(reply.code(), ErrorCode::WrongCredentials);
}

#[tokio::test]
async fn a_first_password_opens_nothing_until_it_is_changed() {
    let app = console().await;
    let first = create_user(&app.administrator().await, "anna", "editor").await;
    let anna = app.sign_in("anna", &first.password).await;
    let viewer: Viewer = anna.get(SESSION).await.json();
    assert!(viewer.must_change_password);
    let refused = anna.get("/api/v1/clusters").await;
    assert_eq!((refused.status, refused.code()), (403, ErrorCode::Forbidden));
    assert!(refused.text().contains("must be changed"), "{}", refused.text());
    let change = async |old: &str, new: &str| {
        anna.post("/api/v1/me/password", &json!({ "old": old, "new": new })).await
    };
    for (old, new) in [("wrong", "long enough"), (&first.password, "x")] {
        assert_eq!(change(old, new).await.code(), ErrorCode::Invalid);
    }
    assert_eq!(change(&first.password, &first.password).await.code(), ErrorCode::Invalid);
    assert_eq!(change(&first.password, "long enough").await.status, 204);
    assert_eq!(anna.get("/api/v1/clusters").await.status, 200);
    let viewer: Viewer = app.sign_in("anna", "long enough").await.get(SESSION).await.json();
    assert!(!viewer.must_change_password);
}

#[tokio::test]
async fn guessing_the_old_password_is_throttled_as_at_the_door() {
    let app = console().await;
    let client = app.administrator().await;
    let guess = json!({ "old": "wrong password", "new": "long enough" });
    for _ in 0..5 {
        assert_eq!(client.post("/api/v1/me/password", &guess).await.code(), ErrorCode::Invalid);
    }
    let reply = client.post("/api/v1/me/password", &guess).await;
    assert_eq!((reply.status, reply.code()), (429, ErrorCode::Throttled));
}

#[tokio::test]
async fn who_is_shut_out_is_out_at_once_and_cannot_come_back() {
    let app = console().await;
    let administrator = app.administrator().await;
    let anna = anna(&app, &administrator).await;
    let program = app.token(&anna, None).await;
    let out = json!({ "role": "editor", "disabled": true });
    assert_eq!(administrator.put("/api/v1/users/anna", &out).await.status, 204);
    is_out(&app, [&anna, &program]).await;
    let users: Vec<User> = administrator.get("/api/v1/users").await.json();
    let shown = users.iter().find(|user| user.name == "anna").unwrap();
    assert_eq!((shown.disabled, shown.sessions, shown.tokens), (true, 0, 0));
    let back = json!({ "role": "viewer", "disabled": false });
    assert_eq!(administrator.put("/api/v1/users/anna", &back).await.status, 204);
    let viewer: Viewer = app.sign_in("anna", PASSWORD).await.get(SESSION).await.json();
    assert_eq!(viewer.role, "viewer");
    assert_eq!(program.get(SESSION).await.status, 200);
}

#[tokio::test]
async fn nobody_locks_the_last_administrator_out() {
    let app = console().await;
    let client = app.administrator().await;
    for change in [
        json!({ "role": "viewer", "disabled": false }),
        json!({ "role": "administrator", "disabled": true }),
    ] {
        let reply = client.put("/api/v1/users/admin", &change).await;
        assert_eq!((reply.status, reply.code()), (409, ErrorCode::Conflict));
        assert!(reply.text().contains("last administrator"), "{}", reply.text());
    }
    assert_eq!(client.get(SESSION).await.status, 200);
}

#[tokio::test]
async fn who_is_deleted_is_gone_with_sessions_and_tokens_and_stays_in_the_audit_log() {
    let app = console().await;
    let administrator = app.administrator().await;
    let anna = anna(&app, &administrator).await;
    let program = app.token(&anna, None).await;
    assert_eq!(administrator.delete("/api/v1/users/anna").await.status, 204);
    is_out(&app, [&anna, &program]).await;
    assert_eq!(administrator.delete("/api/v1/users/anna").await.status, 404);
    let rows = administrator.get("/api/v1/audit?action=user.delete").await.text();
    assert!(rows.contains("anna") && rows.contains("editor"), "{rows}");
    // Whoever gets the name later gets nothing of what was before.
    create_user(&administrator, "anna", "viewer").await;
    assert_eq!(program.get(SESSION).await.code(), ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn nobody_deletes_themselves_or_the_last_administrator() {
    let app = console().await;
    let client = app.administrator().await;
    let reply = client.delete("/api/v1/users/admin").await;
    assert_eq!((reply.status, reply.code()), (409, ErrorCode::Conflict));
    assert!(reply.text().contains("another administrator"), "{}", reply.text());
    assert_eq!(client.get(SESSION).await.status, 200);
}

#[tokio::test]
async fn a_reset_ends_the_sessions_and_gives_a_first_password() {
    let app = console().await;
    let administrator = app.administrator().await;
    let first = create_user(&administrator, "anna", "viewer").await;
    let anna = app.sign_in("anna", &first.password).await;
    let reply = administrator.post("/api/v1/users/anna/password", &json!({})).await;
    let second: FirstPassword = reply.json();
    assert_ne!(first.password, second.password);
    assert_eq!(anna.get(SESSION).await.status, 401);
    let viewer: Viewer = app.sign_in("anna", &second.password).await.get(SESSION).await.json();
    assert!(viewer.must_change_password);
    let unknown = administrator.post("/api/v1/users/bert/password", &json!({})).await;
    assert_eq!(unknown.code(), ErrorCode::NotFound);
}

#[tokio::test]
async fn sessions_are_seen_and_ended_by_their_owner_and_by_an_administrator() {
    let app = console().await;
    let (here, there) = (app.administrator().await, app.administrator().await);
    let mine: Vec<SessionRow> = here.get("/api/v1/me/sessions").await.json();
    assert_eq!(mine.len(), 2);
    let other = mine.iter().find(|row| !row.here).unwrap();
    let path = format!("/api/v1/me/sessions/{}", other.id);
    assert_eq!(here.delete(&path).await.status, 204);
    assert_eq!(there.get(SESSION).await.status, 401);
    assert_eq!(here.delete(&path).await.code(), ErrorCode::NotFound);

    let viewer = app.somebody_of("viewer").await;
    let not_mine = mine.iter().find(|row| row.here).unwrap();
    let reply = viewer.delete(&format!("/api/v1/me/sessions/{}", not_mine.id)).await;
    assert_eq!(reply.code(), ErrorCode::NotFound);
    let all: Vec<SessionRow> = here.get("/api/v1/sessions").await.json();
    let theirs = all.iter().find(|row| row.user.starts_with("viewer-")).unwrap();
    assert_eq!(here.delete(&format!("/api/v1/sessions/{}", theirs.id)).await.status, 204);
    assert_eq!(viewer.get(SESSION).await.status, 401);
    let page: AuditPage = here.get("/api/v1/audit?action=session.end").await.json();
    assert_eq!(page.rows.len(), 2);
}

#[tokio::test]
async fn a_token_is_shown_once_and_works_until_it_is_revoked() {
    let app = console().await;
    let client = app.administrator().await;
    let body = json!({ "name": "ci", "days": 30 });
    let made: NewToken = client.post("/api/v1/me/tokens", &body).await.json();
    assert!(made.token.starts_with("ouzel_"), "{}", made.token);
    let program = app.nobody().with("authorization", &format!("Bearer {}", made.token));
    assert_eq!(program.get("/api/v1/clusters").await.status, 200);
    let listed = client.get("/api/v1/me/tokens").await;
    assert!(!listed.text().contains(&made.token));
    let rows: Vec<TokenRow> = listed.json();
    assert!(rows[0].seen_ms.is_some());
    assert_eq!(rows[0].seen_from.as_deref(), Some("127.0.0.1"));
    let file = std::fs::read(app.data().join(db::FILE_NAME)).unwrap();
    let secret = made.token.as_bytes();
    assert!(!file.windows(secret.len()).any(|bytes| bytes == secret), "kept in the clear");
    // A program makes no further tokens and changes no password.
    for (path, body) in [
        ("/api/v1/me/tokens", json!({ "name": "x", "days": 1 })),
        ("/api/v1/me/password", json!({ "old": PASSWORD, "new": "long enough" })),
    ] {
        assert_eq!(program.post(path, &body).await.code(), ErrorCode::Forbidden, "{path}");
    }
    let path = format!("/api/v1/me/tokens/{}", rows[0].id);
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(program.get("/api/v1/clusters").await.code(), ErrorCode::Unauthenticated);
    let page: AuditPage = client.get("/api/v1/audit?action=token.").await.json();
    let acts: Vec<_> = page.rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(acts, ["token.revoke", "token.create"]);
    assert!(page.rows.iter().all(|row| row.resource.as_deref() == Some("ci")));
}

#[tokio::test]
async fn a_token_that_has_ended_is_worth_nothing() {
    let app = console().await;
    let program = app.token(&app.administrator().await, None).await;
    assert_eq!(program.get(SESSION).await.status, 200);
    app.tamper(&["UPDATE tokens SET expires_ms = created_ms"]).await;
    assert_eq!(program.get(SESSION).await.code(), ErrorCode::Unauthenticated);
    for wrong in ["ouzel_", "ouzel_AAAA", "Bearer"] {
        let client = app.nobody().with("authorization", &format!("Bearer {wrong}"));
        assert_eq!(client.get(SESSION).await.status, 401, "{wrong}");
    }
}

#[tokio::test]
async fn a_cookie_of_another_installation_is_worth_nothing() {
    let (app, other) = (console().await, console().await);
    let cookie = other.administrator().await.sends("cookie").to_owned();
    let stranger = app.nobody().with("cookie", &cookie);
    assert_eq!(stranger.get(SESSION).await.code(), ErrorCode::Unauthenticated);
    let program = other.token(&other.administrator().await, None).await;
    let header = program.sends("authorization").to_owned();
    let stranger = app.nobody().with("authorization", &header);
    assert_eq!(stranger.get(SESSION).await.code(), ErrorCode::Unauthenticated);
}
