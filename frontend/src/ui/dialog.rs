//! A question that must be answered first: the browser's own modal dialog, so focus stays inside
//! and Escape closes it. What was written in it goes only when the person says so.

use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast};

use super::{Button, IconButton, Tone};

/// Whether something was written in a dialog that was not sent yet. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Unsent {
    written: RwSignal<bool>,
    /// Whether it is asked what shall become of it.
    asks: RwSignal<bool>,
    /// What is said of something that runs and ends with the dialog.
    runs: RwSignal<Option<&'static str>>,
}

/// What the dialog around this form keeps for it.
pub fn use_unsent() -> Unsent {
    use_context().unwrap_or_else(Unsent::nothing)
}

impl Unsent {
    fn nothing() -> Unsent {
        Unsent {
            written: RwSignal::new(false),
            asks: RwSignal::new(false),
            runs: RwSignal::new(None),
        }
    }

    /// It was sent, and the dialog stays open for the next: nothing is lost any more.
    pub fn sent(self) {
        self.written.try_set(false);
        self.asks.try_set(false);
    }

    /// Something runs that ends with the dialog, as these words say; or nothing does any more.
    pub fn runs(self, words: Option<&'static str>) {
        self.runs.try_set(words);
        if words.is_none() && !self.any() {
            self.asks.try_set(false);
        }
    }

    fn any(self) -> bool {
        let runs = self.runs.try_get_untracked().flatten().is_some();
        runs || self.written.try_get_untracked().unwrap_or_default()
    }

    /// Shuts the dialog, or asks first.
    fn leave(self, open: RwSignal<bool>) {
        match self.any() {
            // Who asks to leave a second time goes on writing.
            true => {
                self.asks.try_update(|asks| *asks = !*asks);
            }
            false => {
                open.try_set(false);
            }
        }
    }
}

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
    follow(node, open);
    let unsent = Unsent::nothing();
    Effect::new(move |_| {
        open.track();
        unsent.runs(None);
        unsent.sent();
    });
    let on_ground = move |event: ev::PointerEvent| {
        let hit = event.target().and_then(|at| at.dyn_into::<web_sys::HtmlDialogElement>().ok());
        if hit.is_some() && !unsent.any() {
            open.set(false);
        }
    };
    // What is typed to find something is no loss.
    let on_input = move |_: ev::Event| {
        if !bare {
            unsent.written.set(true);
        }
    };
    let on_escape = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() && unsent.any() {
            event.prevent_default();
            unsent.leave(open);
        }
    };
    // The browser's own way out, where nothing inside has the focus and so none hears the key.
    let on_cancel = move |event: ev::Event| {
        if unsent.any() {
            event.prevent_default();
            unsent.leave(open);
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
            on:input=on_input
            on:keydown=on_escape
            on:cancel=on_cancel
        >
            <Show when=move || open.get()>
                <Show when=move || !bare>
                    <Heading title open unsent/>
                </Show>
                <Show when=move || unsent.asks.get()>
                    <Discard open unsent/>
                </Show>
                <div class="dialog-body">{within(unsent, &children)}</div>
            </Show>
        </dialog>
    }
}

#[component]
fn Heading(title: Signal<String>, open: RwSignal<bool>, unsent: Unsent) -> impl IntoView {
    view! {
        <header>
            <h2>{title}</h2>
            <IconButton icon="x" label="Close (Esc)" on_press=move |_| unsent.leave(open)/>
        </header>
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

/// The dialog's content, which finds `unsent` by [`use_unsent`].
fn within(unsent: Unsent, children: &ChildrenFn) -> impl IntoView + use<> {
    let children = children.clone();
    move || {
        provide_context(unsent);
        children()
    }
}

/// Asks what shall become of what was written.
#[component]
fn Discard(open: RwSignal<bool>, unsent: Unsent) -> impl IntoView {
    let keep = NodeRef::<html::Button>::new();
    let runs = move || unsent.runs.with(Option::is_some);
    Effect::new(move |_| {
        // A button that takes no focus can still be pressed.
        if let Some(keep) = keep.get() {
            keep.focus().unwrap_or_default();
        }
    });
    view! {
        <div class="note discard" role="alert">
            <span class="grow">
                {move || unsent.runs.get().unwrap_or("Discard what you wrote?")}
            </span>
            <button
                class="btn"
                type="button"
                node_ref=keep
                on:click=move |_| {
                    write_on(keep);
                    unsent.asks.set(false);
                }
            >
                {move || if runs() { "Stay" } else { "Keep writing" }}
            </button>
            <button class="btn danger" type="button" on:click=move |_| open.set(false)>
                {move || if runs() { "Stop it and leave" } else { "Discard" }}
            </button>
        </div>
    }
}

/// The focus goes back to where the form begins: the button that has it is about to go.
fn write_on(keep: NodeRef<html::Button>) {
    let dialog = keep.get_untracked().and_then(|keep| keep.closest("dialog").ok().flatten());
    let field = dialog.and_then(|dialog| {
        dialog.query_selector(".dialog-body :is(input, textarea, select):enabled").ok().flatten()
    });
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        // A field that takes no focus can still be pressed.
        field.focus().unwrap_or_default();
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

/// Shows the dialog while `open`.
fn follow(node: NodeRef<html::Dialog>, open: RwSignal<bool>) {
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            // A frame later the content is there, so that the browser focuses what asks for it.
            (true, false) => request_animation_frame(move || show(node, open)),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
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
