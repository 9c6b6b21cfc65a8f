//! A question that must be answered first: the browser's own modal dialog, so focus stays inside
//! and Escape closes it.

use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast};

use super::IconButton;

/// Shown while `open`; its content is made anew each time, so nothing of the last time is left.
/// A `wide` one is for what has columns.
/// A `bare` one shows no heading: what is inside says itself what it is.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    #[prop(optional)] wide: bool,
    #[prop(optional)] bare: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            // A frame later the content is there, so that the browser focuses what asks for it.
            (true, false) => request_animation_frame(move || show(node, open)),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let on_ground = move |event: ev::PointerEvent| {
        let hit = event.target().and_then(|at| at.dyn_into::<web_sys::HtmlDialogElement>().ok());
        if hit.is_some() {
            open.set(false);
        }
    };
    view! {
        <dialog
            class="dialog"
            class:wide=wide
            class:bare=bare
            node_ref=node
            aria-label=title
            on:close=move |_| open.set(false)
            on:pointerdown=on_ground
        >
            <Show when=move || open.get()>
                <Show when=move || !bare>
                    <header>
                        <h2>{title}</h2>
                        <IconButton icon="x" label="Close (Esc)" on_press=move |_| open.set(false)/>
                    </header>
                </Show>
                <div class="dialog-body">{children()}</div>
            </Show>
        </dialog>
    }
}

fn show(node: NodeRef<html::Dialog>, open: RwSignal<bool>) {
    let still = open.try_get_untracked().unwrap_or(false);
    if let Some(dialog) =
        node.try_get_untracked().flatten().filter(|dialog| still && !dialog.open())
    {
        // Fails only if the dialog is not in the page, and then there is nothing to show.
        dialog.show_modal().ok();
    }
}
