//! The audit log.

use ouzel_api::{
    audit::{AuditPage, AuditQuery, AuditVerdict, ExportFormat},
    route,
};

use super::{ClientError, send};
use crate::query::Query;

/// One page of the log, newest first.
pub async fn page(query: AuditQuery) -> Result<AuditPage, ClientError> {
    let mut path = route::AUDIT.to_owned();
    let query = to_query(&query);
    if !query.is_empty() {
        path = format!("{path}?{query}");
    }
    send::get(&path).await
}

/// Checks the whole hash chain.
pub async fn verify() -> Result<AuditVerdict, ClientError> {
    send::get(route::AUDIT_VERIFY).await
}

/// Where the rows that fit are found as a file.
pub fn export_path(query: &AuditQuery, format: ExportFormat) -> String {
    let query = to_query(query).without("before").with("format", format.name());
    format!("{}?{query}", route::AUDIT_EXPORT)
}

fn to_query(wanted: &AuditQuery) -> Query {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let number = |value: Option<i64>| value.map(|it| it.to_string()).unwrap_or_default();
    Query::default()
        .with("before", number(wanted.before))
        .with("cluster", text(&wanted.cluster))
        .with("since_ms", number(wanted.since_ms))
        .with("until_ms", number(wanted.until_ms))
        .with("user", text(&wanted.user))
        .with("action", text(&wanted.action))
        .with("resource", text(&wanted.resource))
        .with("outcome", wanted.outcome.map(outcome_name).unwrap_or_default())
}

/// The outcome's name in addresses, ours and the API's.
pub fn outcome_name(outcome: ouzel_api::audit::Outcome) -> &'static str {
    use ouzel_api::audit::Outcome;
    match outcome {
        Outcome::Begun => "begun",
        Outcome::Done => "done",
        Outcome::Failed => "failed",
        Outcome::Denied => "denied",
    }
}
