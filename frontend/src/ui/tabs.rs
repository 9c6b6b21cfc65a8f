//! Tabs: links to sibling pages, or parts of one panel.

use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast};
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

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
    let line = NodeRef::<html::Nav>::new();
    let all: Vec<Signal<bool>> = tabs.iter().map(|tab| tab.here).collect();
    let here = Memo::new(move |_| all.iter().position(|here| here.get()));
    Effect::new(move |_| {
        here.track();
        // A frame later the tab that is meant is marked.
        request_animation_frame(move || {
            show_chosen(line);
        });
    });
    view! {
        <nav class="tabs" aria-label=label node_ref=line>
            {tabs.into_iter().map(link).collect_view()}
        </nav>
    }
}

/// On a phone a line of tabs may be wider than the screen.
fn show_chosen(line: NodeRef<html::Nav>) -> Option<()> {
    let chosen = line.try_get_untracked()??.query_selector("[aria-current]").ok()??;
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    options.set_inline(ScrollLogicalPosition::Nearest);
    chosen.scroll_into_view_with_scroll_into_view_options(&options);
    Some(())
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
