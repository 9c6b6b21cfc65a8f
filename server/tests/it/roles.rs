//! Every route, walked as nobody, viewer, editor and administrator.

use ouzel::router;
use ouzel_api::{ErrorCode, audit::AuditPage, audit::Outcome, session::Role};

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
    ("GET", "/api/v1/clusters", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/overview", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/topics", Viewer),
    ("POST", "/api/v1/clusters/{cluster}/topics", Editor),
    ("POST", "/api/v1/clusters/{cluster}/topic-figures", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/topics/{topic}", Viewer),
    ("DELETE", "/api/v1/clusters/{cluster}/topics/{topic}", Editor),
    ("GET", "/api/v1/clusters/{cluster}/topics/{topic}/consumers", Viewer),
    ("POST", "/api/v1/clusters/{cluster}/topics/{topic}/search", Viewer),
    (
        "GET",
        "/api/v1/clusters/{cluster}/topics/{topic}/partitions/{partition}/messages/{offset}",
        Viewer,
    ),
    ("GET", "/api/v1/clusters/{cluster}/groups", Viewer),
    ("GET", "/api/v1/clusters/{cluster}/groups/{group}", Viewer),
    ("GET", "/api/v1/live", Viewer),
    ("GET", "/api/v1/audit", Administrator),
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
    // Signing out comes last: it ends the session.
    let (last, first): (Vec<_>, Vec<_>) = WANTED
        .iter()
        .partition(|(method, path, _)| *method == "DELETE" && path.ends_with("session"));
    for (method, path, from) in first.into_iter().chain(last) {
        for (who, client) in &clients {
            let reply = walk(client, method, path).await;
            let door = match (*who >= from, who) {
                (true, _) => None,
                (false, Nobody) => Some(ErrorCode::Unauthenticated),
                (false, _) => Some(ErrorCode::Forbidden),
            };
            assert_eq!(refused(&reply), door, "{who:?} {method} {path}: {}", reply.text());
        }
    }
}

/// Asks with names that nothing has: behind the door that is another answer than at the door.
async fn walk(client: &Client, method: &str, path: &str) -> Reply {
    let path = path
        .replace("{cluster}", "no-such-cluster")
        .replace("{topic}", "no-such-topic")
        .replace("{group}", "no-such-group")
        .replace("{partition}", "0")
        .replace("{offset}", "0");
    let client = client.clone().with("content-type", "application/json");
    client.send(method, &path, if method == "POST" { b"{}" } else { b"" }).await
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
