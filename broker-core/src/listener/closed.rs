//! Why a connection ended. Every end has a reason, and every reason one line in the log, at a level
//! by its weight: ordinary ends are at `debug`, because health checks and command lines make one
//! each time.

use std::io;
use std::time::Duration;

use thiserror::Error;

use ouzel_wire::frame::InvalidFrameLength;
use ouzel_wire::{DecodeError, EncodeError};

/// Why a connection ended.
#[derive(Debug, Error)]
pub(super) enum Closed {
    #[error("the client closed it")]
    ByClient,
    #[error("the client closed it in the middle of a request")]
    InRequest,
    #[error("it was idle for {0:?}")]
    Idle(Duration),
    #[error("a request did not go on for {0:?}")]
    Stalled(Duration),
    #[error("the client took none of its answer for {0:?}")]
    NotTaken(Duration),
    #[error("the client took none of its answer for {0:?}, while others waited for the memory")]
    NotTakenInNeed(Duration),
    #[error("there was no memory for the request for {0:?}")]
    NoMemory(Duration),
    #[error(transparent)]
    Length(#[from] InvalidFrameLength),
    #[error("a request of {length} bytes has no room for its header")]
    TooShort { length: usize },
    #[error("a request {api_key} of {length} bytes came where {max} are allowed")]
    TooLong { api_key: i16, length: usize, max: usize },
    #[error("request {api_key} version {api_version} is not served here")]
    NotServed { api_key: i16, api_version: i16 },
    #[error("the request's header cannot be read: {0}")]
    Header(DecodeError),
    #[error("request {api_key} version {api_version} cannot be read: {source}")]
    Malformed { api_key: i16, api_version: i16, source: DecodeError },
    #[error("the answer cannot be written: {0}")]
    Unanswerable(#[from] EncodeError),
    /// Without acknowledgements the end of the connection is the only way to say it.
    #[error("records sent without acknowledgement were not stored: {0}")]
    NotStored(String),
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
    #[error("the broker stops")]
    Stopping,
    #[error("the broker is gone")]
    Abandoned,
    #[error("the broker failed over its request")]
    Failed,
}

/// How much an end has to say to whoever reads the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// The client has had enough, or the broker ends.
    Ordinary,
    /// The broker's own decision about a client that did nothing wrong, or a client that left
    /// without waiting for its answer.
    Noteworthy,
    /// Something went wrong, here or there.
    Trouble,
}

impl Closed {
    pub fn weight(&self) -> Weight {
        match self {
            Closed::ByClient | Closed::Stopping | Closed::Abandoned => Weight::Ordinary,
            Closed::Idle(_) | Closed::InRequest => Weight::Noteworthy,
            Closed::Io(e)
                if matches!(
                    e.kind(),
                    io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
                ) =>
            {
                Weight::Ordinary
            }
            _ => Weight::Trouble,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_leaves_in_the_middle_of_a_request_is_no_trouble() {
        assert_eq!(Closed::InRequest.weight(), Weight::Noteworthy);
        assert_eq!(Closed::TooShort { length: 1 }.weight(), Weight::Trouble);
    }
}
