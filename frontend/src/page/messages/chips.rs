//! The conditions of the search as chips, and the form that adds one.

use leptos::{ev, prelude::*};
use ouzel_api::search::{FILTER_BYTES_MAX, FILTERS_MAX, Filter, Operator, Side, Test};

use super::{
    Page,
    columns::{self, Proposed},
    condition::{Condition, OPERATORS, TARGETS, operator, target},
};
use crate::ui::{Chip, Choice, Icon, Select, TextInput, use_toasts};

/// The choice of place that means a field of JSON.
const FIELD: &str = "field";

/// The id of the paths that are proposed.
const PATHS: &str = "seen-paths";

/// The chips, while there are any.
#[component]
pub fn Chips(page: Page) -> impl IntoView {
    let conditions = Memo::new(move |_| page.view.with(|view| view.asked.conditions.clone()));
    let chip = move |(at, condition): (usize, Condition)| {
        let switch = move || page.ask(|asked| asked.conditions[at].on ^= true);
        let remove = move || page.ask(|asked| drop(asked.conditions.remove(at)));
        view! { <Chip text=condition.text() on=condition.on on_switch=switch on_remove=remove/> }
    };
    let all = move || conditions.get().into_iter().enumerate().map(chip).collect_view();
    move || {
        let any = conditions.with(|conditions| !conditions.is_empty());
        any.then(|| view! { <div class="bar chips" aria-label="Conditions">{all}</div> })
    }
}

/// What is being composed.
#[derive(Clone, Copy)]
pub struct Draft {
    place: RwSignal<String>,
    /// `contains` or `regex`, for all places but a field.
    way: RwSignal<String>,
    /// For a field.
    path: RwSignal<String>,
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
        self.place.with(|place| place == FIELD)
    }

    /// The filter, or what is missing.
    fn filter(self) -> Result<Test, String> {
        let text = self.text.get_untracked();
        let place = self.place.get_untracked();
        let filter = match target(&place) {
            None => {
                let path = self.path.get_untracked().trim().to_owned();
                let op = operator(&self.op.get_untracked()).unwrap_or(Operator::Eq);
                if path.is_empty() {
                    return Err("Name the field, such as user.address.city".to_owned());
                }
                Test::Field { of: Side::Value, path, op, value: text }
            }
            Some(_) if text.is_empty() => return Err("Write what to look for".to_owned()),
            Some(target) => match self.way.get_untracked().as_str() {
                "regex" => Test::Regex { target, pattern: text },
                _ => Test::Contains { target, text },
            },
        };
        Ok(filter)
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
    let exists = Memo::new(move |_| field.get() && draft.op.with(|op| op == "exists"));
    let paths = RwSignal::new(Vec::new());
    let hint = move || if field.get() { "value" } else { "Filter…" };
    view! {
        <form class="composer" on:submit=submit on:keydown=enter aria-label="Add a condition">
            <Pick value=draft.place choices=places() label="Where to look"/>
            <Show when=move || field.get()>
                <TextInput
                    value=draft.path
                    attr:placeholder="path.to.field"
                    attr:aria-label="Path of the field"
                    attr:size="14"
                    attr:list=PATHS
                    on:focus=move |_| paths.set(columns::seen(page))
                />
                <Proposed names=paths id=PATHS/>
            </Show>
            {move || match field.get() {
                true => view! { <Pick value=draft.op choices=operators() label="Comparison"/> },
                false => view! { <Pick value=draft.way choices=ways() label="How to look"/> },
            }}
            <Show when=move || !exists.get()>
                <TextInput
                    value=draft.text
                    attr:placeholder=hint
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

/// One of the form's choices.
#[component]
fn Pick(value: RwSignal<String>, choices: Vec<Choice>, label: &'static str) -> impl IntoView {
    view! { <Select value choices on_pick=move |picked| value.set(picked) label/> }
}

/// Makes what is composed a condition of the search; the error says what is missing.
pub fn add(page: Page) -> Result<(), String> {
    accept(page, Filter::new(page.draft.filter()?))?;
    page.draft.text.set(String::new());
    Ok(())
}

/// Adds a condition to the search, within the server's limits.
fn accept(page: Page, filter: Filter) -> Result<(), String> {
    let condition = Condition { on: true, filter };
    let count = page.view.with_untracked(|view| view.asked.conditions.len());
    if count >= FILTERS_MAX {
        return Err(format!("A search takes at most {FILTERS_MAX} conditions"));
    }
    if condition.write().len() > FILTER_BYTES_MAX {
        return Err(format!("A condition takes at most {FILTER_BYTES_MAX} bytes"));
    }
    page.ask(|asked| {
        asked.conditions.retain(|other| other.filter != condition.filter);
        asked.conditions.push(condition);
    });
    Ok(())
}

fn places() -> Vec<Choice> {
    let mut places = TARGETS.map(|(_, name, shown)| Choice::new(name, shown)).to_vec();
    places.push(Choice::new(FIELD, "JSON field"));
    places
}

fn ways() -> Vec<Choice> {
    vec![Choice::new("contains", "contains"), Choice::new("regex", "matches regex")]
}

fn operators() -> Vec<Choice> {
    OPERATORS.map(|(_, name, sign)| Choice::new(name, sign)).to_vec()
}
