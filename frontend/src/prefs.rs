//! What the person prefers on every cluster: theme, density, time zone, the rail's width. Kept in
//! the browser.
//!
//! `assets/theme.js` reads all but the zone before the first paint under the same names.

use leptos::prelude::*;

pub use crate::ui::Density;
use crate::ui::{Zone, provide_clock, provide_density};

const THEME: &str = "ouzel.theme";
const DENSITY: &str = "ouzel.density";
const ZONE: &str = "ouzel.zone";
const RAIL: &str = "ouzel.rail";

/// The name of a rail that shows its drawings alone, in the storage and in the style sheet.
const FOLDED: &str = "folded";

/// The name of the compact density in the browser's storage and in the style sheet.
const COMPACT: &str = "compact";

/// The person's choices as signals; writing one keeps it.
#[derive(Clone, Copy)]
pub struct Prefs {
    /// Light, dark, or as the system has it.
    pub theme: RwSignal<Theme>,
    /// How close the rows of tables stand.
    pub density: RwSignal<Density>,
    /// The zone in which times are shown.
    pub zone: RwSignal<Zone>,
    /// Whether the rail shows its drawings alone.
    pub rail_folded: RwSignal<bool>,
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
    let density = RwSignal::new(if read(DENSITY) == COMPACT {
        Density::Compact
    } else {
        Density::Comfortable
    });
    let zone = RwSignal::new(Zone::named(&read(ZONE)).unwrap_or_default());
    Effect::new(move |_| {
        let theme = theme.get();
        keep(THEME, theme.name());
        show(theme);
    });
    Effect::new(move |_| {
        let density = density.get();
        keep(DENSITY, if density == Density::Compact { COMPACT } else { "" });
        crowd(density);
    });
    Effect::new(move |_| zone.with(|zone| keep(ZONE, zone.name())));
    let rail_folded = RwSignal::new(read(RAIL) == FOLDED);
    Effect::new(move |_| {
        let folded = rail_folded.get();
        keep(RAIL, if folded { FOLDED } else { "" });
        fold(folded);
    });
    provide_density(density.into());
    provide_clock(zone.into());
    let prefs = Prefs { theme, density, zone, rail_folded };
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

/// Rows are as high as usual unless the root names a density.
fn crowd(density: Density) {
    let Some(root) = document().document_element() else { return };
    let _always_legal = match density {
        Density::Comfortable => root.remove_attribute("data-density"),
        Density::Compact => root.set_attribute("data-density", COMPACT),
    };
}

/// The rail is as wide as usual unless the root says that it is folded.
fn fold(folded: bool) {
    let Some(root) = document().document_element() else { return };
    let _always_legal = match folded {
        false => root.remove_attribute("data-rail"),
        true => root.set_attribute("data-rail", FOLDED),
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
