//! Every route, walked as nobody, viewer, editor and administrator.

use ouzel::{auth::guard::Access, router};
use ouzel_api::{
    ErrorCode,
    access::CreateRole,
    audit::{AuditPage, Outcome},
    session::{Grant, Permission, Role, Scope},
};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::support::{
    DEADLINE,
    app::console,
    http::{Client, Reply},
};

/// Whom a route must let in, decided here once more and not read from the router.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Least {
    Nobody,
    Viewer,
    Editor,
    Administrator,
}

use Least::*;

/// Every route must stand here: who is the least that gets through its door.
const WANTED: &[(&str, &str, Least)] = &[
    ("GET", "/healthz", Nobody),
    ("GET", "/readyz", Nobody),
    ("GET", "/metrics", Nobody),
    ("GET", "/api/v1/openapi.json", Nobody),
    ("POST", "/api/v1/session", Nobody),
    ("GET", "/api/v1/session", Viewer),
    ("DELETE", "/api/v1/session", Viewer),
    ("POST", "/api/v1/me/password", Viewer),
    ("GET", "/api/v1/me/sessions", Viewer),
    ("DELETE", "/api/v1/me/sessions/{session}", Viewer),
    ("GET", "/api/v1/me/tokens", Viewer),
    ("POST", "/api/v1/me/tokens", Viewer),
    ("DELETE", "/api/v1/me/tokens/{token}", Viewer),
    ("GET", "/api/v1/users", Administrator),
    ("POST", "/api/v1/users", Administrator),
    ("PUT", "/api/v1/users/{user}", Administrator),
    ("DELETE", "/api/v1/users/{user}", Administrator),
    ("POST", "/api/v1/users/{user}/password", Administrator),
    ("GET", "/api/v1/roles", Administrator),
    ("POST", "/api/v1/roles", Administrator),
    ("PUT", "/api/v1/roles/{role}", Administrator),
    ("DELETE", "/api/v1/roles/{role}", Administrator),
    ("GET", "/api/v1/sessions", Administrator),
    ("DELETE", "/api/v1/sessions/{session}", Administrator),
    ("GET", "/api/v1/tokens", Administrator),
    ("DELETE", "/api/v1/tokens/{token}", Administrator),
    ("GET", "/api/v1/access/explain", Administrator),
    ("GET", "/api/v1/clusters", Viewer),
    ("POST", "/api/v1/clusters", Administrator),
    ("GET", "/api/v1/clusters/{cluster}", Administrator),
    ("PUT", "/api/v1/clusters/{cluster}", Administrator),
    ("DELETE", "/api/v1/clusters/{cluster}", Administrator),
    ("POST", "/api/v1/cluster-test", Administrator),
    ("GET", "/api/v1/clusters/{cluster}/health", Viewer),
    ("GET", "/api/v1/find", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/overview", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/brokers", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/brokers/{broker}", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/brokers/{broker}/config", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/topics", Viewer),
    ("POST", "/api/v1/clusters/{cluster}/topics", Editor),
    ("POST", "/api/v1/clusters/{cluster}/topic-figures", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/topics/{topic}", Viewer),
    ("DELETE", "/api/v1/clusters/{cluster}/topics/{topic}", Editor),
    ("POST", "/api/v1/clusters/{cluster}/topics/{topic}/partitions", Editor),
    ("GET", "/api/v1/clusters/{cluster}/topics/{topic}/config", Viewer),
    ("POST", "/api/v1/clusters/{cluster}/topics/{topic}/config", Editor),
    ("POST", "/api/v1/clusters/{cluster}/topics/{topic}/trim-plan", Viewer),
    ("POST", "/api/v1/clusters/{cluster}/topics/{topic}/trim", Editor),
    ("GET", "/api/v1/clusters/{cluster}/topics/{topic}/consumers", Viewer),
    ("POST", "/api/v1/clusters/{cluster}/topics/{topic}/search", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/topics/{topic}/export", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/topics/{topic}/exports", Viewer),
    ("DELETE", "/api/v1/clusters/{cluster}/topics/{topic}/exports/{export}", Viewer),
    (
        "GET",
        "/api/v1/clusters/{cluster}/topics/{topic}/partitions/{partition}/messages/{offset}",
        Viewer,
    ),
    (
        "POST",
        "/api/v1/clusters/{cluster}/topics/{topic}/partitions/{partition}/messages/{offset}/script",
        Viewer,
    ),
    ("POST", "/api/v1/clusters/{cluster}/topics/{topic}/records", Editor),
    ("POST", "/api/v1/clusters/{cluster}/topics/{topic}/import/check", Editor),
    ("POST", "/api/v1/clusters/{cluster}/topics/{topic}/import", Editor),
    ("GET", "/api/v1/clusters/{cluster}/topics/{topic}/imports/{import}", Editor),
    ("DELETE", "/api/v1/clusters/{cluster}/topics/{topic}/imports/{import}", Editor),
    ("GET", "/api/v1/clusters/{cluster}/groups", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/groups/{group}", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/groups/{group}/history", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/history", Viewer),
    ("DELETE", "/api/v1/clusters/{cluster}/groups/{group}", Editor),
    ("POST", "/api/v1/clusters/{cluster}/group-deletions", Editor),
    ("POST", "/api/v1/clusters/{cluster}/groups/{group}/reset-plan", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/groups/{group}/resets", Viewer),
    ("POST", "/api/v1/clusters/{cluster}/groups/{group}/resets", Editor),
    ("DELETE", "/api/v1/clusters/{cluster}/groups/{group}/resets/{reset}", Editor),
    ("GET", "/api/v1/live", Viewer),
    ("GET", "/api/v1/audit", Administrator),
    ("GET", "/api/v1/audit/export", Administrator),
    ("GET", "/api/v1/audit/verify", Administrator),
];

#[test]
fn every_route_of_the_router_has_an_entry_and_every_entry_a_route() {
    let mut routes: Vec<_> =
        router::table().iter().map(|route| (route.method.to_string(), route.path)).collect();
    let mut wanted: Vec<_> =
        WANTED.iter().map(|(method, path, _)| (method.to_string(), *path)).collect();
    routes.sort();
    wanted.sort();
    assert_eq!(routes, wanted);
}

#[tokio::test]
async fn every_route_lets_in_whom_it_should_and_nobody_else() {
    let app = console().await;
    let clients = [
        (Nobody, app.nobody()),
        (Viewer, app.somebody(Role::Viewer).await),
        (Editor, app.somebody(Role::Editor).await),
        (Administrator, app.administrator().await),
    ];
    for (method, path, from) in in_order() {
        for (who, client) in &clients {
            let reply = walk(client, method, path).await;
            let door = match (who >= from, who) {
                (true, _) => None,
                (false, Nobody) => Some(ErrorCode::Unauthenticated),
                (false, _) => Some(ErrorCode::Forbidden),
            };
            assert_eq!(refused(&reply), door, "{who:?} {method} {path}: {}", reply.text());
        }
    }
}

/// Signing out comes last: it ends the session.
fn in_order() -> impl Iterator<Item = &'static (&'static str, &'static str, Least)> {
    let ends = |(method, path, _): &&(&str, &str, Least)| {
        *method == "DELETE" && *path == "/api/v1/session"
    };
    let (last, first): (Vec<_>, Vec<_>) = WANTED.iter().partition(ends);
    first.into_iter().chain(last)
}

#[tokio::test]
async fn a_token_opens_what_its_owner_may_and_a_narrowed_one_no_more_than_its_role() {
    let app = console().await;
    let clients = [
        (Viewer, app.token(&app.somebody(Role::Viewer).await, None).await),
        (Editor, app.token(&app.somebody(Role::Editor).await, Some("administrator")).await),
        (Viewer, app.token(&app.administrator().await, Some("viewer")).await),
        (Administrator, app.token(&app.administrator().await, None).await),
    ];
    for (method, path, from) in in_order() {
        for (who, client) in &clients {
            let reply = walk(client, method, path).await;
            let door = (who < from).then_some(ErrorCode::Forbidden);
            assert_eq!(refused(&reply), door, "{who:?} {method} {path}: {}", reply.text());
        }
    }
}

#[tokio::test]
async fn a_role_of_ones_own_opens_what_its_patterns_name_and_nothing_else() {
    let app = console().await;
    let administrator = app.administrator().await;
    let make = async |name: &str, cluster: &str, resource: &str| {
        let wide = |right: &&Permission| right.scope() != Scope::Console;
        let permissions = Permission::ALL.iter().filter(wide).copied().collect();
        let (cluster, resource) = (cluster.to_owned(), resource.to_owned());
        let grants = vec![Grant { permissions, cluster, resource }];
        let role = CreateRole { name: name.to_owned(), grants };
        let reply = administrator.post("/api/v1/roles", &role).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        app.somebody_of(name).await
    };
    let here = make("here", "no-*-cluster", "no-such-*").await;
    let elsewhere = make("elsewhere", "another", "*").await;
    let beside = make("beside", "no-such-cluster", "another").await;
    let routes = router::table();
    for (method, path, from) in in_order() {
        let route = routes.iter().find(|it| it.path == *path && it.method == *method).unwrap();
        let needed = match route.access {
            Access::Needs(right) | Access::NeedsWithin(right) => Some(right),
            _ => None,
        };
        let names_one = path.contains("{topic}") || path.contains("{group}");
        let within = matches!(route.access, Access::NeedsWithin(_));
        let in_cluster = path.contains("{cluster}");
        // Where the path names no topic or group, all of them are meant.
        let by_cluster = needed.is_some_and(|it| it.scope() == Scope::Cluster);
        let fits = by_cluster || names_one || within;
        let wanted = [
            (&here, *from < Administrator && (needed.is_none() || fits)),
            (&elsewhere, *from < Administrator && !in_cluster),
            (
                &beside,
                *from < Administrator && (!in_cluster || by_cluster || (within && !names_one)),
            ),
        ];
        for (at, (client, opens)) in wanted.into_iter().enumerate() {
            let reply = walk(client, method, path).await;
            let door = (!opens).then_some(ErrorCode::Forbidden);
            assert_eq!(refused(&reply), door, "{at} {method} {path}: {}", reply.text());
        }
    }
}

/// Asks with names that nothing has: behind the door that is another answer than at the door.
async fn walk(client: &Client, method: &str, path: &str) -> Reply {
    let path = path
        .replace("{cluster}", "no-such-cluster")
        .replace("{topic}", "no-such-topic")
        .replace("{group}", "no-such-group")
        .replace("{user}", "no-such-user")
        .replace("{role}", "no-such-role")
        .replace("{session}", "no-such-session")
        .replace("{token}", "no-such-token")
        .replace("{partition}", "0")
        .replace("{offset}", "0")
        .replace("{reset}", "0");
    let client = client.clone().with("content-type", "application/json");
    client.send(method, &path, if matches!(method, "POST" | "PUT") { b"{}" } else { b"" }).await
}

/// The refusal at the door, if it was one.
fn refused(reply: &Reply) -> Option<ErrorCode> {
    match reply.status {
        401 | 403 => Some(reply.code()),
        _ => None,
    }
}

#[tokio::test]
async fn a_denial_is_one_row_that_names_its_rule() {
    let app = console().await;
    let viewer = app.somebody(Role::Viewer).await;
    let reply = viewer.get("/api/v1/audit").await;
    assert!(reply.text().contains("role viewer lacks read_audit"), "{}", reply.text());
    let administrator = app.administrator().await;
    let page: AuditPage = administrator.get("/api/v1/audit?outcome=denied").await.json();
    assert_eq!(page.rows.len(), 1);
    let row = &page.rows[0];
    assert!(row.user.starts_with("viewer-"), "{row:?}");
    assert_eq!((row.action.as_str(), row.outcome), ("audit.read", Outcome::Denied));
    assert_eq!(row.rule, "role viewer lacks read_audit");
}

#[tokio::test]
async fn a_denied_creation_names_its_topic_as_a_denied_deletion_does() {
    let app = console().await;
    let viewer = app.somebody(Role::Viewer).await;
    let path = "/api/v1/clusters/production/topics";
    let reply = viewer.post(path, &serde_json::json!({ "name": "payroll" })).await;
    assert_eq!((reply.status, reply.code()), (403, ErrorCode::Forbidden));
    assert_eq!(viewer.delete(&format!("{path}/ledger")).await.status, 403);
    let administrator = app.administrator().await;
    let page: AuditPage = administrator.get("/api/v1/audit?outcome=denied").await.json();
    let rows: Vec<_> = page
        .rows
        .iter()
        .map(|row| (row.action.as_str(), row.cluster.as_deref(), row.resource.as_deref()))
        .collect();
    let production = Some("production");
    let wanted = [
        ("topic.delete", production, Some("ledger")),
        ("topic.create", production, Some("payroll")),
    ];
    assert_eq!(rows, wanted);
}

#[tokio::test]
async fn whoever_leaves_before_naming_a_topic_leaves_a_row_all_the_same() {
    let app = console().await;
    let viewer = app.somebody(Role::Viewer).await;
    let mut stream = TcpStream::connect(app.http()).await.unwrap();
    let head = format!(
        "POST /api/v1/clusters/production/topics HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\n\r\n{{\"name\"",
        app.http(),
        viewer.sends("cookie")
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    drop(stream);
    let administrator = app.administrator().await;
    let row = async {
        loop {
            let path = "/api/v1/audit?outcome=denied";
            let page: AuditPage = administrator.get(path).await.json();
            if let Some(row) = page.rows.into_iter().next() {
                break row;
            }
            tokio::task::yield_now().await;
        }
    };
    let row = tokio::time::timeout(DEADLINE, row).await.expect("a row");
    assert_eq!((row.action.as_str(), row.resource), ("topic.create", None));
}
