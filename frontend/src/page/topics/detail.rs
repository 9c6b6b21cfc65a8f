//! One topic: its head, its tabs, and what the chosen tab shows.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{
    session::Permission,
    topics::{Partition, Topic as Data},
};

use super::{
    config::Configuration,
    consumers::Consumers,
    delete::DeleteTopicDialog,
    list::clone_address,
    partitions::{ACT, Partitions},
};
use crate::{
    cells,
    client::{self, ClientError},
    format::{count, noun},
    listing::{subject_while, use_allowed, use_choice},
    load::{Load, load, missing},
    location::{History, use_location},
    query::Query,
    route::{Route, TopicTab},
    session::use_session,
    ui::{Badge, Button, Copyable, Fact, Forbidden, LinkTab, LinkTabs, Mood, Note, Tone},
};

/// How often the head asks again while somebody looks at it.
const REFRESH_SECONDS: u64 = 10;

/// The page. `messages` draws the messages tab, which is a page of its own.
#[component]
pub fn Topic(
    cluster: String,
    topic: String,
    messages: fn(String, String) -> AnyView,
) -> impl IntoView {
    let of = (cluster.clone(), topic.clone());
    let data = load(move || client::topics::get(of.0.clone(), of.1.clone()));
    let data = data.every(REFRESH_SECONDS);
    let location = use_location();
    let tab = Memo::new(move |last: Option<&TopicTab>| match location.route.get() {
        Route::Topic { tab, .. } => tab,
        _ => last.copied().unwrap_or(TopicTab::Messages),
    });
    let names = StoredValue::new((cluster.clone(), topic.clone()));
    let shown = move || {
        let (cluster, topic) = names.get_value();
        match tab.get() {
            TopicTab::Messages => view! { <Records cluster topic messages/> }.into_any(),
            TopicTab::Partitions => view! { <Partitions cluster data/> }.into_any(),
            TopicTab::Consumers => view! { <Consumers cluster topic/> }.into_any(),
            TopicTab::Configuration => {
                let replicas = Signal::derive(move || {
                    let data = data.latest()?;
                    data.partitions.first().map(|partition| partition.replicas.len())
                });
                view! { <Configuration cluster topic replicas/> }.into_any()
            }
        }
    };
    // The search goes on where it was left by a look at another tab; what was being written did not
    // stay, and is not asked for again.
    let search = Memo::new(move |last: Option<&LeftSearch>| match tab.get() {
        TopicTab::Messages if location.route.with(|it| matches!(it, Route::Topic { .. })) => {
            let query = location.query.get();
            let query = WRITES.iter().fold(query, |query, name| query.without(name));
            LeftSearch { query, is_shown: true }
        }
        _ => LeftSearch { is_shown: false, ..last.cloned().unwrap_or_default() },
    });
    let tabs = tabs((&cluster, &topic), data, tab, search);
    let gone = Memo::new(move |_| data.gone());
    // Records that were read stay on screen when their topic goes.
    let kept = Memo::new(move |_| tab.get() == TopicTab::Messages && data.latest().is_some());
    let missed = Memo::new(move |_| gone.get().filter(|_| !kept.get()));
    let vanished = move || {
        let error = gone.get().filter(|_| kept.get())?;
        Some(view! {
            <Note mood="bad">
                <b>"The topic is gone."</b>
                <span>{error.message()} " Below is what was read before."</span>
            </Note>
        })
    };
    let parts = move || match missed.get() {
        Some(error) => missing(&error).into_any(),
        None => view! {
            <LinkTabs label="Parts of the topic" tabs=tabs.clone()/>
            {vanished}
            {shown}
        }
        .into_any(),
    };
    view! {
        <Head cluster topic data gone/>
        {parts}
    }
}

/// The messages tab, or the right that is missing for it.
#[component]
fn Records(
    cluster: String,
    topic: String,
    messages: fn(String, String) -> AnyView,
) -> impl IntoView {
    let refusal = use_session().refusal(Permission::ReadMessages);
    match refusal {
        Some(reason) => view! {
            <div class="card"><Forbidden title="You may not read messages" reason/></div>
        }
        .into_any(),
        None => messages(cluster, topic),
    }
}

#[component]
fn Head(
    cluster: String,
    topic: String,
    data: Load<Data>,
    /// Why there is no such topic (any more): nothing is told of it, and nothing can be done to it.
    gone: Memo<Option<ClientError>>,
) -> impl IntoView {
    let session = use_session();
    let location = use_location();
    let list = Route::Topics { cluster: cluster.clone() };
    let refusal = Signal::derive(move || {
        let internal = data.latest().is_some_and(|data| data.internal);
        let kept = || "The cluster keeps this topic for itself.".to_owned();
        let unread = || "Its partitions have not been read.".to_owned();
        let missing = data.latest().is_none().then(unread);
        session.refusal(Permission::DeleteTopic).or_else(|| internal.then(kept)).or(missing)
    });
    let like = StoredValue::new(clone_address(&cluster, &topic));
    let clone = move |_| location.go(&like.get_value(), History::Push);
    let no_clone = Signal::derive(move || session.refusal(Permission::CreateTopic));
    let asked = use_choice(ACT, "delete");
    let ask = move |_| asked.set(true);
    let doomed = subject_while(use_allowed(asked, refusal), Some(topic.clone()));
    let deleted = move || location.open(&list);
    view! {
        <header class="head">
            <h1><Copyable text=topic.clone() what="the topic's name">{topic}</Copyable></h1>
            <Show when=move || gone.with(Option::is_none)>
                {move || data.latest().map(|data| badges(&data))}
                <span class="grow"></span>
                {move || data.latest().map(facts)}
                <Button icon="copy" off=no_clone on_press=clone>"Clone settings…"</Button>
                <Button tone=Tone::Danger icon="trash-2" off=refusal on_press=ask>
                    "Delete…"
                </Button>
            </Show>
        </header>
        <DeleteTopicDialog cluster=StoredValue::new(cluster) topic=doomed on_deleted=deleted/>
    }
}

fn badges(data: &Data) -> impl IntoView + use<> {
    let of = |test: fn(&&Partition) -> bool| data.partitions.iter().filter(test).count() as i128;
    let leaderless = of(|it| it.leader.is_none());
    let behind = of(|it| it.in_sync.len() < it.replicas.len());
    let health = match (leaderless, behind) {
        (0, 0) => view! { <Badge mood=Mood::Good>"healthy"</Badge> }.into_any(),
        (0, behind) => {
            let text = format!("{} under-replicated", count(behind));
            view! { <Badge mood=Mood::Warn>{text}</Badge> }.into_any()
        }
        (leaderless, _) => {
            let text = format!("{} without leader", count(leaderless));
            view! { <Badge mood=Mood::Bad>{text}</Badge> }.into_any()
        }
    };
    view! {
        {health}
        {data.cleanup_policy.clone().map(|policy| view! { <Badge>{policy}</Badge> })}
        {data.internal.then(|| view! { <Badge>"internal"</Badge> })}
    }
}

fn facts(data: Arc<Data>) -> impl IntoView {
    let replicas = data.partitions.first().map_or(0, |it| it.replicas.len());
    let known = records(&data.partitions);
    let records_word = known.map_or("records", |records| noun(records, "record", "records"));
    let records = match known {
        Some(records) => count(records).into_any(),
        None => cells::unknown("The offsets of a partition could not be read").into_any(),
    };
    let size = size(&data.partitions);
    let size = cells::size(size.ok(), size.err().flatten());
    view! {
        <div class="facts">
            <Fact name=records_word>{records}</Fact>
            <Fact name="on disk">{size}</Fact>
            {figure(data.partitions.len(), "partition", "partitions")}
            {figure(replicas, "replica", "replicas")}
        </div>
    }
}

fn figure(n: usize, one: &'static str, many: &'static str) -> impl IntoView {
    let n = n as i128;
    view! { <Fact name=noun(n, one, many)>{count(n)}</Fact> }
}

/// Records of all partitions; `None` if one could not be read.
pub fn records(partitions: &[Partition]) -> Option<i64> {
    let of = |it: &Partition| Some(it.end_offset?.saturating_sub(it.start_offset?));
    partitions.iter().map(of).try_fold(0_i64, |sum, records| Some(sum.saturating_add(records?)))
}

/// Bytes on disk of all partitions, or why that of one of them is not known.
fn size(partitions: &[Partition]) -> Result<u64, Option<&str>> {
    partitions.iter().try_fold(0_u64, |sum, it| match it.size_bytes {
        Some(size) => Ok(sum.saturating_add(size)),
        None => Err(it.size_error.as_deref()),
    })
}

/// What stands in the address of the messages tab while something is written there.
const WRITES: [&str; 2] = ["produce", "replay"];

/// The search of the messages tab as it was last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct LeftSearch {
    query: Query,
    /// Whether the tab is the one on screen.
    is_shown: bool,
}

fn tabs(
    (cluster, topic): (&str, &str),
    data: Load<Data>,
    now: Memo<TopicTab>,
    search: Memo<LeftSearch>,
) -> Vec<LinkTab> {
    let partitions =
        Signal::derive(move || data.latest().map(|data| count(data.partitions.len() as i128)));
    let tab = |tab: TopicTab, label: &'static str, count: Signal<Option<String>>| LinkTab {
        href: Route::topic(cluster, topic, tab).path().into(),
        label,
        count,
        here: Signal::derive(move || now.get() == tab),
    };
    let messages = tab(TopicTab::Messages, "Messages", None.into());
    let path = Route::topic(cluster, topic, TopicTab::Messages).path();
    // On the tab itself its link begins afresh.
    let href = Signal::derive(move || match search.get() {
        LeftSearch { query, is_shown: false } if !query.is_empty() => format!("{path}?{query}"),
        _ => path.clone(),
    });
    vec![
        LinkTab { href, ..messages },
        tab(TopicTab::Partitions, "Partitions", partitions),
        tab(TopicTab::Consumers, "Consumers", None.into()),
        tab(TopicTab::Configuration, "Configuration", None.into()),
    ]
}
