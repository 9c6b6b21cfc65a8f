//! The groups that read a topic, worst lag first.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{
    progress::TimeLag,
    topics::{TopicConsumer, TopicConsumers},
};

use crate::{
    cells, client,
    load::{Loaded, load},
    route::{GroupTab, Route},
    ui::{Column, Empty, Note, Table, TableSpec},
};

/// How often the tab asks again while somebody looks at it.
const REFRESH_SECONDS: u64 = 10;

/// The tab.
#[component]
pub fn Consumers(cluster: String, topic: String) -> impl IntoView {
    let of = (cluster.clone(), topic);
    let data = load(move || client::topics::consumers(of.0.clone(), of.1.clone()));
    let cluster = StoredValue::new(cluster);
    view! {
        <Loaded from=data.every(REFRESH_SECONDS) let:data>
            <div class="bar">
                <span class="grow"></span>
                {cells::read_at(move || data.with(|data| data.read_at_ms))}
            </div>
            {move || warnings(&data.get())}
            <Rows data cluster/>
        </Loaded>
    }
}

#[component]
fn Rows(data: Memo<Arc<TopicConsumers>>, cluster: StoredValue<String>) -> impl IntoView {
    let rows = Memo::new(move |_| data.with(|data| data.consumers.clone()));
    let name =
        move |row: &TopicConsumer| cluster.with_value(|it| cells::group_link(it, &row.group));
    let columns = vec![
        Column::new("group", "group", "minmax(200px, 2fr)", name).headline(),
        Column::new("state", "state", "170px", |row: &TopicConsumer| {
            cells::group_state(&row.state)
        })
        .narrow("112px"),
        Column::new("members", "members", "100px", |row: &TopicConsumer| {
            cells::number(row.members)
        })
        .right()
        .hint("Members of the group, those without this topic included"),
        Column::new("committed", "committed partitions", "160px", |row: &TopicConsumer| {
            cells::number(row.committed_partitions)
        })
        .right(),
        Column::new("lag", "lag on this topic", "minmax(190px, 1fr)", |row: &TopicConsumer| {
            cells::lag_over(row.lag, row.without_commit)
        })
        .narrow("minmax(0, 1fr)")
        .right(),
        Column::new("time", "behind in time", "140px", |row: &TopicConsumer| {
            cells::time_lag(row.time_lag.unwrap_or(TimeLag::Unknown))
        })
        .narrow("112px")
        .right()
        .hint("How long ago the first unread record of this topic was written"),
    ];
    let spec = TableSpec::new("Groups that read this topic", columns)
        .on_open(cells::opener(rows, move |row| {
            cluster.with_value(|it| Route::group(it, &row.group, GroupTab::Lag))
        }));
    let all_read = Memo::new(move |_| data.with(|data| data.warnings.is_empty()));
    view! { <div class="card"><Table spec rows empty=move || empty(all_read.get())/></div> }
}

/// What is missing from the list.
fn warnings(data: &TopicConsumers) -> impl IntoView + use<> {
    let note = |text: String| view! { <Note><span>{text}</span></Note> };
    data.warnings.iter().cloned().map(note).collect_view()
}

/// That nobody reads the topic can be said only if all groups were read.
fn empty(all_read: bool) -> impl IntoView {
    match all_read {
        true => view! {
            <Empty icon="users" title="No group reads this topic">
                <p>
                    "No group has a commit here, and none holds one of its partitions. "
                    "Readers without a group do not show."
                </p>
            </Empty>
        }
        .into_any(),
        false => view! {
            <Empty icon="users" title="No group that could be read reads this topic"/>
        }
        .into_any(),
    }
}
