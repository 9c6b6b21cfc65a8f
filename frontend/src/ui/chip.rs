//! A condition that can be switched off without being lost, or removed.

use leptos::prelude::*;

use super::Icon;

/// A chip with the condition's `text`: a click on it switches it, the cross removes it.
#[component]
pub fn Chip(
    #[prop(into)] text: String,
    on: bool,
    on_switch: impl Fn() + 'static,
    on_remove: impl Fn() + 'static,
) -> impl IntoView {
    let state = if on { "on; press to switch it off" } else { "off; press to switch it on" };
    view! {
        <span class="chip" class:off=!on>
            <button
                type="button"
                class="chip-text"
                aria-pressed=on.to_string()
                title=format!("{text} ({state})")
                on:click=move |_| on_switch()
            >
                <span class="clip">{text.clone()}</span>
            </button>
            <button
                type="button"
                aria-label=format!("Remove {text}")
                title="Remove"
                on:click=move |_| on_remove()
            >
                <Icon name="x" size="small"/>
            </button>
        </span>
    }
}
