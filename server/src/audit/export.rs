//! Rows of the log as lines of a file. Pure.

use ouzel_api::audit::{AuditRow, ExportFormat};

use crate::db::audit::outcome_name;

/// What stands before the first row.
pub fn head(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => {
            "id,at_ms,user,address,action,cluster,resource,rule,outcome,result,duration_ms,\
             detail\r\n"
        }
        ExportFormat::Jsonl => "",
    }
}

/// One row as one line.
pub fn line(format: ExportFormat, row: &AuditRow) -> String {
    match format {
        ExportFormat::Jsonl => serde_json::to_string(row).expect("a row is JSON") + "\n",
        ExportFormat::Csv => csv(row),
    }
}

fn csv(row: &AuditRow) -> String {
    let optional = |text: &Option<String>| text.as_deref().map(cell).unwrap_or_default();
    let cells = [
        row.id.to_string(),
        row.at_ms.to_string(),
        cell(&row.user),
        cell(&row.address),
        cell(&row.action),
        optional(&row.cluster),
        optional(&row.resource),
        cell(&row.rule),
        outcome_name(row.outcome).to_owned(),
        optional(&row.result),
        row.duration_ms.map(|ms| ms.to_string()).unwrap_or_default(),
        optional(&row.detail),
    ];
    cells.join(",") + "\r\n"
}

/// Quoted as RFC 4180 asks. Anybody can choose the name that is tried at a sign-in, so what a
/// spreadsheet would run is made a text.
fn cell(text: &str) -> String {
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if runs { "'" } else { "" };
    match runs || text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{guard}{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use ouzel_api::audit::Outcome;

    use super::*;

    fn row() -> AuditRow {
        AuditRow {
            id: 7,
            at_ms: 1,
            user: "=cmd()".to_owned(),
            address: "::1".to_owned(),
            action: "topic.create".to_owned(),
            cluster: Some("prod".to_owned()),
            resource: None,
            detail: Some("{\"a\":\"b,c\"}".to_owned()),
            rule: "r".to_owned(),
            outcome: Outcome::Begun,
            result: Some("two\nlines".to_owned()),
            duration_ms: None,
        }
    }

    #[test]
    fn every_cell_stays_one_cell_and_none_is_a_formula() {
        let wanted = "7,1,\"'=cmd()\",::1,topic.create,prod,,r,begun,\"two\nlines\",,\
                      \"{\"\"a\"\":\"\"b,c\"\"}\"\r\n";
        assert_eq!(line(ExportFormat::Csv, &row()), wanted);
        let columns = head(ExportFormat::Csv).matches(',').count();
        assert_eq!(columns, 11);
    }

    #[test]
    fn a_line_of_json_is_the_row_itself() {
        let line = line(ExportFormat::Jsonl, &row());
        assert!(line.ends_with('\n') && line.matches('\n').count() == 1, "{line}");
        assert_eq!(serde_json::from_str::<AuditRow>(&line).ok(), Some(row()));
    }
}
