//! What the person prefers on every cluster: theme and time zone. Kept in the browser.
//!
//! `assets/theme.js` reads the theme before the first paint under the same name.

use leptos::prelude::*;

use crate::ui::{Zone, provide_clock};

const THEME: &str = "ouzel.theme";
const ZONE: &str = "ouzel.zone";

/// The person's choices as signals; writing one keeps it.
#[derive(Clone, Copy)]
pub struct Prefs {
    /// Light, dark, or as the system has it.
    pub theme: RwSignal<Theme>,
    /// The zone in which times are shown.
    pub zone: RwSignal<Zone>,
}

/// Which colours the page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// Reads what was kept, and keeps what is changed from here on.
pub fn provide() -> Prefs {
    let theme = RwSignal::new(Theme::parse(&read(THEME)));
    let zone = RwSignal::new(if read(ZONE) == "local" { Zone::Local } else { Zone::Utc });
    Effect::new(move |_| {
        let theme = theme.get();
        keep(THEME, theme.name());
        show(theme);
    });
    Effect::new(move |_| {
        let name = match zone.get() {
            Zone::Local => "local",
            Zone::Utc => "utc",
        };
        keep(ZONE, name);
    });
    provide_clock(zone.into());
    let prefs = Prefs { theme, zone };
    provide_context(prefs);
    prefs
}

/// The preferences that [`provide`] put into the context.
pub fn use_prefs() -> Prefs {
    expect_context()
}

impl Theme {
    /// The name under which it is kept.
    pub fn name(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    fn parse(name: &str) -> Theme {
        match name {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }
}

/// The style sheet follows the system unless the root names a theme.
fn show(theme: Theme) {
    let Some(root) = document().document_element() else { return };
    let _always_legal = match theme {
        Theme::System => root.remove_attribute("data-theme"),
        chosen => root.set_attribute("data-theme", chosen.name()),
    };
}

/// What was kept under `key`, or nothing. Storage may be forbidden; then choices last as long as
/// the tab.
pub fn read(key: &str) -> String {
    let storage = window().local_storage().ok().flatten();
    storage.and_then(|storage| storage.get_item(key).ok().flatten()).unwrap_or_default()
}

/// Keeps a text in the browser, as far as the browser lets us.
pub fn keep(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _full_or_forbidden = storage.set_item(key, value);
    }
}
