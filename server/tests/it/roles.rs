//! Every route, walked as nobody, viewer, editor and administrator.

use ouzel::router;
use ouzel_api::{ErrorCode, audit::AuditPage, audit::Outcome, session::Role};

use crate::support::{
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
