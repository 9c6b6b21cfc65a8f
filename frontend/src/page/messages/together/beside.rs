//! The record that is open beside the tail: the drawer of its topic's page, with its own address
//! ([`Opened`]). The tail goes on, and its rows stay.

use leptos::prelude::*;

use super::{
    super::{self as messages, drawer, keys, produce, record},
    Page,
    feed::Row,
    query::Opened,
};
use crate::location::History;

/// Opens the record of a row.
pub fn open(page: Page, row: &Row, history: History) {
    let query = opened(page, row).write(page.location.query.get_untracked());
    page.location.set_query(&query, history);
}

fn opened(page: Page, row: &Row) -> Opened {
    let id = (row.message.partition, row.message.offset);
    Opened { topic: page.topic(row.tail), id }
}

/// The drawer, one for each topic whose records are opened.
#[component]
pub fn Drawers(page: Page) -> impl IntoView {
    follow_the_active_row(page);
    let topic = Memo::new(move |_| page.open.with(|open| Some(open.as_ref()?.topic.clone())));
    move || topic.get().map(|topic| view! { <Drawer page topic/> })
}

#[component]
fn Drawer(page: Page, topic: String) -> impl IntoView {
    let rows = Signal::derive(move || page.feed.rows.with(Vec::len));
    let names = (page.cluster.get_value(), topic);
    let page = messages::Page::beside(names, page.feed.table, rows);
    keys::listen(page);
    page.write_what_the_address_asks();
    let record = record::follow(page);
    view! {
        <drawer::RecordDrawer page record/>
        <produce::WriteDialog page/>
    }
}

/// The drawer follows the active row, and the active row follows the drawer.
fn follow_the_active_row(page: Page) {
    let (rows, table) = (page.feed.rows, page.feed.table);
    Effect::new(move |_| {
        let active = table.active.get();
        let row = active.and_then(|at| rows.with_untracked(|rows| rows.get(at).cloned()));
        let (Some(row), Some(open)) = (row, page.open.get_untracked()) else { return };
        if opened(page, &row) != open {
            self::open(page, &row, History::Replace);
        }
    });
    Effect::new(move |_| {
        let Some(open) = page.open.get() else { return };
        let at = rows.with_untracked(|rows| rows.iter().position(|row| opened(page, row) == open));
        if at.is_some() && at != table.active.get_untracked() {
            table.active.set(at);
        }
    });
}
