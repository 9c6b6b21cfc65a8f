//! The palette: Ctrl-K, a few letters, Enter. Pages and acts at once, topics and groups of all
//! clusters as soon as the server has found them.
//!
//! A combobox as ARIA describes it: the focus stays in the field, the arrows choose.

mod acts;
mod entry;
mod offer;

use entry::{Act, Around, Entry};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use ouzel_api::find::{FOUND_MAX, Found, HitKind, Unread, WANTED_BYTES_MAX};
use web_sys::HtmlElement;

use super::top::sign_out;
use crate::{
    client::{self, ClientError},
    clusters::use_clusters,
    keys::Opened,
    load::{Load, load, sleep},
    location::{History, Location, use_location},
    prefs::{Prefs, use_prefs},
    session::{Place, Session, use_session},
    ui::{Dialog, Icon, Toasts, use_toasts},
};

/// How long typing must rest before the server is asked.
const REST_MS: i32 = 60;

/// What the palette shares with its lines. Cheap to copy.
#[derive(Clone, Copy)]
struct Palette {
    open: RwSignal<bool>,
    typed: RwSignal<String>,
    /// Which entry Enter would take.
    chosen: RwSignal<usize>,
    entries: Memo<Vec<Entry>>,
    hands: Hands,
}

/// What acts are done with.
#[derive(Clone, Copy)]
struct Hands {
    location: Location,
    prefs: Prefs,
    session: Session,
    toasts: Toasts,
    sheet: RwSignal<bool>,
}

/// The palette, and what it may open in its place.
#[component]
pub fn Palette(opened: Opened) -> impl IntoView {
    let Opened { palette: open, sheet } = opened;
    let clusters = use_clusters();
    let (location, prefs) = (use_location(), use_prefs());
    let hands = Hands { location, prefs, session: use_session(), toasts: use_toasts(), sheet };
    let (typed, chosen) = (RwSignal::new(String::new()), RwSignal::new(0));
    let answer = load(move || {
        let wanted = typed.with(|typed| asked(typed));
        look(wanted)
    });
    let entries = Memo::new(move |_| {
        let all = clusters.all().unwrap_or_default();
        let current = clusters.id.get();
        let refusal = |permission, place: &Place| hands.session.refusal_at(permission, place);
        let mut entries = location.route.with(|route| {
            let current = current.as_deref();
            let around = Around { clusters: &all, current, route, refusal: &refusal };
            typed.with(|typed| offer::own(&around, typed))
        });
        let answer = answer.latest().unwrap_or_default();
        entries.extend(typed.with(|typed| offer::found(&answer.found.hits, typed)));
        entries
    });
    Effect::new(move |_| {
        if !open.get() {
            typed.set(String::new());
        }
    });
    Effect::new(move |_| {
        typed.track();
        chosen.set(0);
    });
    let palette = Palette { open, typed, chosen, entries, hands };
    view! {
        <Dialog open title="Find a page, act, topic or group" bare=true>
            {move || palette.field()}
            {move || palette.list()}
            {move || view! { <Told answer typed/> }}
        </Dialog>
    }
}

/// What was found, and what was asked: by then something else may be typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Answer {
    asked: String,
    found: Found,
}

/// What is asked of the server for this text.
fn asked(typed: &str) -> String {
    typed.trim().to_owned()
}

async fn look(asked: String) -> Result<Answer, ClientError> {
    if asked.is_empty() {
        return Ok(Answer::default());
    }
    sleep(REST_MS).await;
    let found = client::find::find(asked.clone()).await?;
    Ok(Answer { asked, found })
}

impl Palette {
    fn field(self) -> impl IntoView {
        let active = move || {
            let some = self.entries.with(|entries| !entries.is_empty());
            some.then(|| format!("palette-{}", self.chosen.get()))
        };
        view! {
            <div class="palette-field">
                <Icon name="search"/>
                <input
                    class="input"
                    type="text"
                    role="combobox"
                    aria-expanded="true"
                    aria-controls="palette-list"
                    aria-activedescendant=active
                    aria-label="Find a page, act, topic or group"
                    placeholder="Find a page, act, topic or group"
                    autocomplete="off"
                    spellcheck="false"
                    autofocus
                    maxlength=WANTED_BYTES_MAX
                    prop:value=self.typed
                    on:input=move |event| self.typed.set(event_target_value(&event))
                    on:keydown=move |event| self.steer(&event)
                />
                <kbd aria-hidden="true">"Esc"</kbd>
            </div>
        }
    }

    fn list(self) -> impl IntoView {
        let line = move |(at, entry): (usize, Entry)| {
            let (pick, is_off) = (entry.clone(), entry.off.is_some());
            view! {
                <li
                    role="option"
                    id=format!("palette-{at}")
                    aria-disabled=is_off.to_string()
                    aria-selected=move || (self.chosen.get() == at).to_string()
                    on:click=move |_| self.take(&pick)
                    on:pointermove=move |_| self.choose(at)
                >
                    <Icon name=entry.icon/>
                    <span class="name">{entry.title}</span>
                    <span class="detail">{entry.off.unwrap_or(entry.detail)}</span>
                </li>
            }
        };
        view! {
            <ul class="palette-list" role="listbox" id="palette-list" aria-label="What fits">
                {move || self.entries.get().into_iter().enumerate().map(line).collect_view()}
            </ul>
        }
    }

    fn choose(&self, at: usize) {
        if self.chosen.get_untracked() != at {
            self.chosen.set(at);
        }
    }

    fn steer(&self, event: &ev::KeyboardEvent) {
        let count = self.entries.with_untracked(Vec::len);
        let at = self.chosen.get_untracked();
        let to = match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                let entry = self.entries.with_untracked(|entries| entries.get(at).cloned());
                return entry.iter().for_each(|entry| self.take(entry));
            }
            "ArrowDown" => at + 1,
            "ArrowUp" => at + count.saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        let to = to.checked_rem(count).unwrap_or(0);
        self.chosen.set(to);
        if let Some(line) = document().get_element_by_id(&format!("palette-{to}")) {
            line.scroll_into_view_with_scroll_into_view_options(&nearest());
        }
    }

    /// Does it; one that cannot be done stays, with its reason.
    fn take(&self, entry: &Entry) {
        if entry.off.is_some() {
            return;
        }
        self.open.set(false);
        self.hands.perform(&entry.act);
    }
}

/// Scrolls no further than needed.
fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}

impl Hands {
    fn perform(self, act: &Act) {
        match act {
            Act::Open(route) => self.location.open(route),
            Act::Go(to) => self.location.go(to, History::Push),
            Act::Density(density) => self.prefs.density.set(*density),
            Act::Theme(theme) => self.prefs.theme.set(*theme),
            Act::Zone(zone) => self.prefs.zone.set(zone.clone()),
            Act::Export => export(self.toasts),
            Act::Shortcuts => self.sheet.set(true),
            Act::SignOut => sign_out(self.session, self.toasts),
        }
    }
}

/// The button of the menu of exports, by the label that all of them begin with.
const EXPORT_BUTTON: &str = "main .menu > button[title^='Export']";

/// Opens the menu of exports of the page that is shown.
fn export(toasts: Toasts) {
    // A frame later the palette is gone, which had the focus.
    request_animation_frame(move || {
        let button = document().query_selector(EXPORT_BUTTON).ok().flatten();
        match button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            Some(button) => {
                // Without focus the menu opens all the same; the arrows begin elsewhere.
                button.focus().ok();
                button.click();
            }
            None => toasts
                .bad("There is nothing here to export now. A search has an end; a tail has none."),
        }
    });
}

/// The line under the list: that it is being looked, failed, found nothing, or was not everywhere.
#[component]
fn Told(answer: Load<Answer>, typed: RwSignal<String>) -> impl IntoView {
    let words = move || {
        if let Some(error) = answer.error() {
            let reason = error.message();
            return Some(format!("Topics and groups could not be looked through: {reason}"));
        }
        let wanted = typed.with(|typed| asked(typed));
        let answer = answer.latest().unwrap_or_default();
        (!wanted.is_empty()).then(|| told(&answer, &wanted))
    };
    let missed = move || {
        let answer = answer.latest().unwrap_or_default();
        answer
            .found
            .unread
            .iter()
            .map(|it| view! { <p class="warn">{missed(it)}</p> })
            .collect_view()
    };
    view! {
        <div class="palette-told" role="status">
            {move || words().map(|words| view! { <p>{words}</p> })}
            {missed}
        </div>
    }
}

fn told(answer: &Answer, wanted: &str) -> String {
    if answer.asked != wanted {
        return "Topics and groups are being looked through…".to_owned();
    }
    match answer.found.total {
        0 => "No topic or group by that name".to_owned(),
        1 => "1 topic or group".to_owned(),
        total if total > FOUND_MAX => {
            format!("The best {FOUND_MAX} of {total} topics and groups; type on to narrow them")
        }
        total => format!("{total} topics and groups"),
    }
}

fn missed(unread: &Unread) -> String {
    let what = match unread.kind {
        HitKind::Topic => "Topics",
        HitKind::Group => "Groups",
    };
    format!("{what} of {} were not looked through: {}", unread.cluster, unread.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_said() {
        let answer =
            |total| Answer { asked: "ord".to_owned(), found: Found { total, ..Found::default() } };
        assert_eq!(told(&answer(0), "ord"), "No topic or group by that name");
        assert_eq!(
            told(&answer(FOUND_MAX + 1), "ord"),
            "The best 40 of 41 topics and groups; type on to narrow them"
        );
    }

    #[test]
    fn nothing_is_said_to_be_nowhere_before_the_answer_to_it_is_there() {
        let earlier = Answer { asked: "ord".to_owned(), found: Found::default() };
        for answer in [Answer::default(), earlier] {
            assert!(told(&answer, "pay").contains("are being looked through"));
        }
    }
}
