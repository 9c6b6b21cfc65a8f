//! A broker's settings: each with its value, where that comes from, and Kafka's default.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::brokers::{BrokerConfig, BrokerSetting};

use crate::{
    cells, client,
    format::count,
    listing::{Narrowing, use_flag, use_text},
    load::{Loaded, load},
    setting::{meaning_of, origin, told},
    ui::{Badge, Button, Checkbox, Copyable, Empty, FilterBox},
};

/// Kafka's name for its own default.
const DEFAULT: &str = "DEFAULT_CONFIG";

/// The tab. What is filtered is in the address: `?q=retention&set=1`.
#[component]
pub fn Settings(cluster: String, broker: i32) -> impl IntoView {
    let config = load(move || client::brokers::config(cluster.clone(), broker));
    view! {
        <Loaded from=config let:data>
            <List data on_again=move || config.reload()/>
        </Loaded>
    }
}

#[component]
fn List(data: Memo<Arc<BrokerConfig>>, #[prop(into)] on_again: Callback<()>) -> impl IntoView {
    let (filter, only_set) = (use_text("q"), use_flag("set"));
    let shown = Memo::new(move |_| {
        let narrowing = filter.with(|filter| Narrowing::parse(filter));
        let kept = |it: &&BrokerSetting| {
            (!only_set.get() || it.source != DEFAULT) && narrowing.keeps(&searched(it))
        };
        data.with(|data| data.settings.iter().filter(kept).cloned().collect::<Vec<_>>())
    });
    let figures = move || {
        let all = data.with(|data| data.settings.len());
        let set = data.with(|data| data.settings.iter().filter(|it| it.source != DEFAULT).count());
        format!("{} settings, {} not as Kafka has them", count(all as i128), count(set as i128))
    };
    let every = move |_| {
        filter.set(String::new());
        only_set.set(false);
    };
    view! {
        <div class="bar">
            <FilterBox value=filter label="Filter by key, value or meaning"/>
            <Checkbox value=only_set label="Only what is not Kafka's default"/>
            <span class="dim">{figures}</span>
            <span class="grow"></span>
            {cells::read_at(move || data.with(|data| data.read_at_ms))}
            <Button icon="refresh-cw" on_press=move |_| on_again.run(())>"Read again"</Button>
        </div>
        <div class="card">
            <Show
                when=move || !shown.with(Vec::is_empty)
                fallback=move || view! {
                    <Empty icon="text-search" title="No setting matches">
                        <Button on_press=every>"Show all settings"</Button>
                    </Empty>
                }
            >
                <ul class="settings" aria-label="Settings of the broker">
                    <For each=move || shown.get() key=identity let:setting>{row(&setting)}</For>
                </ul>
            </Show>
        </div>
    }
}

/// What the filter looks at.
fn searched(setting: &BrokerSetting) -> String {
    let [value, meaning] =
        [&setting.value, &setting.documentation].map(|text| text.as_deref().unwrap_or_default());
    format!("{} {value} {meaning}", setting.name)
}

/// A setting that has become another one is drawn anew.
fn identity(setting: &BrokerSetting) -> (String, Option<String>, String) {
    (setting.name.clone(), setting.value.clone(), setting.source.clone())
}

fn row(setting: &BrokerSetting) -> impl IntoView + use<> {
    let (name, set) = (setting.name.clone(), setting.source != DEFAULT);
    let value = match setting.sensitive {
        true => view! { <span class="dim">"secret"</span> }.into_any(),
        false => told(&name, setting.value.as_deref()).into_any(),
    };
    let otherwise = (set && setting.default.is_some() && setting.default != setting.value)
        .then(|| told(&name, setting.default.as_deref()))
        .map(|default| view! { <span class="otherwise dim">"otherwise " {default}</span> });
    let fixed = setting.read_only.then(|| {
        let why = "It can be set in the broker's files only, and holds from its next start on";
        view! { <span title=why><Badge>"read-only"</Badge></span> }
    });
    let (key, copied) = (name.clone(), name.clone());
    view! {
        <li class:modified=set data-key=key>
            <div class="setting-name">
                <Copyable text=copied what="the key">
                    <span class="mono">{name}</span>
                </Copyable>
                <span class="dim">{setting.kind.name()}</span>
                {origin(&setting.source, false)}
                {fixed}
            </div>
            <div class="setting-value">
                <span class="setting-text">{value} {otherwise}</span>
            </div>
            {setting.documentation.as_deref().map(meaning_of)}
        </li>
    }
}
