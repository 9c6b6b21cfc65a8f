//! A group's position on each partition.

use std::{cmp::Ordering, sync::Arc};

use leptos::prelude::*;
use ouzel_api::{
    Lag,
    groups::{Group, GroupPartition},
    progress::{Progress, Status, TimeLag},
};

use super::{history::History, members::nobody};
use crate::{
    cells,
    listing::{Listing, ascending, use_listing},
    route::TopicTab,
    ui::{Age, Column, Copyable, Empty, FilterBox, Sort, Table, TableSpec, use_clock},
};

/// The tab.
#[component]
pub fn LagTable(group: Memo<Arc<Group>>, cluster: StoredValue<String>) -> impl IntoView {
    let listing = use_listing(ascending("topic"));
    let rows = Memo::new(move |_| narrowed(&group.get(), listing));
    let worst = Memo::new(move |_| {
        let records = |row: &GroupPartition| match row.lag {
            Lag::Known { records } => records,
            Lag::NoCommit | Lag::Unknown => 0,
        };
        rows.with(|rows| rows.iter().map(records).max().unwrap_or_default())
    });
    let moves = Memo::new(move |_| {
        let moves = |progress: &Progress| !progress.status.is_trouble();
        group.with(|group| group.progress.as_ref().is_some_and(moves))
    });
    let columns = columns(cluster, worst, moves);
    let spec = TableSpec::new("Lag by partition", columns).sorted(listing.sorting);
    let empty = move || match group.with(|group| group.partitions.is_empty()) {
        true => {
            let (title, told) = group.with(|group| nothing(group.members.len()));
            view! { <Empty title><p>{told}</p></Empty> }.into_any()
        }
        false => {
            view! { <Empty icon="text-search" title="Nothing matches the filter"/> }.into_any()
        }
    };
    let is_share = Memo::new(move |_| group.with(|group| group.group_type == "share"));
    view! {
        <History cluster group=group.with_untracked(|group| group.group.clone())/>
        <Show when=move || is_share.get()>
            <p class="dim">
                "A share group commits nothing. In the place of commits stands the first record "
                "that may not be settled; how many are not, its coordinator says."
            </p>
        </Show>
        <div class="bar">
            <FilterBox value=listing.filter label="Filter by topic or member"/>
            <span class="grow"></span>
            {move || group.with(|group| group.progress.as_ref().map(cells::sampled_at))}
            {cells::read_at(move || group.with(|group| group.read_at_ms))}
        </div>
        <div class="card"><Table spec rows empty/></div>
    }
}

/// What is so of a group without a partition, and what can be done.
fn nothing(members: usize) -> (&'static str, &'static str) {
    match members {
        0 => ("Nobody is in this group, and it has read nothing", nobody(true)),
        _ => (
            "Its members read nothing yet",
            "No partition is assigned to them, and nothing is committed. They may still be \
             joining, or what they have subscribed to is not there.",
        ),
    }
}

/// What the filter keeps, in order.
fn narrowed(group: &Group, listing: Listing) -> Vec<GroupPartition> {
    let narrowing = listing.narrowing();
    let kept = |row: &&GroupPartition| {
        let client = row.client_id.as_deref().unwrap_or_default();
        narrowing.keeps(&format!("{}-{} {client}", row.topic, row.partition))
    };
    let mut rows: Vec<GroupPartition> = group.partitions.iter().filter(kept).cloned().collect();
    let sort = listing.sort();
    rows.sort_by(|a, b| {
        sort.directed(compare(&sort, a, b))
            .then_with(|| (&a.topic, a.partition).cmp(&(&b.topic, b.partition)))
    });
    rows
}

fn compare(sort: &Sort, a: &GroupPartition, b: &GroupPartition) -> Ordering {
    match sort.column.as_str() {
        "lag" => a.lag.rank().cmp(&b.lag.rank()),
        "time" => time(a).cmp(&time(b)),
        "status" => status(a).cmp(&status(b)),
        "moved" => moved(a).cmp(&moved(b)),
        "member" => (&a.client_id, &a.member_id).cmp(&(&b.client_id, &b.member_id)),
        _ => (&a.topic, a.partition).cmp(&(&b.topic, b.partition)),
    }
}

fn time(row: &GroupPartition) -> i64 {
    row.progress.as_ref().map_or(-2, |progress| progress.time_lag.rank())
}

fn status(row: &GroupPartition) -> Option<Status> {
    row.progress.as_ref().map(|progress| progress.status)
}

fn moved(row: &GroupPartition) -> Option<i64> {
    row.progress.as_ref().and_then(|progress| progress.moved_ms)
}

/// `moves` is whether the group gets on anywhere.
fn columns(
    cluster: StoredValue<String>,
    worst: Memo<i64>,
    moves: Memo<bool>,
) -> Vec<Column<GroupPartition>> {
    let unread = "The end offset could not be read";
    vec![
        Column::new("topic", "topic", "minmax(130px, 1.5fr)", move |row: &GroupPartition| {
            cluster.with_value(|it| cells::topic_link(it, &row.topic, TopicTab::Partitions))
        })
        .headline()
        .sortable(),
        Column::new("partition", "partition", "92px", |row: &GroupPartition| {
            cells::number(row.partition)
        })
        .narrow("80px")
        .right(),
        Column::new("committed", "committed", "minmax(120px, 1fr)", committed).right(),
        Column::new("end", "end", "minmax(96px, 1fr)", move |row: &GroupPartition| {
            cells::offset(row.end_offset, unread)
        })
        .right(),
        Column::new("lag", "lag", "minmax(126px, 1fr)", move |row: &GroupPartition| {
            lag(row, worst)
        })
        .narrow("minmax(0, 1fr)")
        .right()
        .sortable(),
        Column::new("time", "in time", "112px", |row: &GroupPartition| {
            let progress = row.progress.as_ref();
            cells::time_lag(progress.map_or(TimeLag::Unknown, |progress| progress.time_lag))
        })
        .narrow("92px")
        .right()
        .sortable()
        .hint("How long ago the first unread record was written"),
        Column::new("moved", "last commit", "118px", last_commit)
            .sortable()
            .hint("When its commit was last seen to move"),
        Column::new("status", "state", "128px", move |row: &GroupPartition| {
            let status = row.progress.as_ref()?.status;
            Some(move || cells::status_of_part(status, moves.get()))
        })
        .narrow("110px")
        .sortable(),
        Column::new("member", "owner", "minmax(140px, 1.6fr)", member).sortable(),
    ]
}

/// When the commit was last seen to move, if it ever was.
fn last_commit(row: &GroupPartition) -> impl IntoView + use<> {
    let progress = row.progress.as_ref()?;
    Some(match progress.moved_ms {
        Some(at_ms) => view! { <span class="dim"><Age at_ms/></span> }.into_any(),
        None => {
            let (clock, since) = (use_clock(), progress.since_ms);
            let why = move || {
                let since = clock.relative(since);
                format!("It has not moved since the console began to watch it, {since}")
            };
            view! { <span class="dim" title=why>"none seen"</span> }.into_any()
        }
    })
}

/// The committed offset; one that retention has overtaken is marked, for its records are lost.
fn committed(row: &GroupPartition) -> impl IntoView + use<> {
    let Some(committed) = row.committed else {
        return view! { <span class="dim">"no commit"</span> }.into_any();
    };
    let lost = row.start_offset.map_or(0, |start| start.saturating_sub(committed));
    let title = row.metadata.clone().filter(|text| !text.is_empty());
    view! {
        <span class="beside">
            {(lost > 0).then(|| cells::lost(lost))}
            <span title=title>{cells::offset(Some(committed), "")}</span>
        </span>
    }
    .into_any()
}

/// The lag, and a bar against the worst.
fn lag(row: &GroupPartition, worst: Memo<i64>) -> impl IntoView + use<> {
    match row.lag {
        Lag::Known { records } if records > 0 => cells::meter(records, worst).into_any(),
        other => cells::lag(other).into_any(),
    }
}

fn member(row: &GroupPartition) -> impl IntoView + use<> {
    let Some(id) = row.member_id.clone() else {
        return view! { <span class="dim">"not assigned"</span> }.into_any();
    };
    let client = row.client_id.clone().unwrap_or_else(|| id.clone());
    let host = row.host.clone().unwrap_or_default();
    view! {
        <Copyable text=id.clone() what="the member's id">
            <span title=id.clone()>{client}</span> " " <span class="dim mono">{host}</span>
        </Copyable>
    }
    .into_any()
}
