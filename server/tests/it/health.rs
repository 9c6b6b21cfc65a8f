//! Health, figures, and the description of the API.

use ouzel::router;
use ouzel_api::{
    ErrorCode,
    access::CreateRole,
    route,
    session::{Grant, Permission, Role},
};
use ouzel_wire::batch::Codec;

use crate::support::{
    DEADLINE,
    app::{App, console, start},
    http::Client,
    kafka::{CLUSTER, create, find, produce, search, value},
};

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
async fn whoever_shows_a_token_that_does_not_hold_is_told_so_and_strangers_get_figures() {
    let app = console().await;
    let client = app.administrator().await;
    let program = app.token(&client, None).await;
    assert_eq!(program.get("/metrics").await.status, 200);
    for wrong in ["Bearer ozl_wrong", "Bearer ", "Basic YTpi", "nonsense"] {
        let reply = app.nobody().with("authorization", wrong).get("/metrics").await;
        assert_eq!((reply.status, reply.code()), (401, ErrorCode::Unauthenticated), "{wrong}");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"ouzel\""), "{wrong}");
    }
    // A browser sends the cookie of a session that is over without being asked.
    let over = app.nobody().with("cookie", "ouzel_session=over");
    assert_eq!(over.get("/metrics").await.status, 200);
    assert_eq!(app.nobody().get("/metrics").await.status, 200);
    let document: serde_json::Value = app.nobody().get("/api/v1/openapi.json").await.json();
    let told = &document["paths"]["/metrics"]["get"]["responses"]["401"];
    assert!(told["description"].is_string(), "{told}");
}

#[tokio::test]
async fn a_token_is_told_the_names_of_the_clusters_that_it_may_look_at() {
    let app = start(&[("OUZEL_LAG_SAMPLE_SECONDS", "1")]).await;
    let client = app.administrator().await;
    create(&client, "watched", 1).await;
    let again = serde_json::json!({ "id": "again", "bootstrap": [app.kafka()] });
    assert_eq!(client.post(route::CLUSTERS, &again).await.status, 201);
    let grant = Grant {
        permissions: vec![Permission::ViewCluster],
        cluster: CLUSTER.to_owned(),
        resource: "*".to_owned(),
    };
    let role = CreateRole { name: "scraper".to_owned(), grants: vec![grant] };
    assert_eq!(client.post("/api/v1/roles", &role).await.status, 201);
    let program = app.token(&client, Some("scraper")).await;
    let line = |cluster| format!("ouzel_topic_records{{cluster=\"{cluster}\",topic=\"watched\"}}");
    let told = async |client: &Client| loop {
        let text = client.get("/metrics").await.text();
        if text.contains(&line(CLUSTER)) {
            return text;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    let all = async { while !told(&client).await.contains(&line("again")) {} };
    tokio::time::timeout(DEADLINE, all).await.expect("both are watched");
    let text = tokio::time::timeout(DEADLINE, told(&program)).await.expect("names are told");
    assert!(!text.contains(&line("again")), "{text}");
    assert!(text.contains("ouzel_cluster_up{cluster=\"again\"}"), "{text}");
}

/// The value of a figure that stands on a line of its own.
async fn figure(app: &App, name: &str) -> u64 {
    let text = app.nobody().get("/metrics").await.text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse().unwrap()
}

#[tokio::test]
async fn the_figures_of_the_broker_tell_what_clients_did() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "watched", 3).await;
    let samples = ["one", "two", "three"].map(value);
    produce(&app, "watched", Codec::None, &samples).await;
    find(&client, "watched", &search(ouzel_api::search::From::Oldest, 10)).await;
    assert_eq!(figure(&app, "ouzel_kafka_produced_records_total").await, 3);
    let produced = figure(&app, "ouzel_kafka_produced_bytes_total").await;
    assert!(produced > 61, "a batch is longer than its header: {produced}");
    assert_eq!(figure(&app, "ouzel_kafka_fetched_records_total").await, 3);
    assert_eq!(figure(&app, "ouzel_kafka_partitions").await, 3);
    assert_eq!(figure(&app, "ouzel_kafka_partitions_stopped").await, 0);
    assert!(figure(&app, "ouzel_kafka_flush_rounds_total").await >= 1);
    assert_eq!(figure(&app, "ouzel_kafka_log_bytes").await, produced);
    assert!(figure(&app, "ouzel_kafka_connections_open").await >= 1);
    assert!(figure(&app, "ouzel_kafka_requests_total{api=\"Produce\"}").await >= 1);
    let exists = "ouzel_kafka_errors_total{api=\"CreateTopics\",error=\"TOPIC_ALREADY_EXISTS\"}";
    let text = app.nobody().get("/metrics").await.text();
    assert!(!text.contains(exists) && !text.contains("watched"), "{text}");
    let editor = app.somebody(Role::Editor).await;
    let wanted = serde_json::json!({ "name": "watched", "partitions": 1 });
    editor.post(&ouzel_api::route::topics("embedded"), &wanted).await;
    assert_eq!(figure(&app, exists).await, 1);
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
