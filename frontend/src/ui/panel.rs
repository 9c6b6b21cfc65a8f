//! A framed part of a page, and single figures.

use leptos::prelude::*;

/// A part of a page with a title; `side` stands at the right end of the title line, such as the age
/// of the data.
#[component]
pub fn Panel(
    #[prop(into)] title: String,
    #[prop(optional, into)] side: ViewFn,
    children: Children,
) -> impl IntoView {
    let name = title.clone();
    view! {
        <section class="panel" aria-label=name>
            <header>
                <h2>{title}</h2>
                <span class="age">{move || side.run()}</span>
            </header>
            {children()}
        </section>
    }
}

/// A figure above its name; several stand in a `.facts`.
#[component]
pub fn Fact(#[prop(into)] name: Signal<String>, children: Children) -> impl IntoView {
    view! {
        <div>
            <b>{children()}</b>
            {name}
        </div>
    }
}
