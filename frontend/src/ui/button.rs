//! Buttons: with a text, or with a drawing alone.

use leptos::prelude::*;

use super::Icon;

/// What kind of act a button stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// One of several.
    #[default]
    Plain,
    /// The one that most people came for.
    Primary,
    /// It destroys something.
    Danger,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Plain => "btn",
            Tone::Primary => "btn primary",
            Tone::Danger => "btn danger",
        }
    }
}

/// A button. `off` says why it cannot be pressed now; the reason shows on hover.
#[component]
pub fn Button(
    children: Children,
    #[prop(optional)] tone: Tone,
    #[prop(optional)] icon: Option<&'static str>,
    #[prop(optional, into)] off: MaybeProp<String>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=tone.class()
            disabled=move || off.get().is_some()
            title=move || off.get()
        >
            {icon.map(|name| view! { <Icon name/> })}
            {children()}
        </button>
    }
}

/// A button that is only a drawing; `label` is its text for the tooltip and screen readers.
#[component]
pub fn IconButton(
    icon: &'static str,
    #[prop(into)] label: Signal<String>,
    #[prop(optional, into)] off: MaybeProp<String>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="btn quiet only-icon"
            aria-label=label
            disabled=move || off.get().is_some()
            title=move || off.get().unwrap_or_else(|| label.get())
        >
            <Icon name=icon/>
        </button>
    }
}
