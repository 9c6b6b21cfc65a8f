//! The conditions over the audit log, all of which live in the address.

use leptos::{ev, prelude::*};

use super::{ACTION, BEFORE, CLUSTER, OUTCOME, RESOURCE, SINCE, UNTIL, USER};
use crate::{
    client,
    listing::use_text,
    load::load,
    location::{History, use_location},
    ui::{Choice, FilterBox, Inline, Select, TextInput, use_clock},
};

/// One line of conditions.
#[component]
pub fn Filters() -> impl IntoView {
    let location = use_location();
    let named = move |name: &'static str| {
        Signal::derive(move || {
            location.query.with(|query| query.get(name).unwrap_or_default().to_owned())
        })
    };
    let pick = move |name: &'static str, value: String| {
        let query = location.query.get_untracked().with(name, value).without(BEFORE);
        location.set_query(&query, History::Push);
    };
    let outcomes = ["", "begun", "done", "failed", "denied"]
        .map(|name| Choice::new(name, if name.is_empty() { "any" } else { name }));
    let all = load(client::clusters::list);
    let clusters = Signal::derive(move || {
        let mut names = vec![String::new()];
        names.extend(all.latest().iter().flat_map(|all| all.iter().map(|it| it.id.clone())));
        let now = named(CLUSTER).get();
        // Acts outlive clusters.
        if !names.contains(&now) {
            names.push(now);
        }
        let label = |name: &String| if name.is_empty() { "any".to_owned() } else { name.clone() };
        names.iter().map(|name| Choice::new(name.clone(), label(name))).collect::<Vec<_>>()
    });
    view! {
        <div class="bar">
            <FilterBox value=use_condition(RESOURCE) label="Resource holds…"/>
            <Inline label="user">
                <TextInput value=use_condition(USER) attr:size="10" placeholder="any"/>
            </Inline>
            <Inline label="action">
                <TextInput
                    value=use_condition(ACTION)
                    attr:size="14"
                    placeholder="begins with…"
                />
            </Inline>
            <Inline label="cluster">
                <Select
                    value=named(CLUSTER)
                    choices=clusters
                    on_pick=move |value| pick(CLUSTER, value)
                />
            </Inline>
            <Inline label="outcome">
                <Select
                    value=named(OUTCOME)
                    choices=outcomes.to_vec()
                    on_pick=move |value| pick(OUTCOME, value)
                />
            </Inline>
            <Bound name=SINCE label="from"/>
            <Bound name=UNTIL label="until"/>
        </div>
    }
}

/// A condition in the address; changing it goes back to the newest page.
fn use_condition(name: &'static str) -> RwSignal<String> {
    let text = use_text(name);
    let location = use_location();
    Effect::new(move |last: Option<String>| {
        let now = text.get();
        let paged = location.query.with_untracked(|query| query.get(BEFORE).is_some());
        if paged && last.is_some_and(|last| last != now) {
            location.set_query(&location.query.get_untracked().without(BEFORE), History::Replace);
        }
        now
    });
    text
}

/// Told of a time that is not understood.
const HOW_TO_WRITE: &str = "Write it as 2026-11-27 14:00, or a number of ms";

/// A moment, typed in the viewer's zone and kept in the address as what it is everywhere.
#[component]
fn Bound(name: &'static str, label: &'static str) -> impl IntoView {
    let location = use_location();
    let clock = use_clock();
    let there = Memo::new(move |_| {
        location.query.with(|query| query.get(name).and_then(|at| at.parse::<i64>().ok()))
    });
    let text = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    Effect::new(move |_| {
        text.set(there.get().map(|at_ms| clock.date_time(at_ms)).unwrap_or_default());
        wrong.set(false);
    });
    let take = move || {
        let typed = text.get_untracked();
        let at_ms = clock.parse(typed.trim());
        wrong.set(at_ms.is_none() && !typed.trim().is_empty());
        if wrong.get_untracked() || at_ms == there.get_untracked() {
            return;
        }
        let value = at_ms.map(|at_ms| at_ms.to_string()).unwrap_or_default();
        let query = location.query.get_untracked().with(name, value).without(BEFORE);
        location.set_query(&query, History::Push);
    };
    let key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            take();
        }
    };
    let told = Signal::derive(move || wrong.get().then(|| HOW_TO_WRITE.to_owned()));
    view! {
        <Inline label=label>
            <TextInput
                value=text
                attr:size="19"
                placeholder="2026-11-27 14:00"
                wrong=told
                on_keydown=key
                on_blur=move |_| take()
            />
        </Inline>
    }
}
