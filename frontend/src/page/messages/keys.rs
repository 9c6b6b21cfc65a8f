//! The page's own keys: Escape closes the drawer, `j` `k` and the arrows go to the next record,
//! also while the table has not the focus; `n` begins a record, `c` a condition. The drawer has
//! more of its own while it is open.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use web_sys::{Element, HtmlElement};

use super::{Page, produce, query::Writes};
use crate::location::History;

/// What keeps its own keys.
const OWN_KEYS: &str = "input, textarea, select, .table, .tabs, .menu, dialog";

/// What a letter is written into, or what lies above the page.
const WRITTEN_IN: &str = "input, textarea, select, dialog";

/// The field that a condition is written in.
const CONDITION: &str = ".composer [data-filter]";

/// Listens while the page is there.
pub fn listen(page: Page) {
    let refusal = produce::refusal(page);
    let listener = window_event_listener(ev::keydown, move |event| press(page, refusal, &event));
    on_cleanup(move || listener.remove());
}

/// Calls `act` with each letter that is pressed alone, and not to write it; it tells whether the
/// letter meant something. For as long as the caller is there.
pub fn on_letter(act: impl Fn(&str) -> bool + 'static) {
    let listener = window_event_listener(ev::keydown, move |event| {
        let free = !is_taken(&event) && !within(&event, WRITTEN_IN);
        if free && act(&event.key()) {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

/// Also what is pressed under an open dialog: its button may have lost the focus to the page.
fn is_taken(event: &ev::KeyboardEvent) -> bool {
    let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
    let under = matches!(document().query_selector("dialog[open]"), Ok(Some(_)));
    event.default_prevented() || modified || under
}

fn press(page: Page, refusal: Signal<Option<String>>, event: &ev::KeyboardEvent) {
    if is_taken(event) {
        return;
    }
    let open = page.view.try_with_untracked(|view| view.open.is_some()).unwrap_or(false);
    match event.key().as_str() {
        "n" if !within(event, WRITTEN_IN) => {
            let may = refusal.try_get_untracked().is_some_and(|refusal| refusal.is_none());
            if may {
                event.prevent_default();
                page.begin_to_write(Some(Writes::One));
            }
        }
        "c" if !within(event, WRITTEN_IN) => {
            let field = document().query_selector(CONDITION).ok().flatten();
            let field = field.and_then(|field| field.dyn_into::<HtmlElement>().ok());
            if field.is_some_and(|field| field.focus().is_ok()) {
                event.prevent_default();
            }
        }
        "Escape" if open && !within(event, WRITTEN_IN) => {
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
    page.walk(step);
}

fn within(event: &ev::KeyboardEvent, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(target.closest(selector), Ok(Some(_))))
}
