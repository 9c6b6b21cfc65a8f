//! The partitions of which a broker holds a copy.

use std::{cmp::Ordering, sync::Arc};

use leptos::prelude::*;
use ouzel_api::brokers::{BrokerPage, BrokerPartition};

use crate::{
    cells,
    format::count,
    listing::{Listing, ascending, use_listing},
    route::{Route, TopicTab},
    ui::{Badge, Column, Empty, FilterBox, Mood, Sort, Table, TableSpec},
};

/// The tab.
#[component]
pub fn Partitions(page: Memo<Arc<BrokerPage>>, cluster: StoredValue<String>) -> impl IntoView {
    let listing = use_listing(ascending("topic"));
    let rows = Memo::new(move |_| page.with(|page| narrowed(&page.partitions, listing)));
    let spec = TableSpec::new("Partitions", columns(cluster)).sorted(listing.sorting).on_open(
        cells::opener(rows, move |row: &BrokerPartition| {
            cluster.with_value(|it| Route::topic(it, &row.topic, TopicTab::Partitions))
        }),
    );
    let empty = move || match page.with(|page| page.partitions.is_empty()) {
        true => view! { <Empty title="It holds no partition"/> }.into_any(),
        false => {
            view! { <Empty icon="text-search" title="Nothing matches the filter"/> }.into_any()
        }
    };
    let shown = move || {
        let all = page.with(|page| page.partitions.len());
        rows.with(|rows| (rows.len() < all).then(|| format!("{} shown", count(rows.len() as i128))))
    };
    view! {
        <div class="bar">
            <FilterBox value=listing.filter label="Filter by topic, role or state"/>
            <span class="dim">{shown}</span>
            <span class="grow"></span>
            {cells::read_at(move || page.with(|page| page.read_at_ms))}
        </div>
        <div class="card"><Table spec rows empty/></div>
    }
}

/// What the filter keeps, in order.
fn narrowed(all: &[BrokerPartition], listing: Listing) -> Vec<BrokerPartition> {
    let narrowing = listing.narrowing();
    let kept = |row: &&BrokerPartition| {
        let text = format!("{}-{} {} {}", row.topic, row.partition, role(row), state(row).1);
        narrowing.keeps(&text)
    };
    let mut rows: Vec<BrokerPartition> = all.iter().filter(kept).cloned().collect();
    let sort = listing.sort();
    rows.sort_by(|a, b| {
        sort.directed(compare(&sort, a, b))
            .then_with(|| (&a.topic, a.partition).cmp(&(&b.topic, b.partition)))
    });
    rows
}

fn compare(sort: &Sort, a: &BrokerPartition, b: &BrokerPartition) -> Ordering {
    match sort.column.as_str() {
        "role" => b.leads.cmp(&a.leads),
        "state" => a.in_sync.cmp(&b.in_sync),
        "size" => a.size_bytes.cmp(&b.size_bytes),
        _ => (&a.topic, a.partition).cmp(&(&b.topic, b.partition)),
    }
}

fn role(row: &BrokerPartition) -> &'static str {
    if row.leads { "leader" } else { "follower" }
}

fn state(row: &BrokerPartition) -> (Mood, &'static str) {
    if row.in_sync { (Mood::Good, "in sync") } else { (Mood::Warn, "behind") }
}

fn columns(cluster: StoredValue<String>) -> Vec<Column<BrokerPartition>> {
    vec![
        Column::new("topic", "topic", "minmax(200px, 3fr)", move |row: &BrokerPartition| {
            cluster.with_value(|it| cells::topic_link(it, &row.topic, TopicTab::Partitions))
        })
        .headline()
        .sortable(),
        Column::new("partition", "partition", "100px", |row: &BrokerPartition| {
            cells::number(row.partition)
        })
        .narrow("72px")
        .right(),
        Column::new("role", "role", "110px", role).narrow("minmax(0, 1fr)").sortable(),
        Column::new("state", "its copy is", "120px", |row: &BrokerPartition| {
            let (mood, text) = state(row);
            view! { <Badge mood=mood>{text}</Badge> }
        })
        .narrow("84px")
        .sortable(),
        Column::new("size", "size", "minmax(110px, 1fr)", |row: &BrokerPartition| {
            cells::size(row.size_bytes, None)
        })
        .narrow("minmax(0, 1fr)")
        .right()
        .sortable()
        .hint("Bytes of the copy on this broker's disk"),
    ]
}

#[cfg(test)]
mod tests {
    use super::{BrokerPartition, Sort, compare};

    #[test]
    fn leaders_come_first_by_role_and_the_largest_last_by_size() {
        let part = |leads, size_bytes| BrokerPartition {
            topic: "t".to_owned(),
            partition: 0,
            leads,
            in_sync: true,
            size_bytes,
        };
        let by = |column: &str| Sort { column: column.to_owned(), descending: false };
        let (leader, follower) = (part(true, Some(1)), part(false, Some(9)));
        assert!(compare(&by("role"), &leader, &follower).is_lt());
        assert!(compare(&by("size"), &leader, &follower).is_lt());
        assert!(compare(&by("size"), &part(true, None), &leader).is_lt());
        assert!(compare(&by("topic"), &leader, &follower).is_eq());
    }
}
