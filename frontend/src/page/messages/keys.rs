//! The page's own keys: Escape closes the drawer, `j` `k` and the arrows go to the next record,
//! also while the table has not the focus.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use web_sys::Element;

use super::Page;
use crate::location::History;

/// What keeps its own keys.
const OWN_KEYS: &str = "input, textarea, select, .table, .tabs, .menu, dialog";

/// Listens while the page is there.
pub fn listen(page: Page) {
    let listener = window_event_listener(ev::keydown, move |event| press(page, &event));
    on_cleanup(move || listener.remove());
}

fn press(page: Page, event: &ev::KeyboardEvent) {
    let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
    if event.default_prevented() || modified {
        return;
    }
    let open = page.view.try_with_untracked(|view| view.open.is_some()).unwrap_or(false);
    match event.key().as_str() {
        "Escape" if open && !within(event, "input, textarea, select, dialog") => {
            event.prevent_default();
            page.open(None, History::Push);
            page.feed.table.focus();
        }
        "j" | "ArrowDown" if !within(event, OWN_KEYS) => step(page, event, 1),
        "k" | "ArrowUp" if !within(event, OWN_KEYS) => step(page, event, -1),
        _ => {}
    }
}

fn step(page: Page, event: &ev::KeyboardEvent, step: i64) {
    event.prevent_default();
    page.feed.table.focus();
    page.feed.table.walk(step, page.feed.rows.with_untracked(Vec::len));
}

fn within(event: &ev::KeyboardEvent, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(target.closest(selector), Ok(Some(_))))
}
