//! The list as a file: the rows that are shown, in their order, with all figures.

use leptos::{prelude::*, task::spawn_local};
use ouzel_api::{
    Lag,
    topics::{TopicFigures, TopicRow},
};
use serde::Serialize;

use super::figures::KnownFigures;
use crate::{
    client::ClientError,
    format::{count, counted, iso},
    saved::{cell, csv, offer},
    ui::{Icon, Menu, MenuItem, Toasts, use_toasts},
};

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
}

/// The menu with both forms.
#[component]
pub fn ExportMenu(
    cluster: StoredValue<String>,
    rows: Memo<Vec<TopicRow>>,
    known: KnownFigures,
) -> impl IntoView {
    let toasts = use_toasts();
    let progress = RwSignal::new(None::<String>);
    let save = move |form: Form| {
        let rows = rows.get_untracked();
        spawn_local(async move {
            let done = write(cluster.get_value(), rows, known, (form, progress)).await;
            progress.try_set(None);
            tell(done, toasts);
        });
    };
    let off = Signal::derive(move || {
        let empty = || "There is no row to export.".to_owned();
        progress.get().or_else(|| rows.with(Vec::is_empty).then(empty))
    });
    view! {
        <Menu
            label="Export"
            face=move || {
                let text = move || progress.get().unwrap_or_else(|| "Export".to_owned());
                view! { <Icon name="download"/> {text} }
            }
        >
            <div class="menu-head">
                {move || rows.with(|rows| counted(rows.len() as i128, "row", "rows"))}
                " with all figures"
            </div>
            <MenuItem on_pick=move || save(Form::Csv) off>"CSV"</MenuItem>
            <MenuItem on_pick=move || save(Form::Json) off>"JSON"</MenuItem>
        </Menu>
    }
}

fn tell(done: Result<Option<()>, ClientError>, toasts: Toasts) {
    match done {
        Ok(Some(())) => {}
        Ok(None) => toasts.bad("The browser did not take the file."),
        Err(error) => toasts.bad(format!("Nothing was exported. {}", error.message())),
    }
}

/// Reads the figures that are missing and offers the file; none if the browser does not take it.
async fn write(
    cluster: String,
    rows: Vec<TopicRow>,
    known: KnownFigures,
    (form, progress): (Form, RwSignal<Option<String>>),
) -> Result<Option<()>, ClientError> {
    let names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
    let all = count(names.len() as i128);
    let told = |known: usize| {
        progress.try_set(Some(format!("{} of {all} read", count(known as i128))));
    };
    known.of_all(cluster.clone(), &names, told).await?;
    let lines = rows.into_iter().map(|row| {
        let figures = known.read_of(&row.name);
        Line::new(row, figures)
    });
    let lines: Vec<Line> = lines.collect();
    let (text, extension) = match form {
        Form::Csv => (csv(HEAD, lines.iter().map(Line::cells)), "csv"),
        Form::Json => (serde_json::to_string_pretty(&lines).unwrap_or_default(), "json"),
    };
    Ok(offer(&format!("topics-{cluster}.{extension}"), &text))
}

/// One row of the file. Figures that are not known are null in JSON and empty in CSV.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Line {
    name: String,
    internal: bool,
    partitions: u32,
    replication_factor: u32,
    offline: u32,
    under_replicated: u32,
    records: Option<i64>,
    last_written: Option<String>,
    cleanup_policy: Option<String>,
    groups: Option<u32>,
    /// `no groups`, `no commit` and `unknown` are told apart from any number.
    worst_lag: Option<String>,
    partitions_without_commit: Option<u32>,
    records_in: Option<i64>,
    records_out: Option<i64>,
    measured_over_ms: Option<i64>,
    size_bytes: Option<u64>,
    figures_read: Option<String>,
}

impl Line {
    fn new(row: TopicRow, known: Option<(TopicFigures, i64)>) -> Line {
        let figures = known.as_ref().map(|(figures, _)| figures);
        let rate = figures.and_then(|figures| figures.rate);
        Line {
            name: row.name,
            internal: row.internal,
            partitions: row.partitions,
            replication_factor: row.replication_factor,
            offline: row.offline,
            under_replicated: row.under_replicated,
            records: figures.and_then(|it| it.messages),
            last_written: figures.and_then(|it| it.last_written_ms).map(iso),
            cleanup_policy: figures.and_then(|it| it.cleanup_policy.clone()),
            groups: figures.and_then(|it| it.groups),
            worst_lag: figures.map(worst_lag),
            partitions_without_commit: figures.map(|it| it.without_commit),
            records_in: rate.map(|rate| rate.records_in),
            records_out: rate.and_then(|rate| rate.records_out),
            measured_over_ms: rate.map(|rate| rate.over_ms),
            size_bytes: figures.and_then(|it| it.size_bytes),
            figures_read: known.as_ref().map(|(_, read_at_ms)| iso(*read_at_ms)),
        }
    }

    /// The cells of CSV, in the order of [`HEAD`].
    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.internal.to_string(),
            self.partitions.to_string(),
            self.replication_factor.to_string(),
            self.offline.to_string(),
            self.under_replicated.to_string(),
            cell(&self.records),
            cell(&self.last_written),
            cell(&self.cleanup_policy),
            cell(&self.groups),
            cell(&self.worst_lag),
            cell(&self.partitions_without_commit),
            cell(&self.records_in),
            cell(&self.records_out),
            cell(&self.measured_over_ms),
            cell(&self.size_bytes),
            cell(&self.figures_read),
        ]
    }
}

/// The first line of CSV: the names that JSON has.
const HEAD: &str = "name,internal,partitions,replication_factor,offline,under_replicated,records,\
    last_written,cleanup_policy,groups,worst_lag,partitions_without_commit,records_in,records_out,\
    measured_over_ms,size_bytes,figures_read";

fn worst_lag(figures: &TopicFigures) -> String {
    match figures.worst_lag {
        Lag::NoCommit if figures.groups == Some(0) && figures.without_commit == 0 => {
            "no groups".to_owned()
        }
        Lag::NoCommit => "no commit".to_owned(),
        Lag::Unknown => "unknown".to_owned(),
        Lag::Known { records } => records.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use ouzel_api::{
        Lag,
        topics::{TopicFigures, TopicRate, TopicRow},
    };

    use super::{HEAD, Line, csv};

    fn row(name: &str) -> TopicRow {
        TopicRow {
            name: name.to_owned(),
            internal: false,
            partitions: 3,
            replication_factor: 1,
            offline: 0,
            under_replicated: 0,
            denied: Vec::new(),
        }
    }

    #[test]
    fn a_file_has_a_cell_for_each_heading_and_quotes_what_needs_it() {
        let figures = TopicFigures {
            name: "a".to_owned(),
            messages: Some(9_007_199_254_740_993),
            cleanup_policy: Some("compact,delete".to_owned()),
            last_written_ms: Some(1_795_442_607_118),
            groups: Some(0),
            worst_lag: Lag::NoCommit,
            without_commit: 0,
            rate: Some(TopicRate { records_in: 5, records_out: None, over_ms: 10_000 }),
            size_bytes: Some(4_718_592),
            size_error: None,
        };
        let lines = [Line::new(row("a"), Some((figures, 0))), Line::new(row("b"), None)];
        let text = csv(HEAD, lines.iter().map(Line::cells));
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines[0], HEAD);
        assert_eq!(
            lines[1],
            "a,false,3,1,0,0,9007199254740993,2026-11-23T14:03:27.118Z,\"compact,delete\",0,\
             no groups,0,5,,10000,4718592,1970-01-01T00:00:00.000Z"
        );
        assert_eq!(lines[2], "b,false,3,1,0,0,,,,,,,,,,,");
        assert_eq!(lines[2].matches(',').count(), HEAD.matches(',').count());
    }
}
