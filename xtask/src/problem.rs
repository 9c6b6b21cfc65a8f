//! Why a command stopped. Owns the one error type of this tool and its wording.
//!
//! The only caller is a person at a terminal, so the words are the interface: each layer says
//! what it was doing, and the cause follows after a colon.

use std::fmt;

/// What went wrong, in words that say what to do where that is known.
#[derive(Debug)]
pub struct Problem(String);

pub type Result<T> = std::result::Result<T, Problem>;

impl Problem {
    pub fn new(text: impl Into<String>) -> Problem {
        Problem(text.into())
    }

    /// The same as a result, whatever the value would have been.
    pub fn stop<T>(text: impl Into<String>) -> Result<T> {
        Err(Problem::new(text))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Says what was being done when something failed.
pub trait Context<T> {
    fn context(self, doing: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: fmt::Display> Context<T> for std::result::Result<T, E> {
    fn context(self, doing: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|cause| Problem(format!("{}: {cause:#}", doing())))
    }
}
