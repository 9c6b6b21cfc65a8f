//! The records that were found, one a row.

use std::sync::Arc;

use leptos::prelude::*;
use ouzel_api::{
    ErrorCode,
    messages::{Encoding, Message},
};

use super::{Page, empty, fields::Path, preview};
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
    let clock = use_clock();
    let fields = Memo::new(move |_| page.view.with(|view| view.columns.clone()));
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
            style=("--slim", move || fields.with(|fields| slim(fields.len())))
            style=("--slim-min", move || fields.with(|fields| slim_min(fields.len())))
            on:pointerenter=move |event| feed.pointed.set(event.pointer_type() == "mouse")
            on:pointerleave=move |_| feed.pointed.set(false)
        >
            {broke}
            {move || {
                let columns = fields.with(|fields| columns(page, clock, fields));
                let spec = TableSpec::new("Messages", columns).on_open(open);
                view! { <Table spec rows=feed.rows handle=feed.table empty=nothing/> }
            }}
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
                <div class="below"><Button icon="arrow-down" on_press=down>{text}</Button></div>
            }
        })
    }
}

/// On a phone the value has a line of its own, and below it stands where the record lies, when it
/// was written, and its key.
fn columns(page: Page, clock: Clock, fields: &[String]) -> Vec<Column<Row>> {
    let marks = page.marks;
    let mut columns = vec![
        Column::new("partition", "part.", "60px", |row: &Row| {
            view! { <span class="mono">{row.partition}</span> }
        })
        .right()
        .narrow("52px")
        .hint("Partition"),
        Column::new("offset", "offset", "132px", |row: &Row| {
            let shown = count(row.offset);
            view! {
                <Copyable text=row.offset.to_string() what="the offset">
                    <span class="mono">{shown}</span>
                </Copyable>
            }
        })
        .right()
        .narrow("90px"),
        Column::new("time", "time", "202px", move |row: &Row| time(clock, row.timestamp_ms))
            .narrow("106px"),
        Column::new("key", "key", "minmax(110px, 0.28fr)", move |row: &Row| {
            let shown = marks.with_untracked(|marks| preview::key(row, marks));
            view! { <Copyable text=row.key.text.clone() what="the key">{shown}</Copyable> }
        })
        .narrow("minmax(0, 1fr)"),
    ];
    columns.extend(fields.iter().filter_map(|path| field(path)));
    columns.extend([
        Column::new("value", "value", "minmax(220px, 1fr)", move |row: &Row| {
            marks.with_untracked(|marks| preview::value(row, marks))
        })
        .headline(),
        Column::new("size", "size", "84px", |row: &Row| {
            view! { <span class="mono dim">{bytes(row.size_bytes.into())}</span> }
        })
        .right()
        .hint("Bytes of key, value and headers"),
    ]);
    columns
}

/// Values of one field that a cell shows; a path with `[*]` may lead to many.
const FIELD_VALUES_MAX: usize = 5;

/// A column of a field.
fn field(path: &str) -> Option<Column<Row>> {
    let parsed = Path::parse(path)?;
    let cell = move |row: &Row| match row.value.encoding {
        Encoding::Json => preview::fields(&row.value.text, &parsed, FIELD_VALUES_MAX),
        _ => ().into_any(),
    };
    Some(Column::new("field", path.to_owned(), "minmax(96px, 0.3fr)", cell))
}

/// The tracks beside the drawer, with so many columns of fields.
fn slim(fields: usize) -> String {
    let of_fields = "minmax(90px, 0.4fr) ".repeat(fields);
    format!("56px 134px 118px minmax(116px, 0.4fr) {of_fields}minmax(150px, 1fr) 80px")
}

/// The least width of these tracks together.
fn slim_min(fields: usize) -> String {
    format!("{}px", 654 + 90 * fields)
}

/// Date and time; a record may have none.
pub fn time(clock: Clock, at_ms: i64) -> AnyView {
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
