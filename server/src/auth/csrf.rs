//! Refuses what another site's page makes a browser send.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::Response,
};

use crate::error::Error;

/// Refuses every request from another site that could change something or open a WebSocket.
///
/// Browsers say where a request comes from (`Sec-Fetch-Site`, and `Origin` with every POST);
/// programs say neither, and have no cookies that somebody else could ride on.
pub async fn refuse_other_sites(request: Request, next: Next) -> Result<Response, Error> {
    let is_upgrade = request.headers().contains_key(header::UPGRADE);
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if (!only_reads || is_upgrade) && !is_from_here(request.headers()) {
        return Err(Error::CrossSite);
    }
    Ok(next.run(request).await)
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        // `same-site` is not enough: another port or subdomain is somebody else's.
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn from_here(pairs: &[(&'static str, &str)]) -> bool {
        let headers = pairs.iter().map(|(name, value)| {
            let name: header::HeaderName = name.parse().unwrap();
            (name, value.parse().unwrap())
        });
        is_from_here(&headers.collect())
    }

    #[test]
    fn a_page_of_ours_and_a_program_are_let_in() {
        assert!(from_here(&[("host", "h:1")]));
        assert!(from_here(&[("host", "h:1"), ("origin", "http://H:1")]));
        assert!(from_here(&[("sec-fetch-site", "same-origin"), ("origin", "https://h")]));
        assert!(from_here(&[("sec-fetch-site", "none")]));
    }

    #[test]
    fn other_pages_are_refused_whatever_they_call_themselves() {
        assert!(!from_here(&[("host", "h:1"), ("origin", "http://evil.example")]));
        assert!(!from_here(&[("host", "h:1"), ("origin", "http://h:2")]));
        assert!(!from_here(&[("host", "h:1"), ("origin", "null")]));
        assert!(!from_here(&[("origin", "http://h:1")]));
        for site in ["cross-site", "same-site", "", "x"] {
            assert!(!from_here(&[("sec-fetch-site", site), ("host", "h")]), "{site}");
        }
    }
}
