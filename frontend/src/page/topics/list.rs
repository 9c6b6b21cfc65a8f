//! The list of a cluster's topics: quick at ten thousand rows, figures only for those on screen.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{
    session::Permission,
    topics::{TopicFigures, TopicList, TopicRow},
};

use super::{
    create::CreateTopicDialog,
    delete::DeleteTopicDialog,
    figures::{Figures, KnownFigures, ORDERED_MAX},
    order,
};
use crate::{
    cells, client,
    format::{count, counted},
    listing::{Listing, ascending, use_listing, use_text},
    load::{Load, Loaded, load},
    route::{Route, TopicTab},
    session::use_session,
    ui::{
        Age, Badge, Button, Checkbox, Column, Empty, FilterBox, IconButton, Mood, Table,
        TableHandle, TableSpec, Tone,
    },
};

/// How often the list asks again while somebody looks at it.
const REFRESH_SECONDS: u64 = 15;

/// The page.
#[component]
pub fn Topics(cluster: String) -> impl IntoView {
    let of = cluster.clone();
    let topics = load(move || client::topics::list(of.clone())).every(REFRESH_SECONDS);
    let creating = RwSignal::new(false);
    let session = use_session();
    let refusal = Signal::derive(move || session.refusal(Permission::CreateTopic));
    let cluster = StoredValue::new(cluster);
    view! {
        <header class="head">
            <h1>"Topics"</h1>
            <Summary topics/>
            <span class="grow"></span>
            <Show when=move || topics.gone().is_none()>
                <Button
                    tone=Tone::Primary
                    icon="plus"
                    off=refusal
                    on:click=move |_| creating.set(true)
                >
                    "Create topic"
                </Button>
            </Show>
        </header>
        <Loaded from=topics let:data>
            <List data topics cluster/>
        </Loaded>
        <CreateTopicDialog open=creating cluster/>
    }
}

#[component]
fn Summary(topics: Load<TopicList>) -> impl IntoView {
    let text = |list: Arc<TopicList>| {
        let partitions: i128 = list.topics.iter().map(|row| i128::from(row.partitions)).sum();
        view! {
            {count(list.topics.len() as i128)}
            " · "
            {counted(partitions, "partition", "partitions")}
            " · read "
            <Age at_ms=list.read_at_ms/>
        }
    };
    view! { <span class="dim">{move || topics.latest().map(text)}</span> }
}

/// Filter, order and rows.
#[component]
fn List(
    data: Memo<Arc<TopicList>>,
    topics: Load<TopicList>,
    cluster: StoredValue<String>,
) -> impl IntoView {
    let listing = use_listing(ascending("name"));
    let internal = use_flag("internal");
    let kept = Memo::new(move |_| narrowed(&data.get(), listing, internal.get()));
    let by_figures = Memo::new(move |_| order::is_of_figures(&listing.sort().column));
    let known = KnownFigures::none();
    let rows = Memo::new(move |_| {
        let (kept, sort) = (kept.get(), listing.sort());
        match by_figures.get() {
            true => known.with(|figures| order::order(kept, &sort, figures)),
            false => order::order(kept, &sort, |_| None),
        }
    });
    // In the order of names, which stays while figures arrive.
    let ordered = Memo::new(move |_| match by_figures.get() {
        true => kept.with(|kept| kept.iter().take(ORDERED_MAX).map(|it| it.name.clone()).collect()),
        false => Vec::new(),
    });
    let handle = TableHandle::default();
    let figures = known.follow(cluster, rows, handle.visible, ordered);
    let doomed = RwSignal::new(None::<String>);
    let spec = TableSpec::new("Topics", columns(cluster, figures, doomed))
        .sorted(listing.sorting)
        .on_open(cells::opener(rows, move |row| {
            cluster.with_value(|it| Route::topic(it, &row.name, TopicTab::Messages))
        }));
    let hidden = move || data.with(|list| list.topics.iter().filter(|row| row.internal).count());
    let shown = move || {
        let all = data.with(|list| list.topics.len());
        rows.with(|rows| (rows.len() < all).then(|| format!("{} shown", count(rows.len() as i128))))
    };
    view! {
        <div class="bar">
            <FilterBox value=listing.filter label="Filter by name, such as pay|ord"/>
            <Show when=move || hidden() != 0>
                <Checkbox value=internal label="Internal topics"/>
            </Show>
            <span class="dim">{shown}</span>
            <span class="grow"></span>
            <span class="dim" role="status">{move || last(by_figures.get(), rows, known)}</span>
            {figures.state()}
        </div>
        <div class="card">
            <Table spec rows handle empty=move || empty(data, listing)/>
        </div>
        <DeleteTopicDialog cluster topic=doomed on_deleted=move || topics.reload()/>
    }
}

/// A box whose tick lives in the address under `name`.
fn use_flag(name: &'static str) -> RwSignal<bool> {
    let text = use_text(name);
    let flag = RwSignal::new(text.with_untracked(|text| !text.is_empty()));
    Effect::new(move |_| {
        let there = text.with(|text| !text.is_empty());
        if flag.get_untracked() != there {
            flag.set(there);
        }
    });
    Effect::new(move |_| {
        let wanted = if flag.get() { "1" } else { "" };
        if text.with_untracked(String::is_empty) != wanted.is_empty() {
            text.set(wanted.to_owned());
        }
    });
    flag
}

/// How many rows stand last only because their figures are not known.
fn last(by_figures: bool, rows: Memo<Vec<TopicRow>>, known: KnownFigures) -> Option<String> {
    let unread = |rows: &Vec<TopicRow>| {
        known.with(|figures| rows.iter().filter(|row| figures(&row.name).is_none()).count())
    };
    let unread = if by_figures { rows.with(unread) } else { 0 };
    let topics = counted(unread as i128, "topic has", "topics have");
    (unread > 0).then(|| format!("{topics} not been read yet, and stand last"))
}

/// What the filter keeps, by name.
fn narrowed(list: &TopicList, listing: Listing, internal: bool) -> Vec<TopicRow> {
    let narrowing = listing.narrowing();
    let kept = |row: &&TopicRow| (internal || !row.internal) && narrowing.keeps(&row.name);
    list.topics.iter().filter(kept).cloned().collect()
}

/// The look of an empty list depends on why it is empty.
fn empty(data: Memo<Arc<TopicList>>, listing: Listing) -> impl IntoView {
    if data.with(|list| list.topics.is_empty()) {
        return view! {
            <Empty title="No topics yet">
                <p>
                    "A topic is made by “Create topic”, or by the first producer where the "
                    "cluster allows it."
                </p>
            </Empty>
        }
        .into_any();
    }
    let filter = listing.filter.get();
    if filter.is_empty() {
        return view! {
            <Empty title="Only internal topics"><p>"Tick the box above to see them."</p></Empty>
        }
        .into_any();
    }
    view! {
        <Empty icon="text-search" title="No topic matches">
            <p>"Nothing is called " <span class="mono">{filter}</span> "."</p>
            <Button on:click=move |_| listing.filter.set(String::new())>"Clear the filter"</Button>
        </Empty>
    }
    .into_any()
}

fn columns(
    cluster: StoredValue<String>,
    figures: Figures,
    doomed: RwSignal<Option<String>>,
) -> Vec<Column<TopicRow>> {
    let of = move |draw: fn(&TopicFigures) -> AnyView| {
        move |row: &TopicRow| figures.cell(row.name.clone(), draw)
    };
    vec![
        Column::new("name", "name", "minmax(220px, 2fr)", move |row: &TopicRow| name(cluster, row))
            .headline()
            .sortable(),
        Column::new("partitions", "partitions", "112px", |row: &TopicRow| {
            cells::number(row.partitions)
        })
        .right()
        .sortable(),
        Column::new("replicas", "RF", "70px", |row: &TopicRow| {
            cells::number(row.replication_factor)
        })
        .right()
        .sortable()
        .hint("Replication factor: replicas of the first partition"),
        Column::new("records", "records", "minmax(110px, 1fr)", of(records))
            .narrow("minmax(0, 1fr)")
            .right()
            .sortable()
            .hint("End offsets minus start offsets; compaction and control records add to it"),
        Column::new("written", "last written", "120px", of(last_written)).sortable(),
        Column::new("cleanup", "cleanup", "130px", of(cleanup)).sortable(),
        Column::new("groups", "groups", "80px", of(groups))
            .narrow("72px")
            .right()
            .sortable()
            .hint("Groups with a commit here"),
        Column::new(
            "lag",
            "worst lag",
            "minmax(180px, 1fr)",
            of(|known| cells::lag_over(known.worst_lag, known.without_commit).into_any()),
        )
        .narrow("minmax(0, 1.4fr)")
        .right()
        .sortable()
        .hint(
            "Records behind, of the group that is furthest behind; beside it the partitions that \
             members hold without a commit",
        ),
        Column::new("acts", "", "52px", move |row: &TopicRow| delete_button(row, doomed)),
    ]
}

fn name(cluster: StoredValue<String>, row: &TopicRow) -> impl IntoView + use<> {
    let badge = |mood: Mood, n: u32, text: &str| {
        let text = format!("{} {text}", count(n));
        (n > 0).then(|| view! { " " <Badge mood=mood>{text}</Badge> })
    };
    view! {
        {cluster.with_value(|it| cells::topic_link(it, &row.name, TopicTab::Messages))}
        {row.internal.then(|| view! { " " <Badge>"internal"</Badge> })}
        {badge(Mood::Bad, row.offline, "without leader")}
        {badge(Mood::Warn, row.under_replicated, "under-replicated")}
    }
}

fn records(known: &TopicFigures) -> AnyView {
    cells::figure(known.messages, "The offsets could not be read").into_any()
}

fn last_written(known: &TopicFigures) -> AnyView {
    match (known.last_written_ms, known.messages) {
        (Some(at_ms), _) => view! { <span class="dim"><Age at_ms/></span> }.into_any(),
        (None, Some(0)) => view! { <span class="dim">"no records"</span> }.into_any(),
        (None, _) => cells::unknown("The newest record's time could not be read").into_any(),
    }
}

fn cleanup(known: &TopicFigures) -> AnyView {
    match known.cleanup_policy.clone() {
        Some(policy) => policy.into_any(),
        None => cells::unknown("The topic's configuration could not be read").into_any(),
    }
}

fn groups(known: &TopicFigures) -> AnyView {
    cells::figure(known.groups, "The groups could not be read").into_any()
}

fn delete_button(row: &TopicRow, doomed: RwSignal<Option<String>>) -> impl IntoView + use<> {
    let session = use_session();
    let refusal = Signal::derive(move || session.refusal(Permission::DeleteTopic));
    let label = format!("Delete {}", row.name);
    let topic = row.name.clone();
    let ask = move |_| doomed.set(Some(topic.clone()));
    (!row.internal).then(|| {
        view! {
            <span class="row-act">
                <IconButton icon="trash-2" label off=refusal on:click=ask/>
            </span>
        }
    })
}
