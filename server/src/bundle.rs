//! The built web app, compiled in, and the page that loads it.
//!
//! `cargo xtask web` makes `dist/`: a manifest from logical names to names that carry a hash of
//! their content, and a `.br` and `.gz` beside each file. Without it the page says what to run.

use std::{borrow::Cow, collections::BTreeMap};

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;
use tracing::error;

use crate::{error::Error, state::AppState, telemetry};

/// Where the files are served.
pub const PATH: &str = "/assets/{*file}";

/// Names carry a hash of the content, so what a name means never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

#[derive(RustEmbed)]
#[folder = "../dist"]
struct Files;

/// What was built.
#[derive(Debug)]
pub struct Bundle {
    /// The page, or the one that says that nothing is built.
    page: Result<String, String>,
    page_tag: HeaderValue,
}

#[derive(Deserialize)]
struct Manifest {
    files: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    path: String,
    integrity: String,
}

/// A file as the page names it.
struct Asset {
    path: String,
    integrity: String,
}

#[derive(Template)]
#[template(path = "shell.html")]
struct Shell {
    theme: Asset,
    style: Asset,
    boot: Asset,
    app: Asset,
    wasm: Asset,
    icons: Asset,
}

#[derive(Template)]
#[template(path = "unbuilt.html")]
struct Unbuilt {}

#[derive(Template)]
#[template(path = "error.html")]
struct Failed<'a> {
    status: u16,
    message: &'a str,
    request_id: &'a str,
}

impl Bundle {
    /// Reads the manifest that was compiled in.
    pub fn open() -> Bundle {
        let manifest = Files::get("manifest.json");
        Bundle::of(manifest.as_ref().map(|file| file.data.as_ref()))
    }

    fn of(manifest: Option<&[u8]>) -> Bundle {
        let page = match manifest.map(shell) {
            Some(Ok(page)) => Ok(page),
            Some(Err(problem)) => {
                error!(problem, "The web app that was compiled in is not whole: {problem}");
                Err(render(&Unbuilt {}))
            }
            None => Err(render(&Unbuilt {})),
        };
        let (Ok(text) | Err(text)) = &page;
        let page_tag = tag(&sha2_of(text.as_bytes()));
        Bundle { page, page_tag }
    }

    /// Whether the web app is there.
    pub fn is_built(&self) -> bool {
        self.page.is_ok()
    }
}

fn shell(manifest: &[u8]) -> Result<String, String> {
    let manifest: Manifest =
        serde_json::from_slice(manifest).map_err(|error| format!("manifest.json: {error}"))?;
    let asset = |name: &str| {
        let entry = manifest.files.get(name).ok_or_else(|| format!("`{name}` is missing"))?;
        let path = format!("/assets/{}", entry.path);
        Ok::<_, String>(Asset { path, integrity: entry.integrity.clone() })
    };
    Ok(render(&Shell {
        theme: asset("theme.js")?,
        style: asset("app.css")?,
        boot: asset("boot.js")?,
        app: asset("app.js")?,
        wasm: asset("app_bg.wasm")?,
        icons: asset("icons.svg")?,
    }))
}

fn render(template: &impl Template) -> String {
    template.render().expect("templates only put texts together")
}

/// The page for every path that is not somebody else's; the app finds its own way from there.
pub async fn page(State(app): State<AppState>, method: Method, headers: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return Error::MethodNotAllowed(method).into_response();
    }
    let tag = app.bundle.page_tag.clone();
    // It names the files of today, so it must be asked for each time.
    let fresh = HeaderValue::from_static("no-cache");
    let told = [(header::CACHE_CONTROL, fresh), (header::ETAG, tag.clone())];
    if is_known(&headers, &tag) {
        return (StatusCode::NOT_MODIFIED, told).into_response();
    }
    match &app.bundle.page {
        Ok(page) => (told, Html(page.clone())).into_response(),
        Err(page) => (StatusCode::SERVICE_UNAVAILABLE, told, Html(page.clone())).into_response(),
    }
}

/// A file of the app, compressed as the browser likes it best.
pub async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let is_ours = name != "manifest.json" && !name.ends_with(".br") && !name.ends_with(".gz");
    let Some(plain) = Files::get(&name).filter(|_| is_ours) else {
        return error_page(StatusCode::NOT_FOUND, "There is no such file.");
    };
    let tag = tag(&plain.metadata.sha256_hash());
    let mut response = if is_known(&headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body(&name, plain, &headers)
    };
    let told = response.headers_mut();
    told.insert(header::CACHE_CONTROL, FOR_EVER);
    told.insert(header::ETAG, tag);
    told.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn body(name: &str, plain: EmbeddedFile, headers: &HeaderMap) -> Response {
    let kind = [(header::CONTENT_TYPE, kind_of(name))];
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        let packed = accepts(headers, encoding).then(|| Files::get(&format!("{name}.{ending}")));
        if let Some(packed) = packed.flatten() {
            let encoding = [(header::CONTENT_ENCODING, encoding)];
            return (kind, encoding, bytes(packed.data)).into_response();
        }
    }
    (kind, bytes(plain.data)).into_response()
}

fn bytes(data: Cow<'static, [u8]>) -> bytes::Bytes {
    match data {
        Cow::Borrowed(data) => bytes::Bytes::from_static(data),
        Cow::Owned(data) => bytes::Bytes::from(data),
    }
}

/// What browsers insist on, `nosniff` being set.
fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("json" | "map") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether `Accept-Encoding` names this one and does not refuse it.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|offer| {
        let (name, weight) = offer.split_once(';').unwrap_or((offer, ""));
        let weight = weight.trim().strip_prefix("q=").map(str::parse::<f32>);
        name.trim().eq_ignore_ascii_case(encoding) && !matches!(weight, Some(Ok(0.0)))
    })
}

fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let tag = tag.to_str().unwrap_or_default();
    // A proxy that compressed the answer made the tag weak; the content is the same.
    known.is_some_and(|known| {
        known.split(',').map(str::trim).any(|known| known.trim_start_matches("W/") == tag)
    })
}

fn tag(hash: &[u8; 32]) -> HeaderValue {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let tag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&hash[..16]));
    HeaderValue::try_from(tag).expect("base64 is a legal header")
}

fn sha2_of(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}

/// A page that needs neither script nor WASM.
fn error_page(status: StatusCode, message: &str) -> Response {
    let request_id = telemetry::request_id();
    let page = Failed { status: status.as_u16(), message, request_id: &request_id };
    (status, Html(render(&page))).into_response()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn offers(value: &str) -> HeaderMap {
        [(header::ACCEPT_ENCODING, value.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn an_encoding_is_used_only_if_it_is_offered() {
        assert!(accepts(&offers("gzip, deflate, br"), "br"));
        assert!(accepts(&offers("gzip;q=0.5, BR;q=1"), "gzip"));
        assert!(!accepts(&offers("gzip, br;q=0"), "br"));
        assert!(!accepts(&offers("gzip"), "br"));
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn the_page_names_the_built_files_and_holds_no_script_of_its_own() {
        let names = ["theme.js", "app.css", "boot.js", "app.js", "app_bg.wasm", "icons.svg"];
        let files = names.map(|name| {
            format!(r#""{name}":{{"path":"x-{name}","bytes":1,"integrity":"sha384-A"}}"#)
        });
        let manifest = format!(r#"{{"files":{{{}}}}}"#, files.join(","));
        let bundle = Bundle::of(Some(manifest.as_bytes()));
        let page = bundle.page.unwrap();
        for name in names {
            assert!(page.contains(&format!("\"/assets/x-{name}\"")), "{name} in {page}");
        }
        assert!(page.contains("<noscript>") && page.contains("id=\"boot\""), "{page}");
        assert!(!page.contains(" style=") && !page.contains("<style"), "{page}");
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("></script>").count(), 2);
        // A browser waits for this one before it paints, and for the style sheet only after it.
        let theme = page.find("<script src=\"/assets/x-theme.js\"").unwrap();
        assert!(theme < page.find("rel=\"stylesheet\"").unwrap(), "{page}");
    }

    #[test]
    fn without_a_built_app_the_page_says_what_to_run() {
        for manifest in [None, Some(&b"{}"[..]), Some(&br#"{"files":{}}"#[..])] {
            let bundle = Bundle::of(manifest);
            assert!(!bundle.is_built());
            assert!(bundle.page.unwrap_err().contains("cargo xtask web"));
        }
    }
}
