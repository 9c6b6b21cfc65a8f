//! Buttons: with a text, or with a drawing alone.
//!
//! What a press does is given as `on_press`, not as `on:click` at the use: an attribute that is
//! spread onto a component stays the first one when the component is drawn anew in its place.

use leptos::{ev, prelude::*};

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
    pub(super) fn class(self) -> &'static str {
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
    /// Takes the event, so that it can be stopped.
    #[prop(into)]
    on_press: Callback<ev::MouseEvent>,
    #[prop(optional)] tone: Tone,
    #[prop(optional)] icon: Option<&'static str>,
    #[prop(optional, into)] off: MaybeProp<String>,
    /// Whether the focus stays where it is when a press begins.
    #[prop(optional)]
    keeps_focus: bool,
) -> impl IntoView {
    let hold = move |event: ev::MouseEvent| {
        if keeps_focus {
            event.prevent_default();
        }
    };
    view! {
        <button
            type="button"
            class=tone.class()
            disabled=move || off.get().is_some()
            title=move || off.get()
            on:mousedown=hold
            on:click=move |event| pressed(on_press, event)
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
    #[prop(into)] on_press: Callback<ev::MouseEvent>,
    #[prop(optional, into)] off: MaybeProp<String>,
    /// The id of what it opens, and whether that is open.
    #[prop(optional)]
    opens: Option<(&'static str, Signal<bool>)>,
) -> impl IntoView {
    let expanded = move || opens.map(|(_, is_open)| is_open.get().to_string());
    view! {
        <button
            type="button"
            class="btn quiet only-icon"
            aria-label=label
            aria-controls=opens.map(|(id, _)| id)
            aria-expanded=expanded
            disabled=move || off.get().is_some()
            title=move || off.get().unwrap_or_else(|| label.get())
            on:click=move |event| pressed(on_press, event)
        >
            <Icon name=icon/>
        </button>
    }
}

/// What the press does may end the page that the button belongs to; a second press in the same
/// moment then does nothing.
fn pressed(on_press: Callback<ev::MouseEvent>, event: ev::MouseEvent) {
    on_press.try_run(event);
}
