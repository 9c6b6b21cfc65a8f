//! What another site's page makes a browser send.

use ouzel_api::ErrorCode;

use crate::support::app::{PASSWORD, console, try_sign_in};

#[tokio::test]
async fn a_post_from_another_site_is_refused_before_anything_is_done() {
    let app = console().await;
    let client = app.administrator().await;
    let here = format!("http://{}", app.http());
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let page = client.clone().with(name, value);
        let reply = page.delete("/api/v1/session").await;
        assert_eq!((reply.status, reply.code()), (403, ErrorCode::CrossSite), "{name}: {value}");
        assert_eq!(try_sign_in(&page, "admin", PASSWORD).await.code(), ErrorCode::CrossSite);
    }
    assert_eq!(client.get("/api/v1/session").await.status, 200, "still signed in");
    let own = client.with("origin", &here).with("sec-fetch-site", "same-origin");
    assert_eq!(own.delete("/api/v1/session").await.status, 204);
}

#[tokio::test]
async fn a_websocket_from_another_site_is_refused() {
    let app = console().await;
    let page = app.nobody().with("upgrade", "websocket").with("origin", "https://evil.example");
    assert_eq!(page.get("/api/v1/session").await.code(), ErrorCode::CrossSite);
}

#[tokio::test]
async fn a_link_from_another_site_may_be_followed() {
    let app = console().await;
    let client = app.administrator().await.with("sec-fetch-site", "cross-site");
    assert_eq!(client.get("/api/v1/session").await.status, 200);
}
