//! Text fields and what stands around them.

use leptos::{ev, prelude::*};

use super::Icon;

/// A label above a control, with a hint or an error below. The label holds the control, so no ids
/// are needed.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <label class="field">
            <span class="label">{label}</span>
            {children()}
            {hint.map(|hint| view! { <span class="hint">{hint}</span> })}
            {move || {
                error.get().map(|error| view! { <span class="error" role="alert">{error}</span> })
            }}
        </label>
    }
}

/// A label before a control, on one line.
#[component]
pub fn Inline(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! {
        <label class="inline">
            <span class="label">{label}</span>
            {children()}
        </label>
    }
}

/// One line of text. What never changes at a use is given there (`attr:type="password"`); what
/// changes, or is told of the field, is a property of it.
#[component]
pub fn TextInput(
    value: RwSignal<String>,
    #[prop(optional, into)] placeholder: MaybeProp<String>,
    /// Why what is written is not understood; the words show on hover.
    #[prop(optional, into)]
    wrong: MaybeProp<String>,
    /// Whether nothing can be written.
    #[prop(optional)]
    off: bool,
    #[prop(optional, into)] on_keydown: Option<Callback<ev::KeyboardEvent>>,
    #[prop(optional, into)] on_change: Option<Callback<ev::Event>>,
    #[prop(optional, into)] on_focus: Option<Callback<ev::FocusEvent>>,
    #[prop(optional, into)] on_blur: Option<Callback<ev::FocusEvent>>,
) -> impl IntoView {
    view! {
        <input
            class="input"
            type="text"
            autocomplete="off"
            spellcheck="false"
            placeholder=move || placeholder.get()
            title=move || wrong.get()
            aria-invalid=move || wrong.get().map(|_| "true")
            disabled=off
            prop:value=value
            on:input=move |event| value.set(event_target_value(&event))
            on:keydown=move |event| tell(on_keydown, event)
            on:change=move |event| tell(on_change, event)
            on:focus=move |event| tell(on_focus, event)
            on:blur=move |event| tell(on_blur, event)
        />
    }
}

/// Leaving a field may end the page that it belongs to: who is gone is told nothing.
fn tell<T: 'static>(who: Option<Callback<T>>, event: T) {
    who.map(|who| who.try_run(event));
}

/// A box that narrows a list; `/` focuses the first one on the page, Escape empties it.
#[component]
pub fn FilterBox(value: RwSignal<String>, #[prop(into)] label: String) -> impl IntoView {
    let clear = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !value.with_untracked(String::is_empty) {
            event.stop_propagation();
            value.set(String::new());
        }
    };
    view! {
        <div class="filter" role="search">
            <Icon name="search"/>
            <input
                class="input"
                type="text"
                autocomplete="off"
                spellcheck="false"
                data-filter=""
                placeholder=label.clone()
                aria-label=label
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
                on:keydown=clear
            />
            <kbd aria-hidden="true">"/"</kbd>
        </div>
    }
}

/// A box to tick.
#[component]
pub fn Checkbox(
    value: RwSignal<bool>,
    #[prop(into)] label: String,
    /// What it is called elsewhere, on hover.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    view! {
        <label class="check" title=hint>
            <input
                type="checkbox"
                prop:checked=value
                on:change=move |event| value.set(event_target_checked(&event))
            />
            <span>{label}</span>
        </label>
    }
}
