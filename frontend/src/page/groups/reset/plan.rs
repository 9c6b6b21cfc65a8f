//! Before and after, partition by partition.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::resets::{PlanNote, PlanRow, PlannedAct};

use super::{Answer, Page};
use crate::{
    cells,
    format::{count, counted},
    route::TopicTab,
    ui::{Badge, Column, Empty, Mood, Table, TableSpec},
};

/// The table.
#[component]
pub fn PlanTable(page: Page, answer: Memo<Arc<Answer>>) -> impl IntoView {
    let rows = Memo::new(move |_| answer.with(|answer| answer.plan.rows.clone()));
    let spec = TableSpec::new("Before and after", columns(page));
    let empty = || {
        view! {
            <Empty title="No partitions">
                <p>
                    "The group has committed nothing there, and holds nothing. Name a topic to "
                    "commit in all of its partitions."
                </p>
            </Empty>
        }
    };
    view! { <div class="card"><Table spec rows empty/></div> }
}

fn columns(page: Page) -> Vec<Column<PlanRow>> {
    vec![
        Column::new("topic", "topic", "minmax(160px, 1.5fr)", move |row: &PlanRow| {
            page.cluster.with_value(|it| cells::topic_link(it, &row.topic, TopicTab::Partitions))
        })
        .headline(),
        Column::new("partition", "partition", "80px", |row: &PlanRow| cells::number(row.partition))
            .narrow("64px")
            .right(),
        Column::new("before", "committed", "minmax(120px, 1fr)", |row: &PlanRow| {
            offset(row.before)
        })
        .narrow("minmax(0, 1fr)")
        .right(),
        Column::new("after", "afterwards", "minmax(120px, 1fr)", after)
            .narrow("minmax(0, 1fr)")
            .right(),
        Column::new("moves", "moves by", "minmax(110px, 1fr)", moves).right(),
        Column::new("lag", "lag", "minmax(90px, 1fr)", |row: &PlanRow| cells::lag(row.lag_before))
            .right(),
        Column::new("then", "lag afterwards", "minmax(110px, 1fr)", |row: &PlanRow| {
            cells::lag(row.lag_after)
        })
        .narrow("minmax(0, 1fr)")
        .right(),
        Column::new("note", "", "minmax(240px, 2fr)", note),
    ]
}

fn offset(value: Option<i64>) -> impl IntoView {
    match value {
        Some(value) => cells::offset(Some(value), "").into_any(),
        None => view! { <span class="dim">"no commit"</span> }.into_any(),
    }
}

fn after(row: &PlanRow) -> impl IntoView + use<> {
    match row.act {
        PlannedAct::Commit { offset } => {
            view! { <b>{cells::offset(Some(offset), "")}</b> }.into_any()
        }
        PlannedAct::Forget => view! { <b class="warn">"no commit"</b> }.into_any(),
        PlannedAct::Keep => view! { <span class="dim">"stays"</span> }.into_any(),
    }
}

fn moves(row: &PlanRow) -> impl IntoView + use<> {
    match (row.act, row.before) {
        (PlannedAct::Commit { offset }, Some(before)) => {
            let by = i128::from(offset) - i128::from(before);
            let sign = if by > 0 { "+" } else { "" };
            view! { <span class="mono">{sign}{count(by)}</span> }.into_any()
        }
        _ => ().into_any(),
    }
}

/// What one might not have expected.
fn note(row: &PlanRow) -> impl IntoView + use<> {
    let told = match row.note.clone()? {
        PlanNote::BelowStart { wanted } => {
            let text = format!("{} is gone: the first readable record instead", count(wanted));
            view! { <Badge mood=Mood::Warn>"clamped"</Badge> " " {text} }.into_any()
        }
        PlanNote::BeyondEnd { wanted } => {
            let text = format!("{} lies behind the end: the end instead", count(wanted));
            view! { <Badge mood=Mood::Warn>"clamped"</Badge> " " {text} }.into_any()
        }
        PlanNote::NoRecord => "no record is that late: the end".into_any(),
        PlanNote::NoCommit => "no commit to go on from".into_any(),
        PlanNote::Unreadable { reason } => {
            let reason = format!("could not be read: {reason}");
            view! { <span class="warn">{reason}</span> }.into_any()
        }
    };
    let title = match &row.note {
        Some(PlanNote::Unreadable { reason }) => Some(reason.clone()),
        _ => None,
    };
    Some(view! { <span title=title>{told}</span> })
}

/// What a plan comes to, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// Partitions whose commit is moved or made.
    pub moved: u32,
    /// Partitions whose commit is deleted.
    pub forgotten: u32,
    /// Partitions that stay as they are.
    pub kept: u32,
    /// Partitions in which something else than what was asked for is taken.
    pub clamped: u32,
    /// Partitions that could not be read.
    pub unread: u32,
    /// Records that are read once more.
    pub again: i128,
    /// Records that are never read.
    pub skipped: i128,
}

impl Sum {
    /// Of these rows.
    pub fn of(rows: &[PlanRow]) -> Sum {
        let mut sum = Sum::default();
        for row in rows {
            match row.act {
                PlannedAct::Commit { offset } => {
                    sum.moved += 1;
                    let by = row.before.map_or(0, |it| i128::from(offset) - i128::from(it));
                    sum.again += (-by).max(0);
                    sum.skipped += by.max(0);
                }
                PlannedAct::Forget => sum.forgotten += 1,
                PlannedAct::Keep => sum.kept += 1,
            }
            match row.note {
                Some(PlanNote::BelowStart { .. } | PlanNote::BeyondEnd { .. }) => sum.clamped += 1,
                Some(PlanNote::Unreadable { .. }) => sum.unread += 1,
                _ => {}
            }
        }
        sum
    }

    /// Partitions that change.
    pub fn changed(self) -> u32 {
        self.moved + self.forgotten
    }

    /// In a sentence: what happens, and what that means for records.
    pub fn effect(self) -> String {
        let mut parts = Vec::new();
        let mut push = |n: i128, one: &str, many: &str, what: &str| {
            if n > 0 {
                parts.push(format!("{} {what}", counted(n, one, many)));
            }
        };
        push(self.moved.into(), "partition is", "partitions are", "moved");
        push(self.forgotten.into(), "commit is", "commits are", "deleted");
        push(self.again, "record is", "records are", "read again");
        push(self.skipped, "record is", "records are", "skipped");
        push(self.kept.into(), "partition stays", "partitions stay", "as it is");
        parts.join(", ").replace("partitions stay as it is", "partitions stay as they are")
    }
}

#[cfg(test)]
mod tests {
    use ouzel_api::Lag;

    use super::*;

    fn row(before: Option<i64>, act: PlannedAct, note: Option<PlanNote>) -> PlanRow {
        PlanRow {
            topic: "t".to_owned(),
            partition: 0,
            before,
            act,
            start_offset: Some(0),
            end_offset: Some(100),
            lag_before: Lag::NoCommit,
            lag_after: Lag::NoCommit,
            note,
        }
    }

    #[test]
    fn what_a_plan_comes_to_is_told_in_numbers() {
        let commit = |offset| PlannedAct::Commit { offset };
        let rows = [
            row(Some(50), commit(20), None),
            row(Some(50), commit(60), Some(PlanNote::BeyondEnd { wanted: 99 })),
            row(None, commit(5), None),
            row(Some(1), PlannedAct::Forget, None),
            row(Some(7), PlannedAct::Keep, None),
        ];
        let sum = Sum::of(&rows);
        assert_eq!((sum.changed(), sum.clamped, sum.unread), (4, 1, 0));
        assert_eq!(
            sum.effect(),
            "3 partitions are moved, 1 commit is deleted, 30 records are read again, \
             10 records are skipped, 1 partition stays as it is"
        );
    }
}
