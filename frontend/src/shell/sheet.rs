//! The sheet of keyboard shortcuts.

use leptos::prelude::*;

use crate::keys::SHEET;

/// All shortcuts, by where they work.
#[component]
pub fn Sheet() -> impl IntoView {
    let row = |&(keys, what): &(&'static str, &'static str)| {
        let keys = keys.split_whitespace().map(|key| view! { <kbd>{key}</kbd> }).collect_view();
        view! { <dt>{keys}</dt> <dd>{what}</dd> }
    };
    let part = |(title, rows): (&'static str, &'static [(&'static str, &'static str)])| {
        view! {
            <section>
                <h3>{title}</h3>
                <dl class="shortcuts">{rows.iter().map(row).collect_view()}</dl>
            </section>
        }
    };
    SHEET.into_iter().map(part).collect_view()
}
