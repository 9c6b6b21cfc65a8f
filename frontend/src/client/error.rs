//! Why a request brought nothing, in words for a person.

use ouzel_api::{ApiError, ErrorCode};

/// Why a request brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientError {
    /// The server answered that it could not.
    Answered(ApiError),
    /// The server did not answer, or broke off.
    NoAnswer,
    /// The answer is not what the contract says, such as a proxy's error page.
    Unreadable {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: String,
    },
}

impl ClientError {
    /// The server's error code, if it gave one.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            ClientError::Answered(error) => Some(error.code),
            ClientError::NoAnswer | ClientError::Unreadable { .. } => None,
        }
    }

    /// Whether the same request may succeed later, with nothing changed by whoever asks.
    pub fn may_pass(&self) -> bool {
        !matches!(
            self.code(),
            Some(
                ErrorCode::Forbidden
                    | ErrorCode::NotFound
                    | ErrorCode::Invalid
                    | ErrorCode::TooLarge
                    | ErrorCode::CrossSite
            )
        )
    }

    /// The kind of failure in a few words.
    pub fn title(&self) -> &'static str {
        let Some(code) = self.code() else {
            return match self {
                ClientError::NoAnswer => "The console's server does not answer",
                _ => "The answer cannot be read",
            };
        };
        match code {
            ErrorCode::Unauthenticated => "Your session has ended",
            ErrorCode::WrongCredentials => "User or password are wrong",
            ErrorCode::Throttled => "Too many attempts",
            ErrorCode::Forbidden => "You may not see this",
            ErrorCode::CrossSite => "The request came from another site",
            ErrorCode::NotFound => "There is no such thing",
            ErrorCode::Invalid => "The request was refused",
            // A name that is taken, a value that somebody else has changed, a group that is not
            // empty, the last administrator.
            ErrorCode::Conflict => "What is there now does not allow it",
            ErrorCode::TooLarge => "The request is too large",
            // Searches, tails, imports, scripts, WebSockets.
            ErrorCode::Busy => "Too much runs at once",
            ErrorCode::Unreachable => "The cluster cannot be reached",
            ErrorCode::Kafka => "The cluster answered with an error",
            // The cluster's answer, a file that is sent, the server's own limit.
            ErrorCode::Timeout => "It took too long",
            ErrorCode::Internal => "The console's server failed",
        }
    }

    /// What happened, in one or two sentences.
    pub fn message(&self) -> String {
        match self {
            ClientError::Answered(error) => match &error.kafka_error {
                Some(name) if !error.message.contains(name.as_str()) => {
                    sentence(&format!("{} ({name})", error.message))
                }
                _ => sentence(&error.message),
            },
            ClientError::NoAnswer => {
                "The connection failed or broke off. Is the server still running?".to_owned()
            }
            ClientError::Unreadable { status, reason } => format!("Status {status}: {reason}."),
        }
    }

    /// Finds the request in the server's log; empty if the server named none.
    pub fn request_id(&self) -> &str {
        match self {
            ClientError::Answered(error) => &error.request_id,
            ClientError::NoAnswer | ClientError::Unreadable { .. } => "",
        }
    }
}

/// Begins large and ends with a full stop: Kafka and we ourselves often write neither.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

impl From<ApiError> for ClientError {
    fn from(error: ApiError) -> ClientError {
        ClientError::Answered(error)
    }
}

#[cfg(test)]
mod tests {
    use ouzel_api::{ApiError, ErrorCode};

    use super::ClientError;

    #[test]
    fn a_title_says_no_more_than_is_true_of_all_that_share_the_code() {
        let title = |code, message: &str| {
            let (message, request_id) = (message.to_owned(), String::new());
            ClientError::from(ApiError { code, message, kafka_error: None, request_id }).title()
        };
        let changed = "`retention.ms` is not 1 any more";
        assert!(!title(ErrorCode::Conflict, changed).contains("exists"));
        assert!(!title(ErrorCode::Busy, "you have 2 imports already").contains("searches"));
        assert!(!title(ErrorCode::Timeout, "the file did not arrive").contains("cluster"));
    }

    #[test]
    fn kafkas_own_name_is_shown_once() {
        let error = |message: &str| {
            ClientError::from(ApiError {
                code: ErrorCode::Kafka,
                message: message.to_owned(),
                kafka_error: Some("NOT_CONTROLLER".to_owned()),
                request_id: String::new(),
            })
        };
        assert_eq!(error("no controller").message(), "No controller (NOT_CONTROLLER).");
        assert_eq!(error("Broker 1: NOT_CONTROLLER").message(), "Broker 1: NOT_CONTROLLER.");
    }
}
