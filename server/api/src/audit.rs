//! The audit log: who did what, where, when, allowed by which rule, and how it ended.

use serde::{Deserialize, Serialize};

/// One act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditRow {
    /// The act's number: one more than that of the act before it, from 1.
    pub id: i64,
    /// When the act began.
    pub at_ms: i64,
    /// The user, or the name that was tried at sign-in.
    pub user: String,
    /// The peer's address.
    pub address: String,
    /// Such as `topic.create` or `messages.search`.
    pub action: String,
    /// The cluster's id, if the act concerns one.
    pub cluster: Option<String>,
    /// What it was done to, such as a topic's name.
    pub resource: Option<String>,
    /// More about the request, as a JSON object.
    pub detail: Option<String>,
    /// The rule that allowed or denied it.
    pub rule: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The error, or a count such as `42 matches`.
    pub result: Option<String>,
    /// How long it took; `None` while it runs, or if the server died.
    pub duration_ms: Option<i64>,
}

/// How an act ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It began; its end was not (or not yet) seen.
    Begun,
    /// It was done.
    Done,
    /// It was tried and failed.
    Failed,
    /// It was not allowed.
    Denied,
}

/// Query of `GET /api/v1/audit`. Empty fields do not filter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
pub struct AuditQuery {
    /// Only rows with a smaller id: the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    /// Only this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Only actions that begin so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Only acts on this cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Only acts that began then or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_ms: Option<i64>,
    /// Only acts that began before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
    /// Only resources that contain this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Only this outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// Query of `GET /api/v1/audit/export`, beside that of `AuditQuery`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
pub struct AuditExport {
    /// How the rows are written.
    pub format: ExportFormat,
}

/// How rows are written into a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AuditFormat))]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// RFC 4180, with a head. A text that a spreadsheet would take for a formula begins with `'`.
    Csv,
    /// One JSON object a line, lossless.
    Jsonl,
}

impl ExportFormat {
    /// The end of the file's name.
    pub fn name(self) -> &'static str {
        match self {
            ExportFormat::Csv => "csv",
            ExportFormat::Jsonl => "jsonl",
        }
    }
}

/// Rows on one page of the audit log.
pub const AUDIT_PAGE: usize = 200;

/// Answer of `GET /api/v1/audit`, newest first, at most 200 rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    /// The rows.
    pub rows: Vec<AuditRow>,
    /// `before` of the next page, if there is one.
    pub next_before: Option<i64>,
}

/// Answer of `GET /api/v1/audit/verify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuditVerdict {
    /// Every hash fits.
    Whole {
        /// Rows that were checked.
        rows: u64,
    },
    /// The chain is broken.
    Broken {
        /// The first row that does not fit.
        row: i64,
        /// What is wrong with it.
        reason: String,
    },
}
