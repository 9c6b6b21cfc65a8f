//! One or two words on a coloured ground.

use leptos::prelude::*;

/// Whether something is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// Neither good nor bad.
    #[default]
    Neutral,
    /// As it should be.
    Good,
    /// Worth a look.
    Warn,
    /// Wrong.
    Bad,
}

impl Mood {
    /// The class that carries the colour.
    pub fn class(self) -> &'static str {
        match self {
            Mood::Neutral => "",
            Mood::Good => "good",
            Mood::Warn => "warn",
            Mood::Bad => "bad",
        }
    }
}

/// A badge.
#[component]
pub fn Badge(#[prop(optional, into)] mood: Signal<Mood>, children: Children) -> impl IntoView {
    view! { <span class=move || format!("badge {}", mood.get().class())>{children()}</span> }
}
