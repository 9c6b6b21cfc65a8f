//! The line that says how far a running thing is, and how much of each part it has covered.

use leptos::prelude::*;

/// A line of figures.
#[component]
pub fn StatusLine(children: Children) -> impl IntoView {
    view! { <div class="status" role="status" aria-live="off">{children()}</div> }
}

/// Which stretch of one part is covered, both as shares of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Covered {
    /// The part's name and figures, for the tooltip.
    pub label: String,
    /// Where the covered stretch begins.
    pub from: f64,
    /// How long it is.
    pub share: f64,
}

/// One small bar per part.
#[component]
pub fn Coverage(#[prop(into)] parts: Signal<Vec<Covered>>) -> impl IntoView {
    let bar = |Covered { label, from, share }: Covered| {
        view! {
            <i
                title=label
                style=("--from", percent(from))
                style=("--part", percent(share))
            ></i>
        }
    };
    let total = move || {
        parts.with(|parts| {
            let done: f64 = parts.iter().map(|part| part.share).sum();
            format!("{} covered", percent(done / parts.len().max(1) as f64))
        })
    };
    view! {
        <span class="coverage" role="img" aria-label=total>
            {move || parts.get().into_iter().map(bar).collect_view()}
        </span>
    }
}

fn percent(share: f64) -> String {
    format!("{:.1}%", share.clamp(0.0, 1.0) * 100.0)
}
