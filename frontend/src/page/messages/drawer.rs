//! One record beside the table: value, key, headers, what its batch says, and what to take away.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};
use ouzel_api::messages::{Encoding, Header, Message, Payload, TimestampType};

use super::{
    Page, preview,
    record::{Record, Shown},
    save,
    value::{Part, Style, Value},
};
use crate::{
    format::{bytes, count, counted},
    load::broken,
    location::History,
    ui::{
        Badge, Button, CopyButton, Copyable, Drawer, IconButton, Note, Skeleton, Tab, Tabs, Time,
        copy_text, use_toasts,
    },
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
        Shown::Ready(message) => part(message, record, now.get(), style),
    };
    let close = move || page.open(None, History::Push);
    view! {
        <Drawer
            label="Record"
            head=move || head(page, record)
            foot=move || foot(page, record, shown_part(now.get()))
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
        Encoding::Hex => "binary",
    }
}

fn part(message: Arc<Message>, record: Record, view: View, style: RwSignal<Style>) -> AnyView {
    match view {
        View::Value => payload(message, record, Part::Value, style),
        View::Key => payload(message, record, Part::Key, style),
        View::Headers => headers(&message.headers).into_any(),
        View::Metadata => metadata(&message).into_any(),
    }
}

fn payload(message: Arc<Message>, record: Record, part: Part, style: RwSignal<Style>) -> AnyView {
    let styles = Style::of(part.of(&message));
    let size = bytes(part.of(&message).size_bytes.into());
    let cut =
        part.of(&message).truncated.then(|| view! { <Cut message=message.clone() record part/> });
    let button = |own: Style| {
        let name = match own {
            Style::Pretty => "Pretty",
            Style::Text => "Text",
            Style::Hex => "Hex",
        };
        let wished = move || (style.get() == own).to_string();
        let wish = move |_| style.set(own);
        view! { <button type="button" aria-pressed=wished on:click=wish>{name}</button> }
    };
    let choice = (styles.len() > 1).then(|| {
        view! { <span class="segments">{styles.iter().copied().map(button).collect_view()}</span> }
    });
    let text = part.of(&message).text.clone();
    let copy = (!text.is_empty()).then(|| view! { <CopyButton text what="what is shown"/> });
    view! {
        <div class="part-head">
            {choice} <span class="grow"></span> <span class="dim">{size}</span> {copy}
        </div>
        {cut}
        <Value message part style/>
    }
    .into_any()
}

/// Says that only the beginning is here, and gets the rest, as far as one answer holds it.
#[component]
fn Cut(message: Arc<Message>, record: Record, part: Part) -> impl IntoView {
    let payload = part.of(&message);
    let whole = format!("More is not shown; a download holds the whole {}.", part.name());
    let here = match payload.encoding {
        Encoding::Hex => payload.text.len() / 2,
        _ => payload.text.len(),
    };
    let (here, all) = (bytes(here as u64), bytes(payload.size_bytes.into()));
    let busy = move || record.fetching.get() == record.id.get();
    view! {
        <Note>
            <span>{format!("The first {here} of {all}.")}</span>
            {move || match (busy(), record.is_fetched()) {
                (true, _) => view! { <span class="dim">"Loading the rest…"</span> }.into_any(),
                (false, true) => view! {
                    <span class="dim">{whole.clone()}</span>
                }
                .into_any(),
                (false, false) => view! {
                    <button type="button" class="link" on:click=move |_| record.fetch()>
                        "Load all of it"
                    </button>
                }
                .into_any(),
            }}
        </Note>
    }
}

fn headers(headers: &[Header]) -> impl IntoView + use<> {
    let row = |header: &Header| {
        let (key, text) = (header.key.clone(), header.value.text.clone());
        let shown = preview::cell(&header.value);
        view! {
            <dt>{key}</dt>
            <dd><Copyable text what="the header's value">{shown}</Copyable></dd>
        }
    };
    match headers.is_empty() {
        true => view! { <div class="state"><strong>"No headers"</strong></div> }.into_any(),
        false => {
            let rows = headers.iter().map(row).collect_view();
            view! { <dl class="pairs padded">{rows}</dl> }.into_any()
        }
    }
}

fn metadata(message: &Message) -> impl IntoView + use<> {
    let batch = &message.batch;
    let time = match message.timestamp_type {
        TimestampType::CreateTime => "set by the producer",
        TimestampType::LogAppendTime => "set by the broker on append",
    };
    let at_ms = message.timestamp_ms;
    let at = match at_ms {
        -1 => view! { "none" }.into_any(),
        _ => view! { <Time at_ms/> <span class="dim">" " {time}</span> }.into_any(),
    };
    let producer = match (batch.producer_id, batch.producer_epoch, batch.base_sequence) {
        (Some(id), epoch, sequence) => {
            let known =
                |number: Option<i64>| number.map_or("unknown".to_owned(), |it| it.to_string());
            let (epoch, sequence) = (known(epoch.map(Into::into)), known(sequence.map(Into::into)));
            format!("id {id}, epoch {epoch}, sequence {sequence} at the batch's first record")
        }
        (None, ..) => "not idempotent".to_owned(),
    };
    let last = batch.base_offset.saturating_add(i64::from(batch.records)).saturating_sub(1);
    let rows = [
        ("Partition", message.partition.to_string()),
        ("Offset", count(message.offset)),
        ("Key", bytes(message.key.size_bytes.into())),
        ("Value", bytes(message.value.size_bytes.into())),
        ("Size", format!("{} with headers", bytes(message.size_bytes.into()))),
        (
            "Batch",
            format!(
                "{}, first offset {}, up to {}",
                counted(batch.records, "record", "records"),
                count(batch.base_offset),
                count(last),
            ),
        ),
        ("Batch size", format!("{} on disk", bytes(batch.size_bytes.into()))),
        ("Codec", batch.codec.clone()),
        ("Leader epoch", batch.leader_epoch.to_string()),
        ("Producer", producer),
        ("Transaction", if batch.transactional { "yes" } else { "no" }.to_owned()),
    ];
    let row = |(name, value): (&'static str, String)| view! { <dt>{name}</dt> <dd>{value}</dd> };
    let (before, after) = rows.split_at(2);
    view! {
        <dl class="pairs padded">
            {before.iter().cloned().map(row).collect_view()}
            <dt>"Time"</dt>
            <dd>{at}</dd>
            {after.iter().cloned().map(row).collect_view()}
        </dl>
    }
}

/// What copying and downloading mean while this is shown.
fn shown_part(view: View) -> Part {
    match view {
        View::Key => Part::Key,
        View::Value | View::Headers | View::Metadata => Part::Value,
    }
}

fn foot(page: Page, record: Record, part: Part) -> impl IntoView {
    let toasts = use_toasts();
    let Shown::Ready(message) = record.shown.get() else { return ().into_any() };
    let id = (message.partition, message.offset);
    let null = part.of(&message).encoding == Encoding::Null;
    let none = null.then(|| format!("The record has no {}", part.name()));
    let (of_copy, of_file) = (message.clone(), message);
    let copy = move |_| {
        let message = of_copy.clone();
        spawn_local(async move {
            match whole(record, message, part).await {
                Err(error) => toasts.bad(error),
                Ok(message) => match copy_text(&part.of(&message).text).await {
                    Ok(()) => toasts.good(format!("The {} was copied.", part.name())),
                    Err(reason) => toasts.bad(reason),
                },
            }
        });
    };
    let save = move |_| {
        let (message, names) = (of_file.clone(), page.names.get_value());
        spawn_local(async move {
            if let Err(error) = save::download(names, &message, part).await {
                toasts.bad(error);
            }
        });
    };
    let share = move |_| {
        let link = save::link(page, id);
        spawn_local(async move {
            match copy_text(&link).await {
                Ok(()) => toasts.good("The link to this record was copied."),
                Err(reason) => toasts.bad(reason),
            }
        });
    };
    view! {
        <Button icon="copy" off=none.clone() on:click=copy>"Copy " {part.name()}</Button>
        <Button icon="download" off=none on:click=save>"Download"</Button>
        <Button icon="link" on:click=share>"Share link"</Button>
    }
    .into_any()
}

/// The record with the whole of `part`.
async fn whole(record: Record, message: Arc<Message>, part: Part) -> Result<Arc<Message>, String> {
    if !part.of(&message).truncated {
        return Ok(message);
    }
    let answer = record.whole((message.partition, message.offset)).await;
    let message = answer.map_err(|error| format!("{}. {}", error.title(), error.message()))?;
    match part.of(&message).truncated {
        false => Ok(message),
        true => Err(format!("The {} is too large to be copied; download it.", part.name())),
    }
}
