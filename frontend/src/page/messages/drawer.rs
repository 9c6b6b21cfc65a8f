//! One record beside the table: value, key, headers, what its batch says.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::messages::{Encoding, Message, Payload};

use super::{
    Page,
    acts::{Acts, foot},
    metadata::{headers, metadata},
    payload::payload,
    record::{Record, Shown},
    value::{Part, Style},
};
use crate::{
    format::count,
    load::broken,
    location::History,
    ui::{Badge, Copyable, Drawer, IconButton, Skeleton, Tab, Tabs},
};

/// What of the record is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Value,
    Key,
    Headers,
    Metadata,
}

/// The drawer.
#[component]
pub fn RecordDrawer(page: Page, record: Record) -> impl IntoView {
    let now = RwSignal::new(View::Value);
    let style = RwSignal::new(Style::Pretty);
    let body = move || match record.shown.get() {
        Shown::Waiting => view! { <Skeleton lines=8/> }.into_any(),
        Shown::Failed(error) => broken(&error, move || record.fetch()).into_any(),
        Shown::Ready(message) => part(page, message, record, now.get(), style),
    };
    let close = move || page.open(None, History::Push);
    let acts = Acts::new(page, record);
    acts.listen();
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
    }
}

fn tabs(record: Record) -> Vec<Tab<View>> {
    let headers = record.shown.with(|shown| match shown {
        Shown::Ready(message) => Some(count(message.headers.len() as i128)),
        _ => None,
    });
    vec![
        (View::Value, "Value", None),
        (View::Key, "Key", None),
        (View::Headers, "Headers", headers),
        (View::Metadata, "Metadata", None),
    ]
}

fn head(page: Page, record: Record) -> impl IntoView {
    let Some((partition, offset)) = record.id.get() else { return ().into_any() };
    let kind = record.shown.with(|shown| match shown {
        Shown::Ready(message) => Some(kind(&message.value)),
        _ => None,
    });
    let rows = page.feed.rows;
    let step = move |by: i64| page.feed.table.walk(by, rows.with_untracked(Vec::len));
    view! {
        <Copyable text=offset.to_string() what="the offset">
            <span class="mono">
                <span class="dim" title="Partition">{partition} " : "</span>
                {count(offset)}
            </span>
        </Copyable>
        {kind.map(|kind| view! { <Badge>{kind}</Badge> })}
        <span class="grow"></span>
        <IconButton icon="chevron-up" label="Record before (k, ↑)" on:click=move |_| step(-1)/>
        <IconButton icon="chevron-down" label="Next record (j, ↓)" on:click=move |_| step(1)/>
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
    view: View,
    style: RwSignal<Style>,
) -> AnyView {
    match view {
        View::Value => payload(page, message, record, Part::Value, style),
        View::Key => payload(page, message, record, Part::Key, style),
        View::Headers => headers(page, &message).into_any(),
        View::Metadata => metadata(&message).into_any(),
    }
}

/// What copying and downloading mean while this is shown.
fn shown_part(view: View) -> Part {
    match view {
        View::Key => Part::Key,
        View::Value | View::Headers | View::Metadata => Part::Value,
    }
}
