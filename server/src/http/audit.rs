//! Reading the audit log and checking its chain.

use axum::extract::State;
use ouzel_api::{
    audit::{AUDIT_PAGE, AuditPage, AuditQuery, AuditVerdict, Outcome},
    error::ApiError,
    route,
};

use super::extract::{Json, Query};
use crate::{
    audit::{Action, Kind, summary},
    auth::Viewer,
    db,
    error::Error,
    state::AppState,
};

/// A page of the audit log, newest first.
#[utoipa::path(get, path = route::AUDIT, tag = "audit", params(AuditQuery), responses(
    (status = 200, description = "A page", body = AuditPage),
    (status = 403, description = "The role lacks read_audit", body = ApiError),
))]
pub async fn page(
    State(app): State<AppState>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditPage>, Error> {
    // One more than a page shows whether there is a next one.
    let mut rows = db::audit::page(&app.db, &query, AUDIT_PAGE as i64 + 1).await?;
    let has_more = rows.len() > AUDIT_PAGE;
    rows.truncate(AUDIT_PAGE);
    let next_before = rows.last().filter(|_| has_more).map(|row| row.id);
    Ok(Json(AuditPage { rows, next_before }))
}

/// Check the hash chain from its first entry.
#[utoipa::path(get, path = route::AUDIT_VERIFY, tag = "audit", responses(
    (status = 200, description = "Whole, or the first row that does not fit", body = AuditVerdict),
    (status = 403, description = "The role lacks read_audit", body = ApiError),
))]
pub async fn verify(
    State(app): State<AppState>,
    viewer: Viewer,
) -> Result<Json<AuditVerdict>, Error> {
    let begun = app.audit.begin(&viewer, Action::new(Kind::VerifyAudit)).await?;
    let checked = app.audit.verify().await;
    match &checked {
        Ok(verdict) => begun.end(Outcome::Done, Some(summary(verdict))).await,
        Err(error) => begun.end(Outcome::Failed, Some(error.to_string())).await,
    }
    Ok(Json(checked?))
}
