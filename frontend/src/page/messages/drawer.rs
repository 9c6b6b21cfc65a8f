//! One record beside the table: value, key, headers, what its batch says.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::messages::{Encoding, Message, Payload};

use super::{
    Page,
    acts::{Acts, foot},
    face::{Face, RecordTab},
    metadata::{headers, metadata},
    payload::payload,
    record::{Record, Shown},
    value::{Part, Style},
};
use crate::{
    cells,
    format::count,
    load::broken,
    location::History,
    route::TopicTab,
    ui::{Badge, Copyable, Drawer, IconButton, Skeleton, Tab, Tabs},
};

/// The drawer.
#[component]
pub fn RecordDrawer(page: Page, record: Record) -> impl IntoView {
    let (now, style) = follow_the_address(page);
    let body = move || match record.shown.get() {
        Shown::Waiting => view! { <Skeleton lines=8/> }.into_any(),
        Shown::Failed(error) => broken(&error, move || record.fetch()).into_any(),
        Shown::Ready(message) => part(page, message, record, now.get(), style),
    };
    let close = move || page.open(None, History::Push);
    let acts = Acts::new(page, record);
    acts.listen();
    acts.replay_what_the_address_asks();
    view! {
        <Drawer
            label="Record"
            head=move || head(page, record)
            foot=move || foot(acts, shown_part(now.get()))
            on_close=close
        >
            <Tabs now tabs=Signal::derive(move || tabs(record))/>
            <div class="drawer-body">{body}</div>
        </Drawer>
        {acts.dialogs()}
    }
}

/// Tab and style as the address has them; choosing others replaces the address.
fn follow_the_address(page: Page) -> (RwSignal<RecordTab>, RwSignal<Style>) {
    let there = Memo::new(move |_| page.view.with(|view| view.face));
    let Face { tab, style } = there.get_untracked();
    let (tab, style) = (RwSignal::new(tab), RwSignal::new(style));
    Effect::new(move |_| {
        let there = there.get();
        if tab.get_untracked() != there.tab {
            tab.set(there.tab);
        }
        if style.get_untracked() != there.style {
            style.set(there.style);
        }
    });
    Effect::new(move |_| page.face(Face { tab: tab.get(), style: style.get() }));
    (tab, style)
}

fn tabs(record: Record) -> Vec<Tab<RecordTab>> {
    let headers = record.shown.with(|shown| match shown {
        Shown::Ready(message) => Some(count(message.headers.len() as i128)),
        _ => None,
    });
    vec![
        (RecordTab::Value, "Value", None),
        (RecordTab::Key, "Key", None),
        (RecordTab::Headers, "Headers", headers),
        (RecordTab::Metadata, "Metadata", None),
    ]
}

fn head(page: Page, record: Record) -> impl IntoView {
    let Some((partition, offset)) = record.id.get() else { return ().into_any() };
    let kind = record.shown.with(|shown| match shown {
        Shown::Ready(message) => Some(kind(&message.value)),
        _ => None,
    });
    let step = move |by: i64| page.walk(by);
    // Beside a tail of several topics nothing else says of which one the record is.
    let of_topic = page.beside.is_some().then(|| {
        page.names
            .with_value(|(cluster, topic)| cells::topic_link(cluster, topic, TopicTab::Messages))
    });
    view! {
        {of_topic}
        <Copyable text=offset.to_string() what="the offset">
            <span class="mono">
                <span class="dim" title="Partition">{partition} " : "</span>
                {count(offset)}
            </span>
        </Copyable>
        {kind.map(|kind| view! { <Badge>{kind}</Badge> })}
        <span class="grow"></span>
        <IconButton icon="chevron-up" label="Record before (k, ↑)" on_press=move |_| step(-1)/>
        <IconButton icon="chevron-down" label="Next record (j, ↓)" on_press=move |_| step(1)/>
    }
    .into_any()
}

/// What a payload is, in a word.
fn kind(payload: &Payload) -> &'static str {
    match payload.encoding {
        Encoding::Null => "tombstone",
        Encoding::Json => "JSON",
        Encoding::Text => "text",
        Encoding::Xml => "XML",
        Encoding::Hex => "binary",
    }
}

fn part(
    page: Page,
    message: Arc<Message>,
    record: Record,
    view: RecordTab,
    style: RwSignal<Style>,
) -> AnyView {
    match view {
        RecordTab::Value => payload(page, message, record, Part::Value, style),
        RecordTab::Key => payload(page, message, record, Part::Key, style),
        RecordTab::Headers => headers(page, &message).into_any(),
        RecordTab::Metadata => metadata(&message).into_any(),
    }
}

/// What copying and downloading mean while this is shown.
fn shown_part(view: RecordTab) -> Part {
    match view {
        RecordTab::Key => Part::Key,
        RecordTab::Value | RecordTab::Headers | RecordTab::Metadata => Part::Value,
    }
}
