//! Health, figures, and the description of the API.

use ouzel::router;

use crate::support::app::console;

#[tokio::test]
async fn it_lives_and_is_ready() {
    let app = console().await;
    for path in ["/healthz", "/readyz"] {
        let reply = app.nobody().get(path).await;
        assert_eq!((reply.status, reply.text().as_str()), (200, "ok\n"), "{path}");
    }
}

#[tokio::test]
async fn the_figures_count_requests_by_route_and_never_by_path() {
    let app = console().await;
    app.administrator().await;
    app.nobody().get("/api/v1/session").await;
    app.nobody().get("/some/page/nobody/knows").await;
    app.nobody().send("BREW", "/healthz", b"").await;
    let figures = app.nobody().get("/metrics").await.text();
    let denied = r#"ouzel_http_requests_total{route="/api/v1/session",method="GET",status="401"}"#;
    assert!(figures.contains(denied), "{figures}");
    assert!(figures.contains("ouzel_http_request_seconds_bucket{route=\"/api/v1/session\",le="));
    assert!(figures.contains("ouzel_sessions 1"), "{figures}");
    assert!(figures.contains("ouzel_audit_entries 4"), "{figures}");
    assert!(figures.contains("ouzel_build_info{version="), "{figures}");
    assert!(!figures.contains("nobody/knows") && !figures.contains("BREW"), "{figures}");
}

#[tokio::test]
async fn every_route_is_described() {
    let app = console().await;
    let document: serde_json::Value = app.nobody().get("/api/v1/openapi.json").await.json();
    for route in router::table() {
        let method = route.method.as_str().to_lowercase();
        let described = &document["paths"][route.path][&method];
        assert!(described["responses"].is_object(), "{method} {}", route.path);
    }
    assert!(document["components"]["schemas"]["AuditRow"].is_object());
    let limit = &document["components"]["schemas"]["Search"]["properties"]["limit"];
    assert_eq!((limit["minimum"].as_u64(), limit["maximum"].as_u64()), (Some(1), Some(10_000)));
    // Whoever reads this has no source to follow a link into.
    assert!(!document.to_string().contains("[`"), "a description links into the source");
    assert!(document["components"]["securitySchemes"]["bearer"].is_object());
}
