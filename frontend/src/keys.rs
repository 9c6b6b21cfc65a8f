//! Shortcuts that work on every page, and the sheet that lists them. What they open is drawn by
//! the shell.
//!
//! A page's own keys (moving in a table, closing a drawer) belong to its components; the sheet
//! names them all the same.

use std::time::Duration;

use leptos::{
    ev,
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
    wasm_bindgen::JsCast,
};
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit};

use crate::{
    location::Location,
    route::{AccessTab, Route},
};

/// Where letters go into a text. A box to tick takes none of them.
const FIELDS: &str = "input:not([type=checkbox], [type=radio]), textarea, select, \
    [contenteditable]";

/// How long a `g` waits for its second key.
const SECOND_KEY_MS: u64 = 1_500;

/// What has its own meaning for letters that move in a table, and what lies above the page.
const OWN_KEYS: &str = "[role=menu], [role=listbox], dialog";

/// The page's filter.
const FILTER: &str = "[data-filter]";

/// A table.
const GRID: &str = "[role=grid]";

/// All shortcuts as the sheet shows them: heading, then keys and what they do.
pub const SHEET: [(&str, &[(&str, &str)]); 4] = [
    (
        "Anywhere",
        &[
            ("Ctrl+K", "Find a page, act, topic or group"),
            ("/", "Go to the filter"),
            ("g o", "Overview"),
            ("g t", "Topics"),
            ("g c", "Consumer groups"),
            ("g b", "Brokers"),
            ("g l", "Clusters"),
            ("g a", "Audit"),
            ("g u", "Users and roles"),
            ("[", "Fold the rail, or unfold it"),
            ("?", "This sheet"),
        ],
    ),
    (
        "In a table",
        &[
            ("j  ↓", "Next row"),
            ("k  ↑", "Row before"),
            ("Enter", "Open the row"),
            ("Space  x", "Tick the row, where rows can be ticked"),
            ("Home  End", "First and last row"),
        ],
    ),
    (
        "Among messages",
        &[
            ("c", "Add a condition"),
            ("n", "Write a record"),
            ("s", "Next record with the same key"),
            ("e", "Edit the record and write it once more"),
            ("f", "Find in the record"),
        ],
    ),
    ("In a drawer, dialog or field", &[("Esc", "Close, or leave the field")]),
];

/// What shortcuts open over the page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Opened {
    /// The sheet of shortcuts.
    pub sheet: RwSignal<bool>,
    /// The palette.
    pub palette: RwSignal<bool>,
}

/// What shortcuts turn. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Turned {
    /// Whether the rail is folded.
    pub rail_folded: RwSignal<bool>,
}

/// What the shortcuts share.
#[derive(Clone, Copy)]
struct Keys {
    location: Location,
    /// The cluster that `g t` and its like lead to.
    cluster: Signal<Option<String>>,
    opened: Opened,
    turned: Turned,
    /// Set while a `g` waits for its second key.
    leader: RwSignal<bool>,
    timeout: StoredValue<Option<TimeoutHandle>>,
}

/// Listens from here on; answers what is open.
pub fn provide(location: Location, cluster: Signal<Option<String>>, turned: Turned) -> Opened {
    let opened = Opened { sheet: RwSignal::new(false), palette: RwSignal::new(false) };
    let leader = RwSignal::new(false);
    let keys = Keys { location, cluster, opened, turned, leader, timeout: StoredValue::new(None) };
    let handle = window_event_listener(ev::keydown, move |event| keys.press(&event));
    on_cleanup(move || handle.remove());
    opened
}

impl Keys {
    fn press(&self, event: &KeyboardEvent) {
        if asks_for_palette(event) && !event.default_prevented() {
            event.prevent_default();
            self.opened.palette.try_update(|open| *open = !*open);
            return;
        }
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if event.default_prevented() || modified {
            return;
        }
        if let Some(field) = typing_in(event) {
            leave(&field, event);
            return;
        }
        if self.act(&event.key()) || walks(event) {
            event.prevent_default();
        }
    }

    /// Whether the key meant something.
    fn act(&self, key: &str) -> bool {
        if self.leader.try_get_untracked().unwrap_or(false) {
            self.leader.try_set(false);
            return self.go(key);
        }
        match key {
            "/" => focus(FILTER),
            "?" => self.opened.sheet.try_update(|open| *open = !*open).is_some(),
            "g" => self.wait_for_second(),
            "[" => self.turned.rail_folded.try_update(|folded| *folded = !*folded).is_some(),
            _ => false,
        }
    }

    fn wait_for_second(&self) -> bool {
        let leader = self.leader;
        leader.try_set(true);
        let expire = move || {
            leader.try_set(false);
        };
        let handle = set_timeout_with_handle(expire, Duration::from_millis(SECOND_KEY_MS)).ok();
        let earlier = self.timeout.try_update_value(|slot| std::mem::replace(slot, handle));
        if let Some(Some(earlier)) = earlier {
            earlier.clear();
        }
        true
    }

    fn go(&self, key: &str) -> bool {
        let cluster = self.cluster.try_get_untracked().flatten();
        let route = match (key, cluster) {
            ("o", Some(cluster)) => Route::Overview { cluster },
            ("t", Some(cluster)) => Route::Topics { cluster },
            ("c", Some(cluster)) => Route::Groups { cluster },
            ("b", Some(cluster)) => Route::Brokers { cluster },
            ("l", _) => Route::Clusters,
            ("a", _) => Route::Audit,
            ("u", _) => Route::Access { tab: AccessTab::Users },
            _ => return false,
        };
        self.location.open(&route);
        true
    }
}

/// Ctrl-K, and Cmd-K where that is the custom; also while a field has the focus.
fn asks_for_palette(event: &KeyboardEvent) -> bool {
    let command = event.ctrl_key() || event.meta_key();
    let alone = !event.alt_key() && !event.shift_key();
    command && alone && event.key().eq_ignore_ascii_case("k")
}

/// The field that the key goes into, if the person is typing.
fn typing_in(event: &KeyboardEvent) -> Option<HtmlElement> {
    let element = event.target()?.dyn_into::<HtmlElement>().ok()?;
    let field = element.closest(FIELDS).ok()??;
    field.dyn_into().ok()
}

/// Escape leaves a field; Enter and the arrow down lead from the filter into the table below. In a
/// form Enter sends it.
fn leave(field: &HtmlElement, event: &KeyboardEvent) {
    let from_filter = field.matches(FILTER).unwrap_or(false);
    let in_form = field.closest("form").is_ok_and(|form| form.is_some());
    match event.key().as_str() {
        // A field that keeps the focus is no worse than before.
        "Escape" => field.blur().unwrap_or_default(),
        "Enter" if in_form => {}
        "Enter" | "ArrowDown" if from_filter && focus(GRID) => event.prevent_default(),
        _ => {}
    }
}

/// Focuses the first element of the page that fits; answers whether there is one.
fn focus(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let element = found.and_then(|it| it.dyn_into::<HtmlElement>().ok());
    element.is_some_and(|element| element.focus().is_ok())
}

/// Hands a key that moves in a table to the page's first one, and the keyboard with it: letters
/// from wherever nothing else has a use for them, arrows while nothing has the focus.
fn walks(event: &KeyboardEvent) -> bool {
    let key = event.key();
    let free = match key.as_str() {
        "j" | "k" => !above_the_page() && !within(event, OWN_KEYS),
        "ArrowDown" | "ArrowUp" => !above_the_page() && nothing_focused(),
        _ => false,
    };
    free && table_of(event).is_some_and(|table| hand_over(&table, &key))
}

/// The table that the focus is in, else the page's first one.
fn table_of(event: &KeyboardEvent) -> Option<HtmlElement> {
    let around = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let around = around.and_then(|element| element.closest(GRID).ok().flatten());
    let table = around.or_else(|| document().query_selector(GRID).ok().flatten());
    table.and_then(|table| table.dyn_into().ok())
}

/// Presses a key in a table that gets the focus.
fn hand_over(table: &HtmlElement, key: &str) -> bool {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_cancelable(true);
    let Ok(event) = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init) else {
        return false;
    };
    // It does not bubble: only the table hears of it.
    table.focus().is_ok() && table.dispatch_event(&event).is_ok()
}

/// Whether a dialog is open, whatever has the focus.
fn above_the_page() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|dialog| dialog.is_some())
}

fn within(event: &KeyboardEvent, selector: &str) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| matches!(element.closest(selector), Ok(Some(_))))
}

fn nothing_focused() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}
