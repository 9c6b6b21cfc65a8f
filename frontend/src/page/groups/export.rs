//! The list as a file: the rows that are shown, in their order.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{
    Lag,
    groups::{GroupList, GroupRow},
    progress::TimeLag,
};
use serde::Serialize;

use crate::{
    format::{counted, iso},
    saved::{cell, csv, offer},
    ui::{Icon, Menu, MenuItem, use_toasts},
};

/// The menu with both forms.
#[component]
pub fn ExportMenu(
    cluster: StoredValue<String>,
    data: Memo<Arc<GroupList>>,
    rows: Memo<Vec<GroupRow>>,
) -> impl IntoView {
    let toasts = use_toasts();
    let lines = move || {
        let read_at_ms = data.with_untracked(|list| list.read_at_ms);
        let line = |row: &GroupRow| Line::new(row, read_at_ms);
        rows.with_untracked(|rows| rows.iter().map(line).collect::<Vec<_>>())
    };
    let save = move |extension: &str, text: String| {
        let name = cluster.with_value(|cluster| format!("groups-{cluster}.{extension}"));
        if offer(&name, &text).is_none() {
            toasts.bad("The browser did not take the file.");
        }
    };
    let as_csv = move || save("csv", csv(HEAD, lines().iter().map(Line::cells)));
    let as_json = move || {
        save("json", serde_json::to_string_pretty(&lines()).unwrap_or_default());
    };
    let off = Signal::derive(move || {
        rows.with(Vec::is_empty).then(|| "There is no row to export.".to_owned())
    });
    view! {
        <Menu label="Export" face=|| view! { <Icon name="download"/> "Export" }>
            <div class="menu-head">
                {move || rows.with(|rows| counted(rows.len() as i128, "row", "rows"))}
            </div>
            <MenuItem on_pick=as_csv off>"CSV"</MenuItem>
            <MenuItem on_pick=as_json off>"JSON"</MenuItem>
        </Menu>
    }
}

/// One row of the file. What is not known is null in JSON and empty in CSV.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Line {
    group: String,
    group_type: String,
    state: String,
    members: Option<u32>,
    topics: Option<u32>,
    /// `no commit` and `unknown` are told apart from any number.
    records_behind: String,
    partitions_without_commit: u32,
    behind_ms: Option<i64>,
    /// Whether that is only the least it can be.
    behind_at_least: Option<bool>,
    progress: Option<&'static str>,
    partitions: Option<u32>,
    stuck_partitions: Option<u32>,
    lost_records: Option<i64>,
    last_commit_moved: Option<String>,
    read: String,
}

impl Line {
    fn new(row: &GroupRow, read_at_ms: i64) -> Line {
        let progress = row.progress.as_ref();
        let behind = match progress.map(|it| it.time_lag) {
            None | Some(TimeLag::Unknown) => None,
            Some(TimeLag::Known { ms }) => Some((ms, false)),
            Some(TimeLag::AtLeast { ms }) => Some((ms, true)),
        };
        Line {
            group: row.group.clone(),
            group_type: row.group_type.clone(),
            state: row.state.clone(),
            members: row.members,
            topics: row.topics,
            records_behind: match row.lag {
                Lag::NoCommit => "no commit".to_owned(),
                Lag::Unknown => "unknown".to_owned(),
                Lag::Known { records } => records.to_string(),
            },
            partitions_without_commit: row.without_commit,
            behind_ms: behind.map(|(ms, _)| ms),
            behind_at_least: behind.map(|(_, at_least)| at_least),
            progress: progress.map(|it| it.status.name()),
            partitions: progress.map(|it| it.partitions),
            stuck_partitions: progress.map(|it| it.stuck),
            lost_records: progress.map(|it| it.lost),
            last_commit_moved: progress.and_then(|it| it.moved_ms).map(iso),
            read: iso(read_at_ms),
        }
    }

    /// The cells of CSV, in the order of [`HEAD`].
    fn cells(&self) -> Vec<String> {
        vec![
            self.group.clone(),
            self.group_type.clone(),
            self.state.clone(),
            cell(&self.members),
            cell(&self.topics),
            self.records_behind.clone(),
            self.partitions_without_commit.to_string(),
            cell(&self.behind_ms),
            cell(&self.behind_at_least),
            cell(&self.progress),
            cell(&self.partitions),
            cell(&self.stuck_partitions),
            cell(&self.lost_records),
            cell(&self.last_commit_moved),
            self.read.clone(),
        ]
    }
}

/// The first line of CSV: the names that JSON has.
const HEAD: &str = "group,group_type,state,members,topics,records_behind,\
    partitions_without_commit,behind_ms,behind_at_least,progress,partitions,stuck_partitions,\
    lost_records,last_commit_moved,read";

#[cfg(test)]
mod tests {
    use ouzel_api::{
        Lag,
        groups::GroupRow,
        progress::{Progress, Status, TimeLag, Trend},
    };

    use super::{HEAD, Line, csv};

    #[test]
    fn a_file_has_a_cell_for_each_heading_and_tells_unknown_from_nothing() {
        let progress = Progress {
            status: Status::Moving,
            partitions: 9,
            stuck: 7,
            moved_ms: Some(1_795_442_607_118),
            time_lag: TimeLag::AtLeast { ms: 90_000 },
            trend: Trend::Steady,
            catches_up_ms: None,
            read_per_s: 0.0,
            written_per_s: 0.0,
            lost: 60,
            recent: Vec::new(),
            since_ms: 0,
            read_ms: 0,
        };
        let row = GroupRow {
            group: "a,b".to_owned(),
            group_type: "classic".to_owned(),
            state: "Stable".to_owned(),
            protocol_type: "consumer".to_owned(),
            members: Some(1),
            topics: None,
            lag: Lag::Known { records: 9_007_199_254_740_993 },
            without_commit: 2,
            error: None,
            progress: Some(progress),
            denied: Vec::new(),
        };
        let unknown = GroupRow { lag: Lag::Unknown, progress: None, ..row.clone() };
        let lines = [Line::new(&row, 0), Line::new(&unknown, 0)];
        let text = csv(HEAD, lines.iter().map(Line::cells));
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines[0].matches(',').count(), 14);
        assert_eq!(
            lines[1],
            "\"a,b\",classic,Stable,1,,9007199254740993,2,90000,true,moving,9,7,60,\
             2026-11-23T14:03:27.118Z,1970-01-01T00:00:00.000Z"
        );
        assert_eq!(lines[2], "\"a,b\",classic,Stable,1,,unknown,2,,,,,,,,1970-01-01T00:00:00.000Z");
    }
}
