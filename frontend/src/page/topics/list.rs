//! The list of a cluster's topics: quick at ten thousand rows, figures only for those on screen.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{
    session::Permission,
    topics::{TopicList, TopicRow},
};

use super::{
    bulk::BulkBar,
    columns::{Cells, SLIM, SNUG, columns},
    create::CreateTopicDialog,
    delete::DeleteTopicDialog,
    export::ExportMenu,
    favourites::Favourites,
    figures::{KnownFigures, ORDERED_MAX},
    order,
    select::Selection,
};
use crate::{
    cells, client,
    format::{self, count, counted},
    listing::{Listing, ascending, use_flag, use_listing, use_text},
    load::{Load, Loaded, load},
    query::Query,
    route::{Route, TopicTab},
    session::use_session,
    ui::{Age, Button, Checkbox, Empty, FilterBox, Table, TableHandle, TableSpec, Tone},
    views::{Viewed, ViewsMenu},
};

/// The list's views.
const VIEWS: Viewed = Viewed {
    key: "ouzel.views.topics",
    given: &[
        ("All topics", ""),
        ("Furthest behind", "sort=-lag"),
        ("Busiest", "sort=-in"),
        ("Most records", "sort=-records"),
        ("Largest", "sort=-size"),
    ],
};

/// How often the list asks again while somebody looks at it.
const REFRESH_SECONDS: u64 = 15;

/// Names in the address the topic whose settings a new one begins with.
const LIKE: &str = "like";

/// In the address while the dialog is open that makes a topic.
const CREATE: &str = "create";

/// The list's page with the dialog open that makes a topic like this one.
pub fn clone_address(cluster: &str, topic: &str) -> String {
    let list = Route::Topics { cluster: cluster.to_owned() };
    format!("{}?{}", list.path(), Query::default().with(LIKE, topic))
}

/// The page.
#[component]
pub fn Topics(cluster: String) -> impl IntoView {
    let of = cluster.clone();
    let topics = load(move || client::topics::list(of.clone())).every(REFRESH_SECONDS);
    let creating = RwSignal::new(false);
    let (asked, like) = (use_flag(CREATE), use_text(LIKE));
    let session = use_session();
    let refusal = Signal::derive(move || session.refusal(Permission::CreateTopic));
    Effect::new(move |_| {
        let wanted = asked.get() || like.with(|like| !like.is_empty());
        if wanted && refusal.with(Option::is_none) {
            creating.set(true);
        }
    });
    Effect::new(move |before: Option<bool>| {
        let now = creating.get();
        if before == Some(true) && !now {
            like.set(String::new());
            asked.set(false);
        }
        now
    });
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
                    on_press=move |_| asked.set(true)
                >
                    "Create topic"
                </Button>
            </Show>
        </header>
        <Loaded from=topics let:data>
            <List data topics cluster/>
        </Loaded>
        <CreateTopicDialog open=creating cluster like/>
    }
}

#[component]
fn Summary(topics: Load<TopicList>) -> impl IntoView {
    let text = |list: Arc<TopicList>| {
        let partitions: i128 = list.topics.iter().map(|row| i128::from(row.partitions)).sum();
        let internal = list.topics.iter().filter(|row| row.internal).count();
        view! {
            {format::topics(list.topics.len() as i128, internal as i128)}
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
    let only_favourites = use_flag("favourites");
    let favourites = Favourites::of(cluster);
    let kept = Memo::new(move |_| {
        let wanted = |row: &TopicRow| {
            (internal.get() || !row.internal)
                && (!only_favourites.get() || favourites.has(&row.name))
        };
        narrowed(&data.get(), listing, wanted)
    });
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
    let selection = Selection::none();
    let cells = Cells { cluster, figures, favourites, selection, doomed };
    let spec = TableSpec::new("Topics", columns(cells, rows))
        .sorted(listing.sorting)
        .on_select(move |at| selection.toggle_at(rows, at))
        .on_open(cells::opener(rows, move |row| {
            cluster.with_value(|it| Route::topic(it, &row.name, TopicTab::Messages))
        }));
    let hidden = move || data.with(|list| list.topics.iter().filter(|row| row.internal).count());
    let chosen = Memo::new(move |_| selection.among(rows));
    view! {
        <div class="bar">
            <FilterBox value=listing.filter label="Filter by name, such as pay|ord"/>
            <Checkbox value=only_favourites label="Favourites"/>
            <Show when=move || hidden() != 0>
                <Checkbox value=internal label="Internal topics"/>
            </Show>
            <span class="dim">{move || shown(data, rows)}</span>
            <span class="grow"></span>
            <span class="dim" role="status">{move || last(by_figures.get(), rows, known)}</span>
            {figures.state()}
            <ViewsMenu of=VIEWS/>
            <ExportMenu cluster rows known/>
        </div>
        <BulkBar cluster chosen selection topics/>
        <div
            class="card topic-rows"
            style=("--snug", SNUG.tracks)
            style=("--snug-min", SNUG.least)
            style=("--slim", SLIM.tracks)
            style=("--slim-min", SLIM.least)
        >
            <Table spec rows handle empty=move || empty(data, listing, only_favourites)/>
        </div>
        <DeleteTopicDialog cluster topic=doomed on_deleted=move || topics.reload()/>
    }
}

/// How many rows there are, where not all are shown.
fn shown(data: Memo<Arc<TopicList>>, rows: Memo<Vec<TopicRow>>) -> Option<String> {
    let all = data.with(|list| list.topics.len());
    rows.with(|rows| (rows.len() < all).then(|| format!("{} shown", count(rows.len() as i128))))
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

/// What the filter keeps of those that are `wanted`, by name.
fn narrowed(
    list: &TopicList,
    listing: Listing,
    wanted: impl Fn(&TopicRow) -> bool,
) -> Vec<TopicRow> {
    let narrowing = listing.narrowing();
    let kept = |row: &&TopicRow| narrowing.keeps(&row.name) && wanted(row);
    list.topics.iter().filter(kept).cloned().collect()
}

/// The look of an empty list depends on why it is empty.
fn empty(
    data: Memo<Arc<TopicList>>,
    listing: Listing,
    only_favourites: RwSignal<bool>,
) -> impl IntoView {
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
    if only_favourites.get() {
        return view! {
            <Empty title="No favourite here">
                <p>"The star before a topic's name makes it one, in this browser."</p>
                <Button on_press=move |_| only_favourites.set(false)>"Show all topics"</Button>
            </Empty>
        }
        .into_any();
    }
    if filter.is_empty() {
        return view! {
            <Empty title="Only internal topics"><p>"Tick the box above to see them."</p></Empty>
        }
        .into_any();
    }
    view! {
        <Empty icon="text-search" title="No topic matches">
            <p>"Nothing is called " <span class="mono">{filter}</span> "."</p>
            <Button on_press=move |_| listing.filter.set(String::new())>"Clear the filter"</Button>
        </Empty>
    }
    .into_any()
}
