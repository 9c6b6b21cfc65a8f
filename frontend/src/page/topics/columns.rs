//! The columns of the list of topics.

use leptos::prelude::*;
use ouzel_api::{
    Lag,
    session::Permission,
    topics::{TopicFigures, TopicRow},
};

use super::{favourites::Favourites, figures::Figures, list::clone_address, select::Selection};
use crate::{
    cells,
    format::{count, counted, duration, per_second},
    location::{History, use_location},
    route::TopicTab,
    session::use_session,
    ui::{Age, Badge, Column, IconButton, Mood},
};

/// What the cells of a row need. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Cells {
    pub cluster: StoredValue<String>,
    pub figures: Figures,
    pub favourites: Favourites,
    pub selection: Selection,
    /// The topic that somebody wants to delete.
    pub doomed: RwSignal<Option<String>>,
}

/// The tracks on a screen of usual width, and the least width of them together: the same room for
/// what stands in them, and less air between.
pub const SNUG: Room = Room {
    tracks: "34px minmax(142px, 2fr) 90px 42px minmax(78px, 1fr) 76px 72px 72px 92px 110px 64px \
             minmax(116px, 1fr) 70px",
    least: "1058px",
};

/// The same on a smaller one, where the cleanup policy gives way: it seldom changes, and the
/// topic's page tells it.
pub const SLIM: Room = Room {
    tracks: "34px minmax(142px, 2fr) 90px 42px minmax(78px, 1fr) 76px 72px 72px 92px 64px \
             minmax(116px, 1fr) 70px",
    least: "948px",
};

/// What the columns take.
pub struct Room {
    /// A track for each column.
    pub tracks: &'static str,
    /// Below it the table scrolls sideways.
    pub least: &'static str,
}

/// All columns; `rows` are those that the list shows.
pub fn columns(cells: Cells, rows: Memo<Vec<TopicRow>>) -> Vec<Column<TopicRow>> {
    let Cells { figures, selection, .. } = cells;
    let of = move |draw: fn(&TopicFigures) -> AnyView| {
        move |row: &TopicRow| figures.cell(row.name.clone(), draw)
    };
    vec![
        selection.column(rows),
        Column::new("name", "name", "minmax(150px, 2fr)", move |row: &TopicRow| name(cells, row))
            .headline()
            .sortable(),
        Column::new("partitions", "partitions", "98px", |row: &TopicRow| {
            cells::number(row.partitions)
        })
        .right()
        .sortable(),
        Column::new("replicas", "RF", "50px", |row: &TopicRow| {
            cells::number(row.replication_factor)
        })
        .right()
        .sortable()
        .hint("Replication factor: replicas of the first partition"),
        Column::new("records", "records", "minmax(86px, 1fr)", of(records))
            .narrow("minmax(0, 1fr)")
            .right()
            .sortable()
            .hint("End offsets minus start offsets; compaction and control records add to it"),
        Column::new("size", "size", "84px", of(size))
            .right()
            .sortable()
            .hint("Bytes on disk of the leaders' replicas, compressed as they lie there"),
        Column::new("in", "in", "80px", of(rate_in))
            .right()
            .sortable()
            .hint("Records written a second in the last minute, measured from the end offsets"),
        Column::new("out", "out", "80px", of(rate_out))
            .right()
            .sortable()
            .hint("Records a second that all groups together have committed in the last minute"),
        Column::new("written", "last written", "100px", of(last_written)).sortable(),
        Column::new("cleanup", "cleanup", "118px", of(cleanup)).sortable().gives_way(),
        Column::new("groups", "groups", "72px", of(groups))
            .narrow("72px")
            .right()
            .sortable()
            .hint("Groups with a commit here"),
        Column::new(
            "lag",
            "worst lag",
            "minmax(124px, 1fr)",
            of(worst_lag),
        )
        .narrow("minmax(0, 1.4fr)")
        .right()
        .sortable()
        .hint(
            "Records behind, of the group that is furthest behind; beside it the partitions that \
             members hold without a commit",
        ),
        Column::new("acts", "", "78px", move |row: &TopicRow| acts(cells, row)),
    ]
}

fn name(cells: Cells, row: &TopicRow) -> impl IntoView + use<> {
    let badge = |mood: Mood, n: u32, text: &str| {
        let text = format!("{} {text}", count(n));
        (n > 0).then(|| view! { " " <Badge mood=mood>{text}</Badge> })
    };
    view! {
        {cells.favourites.star(row.name.clone())}
        {cells.cluster.with_value(|it| cells::topic_link(it, &row.name, TopicTab::Messages))}
        {row.internal.then(|| view! { " " <Badge>"internal"</Badge> })}
        {badge(Mood::Bad, row.offline, "without leader")}
        {badge(Mood::Warn, row.under_replicated, "under-replicated")}
    }
}

fn records(known: &TopicFigures) -> AnyView {
    cells::figure(known.messages, "The offsets could not be read").into_any()
}

fn size(known: &TopicFigures) -> AnyView {
    cells::size(known.size_bytes, known.size_error.as_deref()).into_any()
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

/// Three cells that nobody confuses: nobody reads the topic, a reader has no commit, a number.
fn worst_lag(known: &TopicFigures) -> AnyView {
    match (known.worst_lag, known.groups, known.without_commit) {
        (Lag::NoCommit, Some(0), 0) => {
            let why = "No consumer group reads this topic";
            view! { <span class="dim" title=why>"no groups"</span> }.into_any()
        }
        (lag, _, without_commit) => cells::lag_over(lag, without_commit).into_any(),
    }
}

fn rate_in(known: &TopicFigures) -> AnyView {
    rate(known.rate.map(|rate| (Some(rate.records_in), rate.over_ms)))
}

fn rate_out(known: &TopicFigures) -> AnyView {
    rate(known.rate.map(|rate| (rate.records_out, rate.over_ms)))
}

fn rate(measured: Option<(Option<i64>, i64)>) -> AnyView {
    match measured {
        None => {
            let why = "Being measured: a rate takes two readings, some seconds apart";
            view! { <span class="dim" title=why>"–"</span> }.into_any()
        }
        Some((None, _)) => cells::unknown("The groups could not be read").into_any(),
        Some((Some(records), over_ms)) => {
            let over = duration(over_ms);
            let why = format!("{} in the last {over}", counted(records, "offset", "offsets"));
            let class = if records == 0 { "mono dim" } else { "mono" };
            view! { <span class=class title=why>{per_second(records, over_ms)}</span> }.into_any()
        }
    }
}

/// What can be done to a row, shown when the row is meant.
fn acts(cells: Cells, row: &TopicRow) -> impl IntoView + use<> {
    let session = use_session();
    let location = use_location();
    let this = (row.name.clone(), row.denied.clone());
    let no_delete = Signal::derive(move || {
        let this = std::iter::once((this.0.as_str(), this.1.as_slice()));
        session.refusal_among(Permission::DeleteTopic, this)
    });
    let no_create = Signal::derive(move || session.refusal(Permission::CreateTopic));
    let labels = (format!("Clone the settings of {}", row.name), format!("Delete {}", row.name));
    let like = cells.cluster.with_value(|cluster| clone_address(cluster, &row.name));
    let topic = row.name.clone();
    let clone = move |_| location.go(&like, History::Push);
    let delete = move |_| cells.doomed.set(Some(topic.clone()));
    (!row.internal).then(|| {
        view! {
            <span class="row-act">
                <IconButton icon="copy" label=labels.0 off=no_create on_press=clone/>
                <IconButton icon="trash-2" label=labels.1 off=no_delete on_press=delete/>
            </span>
        }
    })
}
