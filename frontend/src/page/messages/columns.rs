//! Columns of fields: which are shown, in the address, and the menu that chooses them among those
//! that were seen.

use std::collections::BTreeSet;

use leptos::{ev, prelude::*};
use ouzel_api::messages::Encoding;

use super::{
    Page,
    fields::{self, Path},
    query::{COLUMNS_MAX, View},
};
use crate::{
    location::History,
    ui::{Icon, Menu, TextInput, use_toasts},
};

/// Rows in which fields are looked for: enough to meet the usual kinds of records of a topic.
const ROWS_LOOKED_AT: usize = 200;

/// Fields that are proposed at most.
const PROPOSED_MAX: usize = 200;

/// The paths of the fields in the rows that are shown, sorted. Not reactive: it is asked when
/// somebody is about to choose.
pub fn seen(page: Page) -> Vec<String> {
    let mut names = BTreeSet::new();
    page.feed.rows.with_untracked(|rows| {
        let json = rows.iter().filter(|row| row.value.encoding == Encoding::Json);
        for row in json.take(ROWS_LOOKED_AT) {
            fields::name_all(&row.value.text, &mut names, PROPOSED_MAX);
        }
    });
    names.into_iter().collect()
}

/// Proposals for a field that takes a path; `id` is what the field's `list` names.
#[component]
pub fn Proposed(names: RwSignal<Vec<String>>, id: &'static str) -> impl IntoView {
    let option = |name: String| view! { <option value=name></option> };
    view! {
        <datalist id=id>{move || names.get().into_iter().map(option).collect_view()}</datalist>
    }
}

/// The menu of columns.
#[component]
pub fn ColumnMenu(page: Page) -> impl IntoView {
    let shown = Memo::new(move |_| page.view.with(|view| view.columns.clone()));
    let face = move || {
        let count = shown.with(Vec::len);
        let count = (count > 0).then(|| view! { <small>{count}</small> });
        view! { <Icon name="columns-3"/> <span class="wide-only">"Columns"</span> {count} }
            .into_any()
    };
    view! { <Menu label="Columns of fields" face fields=true><Choices page shown/></Menu> }
}

#[component]
fn Choices(page: Page, shown: Memo<Vec<String>>) -> impl IntoView {
    let toasts = use_toasts();
    let path = RwSignal::new(String::new());
    let known = seen(page);
    let change = move |path: &str| {
        if let Err(reason) = toggle(page, path) {
            toasts.bad(reason);
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        change(&path.get_untracked());
        path.set(String::new());
    };
    let choices = move || {
        let wanted = path.get();
        let mut all = shown.get();
        let more = known.iter().filter(|name| !all.contains(name)).cloned();
        let more: Vec<String> = more.collect();
        all.extend(more);
        let fitting = all.into_iter().filter(|name| name.contains(wanted.trim()));
        fitting.map(|name| choice(name, shown, change)).collect_view()
    };
    view! {
        <form class="menu-form" on:submit=submit>
            <TextInput
                value=path
                placeholder="path.to.field"
                attr:aria-label="Path of a field"
                attr:autofocus=true
            />
        </form>
        {choices}
    }
}

fn choice(
    name: String,
    shown: Memo<Vec<String>>,
    change: impl Fn(&str) + 'static,
) -> impl IntoView {
    let own = name.clone();
    let chosen = move || shown.with(|shown| shown.contains(&own)).to_string();
    let label = name.clone();
    view! {
        <button
            type="button"
            class="menu-item mono"
            role="checkbox"
            aria-checked=chosen
            on:click=move |_| change(&name)
        >
            <span class="clip">{label}</span>
        </button>
    }
}

/// Shows a column, or hides it; the error says why it cannot be shown.
fn toggle(page: Page, path: &str) -> Result<(), String> {
    let path = path.trim().to_owned();
    if Path::parse(&path).is_none() {
        return Err("A field is written user.address.city, items[0].sku or [\"odd key\"]".into());
    }
    let mut view: View = page.view.get_untracked();
    match view.columns.iter().position(|shown| *shown == path) {
        Some(at) => drop(view.columns.remove(at)),
        None if view.columns.len() >= COLUMNS_MAX => {
            return Err(format!("At most {COLUMNS_MAX} columns are shown"));
        }
        None => view.columns.push(path),
    }
    page.write(&view, History::Replace);
    Ok(())
}
