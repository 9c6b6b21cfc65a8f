//! The conditions of the search as chips, and the form that adds one.

use leptos::{ev, prelude::*};
use ouzel_api::search::{FILTER_BYTES_MAX, FILTERS_MAX, Filter, Operator, Side, Target, Test};

use super::{
    Page,
    columns::{self, Proposed},
    condition::{Condition, OPERATORS, TARGETS, operator, target},
};
use crate::ui::{Chip, Choice, Icon, Select, TextInput, use_toasts};

/// The choice of place that means a field of the value.
const FIELD: &str = "field";

/// The choice of place that means a field of the key.
const KEY_FIELD: &str = "keyfield";

/// The choice of place that means the headers of one name.
const HEADER: &str = "header";

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
        let edit = match &condition.filter.test {
            Test::Javascript { script } => {
                let script = script.clone();
                let edit = move || page.script.edit(Place::At(at), script.clone());
                Some(Box::new(edit) as Box<dyn Fn()>)
            }
            _ => None,
        };
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

/// Where a condition goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Behind all others.
    Last,
    /// In the place of this one; it stays switched on or off, and turned round or not.
    At(usize),
}

/// What is being composed.
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
        }
    }

    /// Whether something was written that is not a condition yet.
    pub fn is_begun(self) -> bool {
        self.text.with_untracked(|text| !text.is_empty())
    }

    fn is_field(self) -> bool {
        self.place.with(|place| place == FIELD || place == KEY_FIELD)
    }

    fn is_header(self) -> bool {
        self.place.with(|place| place == HEADER)
    }

    /// Whether there is nothing to compare with.
    fn is_bare(self) -> bool {
        let chosen = if self.is_field() { self.op } else { self.way };
        chosen.with(|chosen| chosen == "exists")
    }

    /// The condition, or what is missing.
    fn test(self) -> Result<Test, String> {
        untrack(|| if self.is_field() { self.of_field() } else { self.of_part() })
    }

    fn of_field(self) -> Result<Test, String> {
        let path = self.path.get().trim().to_owned();
        let op = operator(&self.op.get()).unwrap_or(Operator::Eq);
        if path.is_empty() {
            return Err("Name the field, such as user.address.city".to_owned());
        }
        let of = if self.place.get() == KEY_FIELD { Side::Key } else { Side::Value };
        Ok(Test::Field { of, path, op, value: self.text.get() })
    }

    fn of_part(self) -> Result<Test, String> {
        let (text, way) = (self.text.get(), self.way.get());
        let target = match self.is_header() {
            false => target(&self.place.get()).unwrap_or(Target::Any),
            true => match self.path.get().trim() {
                "" => return Err("Name the header".to_owned()),
                name => Target::Header(name.to_owned()),
            },
        };
        if text.is_empty() && !self.is_bare() {
            return Err("Write what to look for".to_owned());
        }
        Ok(match (way.as_str(), operator(&way)) {
            ("contains", _) => Test::Contains { target, text },
            ("regex", _) => Test::Regex { target, pattern: text },
            (_, Some(op)) => Test::Part { target, op, value: text },
            (_, None) => Test::Contains { target, text },
        })
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
    let enter = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && draft.is_begun() {
            event.prevent_default();
            add();
        }
    };
    let field = Memo::new(move |_| draft.is_field());
    let header = Memo::new(move |_| draft.is_header());
    let bare = Memo::new(move |_| draft.is_bare());
    let paths = RwSignal::new(Vec::new());
    let hint = Signal::derive(move || {
        let hint = if field.get() { "value" } else { "Filter…" };
        hint.to_owned()
    });
    view! {
        <form class="composer" on:submit=submit on:keydown=enter aria-label="Add a condition">
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
            <button type="submit" class="btn" aria-label="Add condition" title="Add it (Enter)">
                <Icon name="plus"/>
            </button>
        </form>
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

/// Makes what is composed a condition of the search; the error says what is missing.
pub fn add(page: Page) -> Result<(), String> {
    accept(page, Filter::new(page.draft.test()?), Place::Last)?;
    page.draft.text.set(String::new());
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
