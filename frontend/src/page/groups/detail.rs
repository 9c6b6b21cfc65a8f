//! One consumer group: its head and tabs.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{Lag, groups::Group as Data};

use super::{lag::LagTable, members::Members};
use crate::{
    cells, client,
    format::count,
    load::{Load, Loaded, load, missing},
    location::use_location,
    route::{GroupTab, Route},
    ui::{Badge, Copyable, Fact, LinkTab, LinkTabs},
};

/// How often the page asks again while somebody looks at it: on-call watches lag move.
const REFRESH_SECONDS: u64 = 5;

/// The page.
#[component]
pub fn Group(cluster: String, group: String) -> impl IntoView {
    let of = (cluster.clone(), group.clone());
    let data = load(move || client::groups::get(of.0.clone(), of.1.clone()));
    let data = data.every(REFRESH_SECONDS);
    let location = use_location();
    let tab = Memo::new(move |last: Option<&GroupTab>| match location.route.get() {
        Route::Group { tab, .. } => tab,
        _ => last.copied().unwrap_or(GroupTab::Lag),
    });
    let tabs = tabs(&cluster, &group, data, tab);
    let cluster = StoredValue::new(cluster);
    let gone = Memo::new(move |_| data.gone());
    let parts = move || match gone.get() {
        Some(error) => missing(&error).into_any(),
        None => view! {
            <LinkTabs label="Parts of the group" tabs=tabs.clone()/>
            <Loaded from=data let:group>
                {move || match tab.get() {
                    GroupTab::Lag => view! { <LagTable group cluster/> }.into_any(),
                    GroupTab::Members => view! { <Members group/> }.into_any(),
                }}
            </Loaded>
        }
        .into_any(),
    };
    let latest = move || data.latest().filter(|_| gone.with(Option::is_none));
    view! {
        <header class="head">
            <h1><Copyable text=group.clone() what="the group's name">{group}</Copyable></h1>
            {move || latest().map(|data| view! {
                {cells::group_state(&data.state)}
                <Badge>{data.group_type.clone()}</Badge>
            })}
            <span class="grow"></span>
            {move || latest().map(facts)}
        </header>
        {parts}
    }
}

fn facts(data: Arc<Data>) -> impl IntoView {
    let lag = match (data.lag, data.without_commit) {
        (Lag::Known { records }, 0) => count(records).into_any(),
        (Lag::Known { records }, without_commit) => {
            view! { {count(records)} {cells::beside(without_commit)} }.into_any()
        }
        (other, _) => cells::lag(other).into_any(),
    };
    let (members, coordinator) = (count(data.members.len() as i128), data.coordinator);
    let assignor = data.assignor.clone();
    view! {
        <div class="facts">
            <Fact name="records behind">{lag}</Fact>
            <Fact name="members">{members}</Fact>
            {coordinator.map(|id| view! { <Fact name="coordinator">{id.to_string()}</Fact> })}
            {(!assignor.is_empty()).then(|| view! { <Fact name="assignor">{assignor}</Fact> })}
        </div>
    }
}

fn tabs(cluster: &str, group: &str, data: Load<Data>, now: Memo<GroupTab>) -> Vec<LinkTab> {
    let figure = move |read: fn(&Data) -> usize| {
        Signal::derive(move || data.latest().map(|data| count(read(&data) as i128)))
    };
    let tab = |tab: GroupTab, label: &'static str, count: Signal<Option<String>>| LinkTab {
        href: Route::group(cluster, group, tab).path().into(),
        label,
        count,
        here: Signal::derive(move || now.get() == tab),
    };
    vec![
        tab(GroupTab::Lag, "Lag", figure(|data| data.partitions.len())),
        tab(GroupTab::Members, "Members", figure(|data| data.members.len())),
    ]
}
