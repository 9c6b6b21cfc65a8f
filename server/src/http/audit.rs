//! Reading the audit log and checking its chain.

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures::stream;
use ouzel_api::{
    audit::{AUDIT_PAGE, AuditExport, AuditPage, AuditQuery, AuditVerdict, ExportFormat, Outcome},
    error::ApiError,
    route,
};

use super::extract::{Json, Query};
use crate::{
    audit::{Action, Begun, Kind, export, summary},
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

/// Rows read at once for a file: few enough not to hold the database.
const EXPORT_AT_ONCE: i64 = 500;

/// The rows that fit, newest first, as a file. It is an act, and leaves a row itself.
#[utoipa::path(get, path = route::AUDIT_EXPORT, tag = "audit", params(AuditQuery, AuditExport),
    responses(
        (status = 200, description = "CSV or one JSON object a line, by `format`", body = str),
        (status = 400, description = "There is no such format", body = ApiError),
        (status = 403, description = "The role lacks read_audit", body = ApiError),
))]
pub async fn export_rows(
    State(app): State<AppState>,
    viewer: Viewer,
    Query(query): Query<AuditQuery>,
    Query(AuditExport { format }): Query<AuditExport>,
) -> Result<Response, Error> {
    let detail = serde_json::json!({ "format": format, "query": query });
    let action = Action::new(Kind::ExportAudit).with(detail);
    let begun = app.audit.begin(&viewer, action).await?;
    let name = format!("attachment; filename=\"ouzel-audit.{}\"", format.name());
    let kind = match format {
        ExportFormat::Csv => "text/csv; charset=utf-8; header=present",
        ExportFormat::Jsonl => "application/x-ndjson",
    };
    let export = Export { db: app.db, query, format, begun, rows: 0, is_begun: false };
    let body = Body::from_stream(stream::try_unfold(export, Export::next));
    let head = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((head, body).into_response())
}

/// A file on its way out.
struct Export {
    db: db::Db,
    query: AuditQuery,
    format: ExportFormat,
    begun: Begun,
    rows: usize,
    is_begun: bool,
}

impl Export {
    /// The next piece of the file; the row of the act is completed before the last one is sent.
    async fn next(mut self) -> Result<Option<(Bytes, Export)>, db::DbError> {
        let rows = match db::audit::page(&self.db, &self.query, EXPORT_AT_ONCE).await {
            Ok(rows) => rows,
            Err(error) => {
                self.begun.end(Outcome::Failed, Some(error.to_string())).await;
                return Err(error);
            }
        };
        let is_first = !std::mem::replace(&mut self.is_begun, true);
        let head = if is_first { export::head(self.format) } else { "" };
        if rows.is_empty() && head.is_empty() {
            self.begun.end(Outcome::Done, Some(format!("{} rows", self.rows))).await;
            return Ok(None);
        }
        let mut text = head.to_owned();
        self.query.before = rows.last().map(|row| row.id).or(self.query.before);
        self.rows += rows.len();
        self.begun.note(format!("{} rows", self.rows));
        for row in &rows {
            text.push_str(&export::line(self.format, row));
        }
        Ok(Some((Bytes::from(text), self)))
    }
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
