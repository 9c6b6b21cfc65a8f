//! A topic's partitions: leader, replicas, offsets, and how evenly records lie.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::topics::{Partition, Topic};

use crate::{
    cells,
    load::{Load, Loaded},
    ui::{Badge, Column, Empty, Mood, Table, TableSpec},
};

/// The tab.
#[component]
pub fn Partitions(data: Load<Topic>) -> impl IntoView {
    view! {
        <Loaded from=data let:topic>
            <div class="bar">
                <span class="grow"></span>
                {cells::read_at(move || topic.with(|topic| topic.read_at_ms))}
            </div>
            <Rows topic/>
        </Loaded>
    }
}

#[component]
fn Rows(topic: Memo<Arc<Topic>>) -> impl IntoView {
    let rows = Memo::new(move |_| topic.with(|topic| topic.partitions.clone()));
    let most = Memo::new(move |_| {
        rows.with(|rows| rows.iter().filter_map(held).max().unwrap_or_default())
    });
    view! {
        <div class="card">
            <Table spec=TableSpec::new("Partitions", columns(most)) rows
                empty=|| view! { <Empty title="The topic has no partition"/> }/>
        </div>
    }
}

fn columns(most: Memo<i64>) -> Vec<Column<Partition>> {
    let reason = |row: &Partition| row.error.clone().unwrap_or_else(|| "No answer".to_owned());
    vec![
        Column::new("partition", "partition", "90px", |row: &Partition| {
            cells::number(row.partition)
        })
        .narrow("76px")
        .right(),
        Column::new("state", "state", "150px", state).narrow("minmax(0, 1fr)"),
        Column::new("leader", "leader", "80px", |row: &Partition| match row.leader {
            Some(id) => cells::number(id).into_any(),
            None => view! { <span class="bad">"none"</span> }.into_any(),
        })
        .right(),
        Column::new("epoch", "epoch", "70px", |row: &Partition| {
            row.leader_epoch.map(cells::number)
        })
        .right()
        .hint("The leader's epoch"),
        Column::new("replicas", "replicas", "120px", |row: &Partition| ids(&row.replicas)),
        Column::new("in_sync", "in sync", "120px", |row: &Partition| ids(&row.in_sync)),
        Column::new("start", "start offset", "minmax(130px, 1fr)", move |row: &Partition| {
            cells::offset(row.start_offset, &reason(row))
        })
        .right(),
        Column::new("end", "end offset", "minmax(130px, 1fr)", move |row: &Partition| {
            cells::offset(row.end_offset, &reason(row))
        })
        .right(),
        Column::new("records", "records", "minmax(190px, 1fr)", move |row: &Partition| {
            share(row, most)
        })
        .narrow("minmax(0, 1fr)")
        .right(),
    ]
}

fn held(row: &Partition) -> Option<i64> {
    Some(row.end_offset?.saturating_sub(row.start_offset?))
}

fn state(row: &Partition) -> impl IntoView + use<> {
    let (mood, text) = match row {
        Partition { leader: None, .. } => (Mood::Bad, "no leader"),
        Partition { error: Some(_), .. } => (Mood::Warn, "not read"),
        row if row.in_sync.len() < row.replicas.len() => (Mood::Warn, "under-replicated"),
        _ => (Mood::Good, "in sync"),
    };
    view! { <span title=row.error.clone()><Badge mood=mood>{text}</Badge></span> }
}

fn ids(ids: &[i32]) -> impl IntoView + use<> {
    let text = ids.iter().map(i32::to_string).collect::<Vec<_>>().join(", ");
    view! { <span class="mono" title=text.clone()>{text.clone()}</span> }
}

/// Records, and a bar against the fullest partition.
fn share(row: &Partition, most: Memo<i64>) -> impl IntoView + use<> {
    match held(row) {
        None => cells::unknown(row.error.clone().unwrap_or_default()).into_any(),
        Some(held) => cells::meter(held, most).into_any(),
    }
}
