//! One broker: its head and tabs.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::brokers::{BrokerPage, BrokerRow, Feature};

use super::{behind, folders::Folders, partitions::Partitions, room, settings::Settings, standing};
use crate::{
    cells, client,
    format::count,
    load::{Load, Loaded, load, missing},
    location::use_location,
    route::{BrokerTab, Route},
    ui::{Badge, Fact, LinkTab, LinkTabs, Note},
};

/// How often the page asks again while somebody looks at it.
const REFRESH_SECONDS: u64 = 20;

/// The page.
#[component]
pub fn Broker(cluster: String, broker: i32) -> impl IntoView {
    let of = cluster.clone();
    let data = load(move || client::brokers::get(of.clone(), broker)).every(REFRESH_SECONDS);
    let location = use_location();
    let tab = Memo::new(move |last: Option<&BrokerTab>| match location.route.get() {
        Route::Broker { tab, .. } => tab,
        _ => last.copied().unwrap_or(BrokerTab::Partitions),
    });
    let tabs = tabs(&cluster, broker, data, tab);
    let cluster = StoredValue::new(cluster);
    let gone = Memo::new(move |_| data.gone());
    let shown = move || match tab.get() {
        BrokerTab::Partitions => view! {
            <Loaded from=data let:page><Partitions page cluster/></Loaded>
        }
        .into_any(),
        BrokerTab::Folders => {
            view! { <Loaded from=data let:page><Folders page/></Loaded> }.into_any()
        }
        // Asked of the broker alone, so it may be there while its disks are not.
        BrokerTab::Configuration => {
            view! { <Settings cluster=cluster.get_value() broker/> }.into_any()
        }
    };
    let parts = move || match gone.get() {
        Some(error) => missing(&error).into_any(),
        None => view! {
            {move || data.latest().map(troubles)}
            <LinkTabs label="Parts of the broker" tabs=tabs.clone()/>
            {shown}
        }
        .into_any(),
    };
    let latest = move || data.latest().filter(|_| gone.with(Option::is_none));
    view! {
        <header class="head">
            <h1>{format!("Broker {broker}")}</h1>
            {move || latest().map(|page| standing(&page.broker))}
            {move || latest().map(|page| features(&page.features))}
            <span class="grow"></span>
            {move || latest().map(|page| facts(&page.broker))}
        </header>
        {parts}
    }
}

/// What the cluster has switched on, as this broker tells it.
fn features(features: &[Feature]) -> impl IntoView + use<> {
    let badge = |Feature { name, level }: &Feature| {
        let text = format!("{name} {level}");
        let why = "A feature that is on in the whole cluster, and its level";
        view! { <span title=why><Badge>{text}</Badge></span> " " }
    };
    features.iter().map(badge).collect_view()
}

fn facts(row: &BrokerRow) -> impl IntoView + use<> {
    let BrokerRow { leads, follows, out_of_sync, .. } = *row;
    let rack = row.rack.clone();
    let address = row.address.clone().map(|address| cells::mono(address, "the address"));
    let size = cells::size(row.size_bytes, row.disk_error.as_deref());
    let room = room(row.usable_bytes, row.total_bytes);
    view! {
        <div class="facts">
            {address.map(|address| view! { <Fact name="address">{address}</Fact> })}
            {rack.map(|rack| view! { <Fact name="rack">{rack}</Fact> })}
            <Fact name="leads">{count(leads)}</Fact>
            <Fact name="follows">{count(follows)}</Fact>
            <Fact name="not in sync">{behind(out_of_sync)}</Fact>
            <Fact name="on disk">{size}</Fact>
            {room.map(|room| view! { <Fact name="room">{room}</Fact> })}
        </div>
    }
}

/// Why something of it is not known.
fn troubles(page: Arc<BrokerPage>) -> Option<impl IntoView> {
    let why = page.broker.disk_error.clone()?;
    Some(view! { <Note><span><b>"Its disks could not all be read. "</b> {why}</span></Note> })
}

fn tabs(cluster: &str, broker: i32, data: Load<BrokerPage>, now: Memo<BrokerTab>) -> Vec<LinkTab> {
    let figure = move |read: fn(&BrokerPage) -> usize| {
        Signal::derive(move || data.latest().map(|data| count(read(&data) as i128)))
    };
    let tab = |tab: BrokerTab, label: &'static str, count: Signal<Option<String>>| LinkTab {
        href: Route::broker(cluster, broker, tab).path().into(),
        label,
        count,
        here: Signal::derive(move || now.get() == tab),
    };
    vec![
        tab(BrokerTab::Partitions, "Partitions", figure(|page| page.partitions.len())),
        tab(BrokerTab::Folders, "Log directories", figure(|page| page.folders.len())),
        tab(BrokerTab::Configuration, "Configuration", None.into()),
    ]
}
