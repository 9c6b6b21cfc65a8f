//! The consumer groups of a cluster.

use std::{cmp::Ordering, sync::Arc};

use leptos::prelude::*;
use ouzel_api::{
    Lag,
    groups::{GroupList, GroupRow},
    progress::{Progress, Status, TimeLag, Trend},
    session::Permission,
};

use super::{delete::DeleteGroupsDialog, export::ExportMenu, pick::Picked};
use crate::{
    cells, client,
    format::count,
    listing::{Listing, descending, use_listing, use_texts},
    load::{Load, Loaded, load},
    route::{GroupTab, Route},
    session::use_session,
    ui::{Age, Badge, Button, Column, Empty, FilterBox, Mood, Note, Sort, Table, TableSpec},
    views::{Viewed, ViewsMenu},
};

/// The list's views.
const VIEWS: Viewed = Viewed {
    key: "ouzel.views.groups",
    given: &[
        ("All groups", ""),
        ("To be looked at", "sort=-trend"),
        ("Furthest behind in time", "sort=-time"),
        ("Empty groups", "q=Empty"),
    ],
};

/// In the address while it is asked whether these groups are to be deleted.
const DELETE: &str = "delete";

/// How often the list asks again while somebody looks at it.
const REFRESH_SECONDS: u64 = 10;

/// The page.
#[component]
pub fn Groups(cluster: String) -> impl IntoView {
    let of = cluster.clone();
    let groups = load(move || client::groups::list(of.clone())).every(REFRESH_SECONDS);
    let cluster = StoredValue::new(cluster);
    view! {
        <header class="head">
            <h1>"Consumer groups"</h1>
            <Summary groups/>
        </header>
        <Loaded from=groups let:data>
            <List data groups cluster/>
        </Loaded>
    }
}

#[component]
fn Summary(groups: Load<GroupList>) -> impl IntoView {
    let text = |list: Arc<GroupList>| {
        let latest = list.groups.iter().filter_map(|row| row.progress.as_ref());
        let latest = latest.max_by_key(|progress| progress.read_ms);
        view! {
            {standing(&list.groups)} " · " {latest.map(cells::sampled_at)} " read "
            <Age at_ms=list.read_at_ms/>
        }
    };
    view! { <span class="dim">{move || groups.latest().map(text)}</span> }
}

/// How many groups there are, are behind, or may be: unknown and without a commit are neither
/// behind nor caught up.
fn standing(groups: &[GroupRow]) -> String {
    let of = |is: fn(&GroupRow) -> bool| groups.iter().filter(|row| is(row)).count() as i128;
    let behind = of(|row| matches!(row.lag, Lag::Known { records: 1.. }));
    let unknown = of(|row| row.lag == Lag::Unknown);
    let without_commit = of(|row| row.lag == Lag::NoCommit || row.without_commit > 0);
    let mut text = format!("{} · {} behind", count(groups.len() as i128), count(behind));
    for (number, name) in [(unknown, "unknown"), (without_commit, "not committed everywhere")] {
        if number > 0 {
            text.push_str(&format!(" · {} {name}", count(number)));
        }
    }
    text
}

#[component]
fn List(
    data: Memo<Arc<GroupList>>,
    groups: Load<GroupList>,
    cluster: StoredValue<String>,
) -> impl IntoView {
    let listing = use_listing(descending("lag"));
    let rows = Memo::new(move |_| narrowed(&data.get(), listing));
    let picked = Picked::none();
    let asked = use_texts(DELETE);
    let doomed = allowed(asked);
    let columns = columns(cluster, picked);
    let spec = TableSpec::new("Consumer groups", columns)
        .sorted(listing.sorting)
        .on_select(move |at| picked.toggle_at(rows, at))
        .on_open(cells::opener(rows, move |row: &GroupRow| {
            cluster.with_value(|it| Route::group(it, &row.group, GroupTab::Lag))
        }));
    let deleted = move || {
        picked.clear();
        groups.reload();
    };
    let warning = |text: String| view! { <Note><span>{text}</span></Note> };
    let warnings = Memo::new(move |_| data.with(|list| list.warnings.clone()));
    let missing = move || warnings.get().into_iter().map(warning).collect_view();
    let shown = move || {
        let all = data.with(|list| list.groups.len());
        rows.with(|rows| (rows.len() < all).then(|| format!("{} shown", count(rows.len() as i128))))
    };
    view! {
        <div class="bar">
            <FilterBox value=listing.filter label="Filter by name or state, such as bill|Empty"/>
            <span class="dim">{shown}</span>
            <span class="grow"></span>
            {picked.bar(rows, asked)}
            <ViewsMenu of=VIEWS/>
            <ExportMenu cluster data rows/>
        </div>
        {missing}
        <div class="card"><Table spec rows empty=move || empty(listing, warnings)/></div>
        <DeleteGroupsDialog cluster groups=doomed on_deleted=deleted/>
    }
}

/// The groups of whose deletion is asked, as long as the viewer has the right to any; letting them
/// go takes them out of the address.
fn allowed(asked: RwSignal<Vec<String>>) -> RwSignal<Vec<String>> {
    let (session, doomed) = (use_session(), RwSignal::new(Vec::new()));
    Effect::new(move |_| match session.refusal(Permission::DeleteGroup) {
        None => doomed.set(asked.get()),
        Some(_) => doomed.set(Vec::new()),
    });
    Effect::new(move |before: Option<bool>| {
        let now = doomed.with(|doomed| !doomed.is_empty());
        if before == Some(true) && !now {
            asked.set(Vec::new());
        }
        now
    });
    doomed
}

/// What the filter keeps, in order.
fn narrowed(list: &GroupList, listing: Listing) -> Vec<GroupRow> {
    let narrowing = listing.narrowing();
    let status = |row: &GroupRow| row.progress.as_ref().map_or("", |it| it.status.name());
    let kept = |row: &&GroupRow| {
        narrowing.keeps(&format!("{} {} {} {}", row.group, row.state, row.group_type, status(row)))
    };
    let mut rows: Vec<GroupRow> = list.groups.iter().filter(kept).cloned().collect();
    let sort = listing.sort();
    rows.sort_by(|a, b| sort.directed(compare(&sort, a, b)).then_with(|| a.group.cmp(&b.group)));
    rows
}

fn compare(sort: &Sort, a: &GroupRow, b: &GroupRow) -> Ordering {
    match sort.column.as_str() {
        "state" => a.state.cmp(&b.state),
        "type" => a.group_type.cmp(&b.group_type),
        "members" => a.members.cmp(&b.members),
        "topics" => a.topics.cmp(&b.topics),
        "lag" => a.lag.rank().cmp(&b.lag.rank()),
        "time" => time(a).cmp(&time(b)),
        "trend" => trend(a).cmp(&trend(b)),
        _ => a.group.cmp(&b.group),
    }
}

fn time(row: &GroupRow) -> i64 {
    row.progress.as_ref().map_or(-2, |progress| progress.time_lag.rank())
}

/// What is stuck comes first, then what grows.
fn trend(row: &GroupRow) -> Option<(bool, bool, Status, Trend)> {
    let of = |it: &Progress| (it.status.is_trouble(), it.needs_a_look(), it.status, it.trend);
    row.progress.as_ref().map(of)
}

fn empty(listing: Listing, warnings: Memo<Vec<String>>) -> impl IntoView {
    let filter = listing.filter.get();
    if filter.is_empty() && warnings.with(|all| !all.is_empty()) {
        return view! { <Empty icon="users" title="No consumer groups could be read"/> }.into_any();
    }
    if filter.is_empty() {
        return view! {
            <Empty icon="users" title="No consumer groups">
                <p>
                    "No client has joined a group or committed an offset on this cluster, "
                    "or its commits have expired."
                </p>
            </Empty>
        }
        .into_any();
    }
    view! {
        <Empty icon="text-search" title="No group matches">
            <p>"No group's name or state holds " <span class="mono">{filter}</span> "."</p>
            <Button on_press=move |_| listing.filter.set(String::new())>"Clear the filter"</Button>
        </Empty>
    }
    .into_any()
}

fn columns(cluster: StoredValue<String>, picked: Picked) -> Vec<Column<GroupRow>> {
    let reason = |row: &GroupRow| row.error.clone().unwrap_or_else(|| "No answer".to_owned());
    vec![
        Column::new("pick", "", "40px", move |row: &GroupRow| picked.cell(row)).narrow("32px"),
        Column::new("group", "group", "minmax(200px, 2fr)", move |row: &GroupRow| {
            let partly = |error: String| {
                view! { " " <span title=error><Badge mood=Mood::Warn>"not all read"</Badge></span> }
            };
            view! {
                {cluster.with_value(|it| cells::group_link(it, &row.group))}
                {row.error.clone().map(partly)}
            }
        })
        .headline()
        .sortable(),
        Column::new("state", "state", "150px", |row: &GroupRow| cells::group_state(&row.state))
            .narrow("84px")
            .sortable(),
        Column::new("type", "type", "90px", |row: &GroupRow| row.group_type.clone()).sortable(),
        Column::new("members", "members", "84px", move |row: &GroupRow| {
            cells::figure(row.members, &reason(row))
        })
        .right()
        .sortable(),
        Column::new("topics", "topics", "74px", move |row: &GroupRow| {
            cells::figure(row.topics, &reason(row))
        })
        .right()
        .sortable()
        .hint("Topics on which it has committed"),
        Column::new("lag", "records behind", "minmax(180px, 1fr)", |row: &GroupRow| {
            cells::lag_over(row.lag, row.without_commit)
        })
        .narrow("minmax(0, 1fr)")
        .right()
        .sortable(),
        Column::new("time", "behind in time", "116px", |row: &GroupRow| {
            let progress = row.progress.as_ref();
            cells::time_lag(progress.map_or(TimeLag::Unknown, |progress| progress.time_lag))
        })
        .narrow("104px")
        .right()
        .sortable()
        .hint("How long ago the first unread record was written"),
        Column::new("trend", "trend", "minmax(230px, 1fr)", |row: &GroupRow| {
            let of = |it: &Progress| view! { {cells::trend(it)} " " {cells::troubles(it)} };
            row.progress.as_ref().map(of)
        })
        .sortable()
        .hint("Of the latest samples, and what is to be looked at"),
    ]
}

#[cfg(test)]
mod tests {
    use ouzel_api::Lag;

    use super::{GroupRow, standing};

    fn row(lag: Lag, without_commit: u32) -> GroupRow {
        GroupRow {
            group: "billing".to_owned(),
            group_type: "classic".to_owned(),
            state: "Stable".to_owned(),
            protocol_type: "consumer".to_owned(),
            members: Some(1),
            topics: Some(1),
            lag,
            without_commit,
            error: None,
            progress: None,
            denied: Vec::new(),
        }
    }

    #[test]
    fn a_group_that_is_not_known_to_be_behind_is_not_counted_as_behind() {
        let known = |records| Lag::Known { records };
        assert_eq!(standing(&[row(known(0), 0), row(known(3), 0)]), "2 · 1 behind");
        let rows = [row(Lag::Unknown, 0), row(known(0), 2), row(Lag::NoCommit, 0)];
        assert_eq!(standing(&rows), "3 · 0 behind · 1 unknown · 2 not committed everywhere");
    }
}
