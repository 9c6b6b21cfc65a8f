//! The topics that somebody looks at most, each with a star.
//!
//! They are kept in the browser, like the theme: they are nobody else's business, and a viewer who
//! may change nothing has them, too.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::{
    prefs,
    ui::{Icon, use_toasts},
};

/// Most favourites of a cluster: beyond that a filter serves better, and the browser's storage is
/// small.
const FAVOURITES_MAX: usize = 500;

/// A cluster's favourites. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Favourites {
    key: StoredValue<String>,
    names: RwSignal<BTreeSet<String>>,
}

impl Favourites {
    /// Those of a cluster, as the browser has kept them.
    pub fn of(cluster: StoredValue<String>) -> Favourites {
        let key = cluster.with_value(|cluster| format!("ouzel.favourites.{cluster}"));
        // What is there may be anything; what cannot be read is nothing.
        let names = serde_json::from_str(&prefs::read(&key)).unwrap_or_default();
        Favourites { key: StoredValue::new(key), names: RwSignal::new(names) }
    }

    /// Whether a topic is one; reactive.
    pub fn has(self, name: &str) -> bool {
        self.names.with(|names| names.contains(name))
    }

    /// The star before a topic's name.
    pub fn star(self, name: String) -> impl IntoView {
        let toasts = use_toasts();
        let own = name.clone();
        let on = Memo::new(move |_| self.has(&own));
        let label = format!("Favourite {name}");
        let toggle = move |_| {
            if let Err(full) = self.toggle(&name) {
                toasts.bad(full);
            }
        };
        view! {
            <button
                type="button"
                class="star"
                aria-label=label
                aria-pressed=move || on.get().to_string()
                title=move || if on.get() { "No longer a favourite" } else { "Make it a favourite" }
                on:click=toggle
            >
                <Icon name="star"/>
            </button>
        }
    }

    fn toggle(self, name: &str) -> Result<(), String> {
        let (had, many) = self.names.with_untracked(|names| (names.contains(name), names.len()));
        if !had && many >= FAVOURITES_MAX {
            return Err(format!("There are {FAVOURITES_MAX} favourites already."));
        }
        self.names.update(|names| {
            if !names.remove(name) {
                names.insert(name.to_owned());
            }
        });
        let text = self.names.with_untracked(serde_json::to_string);
        self.key.with_value(|key| prefs::keep(key, &text.unwrap_or_default()));
        Ok(())
    }
}
