//! How Kafka's figures look in a cell: three kinds of lag that nobody confuses, what could not be
//! read, states in their colours.

use leptos::prelude::*;
use ouzel_api::{
    Lag,
    progress::{Progress, Status, TimeLag, Trend},
};

use crate::{
    format::{bytes, count, count_short, counted, duration},
    location::use_location,
    route::{BrokerTab, GroupTab, Route, TopicTab},
    ui::{Age, Badge, Copyable, Icon, Mood, Sparkline},
};

/// Lag: a number, "no commit", or "unknown".
pub fn lag(lag: Lag) -> impl IntoView {
    match lag {
        Lag::NoCommit => {
            let why = "Never committed here, or the commit has expired";
            view! { <span class="dim" title=why>"no commit"</span> }.into_any()
        }
        Lag::Unknown => unknown("The commit or the end offset could not be read").into_any(),
        Lag::Known { records: 0 } => {
            view! { <span class="mono good" title="Caught up">"0"</span> }.into_any()
        }
        Lag::Known { records } => view! { <span class="mono">{count(records)}</span> }.into_any(),
    }
}

/// Lag over several partitions; those without a commit are no part of the number, so they stand
/// beside it, and nothing is "caught up" then.
pub fn lag_over(lag: Lag, without_commit: u32) -> impl IntoView {
    match (lag, without_commit) {
        (Lag::Known { records }, 1..) => {
            view! { {number(records)} {beside(without_commit)} }.into_any()
        }
        _ => self::lag(lag).into_any(),
    }
}

/// Lag in time: how long ago the first unread record was written.
pub fn time_lag(lag: TimeLag) -> impl IntoView {
    match lag {
        TimeLag::Unknown => {
            let why = "There is no commit, or nothing is known of the time yet";
            view! { <span class="dim" title=why>"–"</span> }.into_any()
        }
        TimeLag::Known { ms: 0 } => {
            view! { <span class="good" title="Caught up">"0 s"</span> }.into_any()
        }
        TimeLag::Known { ms } => view! { <span class="nowrap">{duration(ms)}</span> }.into_any(),
        TimeLag::AtLeast { ms } => {
            let why = "The first unread record is older than what the console has watched";
            view! { <span class="nowrap" title=why>"over " {duration(ms)}</span> }.into_any()
        }
    }
}

/// Records that were deleted before a group has read them.
pub fn lost(records: i64) -> impl IntoView {
    let one = "record was deleted before it was read";
    let why = counted(records, one, "records were deleted before they were read");
    let text = format!("{} lost", count_short(records));
    view! { <span title=why><Badge mood=Mood::Bad>{text}</Badge></span> }
}

/// What is to be looked at of a group, each in its colour: its state, how many of its partitions
/// stand still while others move, what it has lost.
pub fn troubles(progress: &Progress) -> impl IntoView + use<> {
    let told = progress.status.is_trouble() || progress.status == Status::Rewound;
    let state = told.then(|| status(progress.status));
    let partly = (progress.stuck > 0 && !progress.status.is_trouble()).then(|| {
        let text = format!("{} of {} still", progress.stuck, progress.partitions);
        let why = standing_still(progress.stuck, progress.partitions);
        view! { <span title=why><Badge mood=Mood::Warn>{text}</Badge></span> }
    });
    let lost = (progress.lost > 0).then(|| lost(progress.lost));
    view! { {state} " " {partly} " " {lost} }
}

/// `7 of 9 partitions stand still`.
pub fn standing_still(stuck: u32, partitions: u32) -> String {
    let verb = if stuck == 1 { "stands" } else { "stand" };
    let partitions = counted(partitions, "partition", "partitions");
    format!("{} of {partitions} {verb} still", count(stuck))
}

/// When rates and trends were last sampled, which is not as often as a page is read.
pub fn sampled_at(progress: &Progress) -> impl IntoView + use<> {
    let at_ms = progress.read_ms;
    let why = "Rates, trends and the history are sampled every few seconds";
    let age = move || view! { <span class="dim" title=why>"sampled " <Age at_ms/> " ·"</span> };
    (at_ms > 0).then(age)
}

/// Whether a reader gets on, in its colour; what is as it should be is said quietly.
pub fn status(status: Status) -> impl IntoView {
    let name = status.name();
    let why = match status {
        Status::CaughtUp => "It has read everything",
        Status::Pending => {
            "It is behind since a moment ago only, or is watched only since then: \
             whether it gets on is not known yet"
        }
        Status::Resting => "It is behind, and nothing has happened for a while",
        Status::Moving => "It is behind, and its commits move",
        Status::Rewound => "Its commit went back a short while ago",
        Status::Stopped => "Nobody is in the group, and records arrive",
        Status::Stalled => "Members hold it, records arrive, and no commit moves",
    };
    let mood = match status {
        Status::Stalled | Status::Stopped => Mood::Bad,
        Status::Rewound => Mood::Warn,
        _ => return view! { <span class="dim" title=why>{name}</span> }.into_any(),
    };
    view! { <span title=why><Badge mood=mood>{name}</Badge></span> }.into_any()
}

/// The same of one partition. In a group that moves elsewhere it is not stalled: its reader goes
/// on with others, and may come to this one.
pub fn status_of_part(of: Status, group_moves: bool) -> impl IntoView {
    if !(group_moves && of.is_trouble()) {
        return status(of).into_any();
    }
    let why = "Records arrive, and no commit moves here, while others of the group move";
    view! { <span title=why><Badge mood=Mood::Warn>"still"</Badge></span> }.into_any()
}

/// Which way the lag of a group goes: a small line and an arrow.
pub fn trend(progress: &Progress) -> impl IntoView + use<> {
    let (icon, name) = match progress.trend {
        Trend::Rising => ("arrow-up", "rising"),
        Trend::Falling => ("arrow-down", "falling"),
        Trend::Steady => ("arrow-right", "steady"),
    };
    let values: Vec<f64> = progress.recent.iter().map(|lag| *lag as f64).collect();
    let line = match (progress.recent.first(), progress.recent.last()) {
        (Some(first), Some(last)) if progress.recent.len() > 1 => {
            let label = format!("Lag from {} to {}", count(*first), count(*last));
            Some(view! { <Sparkline values label/> })
        }
        _ => None,
    };
    let mood = if progress.trend == Trend::Rising { "trend warn" } else { "trend dim" };
    view! {
        <span class=mood title=format!("Its lag is {name}")>
            {line} <Icon name=icon size="small"/> <span class="unseen">{name}</span>
        </span>
    }
}

/// The partitions without a commit, which the number before them leaves out.
pub fn beside(without_commit: u32) -> impl IntoView {
    let partitions = counted(without_commit, "partition has", "partitions have");
    let why = format!("{partitions} no commit: how far behind a group is there, nobody can say");
    let text = format!(" + {} without commit", count(without_commit));
    view! { <span class="dim" title=why>{text}</span> }
}

/// A figure that could not be read, and why.
pub fn unknown(reason: impl Into<String>) -> impl IntoView {
    view! { <span class="warn" title=reason.into()>"unknown"</span> }
}

/// A figure, or "unknown".
pub fn figure<N: Into<i128>>(value: Option<N>, reason: &str) -> impl IntoView + use<N> {
    match value {
        Some(value) => number(value).into_any(),
        None => unknown(reason.to_owned()).into_any(),
    }
}

/// Bytes on disk in binary units, exactly on hover; or "unknown" and why.
pub fn size(size: Option<u64>, error: Option<&str>) -> impl IntoView + use<> {
    match size {
        Some(size) => {
            let exact = counted(size, "byte", "bytes");
            view! { <span class="mono nowrap" title=exact>{bytes(size)}</span> }.into_any()
        }
        None => {
            let why = error.unwrap_or("No broker has told it");
            unknown(format!("The size could not be read: {why}")).into_any()
        }
    }
}

/// A number with every digit.
pub fn number<N: Into<i128>>(value: N) -> impl IntoView + use<N> {
    view! { <span class="mono">{count(value)}</span> }
}

/// A name or address in fixed pitch, with a button that copies it; `what` names it.
pub fn mono(text: String, what: &'static str) -> impl IntoView {
    view! {
        <Copyable text=text.clone() what><span class="mono">{text}</span></Copyable>
    }
}

/// A number, and a bar that compares it with the largest of its column.
pub fn meter(value: i64, most: Memo<i64>) -> impl IntoView {
    let part = move || format!("{:.1}%", value as f64 / most.get().max(1) as f64 * 100.0);
    view! {
        <span class="metered">
            <span class="meter"><i style=("--p", part)></i></span>
            {number(value)}
        </span>
    }
}

/// When a panel's data was read from the cluster; `at_ms` is reactive.
pub fn read_at(at_ms: impl Fn() -> i64 + Send + 'static) -> impl IntoView {
    let age = move || view! { <Age at_ms=at_ms()/> };
    view! { <span class="dim">"read " {age}</span> }
}

/// An offset, with a button that copies its digits alone.
pub fn offset(value: Option<i64>, reason: &str) -> impl IntoView + use<> {
    match value {
        Some(value) => view! {
            <Copyable text=value.to_string() what="the offset">
                <span class="mono">{count(value)}</span>
            </Copyable>
        }
        .into_any(),
        None => unknown(reason.to_owned()).into_any(),
    }
}

/// A group's state as Kafka names it, in its colour.
pub fn group_state(state: &str) -> impl IntoView + use<> {
    let mood = match state {
        "Stable" => Mood::Good,
        "PreparingRebalance" | "CompletingRebalance" | "Assigning" | "Reconciling" => Mood::Warn,
        "Dead" | "NotReady" => Mood::Bad,
        _ => Mood::Neutral,
    };
    let state = if state.is_empty() { "unknown".to_owned() } else { state.to_owned() };
    view! { <Badge mood=mood>{state}</Badge> }
}

/// A name that opens a topic.
pub fn topic_link(cluster: &str, topic: &str, tab: TopicTab) -> impl IntoView + use<> {
    link(Route::topic(cluster, topic, tab), topic)
}

/// A name that opens a group.
pub fn group_link(cluster: &str, group: &str) -> impl IntoView + use<> {
    link(Route::group(cluster, group, GroupTab::Lag), group)
}

/// A number that opens a broker.
pub fn broker_link(cluster: &str, broker: i32) -> impl IntoView + use<> {
    let route = Route::broker(cluster, broker, BrokerTab::Partitions);
    view! { <a class="name mono" href=route.path()>{broker}</a> }
}

fn link(route: Route, name: &str) -> impl IntoView + use<> {
    let name = name.to_owned();
    view! {
        <Copyable text=name.clone() what="the name">
            <a class="name" href=route.path()>{name.clone()}</a>
        </Copyable>
    }
}

/// How a click on a row opens the page behind it: like a click on its link.
pub fn opener<R: Clone + Send + Sync + 'static>(
    rows: Memo<Vec<R>>,
    route: impl Fn(&R) -> Route + Send + Sync + 'static,
) -> impl Fn(usize) + Send + Sync + 'static {
    let location = use_location();
    move |at| {
        if let Some(to) = rows.with_untracked(|rows| rows.get(at).map(&route)) {
            location.open(&to);
        }
    }
}
