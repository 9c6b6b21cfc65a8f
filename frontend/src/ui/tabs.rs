//! Tabs: links to sibling pages, or parts of one panel.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use web_sys::HtmlElement;

/// A tab that is a page of its own.
#[derive(Clone)]
pub struct LinkTab {
    /// Its address.
    pub href: Signal<String>,
    /// Its name.
    pub label: &'static str,
    /// A figure beside the name.
    pub count: Signal<Option<String>>,
    /// Whether it is the page that is shown.
    pub here: Signal<bool>,
}

/// Tabs that are links.
#[component]
pub fn LinkTabs(#[prop(into)] label: String, tabs: Vec<LinkTab>) -> impl IntoView {
    let link = |LinkTab { href, label, count, here }: LinkTab| {
        view! {
            <a href=href aria-current=move || here.get().then_some("page")>
                {label}
                {move || count.get().map(|count| view! { <small>{count}</small> })}
            </a>
        }
    };
    view! { <nav class="tabs" aria-label=label>{tabs.into_iter().map(link).collect_view()}</nav> }
}

/// A tab of a panel: its value, its name, a figure beside it.
pub type Tab<T> = (T, &'static str, Option<String>);

/// Tabs that switch what a panel shows.
#[component]
pub fn Tabs<T>(now: RwSignal<T>, #[prop(into)] tabs: Signal<Vec<Tab<T>>>) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let button = move |(value, label, count): Tab<T>| {
        view! {
            <button
                type="button"
                role="tab"
                aria-selected=move || (now.get() == value).to_string()
                tabindex=move || if now.get() == value { "0" } else { "-1" }
                on:click=move |_| now.set(value)
            >
                {label}
                {count.map(|count| view! { <small>{count}</small> })}
            </button>
        }
    };
    view! {
        <div class="tabs" role="tablist" on:keydown=walk>
            {move || tabs.get().into_iter().map(button).collect_view()}
        </div>
    }
}

/// The arrows choose the neighbour.
fn walk(event: ev::KeyboardEvent) {
    let here = event.target().and_then(|here| here.dyn_into::<HtmlElement>().ok());
    let to = match (event.key().as_str(), here) {
        ("ArrowRight", Some(here)) => here.next_element_sibling(),
        ("ArrowLeft", Some(here)) => here.previous_element_sibling(),
        _ => return,
    };
    if let Some(to) = to.and_then(|to| to.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        to.click();
        // Only scrolls into view what was just chosen; without focus the choice still stands.
        to.focus().ok();
    }
}
