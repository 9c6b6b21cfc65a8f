//! Copying to the clipboard: a small button that says for a moment that it worked.
//!
//! Long tables hold many such buttons, so each is one plain element with its text in an attribute,
//! and one listener serves them all.

use std::{cell::Cell, time::Duration};

use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast};
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;

use super::{Toasts, use_toasts};

/// How long the button shows that the text was copied.
const SHOWN_MS: u64 = 1200;

/// Copies `text`; `what` completes the tooltip "Copy …".
#[component]
pub fn CopyButton(
    #[prop(into)] text: String,
    #[prop(default = "this")] what: &'static str,
) -> impl IntoView {
    listen(use_toasts());
    let label = format!("Copy {what}");
    view! {
        <button
            type="button"
            class="btn tiny copy"
            data-copy=text
            aria-label=label.clone()
            title=label
        ></button>
    }
}

/// What `children` show, and a button beside it that copies `text`.
#[component]
pub fn Copyable(
    #[prop(into)] text: String,
    #[prop(default = "this")] what: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <span class="copyable">
            <span class="clip">{children()}</span>
            <CopyButton text what/>
        </span>
    }
}

/// Puts `text` into the clipboard, or says why that did not work.
pub async fn copy_text(text: &str) -> Result<(), &'static str> {
    if !window().is_secure_context() {
        return Err("Not copied: a browser allows it only on https or localhost.");
    }
    let written = window().navigator().clipboard().write_text(text);
    match JsFuture::from(written).await {
        Ok(_) => Ok(()),
        Err(_) => Err("Not copied: the browser refused access to the clipboard."),
    }
}

/// Serves all copy buttons from the first one on, for as long as the tab lives.
fn listen(toasts: Toasts) {
    thread_local! {
        static LISTENS: Cell<bool> = const { Cell::new(false) };
    }
    if !LISTENS.replace(true) {
        window_event_listener(ev::click, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let button = target.and_then(|target| target.closest("[data-copy]").ok().flatten());
            if let Some(button) = button {
                spawn_local(copy_from(button, toasts));
            }
        });
    }
}

async fn copy_from(button: Element, toasts: Toasts) {
    let text = button.get_attribute("data-copy").unwrap_or_default();
    match copy_text(&text).await {
        Ok(()) => shine(button),
        Err(reason) => toasts.bad(reason),
    }
}

fn shine(button: Element) {
    button.class_list().add_1("done").ok();
    let fade = move || {
        // The button may be gone by then, and nobody misses its mark.
        button.class_list().remove_1("done").ok();
    };
    set_timeout(fade, Duration::from_millis(SHOWN_MS));
}
