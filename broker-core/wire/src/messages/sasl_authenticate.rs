//! SaslAuthenticate (36): the tokens of a SASL mechanism, one round trip each.

use bytes::Bytes;

request! {
    SaslAuthenticate: SaslAuthenticateRequest => SaslAuthenticateResponse,
    versions 0..=2, flexible 2
}

describe! {
    /// The client's next token.
    SaslAuthenticateRequest {
        /// As the mechanism makes it.
        auth_bytes: Bytes [0..],
    }

    /// The broker's next token, or why it lets nobody in.
    SaslAuthenticateResponse {
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// More about the error, in words.
        error_message: Option<String> [0.., null 0..],
        /// As the mechanism makes it.
        auth_bytes: Bytes [0..],
        /// After so many milliseconds the client must sign in again; 0 if never.
        session_lifetime_ms: i64 [1.., ignorable],
    }
}
