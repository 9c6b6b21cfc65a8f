//! Session tokens: JSON Web Tokens, signed with one key by HMAC-SHA-256.
//!
//! A token says which session it belongs to; whether that session still holds, only the database
//! knows.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// Size of the signing key: that of the hash, as RFC 7518 asks.
pub const KEY_BYTES: usize = 32;

/// A token longer than this is none of ours.
const TOKEN_BYTES_MAX: usize = 2048;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user's name, for whoever looks into the token; we go by the session.
    pub sub: String,
    /// The session's id.
    pub jti: String,
    /// When it was made, in seconds.
    pub iat: i64,
    /// When it ends, in seconds.
    pub exp: i64,
}

/// Signs and checks.
pub struct Tokens {
    sign: EncodingKey,
    check: DecodingKey,
}

impl Tokens {
    pub fn new(key: &[u8]) -> Tokens {
        Tokens { sign: EncodingKey::from_secret(key), check: DecodingKey::from_secret(key) }
    }

    pub fn sign(&self, claims: &Claims) -> String {
        let signed = jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.sign);
        signed.expect("names and numbers can always be signed")
    }

    /// The session's id, if the signature is ours and the token has not ended.
    pub fn check(&self, token: &str) -> Option<String> {
        if token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        // HS256 and nothing else: the header of a token does not choose how it is checked.
        let mut rules = Validation::new(Algorithm::HS256);
        rules.leeway = 0;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.check, &rules).ok()?;
        Some(claims.claims.jti)
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    use super::*;
    use crate::clock;

    fn claims(lasts_s: i64) -> Claims {
        let now = clock::now_ms() / 1000;
        Claims { sub: "anna".to_owned(), jti: "s".to_owned(), iat: now, exp: now + lasts_s }
    }

    #[test]
    fn a_token_is_taken_only_with_our_signature_and_in_its_time() {
        let tokens = Tokens::new(&[7; KEY_BYTES]);
        let token = tokens.sign(&claims(60));
        assert_eq!(tokens.check(&token).as_deref(), Some("s"));
        assert_eq!(Tokens::new(&[8; KEY_BYTES]).check(&token), None);
        assert_eq!(tokens.check(&tokens.sign(&claims(-1))), None);
        assert_eq!(tokens.check(&"x".repeat(TOKEN_BYTES_MAX + 1)), None);
        assert_eq!(tokens.check(""), None);
    }

    #[test]
    fn an_unsigned_token_is_refused() {
        let tokens = Tokens::new(&[7; KEY_BYTES]);
        let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let claims = serde_json::to_string(&claims(60)).unwrap_or_default();
        let token = format!("{}.{}.", part(r#"{"alg":"none","typ":"JWT"}"#), part(&claims));
        assert_eq!(tokens.check(&token), None);
    }
}
