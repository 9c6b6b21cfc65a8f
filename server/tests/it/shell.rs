//! What every answer carries, and what unknown paths get.

use ouzel_api::ErrorCode;

use crate::support::app::console;

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let app = console().await;
    for path in ["/", "/healthz", "/api/v1/session", "/api/nothing", "/assets/nothing.js"] {
        let reply = app.nobody().get(path).await;
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'self'; script-src 'self' 'wasm-unsafe-eval';"));
        assert!(!policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(reply.header("x-request-id").unwrap().len(), 32, "{path}");
    }
}

#[tokio::test]
async fn an_error_names_the_request_that_finds_its_log_line() {
    let app = console().await;
    let client = app.nobody().with("x-request-id", "chosen-by-me");
    let reply = client.get("/api/v1/session").await;
    let error: ouzel_api::ApiError = reply.json();
    assert_eq!(Some(error.request_id.as_str()), reply.header("x-request-id"));
    assert_ne!(error.request_id, "chosen-by-me");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn an_unknown_path_of_the_api_is_an_error_and_every_other_one_a_page() {
    let app = console().await;
    let reply = app.nobody().get("/api/v1/nothing").await;
    assert_eq!((reply.status, reply.code()), (404, ErrorCode::NotFound));
    let reply = app.nobody().send("PUT", "/api/v1/session", b"").await;
    assert_eq!((reply.status, reply.code()), (405, ErrorCode::Invalid));
    let page = app.nobody().get("/c/embedded/topics").await;
    assert!(page.text().starts_with("<!doctype html>"), "{}", page.text());
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let reply = app.nobody().send("POST", "/c/embedded/topics", b"").await;
    assert_eq!(reply.status, 405);
}

#[tokio::test]
async fn the_page_is_asked_for_each_time_and_sent_only_when_it_changed() {
    let app = console().await;
    let first = app.nobody().get("/").await;
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    let tag = first.header("etag").unwrap();
    let again = app.nobody().with("if-none-match", tag).get("/").await;
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[tokio::test]
async fn a_missing_file_is_a_page_that_needs_no_script() {
    let app = console().await;
    for path in ["/assets/nothing.js", "/assets/manifest.json", "/assets/../Cargo.toml"] {
        let reply = app.nobody().get(path).await;
        assert_ne!(reply.header("content-type"), Some("application/json"), "{path}");
        assert!(!reply.text().contains("[package]"), "{path}");
    }
    let reply = app.nobody().get("/assets/nothing.js").await;
    assert_eq!(reply.status, 404);
    assert!(reply.text().contains("There is no such file."), "{}", reply.text());
}
