//! Copying to the clipboard: a small button that says for a moment that it worked.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use super::{Icon, use_toasts};

/// How long the button shows that the text was copied.
const SHOWN_MS: u64 = 1200;

/// Copies `text`; `what` completes the tooltip "Copy …".
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    #[prop(optional, into)] what: Option<String>,
) -> impl IntoView {
    let done = RwSignal::new(false);
    let label = format!("Copy {}", what.unwrap_or_else(|| "this".to_owned()));
    let toasts = use_toasts();
    let copy = move |event: leptos::ev::MouseEvent| {
        // The row below opens on click; copying from it should not.
        event.stop_propagation();
        event.prevent_default();
        let Some(text) = text.try_get_untracked() else { return };
        spawn_local(async move {
            match copy_text(&text).await {
                Ok(()) => shine(done),
                Err(reason) => toasts.bad(reason),
            }
        });
    };
    view! {
        <button
            type="button"
            class="btn tiny copy"
            class:done=done
            aria-label=label.clone()
            title=label
            on:click=copy
        >
            {move || match done.get() {
                true => view! { <Icon name="check" size="small"/> },
                false => view! { <Icon name="copy" size="small"/> },
            }}
        </button>
    }
}

/// What `children` show, and a button beside it that copies `text`.
#[component]
pub fn Copyable(
    #[prop(into)] text: Signal<String>,
    #[prop(optional, into)] what: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <span class="copyable">
            <span class="clip">{children()}</span>
            <CopyButton text what=what.unwrap_or_else(|| "this".to_owned())/>
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

fn shine(done: RwSignal<bool>) {
    done.try_set(true);
    let fade = move || {
        done.try_set(false);
    };
    set_timeout(fade, Duration::from_millis(SHOWN_MS));
}
