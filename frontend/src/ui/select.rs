//! A choice among few, by the browser's own control.

use leptos::prelude::*;

/// One entry of a [`Select`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub label: String,
}

impl Choice {
    /// An entry.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice { value: value.into(), label: label.into() }
    }
}

/// Shows `value` among `choices`, and tells `on_pick` what was chosen.
#[component]
pub fn Select(
    #[prop(into)] value: Signal<String>,
    #[prop(into)] choices: Signal<Vec<Choice>>,
    on_pick: impl Fn(String) + 'static,
    #[prop(optional, into)] label: Option<String>,
) -> impl IntoView {
    let option = move |Choice { value: own, label }: Choice| {
        let chosen = own.clone();
        view! { <option value=own selected=move || value.get() == chosen>{label}</option> }
    };
    view! {
        <select
            class="select"
            aria-label=label
            prop:value=value
            on:change=move |event| on_pick(event_target_value(&event))
        >
            {move || choices.get().into_iter().map(option).collect_view()}
        </select>
    }
}
