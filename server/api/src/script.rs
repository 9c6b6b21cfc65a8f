//! A filter in JavaScript, tried on one record: `POST …/messages/{offset}/script`.

use serde::{Deserialize, Serialize};

use crate::search::Decode;

/// Most lines that `console.log` may write while a script is tried.
pub const LOG_LINES_MAX: usize = 100;
/// Longest of them, in bytes; what is longer is cut.
pub const LOG_LINE_BYTES_MAX: usize = 1_024;

/// Body of a trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TryScript {
    /// The script, as in a filter.
    pub script: String,
    /// How key and value are read.
    #[serde(default, skip_serializing_if = "Decode::is_auto")]
    pub decode: Decode,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScriptTried {
    /// What the script said.
    pub outcome: Outcome,
    /// What it wrote by `console.log`, a line each; at most 100, each cut after 1,024 bytes.
    pub log: Vec<String>,
}

/// What a script says of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ScriptOutcome))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// The record matches.
    Match,
    /// It does not.
    NoMatch,
    /// The script threw, or returned no boolean: a search counts the record as one that cannot be
    /// judged, and goes on.
    Error {
        /// What was thrown, with line and column.
        message: String,
    },
    /// The script took too long, or too much memory: a search ends at such a record.
    Stopped {
        /// Which limit it reached.
        message: String,
    },
    /// It is no JavaScript: a search does not begin.
    Broken {
        /// Where, counted from 1; `None` where that cannot be told.
        line: Option<u32>,
        /// Where in the line, counted from 1.
        column: Option<u32>,
        /// What is wrong.
        message: String,
    },
}
