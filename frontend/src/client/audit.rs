//! The audit log.

use ouzel_api::{
    audit::{AuditPage, AuditQuery, AuditVerdict},
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

fn to_query(wanted: &AuditQuery) -> Query {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    Query::default()
        .with("before", wanted.before.map(|id| id.to_string()).unwrap_or_default())
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
