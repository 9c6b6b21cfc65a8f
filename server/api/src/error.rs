//! What the server says when it cannot answer. The browser chooses its words by [`ErrorCode`].

use serde::{Deserialize, Serialize};

/// Why a request was not answered. Stable: scripts may match on the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Nobody is signed in, or the session has ended. 401.
    Unauthenticated,
    /// User or password are wrong; which of them is not said. 401.
    WrongCredentials,
    /// Too many attempts; the message says how long to wait. 429.
    Throttled,
    /// Signed in, but the role lacks the right named in the message. 403.
    Forbidden,
    /// The request came from another site. 403.
    CrossSite,
    /// No such cluster, topic, group, record or page. 404.
    NotFound,
    /// The request cannot be read or names something illegal. 400.
    Invalid,
    /// The thing exists already. 409.
    Conflict,
    /// The request body or one of its parts is larger than its limit. 413.
    TooLarge,
    /// Too many searches or tails run, or WebSockets are open, at once. 429.
    Busy,
    /// The cluster could not be reached. 502.
    Unreachable,
    /// The cluster answered with an error of its own, see `kafka_error`. 502.
    Kafka,
    /// The cluster did not answer in time. 504.
    Timeout,
    /// Our own fault; the request id finds the log line. 500.
    Internal,
}

/// The body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiError {
    /// The kind of failure.
    pub code: ErrorCode,
    /// One sentence for a person, with the values that matter.
    pub message: String,
    /// Kafka's own name for the error, such as `TOPIC_ALREADY_EXISTS`, where the cluster gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kafka_error: Option<String>,
    /// Finds the request in the server's log.
    #[serde(default)]
    pub request_id: String,
}
