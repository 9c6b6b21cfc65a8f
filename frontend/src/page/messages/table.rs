//! The records that were found, one a row.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{ErrorCode, messages::Message};

use super::{Page, empty, preview};
use crate::{
    format::{bytes, count},
    load::broken,
    location::History,
    ui::{Button, Clock, Column, Copyable, Forbidden, Note, Table, TableSpec, use_clock},
};

type Row = Arc<Message>;

/// The table, with what stands in its place while it is empty.
#[component]
pub fn Rows(page: Page) -> impl IntoView {
    let feed = page.feed;
    let open = move |at: usize| {
        let record = feed.rows.with_untracked(|rows| rows.get(at).map(id));
        if record.is_some() {
            page.open(record, History::Push);
        }
    };
    let spec = TableSpec::new("Messages", columns(use_clock())).on_open(open);
    let broke = move || {
        let any = feed.rows.with(|rows| !rows.is_empty());
        let error = page.error().filter(|_| any)?;
        let retry = move |_| page.retry();
        Some(view! {
            <Note mood="bad">
                <b>{error.title()}</b>
                <span class="grow">{error.message()}</span>
                <button type="button" class="link" on:click=retry>"Try again"</button>
            </Note>
        })
    };
    let nothing = move || match page.error() {
        Some(error) if error.code() == Some(ErrorCode::Forbidden) => {
            view! { <Forbidden title=error.title() reason=error.message()/> }.into_any()
        }
        Some(error) => broken(&error, move || page.retry()).into_any(),
        None => empty::nothing(page),
    };
    view! {
        <div
            class="card rows"
            on:pointerenter=move |event| feed.pointed.set(event.pointer_type() == "mouse")
            on:pointerleave=move |_| feed.pointed.set(false)
        >
            {broke}
            <Table spec rows=feed.rows handle=feed.table empty=nothing/>
            <Below page/>
        </div>
    }
}

/// Partition and offset of a row.
pub fn id(row: &Row) -> (i32, i64) {
    (row.partition, row.offset)
}

/// How many live rows stand below the screen, and a way there.
#[component]
fn Below(page: Page) -> impl IntoView {
    let feed = page.feed;
    let below = Memo::new(move |_| {
        let rows = feed.rows.with(Vec::len);
        let seen = feed.table.visible.with(|visible| visible.end);
        if feed.live.get() && feed.out_of_sight.get() { rows.saturating_sub(seen) } else { 0 }
    });
    move || {
        let below = below.get();
        (below > 0).then(|| {
            let text = format!("{} newer below", count(below as i128));
            let down = move |_| {
                feed.out_of_sight.set(false);
                feed.table.to_end();
            };
            view! {
                <div class="below"><Button icon="arrow-down" on:click=down>{text}</Button></div>
            }
        })
    }
}

fn columns(clock: Clock) -> Vec<Column<Row>> {
    vec![
        Column::new("partition", "part.", "60px", |row: &Row| {
            view! { <span class="mono">{row.partition}</span> }
        })
        .right()
        .hint("Partition"),
        Column::new("offset", "offset", "132px", |row: &Row| {
            let shown = count(row.offset);
            view! {
                <Copyable text=row.offset.to_string() what="the offset">
                    <span class="mono">{shown}</span>
                </Copyable>
            }
        })
        .right(),
        Column::new("time", "time", "202px", move |row: &Row| time(clock, row.timestamp_ms)),
        Column::new("key", "key", "minmax(110px, 0.28fr)", |row: &Row| {
            let (text, shown) = (row.key.text.clone(), preview::cell(&row.key));
            view! { <Copyable text what="the key">{shown}</Copyable> }
        }),
        Column::new("value", "value", "minmax(220px, 1fr)", |row: &Row| preview::cell(&row.value)),
        Column::new("size", "size", "84px", |row: &Row| {
            view! { <span class="mono dim">{bytes(row.size_bytes.into())}</span> }
        })
        .right()
        .hint("Bytes of key, value and headers"),
    ]
}

/// Date and time; a record may have none.
fn time(clock: Clock, at_ms: i64) -> AnyView {
    // Kafka's mark for a record without a time.
    if at_ms == -1 {
        return view! { <span class="none">"no time"</span> }.into_any();
    }
    let text = move || {
        let text = clock.date_time(at_ms);
        let (date, time) = text.split_once(' ').unwrap_or(("", &text));
        view! { <span class="dim">{format!("{date} ")}</span> {time.to_owned()} }
    };
    view! { <time class="mono" title=move || clock.in_full(at_ms)>{text}</time> }.into_any()
}
