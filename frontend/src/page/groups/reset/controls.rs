//! Where and whereto: the line of controls. Each change goes into the address, and nowhere else.

use std::sync::Arc;

use leptos::{ev, prelude::*};
use ouzel_api::{
    groups::Group,
    resets::{ResetScope, ResetTo},
};

use super::{
    Page,
    query::{ResetQuery, read_record, read_scope, write_scope},
};
use crate::ui::{Chip, Choice, Clock, Inline, Select, TextInput, use_clock};

/// The strategies: name, label, and what its field asks for, if it has one.
const STRATEGIES: &[(&str, &str, Option<&str>)] = &[
    ("", "choose…", None),
    ("earliest", "the earliest record", None),
    ("latest", "the end", None),
    ("shift", "on or back by", Some("records, such as -100")),
    ("offset", "an offset", Some("offset")),
    ("time", "a time", Some("such as 2026-11-27 14:00")),
    ("group", "where another group is", Some("the group's id")),
    ("record", "one record", Some("its link, or topic partition offset")),
    ("forget", "nowhere: delete the commits", None),
];

/// The controls.
#[component]
pub fn Controls(page: Page, group: Memo<Arc<Group>>) -> impl IntoView {
    view! {
        <div class="bar reset-controls">
            <Scope page group/>
            <Strategy page/>
        </div>
    }
}

/// Which topics and partitions.
#[component]
fn Scope(page: Page, group: Memo<Arc<Group>>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    forget_together(typed, page.refused);
    let wrong = Signal::derive(move || {
        page.refused.get().map(|text| format!("Not understood: {text}; orders:0-3,7 would be"))
    });
    let topics = Memo::new(move |_| {
        let mut topics: Vec<String> =
            group.with(|group| group.partitions.iter().map(|row| row.topic.clone()).collect());
        topics.dedup();
        topics
    });
    let add = move || {
        let text = typed.get_untracked();
        let Some(scope) = read_scope(&text, ':') else {
            // What is not understood is no part of a plan, and no plan goes without it.
            page.refused.set(Some(text).filter(|text| !text.trim().is_empty()));
            return;
        };
        page.refused.set(None);
        let mut asked = page.asked.get_untracked();
        asked.scope.retain(|other| other.topic != scope.topic);
        asked.scope.push(scope);
        typed.set(String::new());
        page.ask(&asked);
    };
    let key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            add();
        }
    };
    let chips = move || {
        let scopes = page.asked.with(|it| it.scope.clone());
        scopes.into_iter().map(|scope| chip(page, scope)).collect_view()
    };
    let everything = move || page.asked.with(|asked| asked.scope.is_empty());
    let hint = Signal::derive(move || {
        let hint = if everything() { "all topics of the group" } else { "one more topic" };
        hint.to_owned()
    });
    view! {
        <Inline label="In">
            <TextInput
                value=typed
                attr:list="reset-topics"
                placeholder=hint
                attr:title="A topic, or some of its partitions as orders:0-3,7; Enter adds it"
                attr:aria-label="Add a topic, or partitions as orders:0-3,7"
                wrong
                on_keydown=key
                on_change=move |_| add()
            />
        </Inline>
        <datalist id="reset-topics">
            {move || {
                let option = |topic: String| view! { <option value=topic></option> };
                topics.get().into_iter().map(option).collect_view()
            }}
        </datalist>
        {chips}
    }
}

/// One of them, until it is removed.
fn chip(page: Page, scope: ResetScope) -> impl IntoView {
    let remove = move |topic: &str| {
        let mut asked = page.asked.get_untracked();
        asked.scope.retain(|other| other.topic != topic);
        page.ask(&asked);
    };
    let (text, topic) = (write_scope(&scope, ':'), scope.topic.clone());
    // Switching off would leave nothing to show for it: both remove.
    let other = topic.clone();
    view! {
        <Chip text on=true on_switch=move || remove(&other) on_remove=move || remove(&topic)/>
    }
}

/// What was refused is forgotten when the field is emptied, and the other way round.
fn forget_together(typed: RwSignal<String>, refused: RwSignal<Option<String>>) {
    Effect::new(move |_| {
        if typed.with(|typed| typed.trim().is_empty()) {
            refused.set(None);
        }
    });
    Effect::new(move |before: Option<bool>| {
        let now = refused.with(Option::is_some);
        let unread = typed.with_untracked(|typed| read_scope(typed, ':').is_none());
        if before == Some(true) && !now && unread {
            typed.set(String::new());
        }
        now
    });
}

/// Where to.
#[component]
fn Strategy(page: Page) -> impl IntoView {
    let clock = use_clock();
    let (kind, value) = untrack(|| page.asked.with(|it| shown(it.to.as_ref(), clock)));
    let (kind, value) = (RwSignal::new(kind), RwSignal::new(value));
    // The address may change by other means: a link that undoes, the back button.
    Effect::new(move |_| {
        let there = page.asked.with(|asked| asked.to.clone());
        let ours = untrack(|| read(&kind.get(), &value.get(), clock));
        if there != ours && there.is_some() {
            let (new_kind, new_value) = untrack(|| shown(there.as_ref(), clock));
            kind.set(new_kind);
            value.set(new_value);
        }
    });
    let ask = move || {
        let to = read(&kind.get_untracked(), &value.get_untracked(), clock);
        let asked = page.asked.get_untracked();
        page.ask(&ResetQuery { to, ..asked });
    };
    let pick = move |picked: String| {
        kind.set(picked);
        value.set(String::new());
        ask();
    };
    let choices = Signal::derive(move || {
        let mut choices: Vec<Choice> =
            STRATEGIES.iter().map(|(name, label, _)| Choice::new(*name, *label)).collect();
        if kind.get() == "undo" {
            choices.push(Choice::new("undo", "before an earlier reset"));
        }
        choices
    });
    let field = move || {
        let kind = kind.get();
        let placeholder = STRATEGIES.iter().find(|(name, ..)| *name == kind)?.2?;
        let wrong = Signal::derive(move || {
            let typed = value.get();
            let is_wrong = !typed.is_empty() && read(&kind, &typed, clock).is_none();
            is_wrong.then(|| format!("Not understood: {placeholder}"))
        });
        Some(view! {
            <TextInput
                value
                placeholder=placeholder
                attr:aria-label=placeholder
                wrong
                on_change=move |_| ask()
            />
        })
    };
    view! {
        <Inline label="Move to">
            <Select value=kind choices on_pick=pick label="Where to"/>
        </Inline>
        {field}
    }
}

/// The strategy's name and the text of its field.
fn shown(to: Option<&ResetTo>, clock: Clock) -> (String, String) {
    let (kind, value) = match to {
        None => ("", String::new()),
        Some(ResetTo::Earliest) => ("earliest", String::new()),
        Some(ResetTo::Latest) => ("latest", String::new()),
        Some(ResetTo::Shift { by }) => ("shift", by.to_string()),
        Some(ResetTo::Offset { offset }) => ("offset", offset.to_string()),
        Some(ResetTo::Time { at_ms }) => ("time", clock.date_time(*at_ms)),
        Some(ResetTo::Group { group }) => ("group", group.clone()),
        Some(ResetTo::Record { topic, partition, offset }) => {
            ("record", format!("{topic} {partition} {offset}"))
        }
        Some(ResetTo::Forget) => ("forget", String::new()),
        Some(ResetTo::Undo { reset }) => ("undo", reset.to_string()),
    };
    (kind.to_owned(), value)
}

/// The strategy, if its field is filled in and makes sense.
fn read(kind: &str, value: &str, clock: Clock) -> Option<ResetTo> {
    let value = value.trim();
    let digits = || value.replace([',', '_', ' '], "");
    match kind {
        "earliest" => Some(ResetTo::Earliest),
        "latest" => Some(ResetTo::Latest),
        "shift" => digits().trim_start_matches('+').parse().ok().map(|by| ResetTo::Shift { by }),
        "offset" => {
            let offset = digits().parse().ok().filter(|offset| *offset >= 0);
            offset.map(|offset| ResetTo::Offset { offset })
        }
        "time" => clock.parse(value).map(|at_ms| ResetTo::Time { at_ms }),
        "group" if !value.is_empty() => Some(ResetTo::Group { group: value.to_owned() }),
        "record" => read_record(value),
        "forget" => Some(ResetTo::Forget),
        "undo" => value.parse().ok().map(|reset| ResetTo::Undo { reset }),
        _ => None,
    }
}
