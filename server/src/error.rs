//! Every failure of a request, paired with its status and [`ErrorCode`]: the only place that does.
//!
//! The message is for a person. Internals go to the log under the request id, which the answer
//! carries.

use std::time::Duration;

use axum::{
    Json,
    extract::rejection::{JsonRejection, PathRejection, QueryRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use ouzel_api::error::{ApiError, ErrorCode};
use tracing::error;

use crate::{
    auth::{AccountError, SignInError},
    book::BookError,
    browse::{FilterError, SearchError, TooMany},
    db::DbError,
    import::{CheckError, RangesError, Taken},
    kafka::{KafkaError, produce::ProduceError},
    script::ScriptError,
    telemetry,
};

/// Why a request was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the session has ended.
    #[error("you are not signed in, or your session has ended")]
    Unauthenticated,
    /// User or password are wrong.
    #[error("user or password are wrong")]
    WrongCredentials,
    /// Too many attempts.
    #[error("too many attempts; try again in {} s", wait.as_secs() + 1)]
    Throttled {
        /// How long to wait.
        wait: Duration,
    },
    /// Signed in, but not allowed.
    #[error("you may not do this: {rule}")]
    Forbidden {
        /// The rule that denied it.
        rule: String,
    },
    /// Another site's page sent it.
    #[error("the request came from another site and was refused")]
    CrossSite,
    /// No such thing; the text names it.
    #[error("{0}")]
    NotFound(String),
    /// It cannot be read or names something illegal.
    #[error("{0}")]
    Invalid(String),
    /// The path exists, the method does not.
    #[error("this path does not take {0}")]
    MethodNotAllowed(axum::http::Method),
    /// The thing exists already.
    #[error("{0}")]
    Conflict(String),
    /// The body or a part of it is too large.
    #[error("{0}")]
    TooLarge(String),
    /// Too much runs at once.
    #[error("{0}")]
    Busy(String),
    /// The cluster could not be reached.
    #[error("{0}")]
    Unreachable(String),
    /// The cluster answered with an error of its own.
    #[error("{message}")]
    Kafka {
        /// Kafka's name for it.
        name: String,
        /// One sentence for a person.
        message: String,
    },
    /// It took too long.
    #[error("{0}")]
    Timeout(String),
    /// The console's own database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Our own fault; the text goes to the log and not to the browser.
    #[error("{0}")]
    Internal(String),
}

impl From<SignInError> for Error {
    fn from(error: SignInError) -> Error {
        match error {
            SignInError::WrongCredentials => Error::WrongCredentials,
            SignInError::Db(error) => Error::Db(error),
        }
    }
}

impl From<AccountError> for Error {
    fn from(error: AccountError) -> Error {
        use AccountError::*;
        let text = error.to_string();
        match error {
            Db(error) => Error::Db(error),
            Unknown(_) | NoSession(_) | NoToken(_) => Error::NotFound(text),
            Exists(_)
            | RoleExists(_)
            | BuiltIn(_)
            | RoleUsed { .. }
            | LastAdministrator(_)
            | Yourself(_)
            | TooManyTokens => Error::Conflict(text),
            NeedsSession => Error::Forbidden { rule: text },
            Password(_)
            | Name
            | WrongPassword
            | SamePassword
            | NoRole(_)
            | RoleName
            | Grant { .. }
            | TokenName
            | TokenDays => Error::Invalid(text),
        }
    }
}

impl From<BookError> for Error {
    fn from(error: BookError) -> Error {
        let text = error.to_string();
        match error {
            BookError::Db(error) => Error::Db(error),
            BookError::Vault(_) => Error::Internal(text),
            BookError::Unknown(_) => Error::NotFound(text),
            BookError::Exists(_) | BookError::Fixed(_) | BookError::TooMany => {
                Error::Conflict(text)
            }
            BookError::Invalid(_) => Error::Invalid(text),
        }
    }
}

impl From<JsonRejection> for Error {
    fn from(rejection: JsonRejection) -> Error {
        match &rejection {
            _ if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Error::TooLarge(rejection.body_text())
            }
            JsonRejection::JsonDataError(error) => {
                Error::Invalid(format!("the body: {}", why(error)))
            }
            JsonRejection::JsonSyntaxError(error) => {
                Error::Invalid(format!("the body is not JSON: {}", why(error)))
            }
            JsonRejection::MissingJsonContentType(_) => {
                Error::Invalid("the body must be sent as `content-type: application/json`".into())
            }
            _ => Error::Invalid(rejection.body_text()),
        }
    }
}

/// What was wrong, without the extractor's words about types that no caller knows.
fn why(rejection: &impl std::error::Error) -> String {
    rejection.source().map_or_else(|| rejection.to_string(), ToString::to_string)
}

impl From<PathRejection> for Error {
    fn from(rejection: PathRejection) -> Error {
        Error::Invalid(rejection.body_text())
    }
}

impl From<QueryRejection> for Error {
    fn from(rejection: QueryRejection) -> Error {
        match &rejection {
            QueryRejection::FailedToDeserializeQueryString(error) => {
                Error::Invalid(format!("the query: {}", why(error)))
            }
            _ => Error::Invalid(rejection.body_text()),
        }
    }
}

impl From<KafkaError> for Error {
    fn from(error: KafkaError) -> Error {
        let text = error.to_string();
        match &error {
            KafkaError::Unreachable { .. } | KafkaError::SignIn { .. } => Error::Unreachable(text),
            KafkaError::Timeout { .. } => Error::Timeout(text),
            KafkaError::NoBroker { .. }
            | KafkaError::NoTopic { .. }
            | KafkaError::NoPartition { .. }
            | KafkaError::NoGroup { .. } => Error::NotFound(text),
            KafkaError::NoCommits { .. } => Error::Conflict(text),
            KafkaError::NoLeader { .. } => {
                kafka(ouzel_wire::ErrorCode::LeaderNotAvailable.name(), text)
            }
            KafkaError::Untold { .. } => kafka("UNTOLD", text),
            KafkaError::Protocol { .. } => kafka("UNREADABLE_ANSWER", text),
            KafkaError::Unsupported { .. } => {
                kafka(ouzel_wire::ErrorCode::UnsupportedVersion.name(), text)
            }
            KafkaError::Refused { code, .. } => refused(*code, error.code(), text),
        }
    }
}

fn kafka(name: impl Into<String>, message: String) -> Error {
    Error::Kafka { name: name.into(), message }
}

/// What a broker refused for a reason that lies in the request reads like our own refusals.
fn refused(number: i16, code: Option<ouzel_wire::ErrorCode>, text: String) -> Error {
    use ouzel_wire::ErrorCode as Code;
    match code {
        Some(Code::TopicAlreadyExists | Code::NonEmptyGroup | Code::GroupSubscribedToTopic) => {
            Error::Conflict(text)
        }
        Some(Code::UnknownTopicOrPartition | Code::UnknownTopicId | Code::GroupIdNotFound) => {
            Error::NotFound(text)
        }
        Some(
            Code::InvalidTopicException
            | Code::InvalidPartitions
            | Code::InvalidReplicationFactor
            | Code::InvalidReplicaAssignment
            | Code::InvalidConfig
            | Code::InvalidRequest
            | Code::PolicyViolation,
        ) => Error::Invalid(text),
        Some(Code::RequestTimedOut) => Error::Timeout(text),
        Some(other) => kafka(other.name(), text),
        None => kafka(format!("ERROR_{number}"), text),
    }
}

impl From<SearchError> for Error {
    fn from(error: SearchError) -> Error {
        match error {
            SearchError::Kafka(error) => error.into(),
            SearchError::Filter(FilterError::Script(error)) | SearchError::Script(error) => {
                error.into()
            }
            SearchError::Filter(_) | SearchError::Token(_) | SearchError::Limit { .. } => {
                Error::Invalid(error.to_string())
            }
            SearchError::Unreadable { .. } => kafka("CORRUPT_MESSAGE", error.to_string()),
        }
    }
}

/// A script that reaches a limit is as wrong as one that does not compile.
impl From<ScriptError> for Error {
    fn from(error: ScriptError) -> Error {
        let text = error.to_string();
        match error {
            ScriptError::Busy => Error::Busy(text),
            ScriptError::Start(_) => Error::Internal(text),
            ScriptError::Broken { .. }
            | ScriptError::Time { .. }
            | ScriptError::Memory { .. }
            | ScriptError::Ended { .. } => Error::Invalid(text),
        }
    }
}

impl From<ProduceError> for Error {
    fn from(error: ProduceError) -> Error {
        let text = error.to_string();
        match error.kafka_name() {
            _ if error.is_too_large() => Error::TooLarge(text),
            _ if error.is_doubtful() => Error::Timeout(text),
            Some(name) => kafka(name, text),
            None => kafka("NOT_WRITTEN", text),
        }
    }
}

impl From<CheckError> for Error {
    fn from(error: CheckError) -> Error {
        Error::TooLarge(error.to_string())
    }
}

impl From<Taken> for Error {
    fn from(error: Taken) -> Error {
        match error {
            Taken::Other(_) => Error::Conflict(error.to_string()),
            Taken::Length => Error::Invalid(error.to_string()),
        }
    }
}

impl From<RangesError> for Error {
    fn from(error: RangesError) -> Error {
        Error::Invalid(error.to_string())
    }
}

impl From<TooMany> for Error {
    fn from(error: TooMany) -> Error {
        Error::Busy(error.to_string())
    }
}

impl Error {
    /// The kind of failure, as the browser knows it.
    pub fn code(&self) -> ErrorCode {
        match self {
            Error::Unauthenticated => ErrorCode::Unauthenticated,
            Error::WrongCredentials => ErrorCode::WrongCredentials,
            Error::Throttled { .. } => ErrorCode::Throttled,
            Error::Forbidden { .. } => ErrorCode::Forbidden,
            Error::CrossSite => ErrorCode::CrossSite,
            Error::NotFound(_) => ErrorCode::NotFound,
            Error::Invalid(_) | Error::MethodNotAllowed(_) => ErrorCode::Invalid,
            Error::Conflict(_) => ErrorCode::Conflict,
            Error::TooLarge(_) => ErrorCode::TooLarge,
            Error::Busy(_) => ErrorCode::Busy,
            Error::Unreachable(_) => ErrorCode::Unreachable,
            Error::Kafka { .. } => ErrorCode::Kafka,
            Error::Timeout(_) => ErrorCode::Timeout,
            Error::Db(_) | Error::Internal(_) => ErrorCode::Internal,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Error::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            other => status(other.code()),
        }
    }

    /// As the browser gets it, in a body or in a stream's last line. What is our own fault is
    /// logged here, once.
    pub fn to_api(&self, request_id: String) -> ApiError {
        let code = self.code();
        let message = match code {
            ErrorCode::Internal => {
                error!(request.id = %request_id, "Request {request_id} failed: {self}");
                "something went wrong on the server; its log says what".to_owned()
            }
            _ => self.to_string(),
        };
        let kafka_error = match self {
            Error::Kafka { name, .. } => Some(name.clone()),
            _ => None,
        };
        ApiError { code, message, kafka_error, request_id }
    }
}

fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Unauthenticated | ErrorCode::WrongCredentials => StatusCode::UNAUTHORIZED,
        ErrorCode::Throttled | ErrorCode::Busy => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Forbidden | ErrorCode::CrossSite => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Invalid => StatusCode::BAD_REQUEST,
        ErrorCode::Conflict => StatusCode::CONFLICT,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::Unreachable | ErrorCode::Kafka => StatusCode::BAD_GATEWAY,
        ErrorCode::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let body = Json(self.to_api(telemetry::request_id()));
        let mut response = (self.status(), body).into_response();
        // RFC 9110, 15.5.2: a 401 says by what one may come. Not `Basic`: browsers would ask.
        if response.status() == StatusCode::UNAUTHORIZED {
            let by = HeaderValue::from_static("Bearer realm=\"ouzel\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, by);
        }
        if let Error::Throttled { wait } = self {
            let seconds = HeaderValue::from(wait.as_secs() + 1);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
