//! The buttons of the line of controls: run, stop, pause, resume.

use leptos::{prelude::*, wasm_bindgen::JsCast};
use web_sys::HtmlInputElement;

use super::Page;
use crate::ui::{Button, Tone, use_toasts};

/// Begins the search, or ends the one that runs.
#[component]
pub fn Run(page: Page) -> impl IntoView {
    let runs = Memo::new(move |_| page.feed.phase.with(|phase| phase.runs()));
    let toasts = use_toasts();
    let run = move |_| {
        let before = page.view.with_untracked(|view| view.asked.clone());
        leave_field();
        if let Some(field) = wrong_field() {
            field.report_validity();
            return;
        }
        // Leaving the field has begun the search, unless a condition still waits to be added.
        let begun = page.view.with_untracked(|view| view.asked != before);
        if begun && !page.draft.is_begun() {
            return;
        }
        if let Err(reason) = page.run() {
            toasts.bad(reason);
        }
    };
    // A press must not take the focus: the field that is left would begin the search, Run would
    // become Stop under the pointer, and the release would stop what the press began.
    move || match runs.get() {
        true => {
            view! { <Button icon="square" on_press=move |_| page.stop()>"Stop"</Button> }.into_any()
        }
        false => view! {
            <Button tone=Tone::Primary icon="play" keeps_focus=true on_press=run>"Run"</Button>
        }
        .into_any(),
    }
}

/// Lets the field that is being written in take effect.
fn leave_field() {
    let here = document().active_element().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    if let Some(field) = here.filter(|field| field.matches(".entry input").unwrap_or(false)) {
        // A field that cannot be left takes effect when it is.
        field.blur().ok();
    }
}

/// A field of this line that says nothing we understand, or nothing where something is needed.
fn wrong_field() -> Option<HtmlInputElement> {
    document().query_selector(".entry input:invalid").ok()??.dyn_into().ok()
}

/// Holds a live tail, or lets it go on.
#[component]
pub fn Pause(page: Page) -> impl IntoView {
    let runs = Memo::new(move |_| page.feed.phase.with(|phase| phase.runs()));
    let resume = move |_| page.pause(false);
    let pause = move |_| page.pause(true);
    move || match (runs.get(), page.feed.paused.get()) {
        (false, _) => ().into_any(),
        (true, true) => view! {
            <Button tone=Tone::Primary icon="play" on_press=resume>"Resume"</Button>
        }
        .into_any(),
        (true, false) => view! { <Button icon="pause" on_press=pause>"Pause"</Button> }.into_any(),
    }
}
