//! The brokers of a cluster.

use std::{cmp::Ordering, sync::Arc};

use leptos::prelude::*;
use ouzel_api::brokers::{BrokerList, BrokerRow};

use super::{behind, room, standing};
use crate::{
    cells, client,
    format::counted,
    listing::{Listing, ascending, use_listing},
    load::{Load, Loaded, load},
    route::{BrokerTab, Route},
    ui::{Age, Button, Column, Empty, FilterBox, Note, Sort, Table, TableSpec},
};

/// How often the list asks again while somebody looks at it: each broker is asked for its disks.
const REFRESH_SECONDS: u64 = 20;

/// The page.
#[component]
pub fn Brokers(cluster: String) -> impl IntoView {
    let of = cluster.clone();
    let brokers = load(move || client::brokers::list(of.clone())).every(REFRESH_SECONDS);
    let cluster = StoredValue::new(cluster);
    view! {
        <header class="head">
            <h1>"Brokers"</h1>
            <Summary brokers/>
        </header>
        <Loaded from=brokers let:data>
            <List data cluster/>
        </Loaded>
    }
}

#[component]
fn Summary(brokers: Load<BrokerList>) -> impl IntoView {
    let text = |list: Arc<BrokerList>| {
        let many = list.brokers.len() as i128;
        view! { {counted(many, "broker", "brokers")} " · read " <Age at_ms=list.read_at_ms/> }
    };
    view! { <span class="dim">{move || brokers.latest().map(text)}</span> }
}

#[component]
fn List(data: Memo<Arc<BrokerList>>, cluster: StoredValue<String>) -> impl IntoView {
    let listing = use_listing(ascending("id"));
    let rows = Memo::new(move |_| narrowed(&data.get(), listing));
    let spec = TableSpec::new("Brokers", columns(cluster)).sorted(listing.sorting).on_open(
        cells::opener(rows, move |row: &BrokerRow| {
            cluster.with_value(|it| Route::broker(it, row.id, BrokerTab::Partitions))
        }),
    );
    let empty = move || {
        view! {
            <Empty icon="text-search" title="No broker matches">
                <Button on_press=move |_| listing.filter.set(String::new())>
                    "Clear the filter"
                </Button>
            </Empty>
        }
    };
    // In a cell a long sentence would be cut.
    let troubled = move || {
        let told = |row: &BrokerRow| Some((row.id, row.disk_error.clone()?));
        let note = |(id, why)| {
            view! { <Note><span><b>"Broker " {id} ". "</b> {why}</span></Note> }
        };
        data.with(|data| data.brokers.iter().filter_map(told).map(note).collect_view())
    };
    view! {
        <div class="bar">
            <FilterBox value=listing.filter label="Filter by number, address or rack"/>
        </div>
        {troubled}
        <div class="card"><Table spec rows empty/></div>
    }
}

/// What the filter keeps, in order.
fn narrowed(list: &BrokerList, listing: Listing) -> Vec<BrokerRow> {
    let narrowing = listing.narrowing();
    let kept = |row: &&BrokerRow| {
        let (address, rack) = (row.address.as_deref(), row.rack.as_deref());
        let role = if row.controller { "controller" } else { "" };
        let [address, rack] = [address, rack].map(Option::unwrap_or_default);
        narrowing.keeps(&format!("{} {address} {rack} {role}", row.id))
    };
    let mut rows: Vec<BrokerRow> = list.brokers.iter().filter(kept).cloned().collect();
    let sort = listing.sort();
    rows.sort_by(|a, b| sort.directed(compare(&sort, a, b)).then(a.id.cmp(&b.id)));
    rows
}

fn compare(sort: &Sort, a: &BrokerRow, b: &BrokerRow) -> Ordering {
    match sort.column.as_str() {
        "address" => a.address.cmp(&b.address),
        "rack" => a.rack.cmp(&b.rack),
        "leads" => a.leads.cmp(&b.leads),
        "follows" => a.follows.cmp(&b.follows),
        "behind" => a.out_of_sync.cmp(&b.out_of_sync),
        "size" => a.size_bytes.cmp(&b.size_bytes),
        "room" => a.usable_bytes.cmp(&b.usable_bytes),
        _ => a.id.cmp(&b.id),
    }
}

fn columns(cluster: StoredValue<String>) -> Vec<Column<BrokerRow>> {
    vec![
        Column::new("id", "broker", "90px", move |row: &BrokerRow| {
            cluster.with_value(|it| cells::broker_link(it, row.id))
        })
        .narrow("64px")
        .sortable(),
        Column::new("address", "address", "minmax(170px, 1.4fr)", address).headline().sortable(),
        Column::new("role", "role", "120px", standing),
        Column::new("rack", "rack", "110px", |row: &BrokerRow| match row.rack.clone() {
            Some(rack) => rack.into_any(),
            None => view! { <span class="dim">"none"</span> }.into_any(),
        })
        .sortable(),
        Column::new("leads", "leads", "84px", |row: &BrokerRow| cells::number(row.leads))
            .narrow("minmax(0, 1fr)")
            .right()
            .sortable()
            .hint("Partitions that it leads"),
        Column::new("follows", "follows", "84px", |row: &BrokerRow| cells::number(row.follows))
            .right()
            .sortable()
            .hint("Partitions of which it holds a copy and that it does not lead"),
        Column::new("behind", "not in sync", "104px", |row: &BrokerRow| behind(row.out_of_sync))
            .narrow("88px")
            .right()
            .sortable()
            .hint("Copies on it that do not keep up"),
        Column::new("size", "on disk", "96px", |row: &BrokerRow| {
            cells::size(row.size_bytes, row.disk_error.as_deref())
        })
        .narrow("minmax(0, 1fr)")
        .right()
        .sortable()
        .hint("Bytes of all partitions on it, compressed as they lie there"),
        Column::new("room", "room", "minmax(230px, 1fr)", |row: &BrokerRow| {
            room(row.usable_bytes, row.total_bytes)
        })
        .right()
        .sortable()
        .hint("Of the file systems of its folders"),
    ]
}

/// The address; on a phone the role stands beside it.
fn address(row: &BrokerRow) -> impl IntoView + use<> {
    let address = match row.address.clone() {
        Some(address) => cells::mono(address, "the address").into_any(),
        None => view! { <span class="dim">"no address"</span> }.into_any(),
    };
    view! { {address} <span class="narrow-only">" " {standing(row)}</span> }
}
