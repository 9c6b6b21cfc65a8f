//! A question that must be answered first: the browser's own modal dialog, so focus stays inside
//! and Escape closes it.

use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast};

use super::{Button, IconButton, Tone};

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

/// The foot of a form in a dialog: the way out, and the button that sends it. `children` are its
/// words.
#[component]
pub fn SubmitFoot<Off>(
    /// The dialog.
    open: RwSignal<bool>,
    /// Whether it cannot be sent now.
    off: Off,
    tone: Tone,
    /// Whether it has the focus at first, so that Enter sends it.
    #[prop(optional)]
    focused: bool,
    children: Children,
) -> impl IntoView
where
    Off: Fn() -> bool + Send + Sync + 'static,
{
    view! {
        <div class="dialog-foot">
            <Button on_press=move |_| open.set(false)>"Cancel"</Button>
            <button class=tone.class() type="submit" disabled=off autofocus=focused>
                {children()}
            </button>
        </div>
    }
}

/// An `open` that is so while `subject` holds something, as `holds` tells. Closing the dialog
/// empties `subject`.
pub fn open_while<T>(subject: RwSignal<T>, holds: fn(&T) -> bool) -> RwSignal<bool>
where
    T: Default + Send + Sync + 'static,
{
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(subject.with(holds)));
    Effect::new(move |_| {
        // Setting what is already so would wake the first effect, and that one this, for ever.
        if !open.get() && subject.with_untracked(holds) {
            subject.set(T::default());
        }
    });
    open
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
