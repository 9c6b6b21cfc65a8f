//! A topic's partitions: leader, replicas, offsets, and how evenly records lie; adding some, and
//! deleting the oldest records.

mod grow;
mod order;
mod trim;

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{
    session::Permission,
    topics::{Partition, Topic},
};

pub use self::trim::{failures, offsets};
use self::{grow::GrowDialog, trim::TrimDialog};
use crate::{
    cells,
    listing::{ascending, use_allowed, use_choice, use_listing},
    load::{Load, Loaded},
    session::use_session,
    ui::{Badge, Button, Column, Empty, FilterBox, Mood, Table, TableSpec, Tone},
};

/// Name of the act in the address whose dialog is open. `?act=grow`
pub const ACT: &str = "act";

/// The tab.
#[component]
pub fn Partitions(cluster: String, data: Load<Topic>) -> impl IntoView {
    let cluster = StoredValue::new(cluster);
    view! {
        <Loaded from=data let:topic>
            <Acts cluster data topic/>
            <Rows cluster topic/>
        </Loaded>
    }
}

/// What can be done to the partitions.
#[component]
fn Acts(cluster: StoredValue<String>, data: Load<Topic>, topic: Memo<Arc<Topic>>) -> impl IntoView {
    let asked = |act: &'static str| use_choice(ACT, act);
    let (grow, trim, empty) = (asked("grow"), asked("trim"), asked("empty"));
    let session = use_session();
    let kept = move || {
        let internal = topic.with(|topic| topic.internal);
        internal.then(|| "The cluster keeps this topic for itself.".to_owned())
    };
    let no_growing = Signal::derive(move || session.refusal(Permission::AlterTopic).or_else(kept));
    let no_deleting =
        Signal::derive(move || session.refusal(Permission::DeleteRecords).or_else(kept));
    let growing = use_allowed(grow, no_growing);
    let (trimming, emptying) = (use_allowed(trim, no_deleting), use_allowed(empty, no_deleting));
    view! {
        <div class="bar">
            <Button icon="plus" off=no_growing on_press=move |_| grow.set(true)>
                "Add partitions…"
            </Button>
            <Button
                tone=Tone::Danger
                icon="trash-2"
                off=no_deleting
                on_press=move |_| trim.set(true)
            >
                "Delete records…"
            </Button>
            <Button tone=Tone::Danger off=no_deleting on_press=move |_| empty.set(true)>
                "Empty…"
            </Button>
            <span class="grow"></span>
            {cells::read_at(move || topic.with(|topic| topic.read_at_ms))}
        </div>
        <GrowDialog open=growing cluster data/>
        <TrimDialog open=trimming cluster data all=false/>
        <TrimDialog open=emptying cluster data all=true/>
    }
}

#[component]
fn Rows(cluster: StoredValue<String>, topic: Memo<Arc<Topic>>) -> impl IntoView {
    let listing = use_listing(ascending("partition"));
    let rows = Memo::new(move |_| topic.with(|topic| order::narrowed(&topic.partitions, listing)));
    let most = Memo::new(move |_| {
        topic.with(|topic| topic.partitions.iter().filter_map(held).max().unwrap_or_default())
    });
    let spec = TableSpec::new("Partitions", columns(cluster, most)).sorted(listing.sorting);
    let empty = move || match topic.with(|topic| topic.partitions.is_empty()) {
        true => view! { <Empty title="The topic has no partition"/> }.into_any(),
        false => {
            view! { <Empty icon="text-search" title="Nothing matches the filter"/> }.into_any()
        }
    };
    view! {
        <div class="bar">
            <FilterBox value=listing.filter label="Filter by number, state or leader"/>
        </div>
        <div class="card"><Table spec rows empty/></div>
    }
}

fn columns(cluster: StoredValue<String>, most: Memo<i64>) -> Vec<Column<Partition>> {
    let reason = |row: &Partition| row.error.clone().unwrap_or_else(|| "No answer".to_owned());
    vec![
        Column::new("partition", "partition", "98px", move |row: &Partition| number(row, cluster))
            .headline()
            .right()
            .sortable(),
        Column::new("state", "state", "150px", state).sortable(),
        Column::new("leader", "leader", "80px", move |row: &Partition| leader(row, cluster))
            .right()
            .sortable(),
        Column::new("epoch", "epoch", "70px", |row: &Partition| {
            row.leader_epoch.map(cells::number)
        })
        .right()
        .hint("The leader's epoch"),
        Column::new("replicas", "replicas", "108px", |row: &Partition| ids(&row.replicas)),
        Column::new("in_sync", "in sync", "108px", |row: &Partition| ids(&row.in_sync)),
        Column::new("start", "start offset", "minmax(130px, 1fr)", move |row: &Partition| {
            cells::offset(row.start_offset, &reason(row))
        })
        .narrow("minmax(0, 1fr)")
        .right()
        .sortable(),
        Column::new("end", "end offset", "minmax(130px, 1fr)", move |row: &Partition| {
            cells::offset(row.end_offset, &reason(row))
        })
        .narrow("minmax(0, 1fr)")
        .right()
        .sortable(),
        Column::new("size", "size", "90px", |row: &Partition| {
            cells::size(row.size_bytes, row.size_error.as_deref())
        })
        .right()
        .sortable()
        .hint("Bytes on disk of the leader's replica"),
        Column::new("records", "records", "minmax(190px, 1fr)", move |row: &Partition| {
            share(row, most)
        })
        .narrow("minmax(0, 1fr)")
        .right()
        .sortable(),
    ]
}

fn held(row: &Partition) -> Option<i64> {
    Some(row.end_offset?.saturating_sub(row.start_offset?))
}

/// The number; on a phone the columns that are left out there stand beside it.
fn number(row: &Partition, cluster: StoredValue<String>) -> impl IntoView + use<> {
    let replicas = format!(" of {} in sync · ", row.replicas.len());
    view! {
        {cells::number(row.partition)}
        <span class="narrow-only">
            " " {state(row)} " leader " {leader(row, cluster)} " · " {row.in_sync.len()} {replicas}
            {cells::size(row.size_bytes, row.size_error.as_deref())}
        </span>
    }
}

/// The broker that leads it, and the way there.
fn leader(row: &Partition, cluster: StoredValue<String>) -> impl IntoView + use<> {
    match row.leader {
        Some(id) => cluster.with_value(|it| cells::broker_link(it, id)).into_any(),
        None => view! { <span class="bad">"none"</span> }.into_any(),
    }
}

fn state(row: &Partition) -> impl IntoView + use<> {
    let (mood, text) = condition(row);
    view! { <span title=row.error.clone()><Badge mood=mood>{text}</Badge></span> }
}

/// How it stands, and how bad that is.
fn condition(row: &Partition) -> (Mood, &'static str) {
    match row {
        Partition { leader: None, .. } => (Mood::Bad, "no leader"),
        Partition { error: Some(_), .. } => (Mood::Warn, "not read"),
        row if row.in_sync.len() < row.replicas.len() => (Mood::Warn, "under-replicated"),
        _ => (Mood::Good, "in sync"),
    }
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
