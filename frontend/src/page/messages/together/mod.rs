//! Several topics followed together: one table, one connection, what was dropped counted.
//!
//! The address names the topics and the conditions ([`query`]); [`feed`] holds what came; a record
//! is opened in the drawer [`beside`] it.

mod beside;
mod feed;
mod query;

use std::sync::Arc;

use leptos::{ev, prelude::*};
use ouzel_api::{live::TAILS_MAX, messages::Message};

use self::{
    feed::{Feed, Row},
    query::{Ask, Opened, TEXT, TOPICS},
};
use super::{
    feed::Phase,
    marks::Marks,
    preview, table,
    tail::{self, Sink, Tail, Wanted},
};
use crate::{
    cells,
    format::{bytes, count, counted},
    location::{History, Location, use_location},
    query::Query,
    route::{Route, TopicTab},
    ui::{
        Button, Column, Empty, FilterBox, Icon, Note, StatusLine, Table, TableSpec, Tone, use_clock,
    },
};

/// What the parts of the page share. Cheap to copy.
#[derive(Clone, Copy)]
struct Page {
    cluster: StoredValue<String>,
    view: Memo<Ask>,
    marks: Memo<Marks>,
    feed: Feed,
    location: Location,
    work: StoredValue<Option<Tail>, LocalStorage>,
    /// The record in the drawer.
    open: Memo<Option<Opened>>,
}

/// The page.
#[component]
pub fn Together(cluster: String) -> impl IntoView {
    let page = Page::new(cluster);
    page.follow_what_the_address_names();
    let left_out = move || {
        let left_out = page.view.with(|view| view.left_out);
        (left_out > 0).then(|| {
            let topics = counted(left_out as i128, "topic is", "topics are");
            let text = format!("{topics} left out: at most {TAILS_MAX} are followed at once.");
            view! { <Note>{text}</Note> }
        })
    };
    let any = Memo::new(move |_| page.view.with(|view| !view.topics.is_empty()));
    view! {
        <div class="fill viewer">
            <header class="head"><h1>"Live tail"</h1></header>
            <Show when=move || any.get() fallback=nothing_named>
                <Controls page/>
                {left_out}
                <Topics page/>
                <Status page/>
                <div class="split" class:open=move || page.open.with(Option::is_some)>
                    <Rows page/>
                    <beside::Drawers page/>
                </div>
            </Show>
        </div>
    }
}

fn nothing_named() -> impl IntoView {
    view! {
        <Empty icon="list" title="No topics are named">
            <p>"Tick topics in the list of topics and choose “Tail together”."</p>
        </Empty>
    }
}

impl Page {
    fn new(cluster: String) -> Page {
        let location = use_location();
        let here = Route::Tail { cluster: cluster.clone() };
        // Another page's address is none of our business, not even while this page goes away.
        let view = Memo::new(move |last: Option<&Ask>| match last {
            Some(last) if location.route.with(|route| *route != here) => last.clone(),
            _ => location.query.with(Ask::parse),
        });
        let elsewhere = move || location.route.with(|route| !matches!(route, Route::Tail { .. }));
        let open = Memo::new(move |last: Option<&Option<Opened>>| match last {
            Some(last) if elsewhere() => last.clone(),
            _ => location.query.with(Opened::parse),
        });
        Page {
            open,
            cluster: StoredValue::new(cluster),
            view,
            marks: Memo::new(move |_| view.with(|view| Marks::of(&view.asked))),
            feed: Feed::new(),
            location,
            work: StoredValue::new_local(None),
        }
    }

    fn follow_what_the_address_names(self) {
        Effect::new(move |_| {
            self.view.track();
            self.start();
        });
        on_cleanup(move || self.halt());
    }

    fn start(self) {
        self.halt();
        let view = self.view.get_untracked();
        self.feed.clear(view.topics.len());
        if view.topics.is_empty() {
            return;
        }
        let cluster = self.cluster.get_value();
        let wanted =
            |topic: String| Wanted { cluster: cluster.clone(), topic, asked: view.asked.clone() };
        let wanted = view.topics.clone().into_iter().map(wanted).collect();
        self.work.set_value(Some(tail::start_all(self.feed, wanted)));
    }

    fn halt(self) {
        self.work.try_update_value(|work| {
            if let Some(tail) = work.take() {
                tail.stop();
            }
        });
    }

    fn stop(self) {
        self.halt();
        self.feed.paused.set(false);
        self.feed.show();
        self.feed.phase.set(Phase::Stopped);
    }

    fn pause(self, paused: bool) {
        self.feed.paused.set(paused);
        if !paused {
            self.feed.show();
            self.work.update_value(|work| {
                if let Some(tail) = work {
                    tail.resumed();
                }
            });
        }
    }

    fn ask(self, query: &Query) {
        self.location.set_query(query, History::Push);
    }

    /// The name of the topic in that place.
    fn topic(self, tail: usize) -> String {
        self.view.with_untracked(|view| view.topics.get(tail).cloned()).unwrap_or_default()
    }
}

/// What must stand in a record; run, stop, pause.
#[component]
fn Controls(page: Page) -> impl IntoView {
    let text = RwSignal::new(page.view.with_untracked(|view| view.text.clone()));
    Effect::new(move |_| text.set(page.view.with(|view| view.text.clone())));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let query = page.location.query.get_untracked().with(TEXT, text.get_untracked());
        page.ask(&query);
    };
    let runs = Memo::new(move |_| page.feed.phase.with(Phase::runs));
    let pause = move || match (runs.get(), page.feed.paused.get()) {
        (false, _) => ().into_any(),
        (true, true) => view! {
            <Button tone=Tone::Primary icon="play" on_press=move |_| page.pause(false)>
                "Resume"
            </Button>
        }
        .into_any(),
        (true, false) => view! {
            <Button icon="pause" on_press=move |_| page.pause(true)>"Pause"</Button>
        }
        .into_any(),
    };
    let run = move || match runs.get() {
        true => {
            view! { <Button icon="square" on_press=move |_| page.stop()>"Stop"</Button> }.into_any()
        }
        false => view! {
            <Button tone=Tone::Primary icon="play" on_press=move |_| page.start()>"Run"</Button>
        }
        .into_any(),
    };
    view! {
        <form class="bar" on:submit=submit>
            <FilterBox value=text label="Only records that hold this text; Enter applies it"/>
            <span class="grow"></span>
            {pause}
            {run}
        </form>
    }
}

/// Each topic with what became of it, and a way to leave it out.
#[component]
fn Topics(page: Page) -> impl IntoView {
    let chip = move |(at, topic): (usize, String)| {
        let own = topic.clone();
        let remove = move |_| {
            let left = page.view.with_untracked(|view| {
                let others = view.topics.iter().filter(|topic| **topic != own);
                others.cloned().collect::<Vec<_>>().join(",")
            });
            page.ask(&page.location.query.get_untracked().with(TOPICS, left));
        };
        let trouble = move || {
            let error = page.feed.errors.with(|all| all.get(at).cloned().flatten());
            let dropped = page.feed.figures.with(|all| all.get(at).map_or(0, |it| it.dropped));
            match error {
                Some(error) => Some(format!("not followed: {}", error.message)),
                None => (dropped > 0).then(|| format!("{} not shown", count(dropped))),
            }
        };
        view! {
            <span class="chip">
                {page.cluster.with_value(|it| cells::topic_link(it, &topic, TopicTab::Messages))}
                {move || trouble().map(|text| view! { <span class="warn">{text}</span> })}
                <button
                    type="button"
                    aria-label=format!("Leave {topic} out")
                    title="Leave it out"
                    on:click=remove
                >
                    <Icon name="x" size="small"/>
                </button>
            </span>
        }
    };
    let topics = Memo::new(move |_| page.view.with(|view| view.topics.clone()));
    view! {
        <div class="chips">
            {move || topics.get().into_iter().enumerate().map(chip).collect_view()}
        </div>
    }
}

/// What was read, what matched, what is missing.
#[component]
fn Status(page: Page) -> impl IntoView {
    let clock = use_clock();
    let sum = move |of: fn(&super::figures::Figures) -> u64| {
        page.feed.figures.with(|all| all.iter().map(of).sum::<u64>())
    };
    let matched = move || counted(sum(|it| it.matched_by_now()), "match", "matches");
    let read = move || format!("{} read", count(sum(|it| it.read_by_now())));
    let state = move || match page.feed.phase.get() {
        Phase::Connecting => "connecting…".to_owned(),
        Phase::Following if page.feed.paused.get() => {
            page.feed.figures.track();
            format!("paused, {} held", count(page.feed.held() as i128))
        }
        Phase::Following => "live, newest last".to_owned(),
        Phase::Lost { retry_at_ms, why } => {
            let lost = why.unwrap_or_else(|| "connection lost".to_owned());
            format!("{lost}, tried again {}", clock.relative(retry_at_ms))
        }
        Phase::Failed(error) => error.message(),
        _ => "stopped".to_owned(),
    };
    let dropped = move || {
        let dropped = sum(|it| it.dropped);
        let title = "They arrived faster than this page takes them, or while it was paused";
        (dropped > 0).then(|| {
            let text = format!("{} not shown", count(dropped));
            view! { <span class="warn" title=title>{text}</span> }
        })
    };
    let lost = move || {
        let lost = page.feed.figures.with(|all| {
            let each = all.iter().enumerate().flat_map(|(at, figures)| {
                let topic = page.topic(at);
                let lost = figures.lost.iter();
                lost.map(move |it| {
                    format!("{topic}-{} is not followed: {}", it.partition, it.reason)
                })
            });
            each.collect::<Vec<_>>()
        });
        lost.into_iter().map(|text| view! { <span class="warn">{text}</span> }).collect_view()
    };
    let gap = move || {
        let gaps = page.feed.figures.with(|all| all.first().map(|it| it.gaps.clone()))?;
        let (from, to) = gaps.last()?;
        let (from, to) = (clock.time_of_day(*from), clock.time_of_day(*to));
        let text = format!("reconnected; nothing seen from {from} to {to}");
        Some(view! { <span class="warn">{text}</span> })
    };
    view! {
        <StatusLine>
            <b data-matches="">{matched}</b>
            <span>{read}</span>
            <span class="live">{state}</span>
            <span class="grow"></span>
            {dropped}
            {lost}
            {gap}
        </StatusLine>
    }
}

/// The tracks beside the drawer, and the least width of them together; what a record weighs, it
/// says itself there.
const SLIM: &str = "minmax(80px, 0.3fr) 52px 104px 118px minmax(86px, 0.3fr) minmax(130px, 1fr)";
const SLIM_MIN: &str = "570px";

#[component]
fn Rows(page: Page) -> impl IntoView {
    let open = move |at: usize| {
        if let Some(row) = page.feed.rows.with_untracked(|rows| rows.get(at).cloned()) {
            beside::open(page, &row, History::Push);
        }
    };
    let spec = TableSpec::new("Records", columns(page)).on_open(open);
    let empty = || {
        view! {
            <Empty icon="inbox" title="Nothing yet">
                <p>"What is written to these topics from now on is shown here."</p>
            </Empty>
        }
    };
    view! {
        <div class="card rows" style=("--slim", SLIM) style=("--slim-min", SLIM_MIN)>
            <Table spec rows=page.feed.rows handle=page.feed.table empty/>
        </div>
    }
}

fn columns(page: Page) -> Vec<Column<Row>> {
    let clock = use_clock();
    let message = |row: &Row| -> Arc<Message> { row.message.clone() };
    vec![
        Column::new("topic", "topic", "minmax(120px, 0.4fr)", move |row: &Row| {
            page.topic(row.tail)
        })
        .narrow("minmax(0, 1fr)"),
        Column::new("partition", "part.", "60px", |row: &Row| {
            view! { <span class="mono">{row.message.partition}</span> }
        })
        .right()
        .hint("Partition"),
        Column::new("offset", "offset", "110px", |row: &Row| {
            view! { <span class="mono">{count(row.message.offset)}</span> }
        })
        .right()
        .narrow("90px"),
        Column::new("time", "time", "202px", move |row: &Row| {
            table::time(clock, row.message.timestamp_ms)
        })
        .narrow("106px"),
        Column::new("key", "key", "minmax(110px, 0.28fr)", move |row: &Row| {
            page.marks.with_untracked(|marks| preview::key(&message(row), marks))
        }),
        Column::new("value", "value", "minmax(220px, 1fr)", move |row: &Row| {
            page.marks.with_untracked(|marks| preview::value(&message(row), marks))
        })
        .headline(),
        Column::new("size", "size", "84px", |row: &Row| {
            view! { <span class="mono dim">{bytes(row.message.size_bytes.into())}</span> }
        })
        .right()
        .gives_way()
        .hint("Bytes of key, value and headers"),
    ]
}
