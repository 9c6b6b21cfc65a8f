//! A condition that can be switched off without being lost, or removed.

use leptos::prelude::*;

use super::Icon;

/// A chip with the condition's `text`: a click on it switches it, “edit” and “negate” (where there
/// are such things) change it and turn it round, the cross removes it. What does not hold says so
/// in its text, and what is off says so behind it.
#[component]
pub fn Chip(
    #[prop(into)] text: String,
    on: bool,
    /// Whether it must not hold.
    #[prop(optional)]
    negated: bool,
    on_switch: impl Fn() + Send + Sync + 'static,
    #[prop(optional)] on_negate: Option<Box<dyn Fn()>>,
    /// Whether and how it can be changed.
    #[prop(optional_no_strip)]
    on_edit: Option<Box<dyn Fn()>>,
    on_remove: impl Fn() + Send + Sync + 'static,
) -> impl IntoView {
    let state = if on { "on; press to switch it off" } else { "off; press to switch it on" };
    let turn = on_negate.map(|negate| {
        let title = match negated {
            false => "Show what this condition does not hold for",
            true => "Show what this condition holds for without its “not”",
        };
        view! {
            <button
                type="button"
                class="chip-not"
                aria-pressed=negated.to_string()
                aria-label=format!("negate: turn round {text}")
                title=title
                on:click=move |_| negate()
            >
                "negate"
            </button>
        }
    });
    let change = on_edit.map(|edit| {
        view! {
            <button
                type="button"
                class="chip-not"
                aria-label=format!("edit: change {text}")
                title="Change this condition"
                on:click=move |_| edit()
            >
                "edit"
            </button>
        }
    });
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
                {(!on).then(off)}
            </button>
            {change}
            {turn}
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

/// Whoever hears the button hears whether it is pressed.
fn off() -> impl IntoView {
    view! { <span class="chip-off" aria-hidden="true">"off"</span> }
}
