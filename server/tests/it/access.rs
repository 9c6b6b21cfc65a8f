//! Users, roles, sessions and tokens over HTTP.

use ouzel::db;
use ouzel_api::{
    ErrorCode,
    access::{CreateRole, Explained, FirstPassword, NewToken, RoleRow, SessionRow, TokenRow, User},
    audit::AuditPage,
    groups::GroupList,
    live::{ClientFrame, ServerFrame},
    route,
    session::{Grant, Permission, Role, Viewer},
    topics::TopicList,
};
use serde_json::json;

use crate::support::{
    app::{App, PASSWORD, console, start, try_sign_in},
    http::Client,
    kafka::{self, CLUSTER},
    socket::{Heard, Socket},
};

const SESSION: &str = "/api/v1/session";

async fn create(client: &Client, name: &str, role: &str) -> FirstPassword {
    let reply = client.post("/api/v1/users", &json!({ "name": name, "role": role })).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json()
}

fn grant(permission: Permission, cluster: &str, resource: &str) -> Grant {
    let (cluster, resource) = (cluster.to_owned(), resource.to_owned());
    Grant { permissions: vec![permission], cluster, resource }
}

#[tokio::test]
async fn a_first_password_opens_nothing_until_it_is_changed() {
    let app = console().await;
    let first = create(&app.administrator().await, "anna", "editor").await;
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
    let first = create(&administrator, "anna", "editor").await;
    let anna = app.sign_in("anna", &first.password).await;
    let body = json!({ "old": first.password, "new": PASSWORD });
    assert_eq!(anna.post("/api/v1/me/password", &body).await.status, 204);
    let program = app.token(&anna, None).await;
    let out = json!({ "role": "editor", "disabled": true });
    assert_eq!(administrator.put("/api/v1/users/anna", &out).await.status, 204);
    for client in [&anna, &program] {
        assert_eq!(client.get(SESSION).await.code(), ErrorCode::Unauthenticated);
    }
    let reply = try_sign_in(&app.nobody(), "anna", PASSWORD).await;
    assert_eq!(reply.code(), ErrorCode::WrongCredentials);
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
    let first = create(&administrator, "anna", "editor").await;
    let anna = app.sign_in("anna", &first.password).await;
    let body = json!({ "old": first.password, "new": PASSWORD });
    assert_eq!(anna.post("/api/v1/me/password", &body).await.status, 204);
    let program = app.token(&anna, None).await;
    assert_eq!(administrator.delete("/api/v1/users/anna").await.status, 204);
    for client in [&anna, &program] {
        assert_eq!(client.get(SESSION).await.code(), ErrorCode::Unauthenticated);
    }
    let reply = try_sign_in(&app.nobody(), "anna", PASSWORD).await;
    assert_eq!(reply.code(), ErrorCode::WrongCredentials);
    assert_eq!(administrator.delete("/api/v1/users/anna").await.status, 404);
    let rows = administrator.get("/api/v1/audit?action=user.delete").await.text();
    assert!(rows.contains("anna") && rows.contains("editor"), "{rows}");
    // Whoever gets the name later gets nothing of what was before.
    create(&administrator, "anna", "viewer").await;
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
    let first = create(&administrator, "anna", "viewer").await;
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
async fn a_role_is_made_used_changed_and_removed_and_each_leaves_what_was_before() {
    let app = console().await;
    let administrator = app.administrator().await;
    let grants = vec![grant(Permission::ViewCluster, "prod", "*")];
    let role = CreateRole { name: "readers".to_owned(), grants };
    assert_eq!(administrator.post("/api/v1/roles", &role).await.status, 201);
    assert_eq!(administrator.post("/api/v1/roles", &role).await.code(), ErrorCode::Conflict);
    create(&administrator, "anna", "readers").await;
    let kept = administrator.delete("/api/v1/roles/readers").await;
    assert_eq!((kept.status, kept.code()), (409, ErrorCode::Conflict));
    let wider = json!({ "grants": [grant(Permission::ViewCluster, "*", "*")] });
    assert_eq!(administrator.put("/api/v1/roles/readers", &wider).await.status, 204);
    let roles: Vec<RoleRow> = administrator.get("/api/v1/roles").await.json();
    let made = roles.iter().find(|role| role.name == "readers").unwrap();
    assert_eq!((made.users, made.built_in, made.grants[0].cluster.as_str()), (1, false, "*"));
    let change = json!({ "role": "viewer", "disabled": false });
    assert_eq!(administrator.put("/api/v1/users/anna", &change).await.status, 204);
    assert_eq!(administrator.delete("/api/v1/roles/readers").await.status, 204);
    let page: AuditPage = administrator.get("/api/v1/audit?action=role.change").await.json();
    let detail: serde_json::Value =
        serde_json::from_str(page.rows[0].detail.as_ref().unwrap()).unwrap();
    assert_eq!(detail["before"][0]["cluster"], "prod");
    assert_eq!(detail["after"][0]["cluster"], "*");
    for (method, path) in [("PUT", "/api/v1/roles/viewer"), ("DELETE", "/api/v1/roles/viewer")] {
        let client = administrator.clone().with("content-type", "application/json");
        let reply = client.send(method, path, br#"{"grants":[]}"#).await;
        assert_eq!((reply.status, reply.code()), (409, ErrorCode::Conflict));
    }
    let nobody = json!({ "name": "bert", "role": "no-such-role" });
    assert_eq!(administrator.post("/api/v1/users", &nobody).await.code(), ErrorCode::Invalid);
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
async fn what_somebody_may_do_and_why_is_told_before_it_is_tried() {
    let app = start(&[("OUZEL_KAFKA", "off"), ("OUZEL_BROKERS", "127.0.0.1:1")]).await;
    let administrator = app.administrator().await;
    let grants = vec![
        grant(Permission::ReadMessages, "default", "orders-*"),
        grant(Permission::ViewCluster, "default", "*"),
    ];
    let role = CreateRole { name: "readers".to_owned(), grants };
    assert_eq!(administrator.post("/api/v1/roles", &role).await.status, 201);
    create(&administrator, "anna", "readers").await;
    let explain = async |query: &str| -> Explained {
        administrator.get(&format!("/api/v1/access/explain?user=anna{query}")).await.json()
    };
    let read = |explained: &Explained| {
        let right = Permission::ReadMessages;
        let found = explained.decisions.iter().find(|it| it.permission == right).unwrap();
        (found.allowed, found.rule.clone())
    };
    let told = explain("&cluster=default&resource=orders-eu").await;
    let rule = "role readers has read_messages on default/orders-*";
    assert_eq!(read(&told), (true, rule.to_owned()));
    let told = explain("&cluster=default&resource=payments").await;
    let rule = "role readers has read_messages, but not on default/payments";
    assert_eq!(read(&told), (false, rule.to_owned()));
    let told = explain("").await;
    assert!(!read(&told).0, "{told:?}");
    assert_eq!(told.decisions.len(), Permission::ALL.len());
    let unknown = administrator.get("/api/v1/access/explain?user=bert").await;
    assert_eq!(unknown.code(), ErrorCode::NotFound);
}

#[tokio::test]
async fn what_a_body_names_is_decided_by_its_name() {
    let app = start(&[("OUZEL_KAFKA", "off"), ("OUZEL_BROKERS", "127.0.0.1:1")]).await;
    let administrator = app.administrator().await;
    let role = CreateRole {
        name: "team".to_owned(),
        grants: vec![
            grant(Permission::CreateTopic, "default", "team-*"),
            grant(Permission::ReadMessages, "default", "team-*"),
        ],
    };
    assert_eq!(administrator.post("/api/v1/roles", &role).await.status, 201);
    let member = app.somebody_of("team").await;
    let make = async |name: &str| {
        member.post("/api/v1/clusters/default/topics", &json!({ "name": name })).await
    };
    let refused = make("orders").await;
    assert_eq!((refused.status, refused.code()), (403, ErrorCode::Forbidden));
    // Behind the door: there is no broker.
    assert_eq!(make("team-a").await.code(), ErrorCode::Unreachable);
    let page: AuditPage = administrator.get("/api/v1/audit?outcome=denied").await.json();
    let row = &page.rows[0];
    assert_eq!((row.action.as_str(), row.resource.as_deref()), ("topic.create", Some("orders")));
    assert_eq!(row.rule, "role team has create_topic, but not on default/orders");
    tail_is_refused(&app, &member).await;
    // Clusters that one may not see are not listed.
    let clusters: Vec<serde_json::Value> = member.get("/api/v1/clusters").await.json();
    assert!(clusters.is_empty(), "{clusters:?}");
}

#[tokio::test]
async fn each_row_of_a_list_says_what_the_role_may_not_do_there() {
    let app = start(&[]).await;
    let administrator = app.administrator().await;
    let mut members = Vec::new();
    for name in ["team-a", "orders"] {
        kafka::create(&administrator, name, 1).await;
        members.push(kafka::join(&app, &format!("{name}-readers"), name).await);
    }
    let role = CreateRole {
        name: "team".to_owned(),
        grants: vec![
            grant(Permission::ViewCluster, CLUSTER, "*"),
            grant(Permission::ReadMessages, CLUSTER, "*"),
            grant(Permission::DeleteTopic, CLUSTER, "team-*"),
            grant(Permission::DeleteGroup, CLUSTER, "team-*"),
        ],
    };
    assert_eq!(administrator.post("/api/v1/roles", &role).await.status, 201);
    let denied = async |client: &Client| {
        let topics: TopicList = client.get(&route::topics(CLUSTER)).await.json();
        let topics = topics.topics.into_iter().filter(|row| !row.internal);
        topics.map(|row| (row.name, row.denied)).collect::<Vec<_>>()
    };
    let named = |name: &str, denied: &[Permission]| (name.to_owned(), denied.to_vec());
    let member = app.somebody_of("team").await;
    // What the role may do nowhere is said once, by the session, and not in each row.
    let wanted = [named("orders", &[Permission::DeleteTopic]), named("team-a", &[])];
    assert_eq!(denied(&member).await, wanted);
    for client in [administrator, app.somebody(Role::Viewer).await] {
        assert_eq!(denied(&client).await, [named("orders", &[]), named("team-a", &[])]);
    }
    let has_both = |list: &GroupList| list.groups.len() == 2;
    let groups: GroupList = kafka::until(&member, &route::groups(CLUSTER), has_both).await;
    let groups: Vec<_> = groups.groups.into_iter().map(|row| (row.group, row.denied)).collect();
    let wanted =
        [named("orders-readers", &[Permission::DeleteGroup]), named("team-a-readers", &[])];
    assert_eq!(groups, wanted);
}

async fn tail_is_refused(app: &App, member: &Client) {
    let mut socket = Socket::open(app, member).await;
    let tail = ClientFrame::Tail {
        tail: 1,
        cluster: "default".to_owned(),
        topic: "orders".to_owned(),
        partitions: None,
        filters: Vec::new(),
        credits: 1,
        decode: ouzel_api::search::Decode::default(),
    };
    socket.say(&tail).await;
    let Heard::Frame(ServerFrame::Stopped { error: Some(error), .. }) = socket.hear().await else {
        panic!("it is not refused");
    };
    assert_eq!(error.code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn nothing_is_changed_on_a_cluster_that_is_read_only() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ouzel.toml");
    let text = "[clusters.museum]\nbrokers = [\"127.0.0.1:1\"]\nread_only = true\n";
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let app = start(&[("OUZEL_KAFKA", "off"), ("OUZEL_CONFIG", file)]).await;
    let client = app.administrator().await;
    let clusters: serde_json::Value = client.get("/api/v1/clusters").await.json();
    assert_eq!(clusters[0]["read_only"], true);
    let made = client.post("/api/v1/clusters/museum/topics", &json!({ "name": "t" })).await;
    let deleted = client.delete("/api/v1/clusters/museum/topics/t").await;
    for reply in [made, deleted] {
        assert_eq!((reply.status, reply.code()), (403, ErrorCode::Forbidden));
        assert!(reply.text().contains("cluster museum is read-only"), "{}", reply.text());
    }
    let page: AuditPage = client.get("/api/v1/audit?outcome=denied").await.json();
    let acts: Vec<_> = page.rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(acts, ["topic.delete", "topic.create"]);
    // Looking is no change: what fails here is the broker that is not there.
    let topics = client.get("/api/v1/clusters/museum/topics").await;
    assert_eq!(topics.code(), ErrorCode::Unreachable);
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
