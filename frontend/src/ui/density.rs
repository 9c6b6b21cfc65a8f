//! How close together the rows of tables stand; the style sheet knows how high they are then.

use leptos::prelude::*;

/// How much stands on one screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Density {
    /// Room for the eye.
    #[default]
    Comfortable,
    /// More rows.
    Compact,
}

/// The chosen density, for tables: they measure their rows anew when it changes.
#[derive(Clone, Copy)]
struct Chosen(Signal<Density>);

/// Tells everything below which density is chosen; called once, by the app.
pub fn provide_density(density: Signal<Density>) {
    provide_context(Chosen(density));
}

/// Follows the chosen density.
pub fn track_density() {
    if let Some(Chosen(density)) = use_context() {
        density.track();
    }
}
