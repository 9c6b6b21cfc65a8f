//! The browser's address as signals, and the two ways to change it: a link, or [`Location::go`].
//!
//! Owns history and the clicks on links to our own pages, and whether the page may be left at once.
//! Which page an address means is [`crate::route`]'s business; asking before a page is left is
//! [`crate::leaving`]'s.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use web_sys::{HtmlAnchorElement, MouseEvent};

use crate::{query::Query, route::Route};

/// Where the browser is. Cheap to copy; every copy follows the same address.
#[derive(Clone, Copy)]
pub struct Location {
    address: RwSignal<Address>,
    /// The page.
    pub route: Memo<Route>,
    /// What stands after the question mark.
    pub query: Memo<Query>,
    /// Whether something would be lost with the page.
    held: StoredValue<Option<Signal<bool>>>,
    /// Where somebody wants to go who was held.
    wanted: RwSignal<Option<Way>>,
}

/// A way from the page.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    /// To this address.
    To(String),
    /// A step back or forth, which was taken back.
    Step,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Address {
    path: String,
    query: Query,
}

/// What a change of address leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// A step that the back button undoes.
    Push,
    /// Nothing: the address before is forgotten.
    Replace,
}

/// The location that [`provide`] put into the context.
pub fn use_location() -> Location {
    expect_context()
}

/// Follows the browser's address from here on; called once, by the app.
pub fn provide() -> Location {
    let address = RwSignal::new(read_address());
    let route = Memo::new(move |_| address.with(|address| Route::parse(&address.path)));
    let query = Memo::new(move |_| address.with(|address| address.query.clone()));
    let (held, wanted) = (StoredValue::new(None), RwSignal::new(None));
    let location = Location { address, route, query, held, wanted };
    let back = window_event_listener(ev::popstate, move |_| location.step());
    let click = window_event_listener(ev::click, move |event| location.follow_link(&event));
    on_cleanup(move || {
        back.remove();
        click.remove();
    });
    provide_context(location);
    location
}

impl Location {
    /// Opens a page without anything after the question mark.
    pub fn open(&self, route: &Route) {
        self.go(&route.path(), History::Push);
    }

    /// Stays on the page and changes what stands after the question mark.
    pub fn set_query(&self, query: &Query, history: History) {
        let path = self.address.with_untracked(|address| address.path.clone());
        self.go(&join(&path, query), history);
    }

    /// Goes to a path of our own, such as `/c/dev/topics?q=pay`.
    pub fn go(&self, to: &str, history: History) {
        let (path, query) = to.split_once('?').unwrap_or((to, ""));
        let next = Address { path: path.to_owned(), query: Query::parse(query) };
        if self.address.with_untracked(|now| *now == next) {
            return;
        }
        if history == History::Push && self.holds(&next) {
            self.wanted.set(Some(Way::To(to.to_owned())));
            return;
        }
        // A refusal (the browser limits how often the address may change) costs only the
        // address bar: the page goes on.
        let null = wasm_bindgen::JsValue::NULL;
        let _refused = window().history().map(|browser| match history {
            History::Push => browser.push_state_with_url(&null, "", Some(to)),
            History::Replace => browser.replace_state_with_url(&null, "", Some(to)),
        });
        self.address.set(next);
    }

    /// A step back or forth in the browser's history.
    fn step(self) {
        let next = read_address();
        if !self.holds(&next) {
            self.address.try_set(next);
            return;
        }
        // The page that is held stands behind the one that was stepped to: from there the same
        // page is one step back, whichever way the step went. A refusal costs the address bar only.
        let null = wasm_bindgen::JsValue::NULL;
        let here = self.here();
        let _refused =
            window().history().map(|browser| browser.push_state_with_url(&null, "", Some(&here)));
        self.wanted.try_set(Some(Way::Step));
    }

    /// Whether the page asks before `next` takes its place. What stands after the question mark is
    /// the same page's.
    fn holds(&self, next: &Address) -> bool {
        let lost = self.held.get_value().and_then(|lost| lost.try_get_untracked());
        lost.unwrap_or(false) && self.address.with_untracked(|now| now.path != next.path)
    }

    /// Holds whoever wants to leave the page while `lost`, as long as its owner lives.
    pub fn hold(self, lost: Signal<bool>) {
        self.held.set_value(Some(lost));
        on_cleanup(move || {
            self.held.try_set_value(None);
            self.wanted.try_set(None);
        });
    }

    /// Whether somebody was held; reactive.
    pub fn is_held(self) -> bool {
        self.wanted.with(Option::is_some)
    }

    /// Stays on the page.
    pub fn stay(self) {
        self.wanted.set(None);
    }

    /// Goes where it was held from.
    pub fn leave(self) {
        self.held.set_value(None);
        let wanted = self.wanted.try_update(Option::take).flatten();
        match wanted {
            Some(Way::To(to)) => self.go(&to, History::Push),
            // A browser that does not step leaves the person where they are.
            Some(Way::Step) => drop(window().history().map(|browser| browser.back())),
            None => {}
        }
    }

    /// The whole address below the origin, to come back to later.
    pub fn here(&self) -> String {
        self.address.with_untracked(|address| join(&address.path, &address.query))
    }

    /// Keeps a plain click on a link to one of our pages inside the app.
    fn follow_link(&self, event: &MouseEvent) {
        let modified = event.meta_key() || event.alt_key() || event.ctrl_key() || event.shift_key();
        if event.default_prevented() || event.button() != 0 || modified {
            return;
        }
        let Some(to) = clicked_link(event).as_ref().and_then(inner_address) else { return };
        event.prevent_default();
        self.go(&to, History::Push);
    }
}

/// Reads the address bar.
fn read_address() -> Address {
    let location = window().location();
    Address {
        path: location.pathname().unwrap_or_default(),
        query: Query::parse(&location.search().unwrap_or_default()),
    }
}

fn join(path: &str, query: &Query) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn clicked_link(event: &MouseEvent) -> Option<HtmlAnchorElement> {
    let element = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    element.closest("a[href]").ok()??.dyn_into().ok()
}

/// Path and query of a link that the app itself can follow.
fn inner_address(link: &HtmlAnchorElement) -> Option<String> {
    let ours = window().location().origin().ok()? == link.origin();
    let elsewhere = !link.target().is_empty() || link.has_attribute("download");
    let path = link.pathname();
    let files = path.starts_with("/api/") || path.starts_with("/assets/");
    (ours && !elsewhere && !files).then(|| path + &link.search())
}
