//! SaslHandshake (17): how a client will sign in.

use crate::NEVER_FLEXIBLE;

request! {
    SaslHandshake: SaslHandshakeRequest => SaslHandshakeResponse,
    versions 0..=1, flexible NEVER_FLEXIBLE
}

describe! {
    /// May I sign in like this?
    SaslHandshakeRequest {
        /// The SASL mechanism that the client would use.
        mechanism: String [0..],
    }

    /// Whether it may, and what else there is.
    SaslHandshakeResponse {
        /// What went wrong, or 0.
        error_code: i16 [0..],
        /// The mechanisms on offer.
        mechanisms: Vec<String> [0..],
    }
}
