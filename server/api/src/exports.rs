//! Exports under way: how far the files are that a person's searches are being written to.

use serde::{Deserialize, Serialize};

use crate::search::ExportFormat;

/// Answer of `GET …/topics/{topic}/exports`: one's own exports of this topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportList {
    /// Those that run and those that ended within the last minute, the latest first.
    pub exports: Vec<Export>,
}

/// An export and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Export {
    /// Names it.
    pub id: String,
    /// What it is written as.
    pub format: ExportFormat,
    /// When it was asked for.
    pub begun_ms: i64,
    /// Records looked at.
    pub read: u64,
    /// Records in the file so far.
    pub matched: u64,
    /// Bytes of the file that are on their way to the browser.
    pub bytes: u64,
    /// How far it is, in thousandths of the offsets there are to read; `None` before that is known.
    /// A search that finds enough ends before it has read all.
    pub per_mille: Option<u32>,
    /// Whether it goes on.
    pub state: ExportState,
}

/// Whether an export goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ExportState {
    /// It does.
    Running,
    /// All of the file was sent.
    Done,
    /// It was cancelled; what the browser has is not all.
    Cancelled,
    /// It broke off; what the browser has is not all.
    Failed {
        /// Why.
        message: String,
    },
}
