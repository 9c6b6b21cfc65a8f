//! The conditions of the search as chips, and the form that adds one.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use ouzel_api::search::{FILTER_BYTES_MAX, FILTERS_MAX, Filter, Test};
use web_sys::HtmlElement;

use super::{
    Page,
    columns::{self, Proposed},
    condition::{Condition, OPERATORS, TARGETS},
    written::{FIELD, HEADER, KEY_FIELD, Written, is_field},
};
use crate::ui::{Chip, Choice, Icon, Select, TextInput, use_toasts};

/// The choice of place that means a script, which is written elsewhere.
const SCRIPT: &str = "script";

/// The id of the paths that are proposed.
const PATHS: &str = "seen-paths";

/// The chips, while there are any.
#[component]
pub fn Chips(page: Page) -> impl IntoView {
    let conditions = Memo::new(move |_| page.view.with(|view| view.asked.conditions.clone()));
    let chip = move |(at, condition): (usize, Condition)| {
        let switch = move || page.ask(|asked| asked.conditions[at].on ^= true);
        let remove = move || page.ask(|asked| drop(asked.conditions.remove(at)));
        let negate = move || page.ask(|asked| asked.conditions[at].filter.negate ^= true);
        let edit = editing(page, at, &condition.filter.test);
        view! {
            <Chip
                text=condition.text()
                on=condition.on
                negated=condition.filter.negate
                on_switch=switch
                on_negate=Box::new(negate)
                on_edit=edit
                on_remove=remove
            />
        }
    };
    let all = move || conditions.get().into_iter().enumerate().map(chip).collect_view();
    move || {
        let any = conditions.with(|conditions| !conditions.is_empty());
        any.then(|| view! { <div class="bar chips" aria-label="Conditions">{all}</div> })
    }
}

/// What begins to change a condition; the bytes of a key are looked for by the drawer alone.
fn editing(page: Page, at: usize, test: &Test) -> Option<Box<dyn Fn()>> {
    if let Test::Javascript { script } = test {
        let script = script.clone();
        return Some(Box::new(move || page.script.edit(Place::At(at), script.clone())));
    }
    let written = Written::of(test)?;
    Some(Box::new(move || page.draft.edit(at, written.clone())))
}

/// Where a condition goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Behind all others.
    Last,
    /// In the place of this one; it stays switched on or off, and turned round or not.
    At(usize),
}

/// What is being composed. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Draft {
    place: RwSignal<String>,
    /// `contains`, `regex` or a comparison.
    way: RwSignal<String>,
    /// The path of a field, or the name of a header.
    path: RwSignal<String>,
    /// The comparison of a field.
    op: RwSignal<String>,
    text: RwSignal<String>,
    /// The condition that is being changed, by its place, if it is not a new one.
    changes: RwSignal<Option<usize>>,
    /// Whether a phone shows the form.
    pub unfolded: RwSignal<bool>,
}

impl Draft {
    /// Nothing yet.
    pub fn new() -> Draft {
        let text = |value: &str| RwSignal::new(value.to_owned());
        Draft {
            place: text("any"),
            way: text("contains"),
            path: text(""),
            op: text("eq"),
            text: text(""),
            changes: RwSignal::new(None),
            unfolded: RwSignal::new(false),
        }
    }

    /// Whether something was written that is not a condition yet.
    pub fn is_begun(self) -> bool {
        self.text.with_untracked(|text| !text.is_empty())
    }

    /// Begins to change the condition at a place.
    fn edit(self, at: usize, written: Written) {
        let way = if is_field(&written.place) { self.op } else { self.way };
        way.set(written.way);
        self.place.set(written.place);
        self.path.set(written.path);
        self.text.set(written.text);
        self.changes.set(Some(at));
        self.unfolded.set(true);
        // A frame later the fields are those of its kind.
        request_animation_frame(focus_text);
    }

    /// The next condition is a new one.
    fn finish(self) {
        self.changes.set(None);
        self.text.set(String::new());
    }

    fn is_field(self) -> bool {
        self.place.with(|place| is_field(place))
    }

    fn is_header(self) -> bool {
        self.place.with(|place| place == HEADER)
    }

    /// How it is looked for.
    fn chosen(self) -> RwSignal<String> {
        if self.is_field() { self.op } else { self.way }
    }

    /// Whether there is nothing to compare with.
    fn is_bare(self) -> bool {
        self.chosen().with(|chosen| chosen == "exists")
    }

    /// The condition, or what is missing.
    fn test(self) -> Result<Test, String> {
        let written = untrack(|| Written {
            place: self.place.get(),
            way: self.chosen().get(),
            path: self.path.get(),
            text: self.text.get(),
        });
        written.test()
    }
}

/// Puts the keyboard into the field with what is looked for, or with how, where there is none.
fn focus_text() {
    // One after the other: of both at once a browser names the one that stands first on the page.
    let fields = [".composer [data-filter]", ".composer select[aria-label=Comparison]"];
    let field = fields.iter().find_map(|it| document().query_selector(it).ok().flatten());
    if let Some(field) = field.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        // A field that cannot take the focus is no worse than before.
        field.focus().unwrap_or_default();
    }
}

/// The form that adds a condition.
#[component]
pub fn Composer(page: Page) -> impl IntoView {
    let draft = page.draft;
    let toasts = use_toasts();
    let add = move || {
        if let Err(reason) = add(page) {
            toasts.bad(reason);
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        add();
    };
    // Elsewhere Enter leads from a filter into its list; here it first has a condition to add.
    // Escape leaves a condition that was to be changed as it is.
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" if draft.is_begun() => {
            event.prevent_default();
            add();
        }
        "Escape" if draft.changes.with_untracked(Option::is_some) => draft.finish(),
        _ => {}
    };
    leave_when_others_come(page);
    let field = Memo::new(move |_| draft.is_field());
    let header = Memo::new(move |_| draft.is_header());
    let bare = Memo::new(move |_| draft.is_bare());
    let paths = RwSignal::new(Vec::new());
    let hint = Signal::derive(move || hint(field.get()).to_owned());
    view! {
        <form class="composer" on:submit=submit on:keydown=on_key aria-label="Add a condition">
            <Where page/>
            <Show when=move || field.get()>
                <TextInput
                    value=draft.path
                    placeholder="path.to.field"
                    attr:aria-label="Path of the field"
                    attr:size="14"
                    attr:list=PATHS
                    on_focus=move |_| paths.set(columns::seen(page))
                />
                <Proposed names=paths id=PATHS/>
            </Show>
            <Show when=move || header.get()>
                <TextInput
                    value=draft.path
                    placeholder="header"
                    attr:aria-label="Name of the header"
                    attr:size="10"
                />
            </Show>
            {move || match field.get() {
                true => view! { <Pick value=draft.op choices=operators() label="Comparison"/> },
                false => view! { <Pick value=draft.way choices=ways() label="How to look"/> },
            }}
            <Show when=move || !bare.get()>
                <TextInput
                    value=draft.text
                    placeholder=hint
                    attr:aria-label="Text to look for"
                    attr:data-filter=""
                />
            </Show>
            {move || match draft.changes.with(Option::is_some) {
                false => put("plus", "Add condition", "Add it (Enter)"),
                true => put("check", "Change condition", "Change it (Enter); Esc leaves it"),
            }}
        </form>
    }
}

/// Of other conditions nobody knows which of them was to be changed.
fn leave_when_others_come(page: Page) {
    let draft = page.draft;
    let conditions = Memo::new(move |_| page.view.with(|view| view.asked.conditions.clone()));
    Effect::new(move |before: Option<Vec<Condition>>| {
        let now = conditions.get();
        let others = before.is_some_and(|before| before != now);
        if others && draft.changes.with_untracked(Option::is_some) {
            draft.finish();
        }
        now
    });
}

/// What stands in the field of the text while nothing is written there.
fn hint(is_field: bool) -> &'static str {
    if is_field { "value" } else { "Filter…" }
}

/// The button that takes what is written.
fn put(icon: &'static str, label: &'static str, title: &'static str) -> impl IntoView {
    view! {
        <button type="submit" class="btn" aria-label=label title=title><Icon name=icon/></button>
    }
}

/// Where to look. A script is written in a dialog of its own; when that is closed, the form is as
/// before.
#[component]
fn Where(page: Page) -> impl IntoView {
    let place = page.draft.place;
    Effect::new(move |was: Option<bool>| {
        let open = page.script.is_open();
        if was == Some(true) && !open && place.with_untracked(|place| place == SCRIPT) {
            place.set("any".to_owned());
        }
        open
    });
    let pick = move |picked: String| {
        if picked == SCRIPT {
            page.script.begin();
        }
        place.set(picked);
    };
    view! { <Select value=place choices=places() on_pick=pick label="Where to look"/> }
}

/// One of the form's choices.
#[component]
fn Pick(value: RwSignal<String>, choices: Vec<Choice>, label: &'static str) -> impl IntoView {
    view! { <Select value choices on_pick=move |picked| value.set(picked) label/> }
}

/// Makes what is composed a condition of the search, or what another one becomes; the error says
/// what is missing.
pub fn add(page: Page) -> Result<(), String> {
    let place = page.draft.changes.get_untracked().map_or(Place::Last, Place::At);
    accept(page, Filter::new(page.draft.test()?), place)?;
    page.draft.finish();
    Ok(())
}

/// Puts a condition into the search, within the server's limits.
pub fn accept(page: Page, filter: Filter, place: Place) -> Result<(), String> {
    let condition = Condition { on: true, filter };
    let count = page.view.with_untracked(|view| view.asked.conditions.len());
    if place == Place::Last && count >= FILTERS_MAX {
        return Err(format!("A search takes at most {FILTERS_MAX} conditions"));
    }
    let is_script = matches!(condition.filter.test, Test::Javascript { .. });
    if !is_script && condition.write().len() > FILTER_BYTES_MAX {
        return Err(format!("A condition takes at most {FILTER_BYTES_MAX} bytes"));
    }
    page.ask(|asked| match place {
        Place::At(at) if at < asked.conditions.len() => {
            asked.conditions[at].filter.test = condition.filter.test;
        }
        _ => {
            asked.conditions.retain(|other| other.filter != condition.filter);
            asked.conditions.push(condition);
        }
    });
    Ok(())
}

fn places() -> Vec<Choice> {
    let mut places = TARGETS.map(|(_, name, shown)| Choice::new(name, shown)).to_vec();
    places.push(Choice::new(HEADER, "header…"));
    places.push(Choice::new(FIELD, "JSON field"));
    places.push(Choice::new(KEY_FIELD, "JSON field of the key"));
    places.push(Choice::new(SCRIPT, "JavaScript…"));
    places
}

fn ways() -> Vec<Choice> {
    let mut ways = vec![Choice::new("contains", "contains"), Choice::new("regex", "matches regex")];
    let others = operators().into_iter();
    ways.extend(others.filter(|choice| !matches!(&choice.value[..], "contains" | "regex")));
    ways
}

fn operators() -> Vec<Choice> {
    OPERATORS.map(|(_, name, sign)| Choice::new(name, sign)).to_vec()
}
