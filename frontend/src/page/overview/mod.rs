//! A cluster at a glance: what is wrong first, then rates and lag, groups that are behind, topics
//! and brokers.

mod lately;
mod trouble;

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::clusters::{Broker, GroupBehind, GroupsSummary, Overview as Data, TopicSize};

use crate::{
    cells, client,
    format::{self, count, counted, noun},
    load::{Loaded, load},
    route::{BrokerTab, Route, TopicTab},
    ui::{Age, Column, Empty, Fact, Panel, Table, TableSpec},
};
use lately::Busiest;
use trouble::Trouble;

/// How often the page asks again while somebody looks at it.
const REFRESH_SECONDS: u64 = 10;

/// The page.
#[component]
pub fn Overview(cluster: String) -> impl IntoView {
    let of = cluster.clone();
    let data = load(move || client::clusters::overview(of.clone())).every(REFRESH_SECONDS);
    let cluster = StoredValue::new(cluster);
    view! {
        <header class="head">
            <h1>"Overview"</h1>
            <span class="grow"></span>
            <span class="dim">
                {move || data.latest().map(|data| view! { "read " <Age at_ms=data.read_at_ms/> })}
            </span>
        </header>
        <Loaded from=data let:data>
            <Trouble data cluster/>
            <Facts data/>
            <div class="grid">
                <Behind data cluster/>
                <Busiest data cluster/>
                <Largest data cluster/>
                <Brokers data cluster/>
            </div>
        </Loaded>
    }
}

#[component]
fn Facts(data: Memo<Arc<Data>>) -> impl IntoView {
    let topics = move || data.with(|data| format::topics(data.topics, data.internal_topics));
    let groups = move || {
        data.with(|data| match &data.groups {
            GroupsSummary::Known { total, .. } => count(*total).into_any(),
            GroupsSummary::Failed { .. } => {
                cells::unknown("The groups could not be read").into_any()
            }
        })
    };
    let named = move |number: fn(&Data) -> i128, one: &'static str, many: &'static str| {
        Signal::derive(move || data.with(|data| noun(number(data), one, many).to_owned()))
    };
    let counted = move |number: fn(&Data) -> i128, one: &'static str, many: &'static str| {
        let name = named(number, one, many);
        view! { <Fact name>{move || data.with(|data| count(number(data)))}</Fact> }
    };
    let known_groups = |data: &Data| match &data.groups {
        GroupsSummary::Known { total, .. } => i128::from(*total),
        GroupsSummary::Failed { .. } => 0,
    };
    let id = move || data.with(|data| data.kafka_cluster_id.clone());
    view! {
        <div class="facts">
            {counted(|data| data.brokers.len() as i128, "broker", "brokers")}
            <Fact name=named(|data| data.topics.into(), "topic", "topics")>{topics}</Fact>
            {counted(|data| data.partitions.into(), "partition", "partitions")}
            <Fact name=named(known_groups, "consumer group", "consumer groups")>{groups}</Fact>
            {move || data.with(|data| lately::written(&data.glance.written_per_s))}
            {move || data.with(|data| lately::lag(&data.glance.lag))}
            {move || id().map(|id| view! {
                <Fact name="cluster id">{cells::mono(id, "the cluster id")}</Fact>
            })}
        </div>
    }
}

#[component]
fn Brokers(data: Memo<Arc<Data>>, cluster: StoredValue<String>) -> impl IntoView {
    let rows = Memo::new(move |_| data.with(|data| data.brokers.clone()));
    let controller = Memo::new(move |_| data.with(|data| data.controller_id));
    let role = move |id: i32| move || (controller.get() == Some(id)).then_some("controller");
    let columns = vec![
        Column::new("id", "id", "70px", move |broker: &Broker| {
            cluster.with_value(|it| cells::broker_link(it, broker.id))
        })
        .narrow("44px")
        .right(),
        Column::new("address", "address", "minmax(180px, 1fr)", |broker: &Broker| {
            cells::mono(format!("{}:{}", broker.host, broker.port), "the address")
        })
        .narrow("minmax(0, 1fr)"),
        Column::new("rack", "rack", "110px", |broker: &Broker| match broker.rack.clone() {
            Some(rack) => rack.into_any(),
            None => view! { <span class="dim">"none"</span> }.into_any(),
        }),
        Column::new("role", "role", "110px", move |broker: &Broker| role(broker.id)).narrow("90px"),
    ];
    let spec = TableSpec::new("Brokers", columns).on_open(cells::opener(rows, move |broker| {
        cluster.with_value(|it| Route::broker(it, broker.id, BrokerTab::Partitions))
    }));
    view! {
        <Panel title="Brokers">
            <Table spec rows
                empty=|| view! { <Empty title="The cluster lists no broker"/> }/>
        </Panel>
    }
}

#[component]
fn Behind(data: Memo<Arc<Data>>, cluster: StoredValue<String>) -> impl IntoView {
    let rows = Memo::new(move |_| {
        data.with(|data| match &data.groups {
            GroupsSummary::Known { behind, .. } => behind.clone(),
            GroupsSummary::Failed { .. } => Vec::new(),
        })
    });
    let name = move |row: &GroupBehind| cluster.with_value(|it| cells::group_link(it, &row.group));
    let columns = vec![
        Column::new("group", "group", "minmax(140px, 1fr)", name).narrow("minmax(0, 1fr)"),
        Column::new("state", "state", "170px", |row: &GroupBehind| cells::group_state(&row.state))
            .narrow("96px"),
        Column::new("lag", "records behind", "130px", |row: &GroupBehind| cells::lag(row.lag))
            .narrow("112px")
            .right(),
    ];
    let empty = move || match data.with(|data| standing(&data.groups)) {
        Standing::Unread => cells::unknown("The groups could not be read").into_any(),
        Standing::NoGroups => {
            view! { <Empty icon="users" title="No consumer groups yet"/> }.into_any()
        }
        Standing::AllRead => {
            view! { <Empty icon="circle-check" title="Every group has read everything"/> }
                .into_any()
        }
        Standing::NotAllKnown(reason) => {
            let title = "No group is known to be behind";
            view! { <Empty icon="users" title><p>{reason}</p></Empty> }.into_any()
        }
    };
    // Above rows, the same sentence stands in the title line.
    let side = move || {
        let any = rows.with(|rows| !rows.is_empty());
        any.then(|| data.with(|data| not_known(&data.groups))).flatten()
    };
    view! {
        <Panel title="Groups furthest behind" side>
            <Table spec=TableSpec::new("Groups furthest behind", columns) rows empty/>
        </Panel>
    }
}

/// What can be said of the groups when none is known to be behind.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing {
    Unread,
    NoGroups,
    AllRead,
    /// Of some nobody can tell; the sentence says of how many.
    NotAllKnown(String),
}

fn standing(groups: &GroupsSummary) -> Standing {
    match groups {
        GroupsSummary::Failed { .. } => Standing::Unread,
        GroupsSummary::Known { total: 0, warnings, .. } if warnings.is_empty() => {
            Standing::NoGroups
        }
        GroupsSummary::Known { .. } => {
            not_known(groups).map_or(Standing::AllRead, Standing::NotAllKnown)
        }
    }
}

/// How many groups have a lag that nobody can tell, and why.
fn not_known(groups: &GroupsSummary) -> Option<String> {
    let GroupsSummary::Known { without_commit, unknown, warnings, .. } = groups else {
        return None;
    };
    let without = counted(*without_commit, "group has", "groups have");
    let unknown_text = format!("the lag of {} is unknown", count(*unknown));
    let without = format!("{without} not committed everywhere");
    let parts = [(*without_commit, without), (*unknown, unknown_text)];
    let told = parts.into_iter().filter(|(number, _)| *number > 0).map(|(_, text)| text);
    let parts: Vec<String> = told.chain(warnings.iter().cloned()).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

#[component]
fn Largest(data: Memo<Arc<Data>>, cluster: StoredValue<String>) -> impl IntoView {
    let rows = Memo::new(move |_| data.with(|data| data.largest_topics.clone()));
    let most = Memo::new(move |_| {
        rows.with(|rows| rows.iter().map(|row| row.messages).max().unwrap_or_default())
    });
    let name = move |row: &TopicSize| {
        cluster.with_value(|it| cells::topic_link(it, &row.topic, TopicTab::Messages))
    };
    let share = move |row: &TopicSize| cells::meter(row.messages, most);
    let columns = vec![
        Column::new("topic", "topic", "minmax(140px, 1fr)", name),
        Column::new("records", "records", "220px", share).right().hint(
            "End offsets minus start offsets; compaction and control records make it too high",
        ),
    ];
    let unread = Memo::new(move |_| data.with(|data| data.unread_topics));
    let empty = move || match unread.get() {
        0 => view! { <Empty title="No topic holds a record"/> },
        _ => view! { <Empty title="No topic that could be read holds a record"/> },
    };
    let side = move || {
        let unread = unread.get();
        (unread > 0)
            .then(|| format!("without {}", counted(unread, "unread topic", "unread topics")))
    };
    view! {
        <Panel title="Largest topics" side>
            <Table spec=TableSpec::new("Largest topics", columns) rows empty/>
        </Panel>
    }
}

#[cfg(test)]
mod tests {
    use super::{GroupsSummary, Standing, standing};

    fn known(total: u32, without_commit: u32, unknown: u32) -> GroupsSummary {
        GroupsSummary::Known {
            total,
            behind: Vec::new(),
            without_commit,
            unknown,
            warnings: Vec::new(),
        }
    }

    #[test]
    fn only_groups_whose_lag_is_known_to_be_zero_have_read_everything() {
        assert_eq!(standing(&known(0, 0, 0)), Standing::NoGroups);
        assert_eq!(standing(&known(2, 0, 0)), Standing::AllRead);
        let told = |text: &str| Standing::NotAllKnown(text.to_owned());
        assert_eq!(standing(&known(2, 1, 0)), told("1 group has not committed everywhere"));
        assert_eq!(
            standing(&known(4, 2, 1)),
            told("2 groups have not committed everywhere · the lag of 1 is unknown")
        );
    }
}
