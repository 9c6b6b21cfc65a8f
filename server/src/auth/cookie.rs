//! The session cookie, and the other way to send the same token.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::CookieJar;

/// The cookie's name.
pub const NAME: &str = "ouzel_session";

/// The token of a request: from `Authorization: Bearer`, or else from the cookie.
///
/// A program sends a token that was made for it, or the one that its sign-in set as a cookie.
pub fn token(headers: &HeaderMap) -> Option<String> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        // A request that names a token means that one: no falling back to the cookie.
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned());
    }
    let cookies = CookieJar::from_headers(headers);
    cookies.get(NAME).map(|cookie| cookie.value().to_owned())
}

/// The `Set-Cookie` that signs in.
///
/// Lax, so that a link from a chat finds its reader signed in; requests that change anything are
/// refused by `csrf` whatever the cookie. `Secure` where a proxy says that the browser came by
/// https; a header that lies about it can only make the cookie stricter. Without TLS anywhere a
/// `Secure` cookie would be thrown away by the browser, and nobody could sign in.
pub fn signed_in(token: &str, lasts_s: i64, headers: &HeaderMap) -> HeaderValue {
    let secure = if is_https(headers) { "; Secure" } else { "" };
    let cookie =
        format!("{NAME}={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age={lasts_s}{secure}");
    HeaderValue::try_from(cookie).expect("a token is base64url and dots")
}

/// The `Set-Cookie` that signs out.
pub fn signed_out(headers: &HeaderMap) -> HeaderValue {
    signed_in("", 0, headers)
}

fn is_https(headers: &HeaderMap) -> bool {
    let forwarded = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    forwarded.is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_token_comes_by_bearer_or_by_cookie() {
        let by_cookie = headers(&[("cookie", "a=b; ouzel_session=t1; c=d")]);
        assert_eq!(token(&by_cookie).as_deref(), Some("t1"));
        let both = headers(&[("cookie", "ouzel_session=t1"), ("authorization", "bearer t2")]);
        assert_eq!(token(&both).as_deref(), Some("t2"));
        let other = headers(&[("cookie", "ouzel_session=t1"), ("authorization", "Basic x")]);
        assert_eq!(token(&other), None);
        assert_eq!(token(&HeaderMap::new()), None);
    }

    #[test]
    fn scripts_never_see_the_cookie_and_https_keeps_it_off_plain_connections() {
        let plain = signed_in("t", 60, &HeaderMap::new());
        assert_eq!(plain, "ouzel_session=t; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
        let https = headers(&[("x-forwarded-proto", "https")]);
        assert!(signed_in("t", 60, &https).to_str().unwrap().ends_with("; Secure"));
        assert!(signed_out(&https).to_str().unwrap().contains("=; HttpOnly"));
        assert!(signed_out(&https).to_str().unwrap().contains("Max-Age=0"));
    }
}
