//! Text fields and what stands around them.

use leptos::{ev, prelude::*};

use super::Icon;

/// A label above a control, with a hint or an error below. The label holds the control, so no ids
/// are needed.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <label class="field">
            <span class="label">{label}</span>
            {children()}
            {hint.map(|hint| view! { <span class="hint">{hint}</span> })}
            {move || {
                error.get().map(|error| view! { <span class="error" role="alert">{error}</span> })
            }}
        </label>
    }
}

/// A label before a control, on one line.
#[component]
pub fn Inline(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! {
        <label class="inline">
            <span class="label">{label}</span>
            {children()}
        </label>
    }
}

/// One line of text. Type, placeholder and the rest are given at the use (`attr:type="password"`).
#[component]
pub fn TextInput(value: RwSignal<String>) -> impl IntoView {
    view! {
        <input
            class="input"
            type="text"
            autocomplete="off"
            spellcheck="false"
            prop:value=value
            on:input=move |event| value.set(event_target_value(&event))
        />
    }
}

/// A box that narrows a list; `/` focuses the first one on the page, Escape empties it.
#[component]
pub fn FilterBox(value: RwSignal<String>, #[prop(into)] label: String) -> impl IntoView {
    let clear = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !value.with_untracked(String::is_empty) {
            event.stop_propagation();
            value.set(String::new());
        }
    };
    view! {
        <div class="filter" role="search">
            <Icon name="search"/>
            <input
                class="input"
                type="text"
                autocomplete="off"
                spellcheck="false"
                data-filter=""
                placeholder=label.clone()
                aria-label=label
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
                on:keydown=clear
            />
            <kbd aria-hidden="true">"/"</kbd>
        </div>
    }
}

/// A box to tick.
#[component]
pub fn Checkbox(value: RwSignal<bool>, #[prop(into)] label: String) -> impl IntoView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                prop:checked=value
                on:change=move |event| value.set(event_target_checked(&event))
            />
            <span>{label}</span>
        </label>
    }
}
