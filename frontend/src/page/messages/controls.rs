//! The line of controls: where to begin, which partitions, how many matches. Each change goes into
//! the address; the search follows from there.

use leptos::{ev, prelude::*};
use ouzel_api::search::From;
use web_sys::HtmlInputElement;

use super::{
    Page,
    chips::Composer,
    options::Options,
    produce::ProduceButton,
    query::{self, Asked, Start},
    run::{Pause, Run},
};
use crate::{
    client,
    format::count,
    load::load,
    ui::{Choice, Icon, Inline, Select, now_ms, use_clock},
};

/// Numbers of matches to choose from.
const LIMITS: [u32; 7] = [50, 100, 200, 500, 1_000, 5_000, 10_000];

/// Choices that mean a time relative to now, with their milliseconds.
const LASTS: [(&str, &str, i64); 3] = [
    ("last-15m", "15 minutes ago", 15 * 60_000),
    ("last-1h", "an hour ago", 3_600_000),
    ("last-24h", "a day ago", 86_400_000),
];

/// The controls. On a phone they are folded into one line that says what is searched.
#[component]
pub fn Controls(page: Page) -> impl IntoView {
    let live = Memo::new(move |_| page.view.with(|view| view.asked.start == Start::Live));
    let unfolded = page.draft.unfolded;
    view! {
        <div
            class="bar controls"
            class:unfolded=unfolded
            role="search"
            aria-label="Search this topic"
        >
            <Folded page unfolded/>
            <div class="fields" id=FIELDS>
                <Beginning page/>
                <Partitions page/>
                <Show when=move || !live.get()>
                    <Limit page/>
                </Show>
                <Options page/>
                <Composer page/>
            </div>
            <span class="row end">
                <Show when=move || live.get()>
                    <Pause page/>
                </Show>
                <Run page/>
                <ProduceButton page/>
            </span>
        </div>
    }
}

/// The id of what the line of a phone unfolds.
const FIELDS: &str = "search-fields";

/// What is searched, in a line; only a phone shows it.
#[component]
fn Folded(page: Page, unfolded: RwSignal<bool>) -> impl IntoView {
    let clock = use_clock();
    let text = move || page.view.with(|view| summary(&view.asked, |at_ms| clock.date_time(at_ms)));
    view! {
        <button
            type="button"
            class="btn fold-line"
            aria-expanded=move || unfolded.get().to_string()
            aria-controls=FIELDS
            on:click=move |_| unfolded.update(|open| *open = !*open)
        >
            <Icon name="list-filter"/>
            <span class="clip">{text}</span>
            <Icon name="chevron-down" size="small"/>
        </button>
    }
}

/// The search without its conditions, which stand below as chips.
fn summary(asked: &Asked, write_time: impl Fn(i64) -> String) -> String {
    let from = match &asked.start {
        Start::At(From::Offset { offset }) => format!("offset {}", count(*offset)),
        Start::At(From::Time { timestamp_ms }) => write_time(*timestamp_ms),
        Start::At(From::Group { group }) => format!("group {group}"),
        start => kind(start).to_owned(),
    };
    let partitions = match &asked.partitions {
        None => "all partitions".to_owned(),
        Some(some) => format!("p. {}", query::write_partitions(some)),
    };
    match asked.start {
        Start::Live => format!("{from} · {partitions}"),
        Start::At(_) => format!("{from} · {partitions} · {}", count(asked.limit)),
    }
}

/// Where to begin; an offset or a time is asked for in a field beside it.
#[component]
fn Beginning(page: Page) -> impl IntoView {
    // Chosen, but not yet complete: the address still has the beginning before.
    let draft = RwSignal::new(None::<String>);
    let start = Memo::new(move |_| page.view.with(|view| view.asked.start.clone()));
    let kind = Memo::new(move |_| draft.get().unwrap_or_else(|| start.with(kind).to_owned()));
    let go = move |start: Start| {
        draft.set(None);
        page.ask(|asked| asked.start = start);
    };
    let pick = move |value: String| match value.as_str() {
        "offset" | "time" | "group" => draft.set(Some(value)),
        other => go(begin(other)),
    };
    Effect::new(move |_| {
        start.track();
        draft.set(None);
    });
    view! {
        <Inline label="from">
            <Select value=kind choices=choices() on_pick=pick label="Where to begin"/>
        </Inline>
        {move || match kind.get().as_str() {
            "offset" => view! { <OffsetField start go/> }.into_any(),
            "time" => view! { <TimeField start go/> }.into_any(),
            "group" => view! { <GroupField page start go/> }.into_any(),
            _ => ().into_any(),
        }}
    }
}

fn choices() -> Vec<Choice> {
    let mut choices = vec![Choice::new("newest", "newest"), Choice::new("oldest", "oldest")];
    choices.push(Choice::new("offset", "offset…"));
    choices.push(Choice::new("time", "time…"));
    choices.extend(LASTS.map(|(value, label, _)| Choice::new(value, label)));
    choices.push(Choice::new("group", "a group's commits…"));
    choices.push(Choice::new("live", "live"));
    choices
}

fn kind(start: &Start) -> &'static str {
    match start {
        Start::At(From::Newest) => "newest",
        Start::At(From::Oldest) => "oldest",
        Start::At(From::Offset { .. }) => "offset",
        Start::At(From::Time { .. }) => "time",
        Start::At(From::Group { .. }) => "group",
        Start::Live => "live",
    }
}

/// The beginning of a choice that needs no more to be said.
fn begin(choice: &str) -> Start {
    if let Some((.., ago)) = LASTS.iter().find(|(value, ..)| *value == choice) {
        return Start::At(From::Time { timestamp_ms: now_ms() - ago });
    }
    match choice {
        "oldest" => Start::At(From::Oldest),
        "live" => Start::Live,
        _ => Start::At(From::Newest),
    }
}

#[component]
fn OffsetField(start: Memo<Start>, go: impl Fn(Start) + Copy + 'static) -> impl IntoView {
    let shown = move || match start.get() {
        Start::At(From::Offset { offset }) => offset.to_string(),
        _ => String::new(),
    };
    let read = |text: &str| {
        let digits: String = text.chars().filter(|c| !",_ ".contains(*c)).collect();
        digits.parse().ok().filter(|offset| *offset >= 0).map(|offset| From::Offset { offset })
    };
    let take = move |from| go(Start::At(from));
    let rule = Rule { hint: "offset", wrong: "An offset is a whole number", read, take };
    view! { <Entry label="Offset" shown=Signal::derive(shown) rule/> }
}

#[component]
fn TimeField(start: Memo<Start>, go: impl Fn(Start) + Copy + 'static) -> impl IntoView {
    let clock = use_clock();
    let shown = move || match start.get() {
        Start::At(From::Time { timestamp_ms }) => clock.date_time(timestamp_ms),
        _ => String::new(),
    };
    let read = move |text: &str| {
        let timestamp_ms = clock.parse(text)?;
        Some(From::Time { timestamp_ms })
    };
    let take = move |from| go(Start::At(from));
    let wrong = "A time is written 2026-11-23 14:00:00, or as milliseconds since 1970";
    let rule = Rule { hint: "2026-11-23 14:00", wrong, read, take };
    view! { <Entry label="Time" shown=Signal::derive(shown) rule/> }
}

/// The group whose commits are the beginning, chosen among those that read the topic.
#[component]
fn GroupField(
    page: Page,
    start: Memo<Start>,
    go: impl Fn(Start) + Copy + 'static,
) -> impl IntoView {
    let groups = load(move || {
        let (cluster, topic) = page.names.get_value();
        client::topics::consumers(cluster, topic)
    });
    let shown = move || match start.get() {
        Start::At(From::Group { group }) => group,
        _ => String::new(),
    };
    let read = |text: &str| {
        let group = text.trim().to_owned();
        (!group.is_empty()).then_some(From::Group { group })
    };
    let take = move |from| go(Start::At(from));
    let rule = Rule { hint: "consumer group", wrong: "Name the group", read, take };
    let known = move || {
        let groups = groups.latest();
        let names = groups.iter().flat_map(|list| list.consumers.iter());
        names.map(|it| view! { <option value=it.group.clone()></option> }).collect_view()
    };
    view! {
        <Entry label="Group" shown=Signal::derive(shown) rule list=GROUPS/>
        <datalist id=GROUPS>{known}</datalist>
    }
}

/// The id of the groups that are proposed.
const GROUPS: &str = "known-groups";

#[component]
fn Partitions(page: Page) -> impl IntoView {
    let shown = move || {
        let write = |list: &Vec<i32>| query::write_partitions(list);
        page.view.with(|view| view.asked.partitions.as_ref().map(write)).unwrap_or_default()
    };
    let read = |text: &str| match text.trim() {
        "" | "all" => Some(None),
        list => query::parse_partitions(list).map(Some),
    };
    let take = move |partitions| page.ask(|asked| asked.partitions = partitions);
    let wrong = "Partitions are written 0,2,5-9; leave it empty for all";
    let rule = Rule { hint: "all", wrong, read, take };
    view! {
        <Inline label="partitions">
            <Entry label="Partitions" shown=Signal::derive(shown) rule/>
        </Inline>
    }
}

/// How a field is read.
pub struct Rule<Read, Take> {
    /// The placeholder.
    pub hint: &'static str,
    /// What to say of nonsense.
    pub wrong: &'static str,
    /// What the text means, if it means something.
    pub read: Read,
    /// What is done with that.
    pub take: Take,
}

/// A small field that takes effect on Enter or when it is left.
#[component]
pub fn Entry<T, Read, Take>(
    label: &'static str,
    shown: Signal<String>,
    rule: Rule<Read, Take>,
    /// The id of what is proposed.
    #[prop(optional)]
    list: Option<&'static str>,
) -> impl IntoView
where
    T: 'static,
    Read: Fn(&str) -> Option<T> + 'static,
    Take: Fn(T) + 'static,
{
    let wrong = RwSignal::new(false);
    let Rule { hint, wrong: reason, read, take } = rule;
    let long = hint.len() > "partitions".len();
    // Left empty, the partitions are all; an offset or a time has no such meaning.
    let needed = hint != "all";
    let change = move |event: ev::Event| {
        let value = read(&event_target_value(&event));
        wrong.set(value.is_none());
        let said = if value.is_none() { reason } else { "" };
        event_target::<HtmlInputElement>(&event).set_custom_validity(said);
        value.into_iter().for_each(&take);
    };
    view! {
        <span class="entry" class:long=long>
            <input
                class="input"
                type="text"
                autocomplete="off"
                spellcheck="false"
                placeholder=hint
                aria-label=label
                list=list
                required=needed
                aria-invalid=move || wrong.get().to_string()
                prop:value=shown
                on:change=change
            />
            {move || wrong.get().then(|| view! { <span role="alert">{reason}</span> })}
        </span>
    }
}

#[component]
fn Limit(page: Page) -> impl IntoView {
    let now = Memo::new(move |_| page.view.with(|view| view.asked.limit));
    let choices = move || {
        let mut limits = LIMITS.to_vec();
        limits.push(now.get());
        limits.sort_unstable();
        limits.dedup();
        let choice = |limit: u32| Choice::new(limit.to_string(), count(limit));
        limits.into_iter().map(choice).collect::<Vec<_>>()
    };
    let pick = move |text: String| {
        if let Ok(limit) = text.parse() {
            page.ask(|asked| asked.limit = limit);
        }
    };
    view! {
        <Inline label="limit">
            <Select
                value=Signal::derive(move || now.get().to_string())
                choices=Signal::derive(choices)
                on_pick=pick
                label="Matches at most"
            />
        </Inline>
    }
}
