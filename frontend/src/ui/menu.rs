//! A button that opens a list of acts or choices; Escape, a choice or a click elsewhere closes it.

use leptos::{context::Provider, ev, html, prelude::*, wasm_bindgen::JsCast};
use web_sys::{Element, FocusEvent, HtmlElement, KeyboardEvent, Node};

/// Tells the items of an open menu how to close it, and what they stand in.
#[derive(Clone, Copy)]
struct Open {
    now: RwSignal<bool>,
    fields: bool,
}

/// A menu. `face` is what its button shows, `label` names it, `side` is `""` (panel ends with the
/// button) or `"from-left"` (panel begins with it). With `fields` it holds more than items, and is
/// a small dialog to whoever hears it: a menu owns items and nothing else.
#[component]
pub fn Menu(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] face: ViewFn,
    #[prop(optional)] side: &'static str,
    #[prop(optional)] fields: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    let leave = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        let inside = root.get_untracked().is_some_and(|root| root.contains(to.as_ref()));
        // Focus that goes nowhere is a click on something that takes none; `outside` sees to it.
        if to.is_some() && !inside {
            open.set(false);
        }
    };
    let outside = window_event_listener(ev::pointerdown, move |event| {
        let at = event.target().and_then(|at| at.dyn_into::<Node>().ok());
        let inside =
            root.try_get_untracked().flatten().is_some_and(|root| root.contains(at.as_ref()));
        if !inside {
            open.try_set(false);
        }
    });
    on_cleanup(move || outside.remove());
    let role = if fields { "dialog" } else { "menu" };
    view! {
        <div
            class=format!("menu {side}")
            node_ref=root
            on:focusout=leave
            on:keydown=move |event| steer(&event, open)
        >
            <button
                type="button"
                class="btn quiet"
                aria-haspopup=role
                aria-expanded=move || open.get().to_string()
                title=label
                on:click=move |_| open.update(|open| *open = !*open)
            >
                // Beside what is shown, not in its place: people say aloud what they see.
                <span class="unseen">{label}": "</span>
                {move || face.run()}
            </button>
            // A context of its own, for menus side by side share their owner.
            <Provider value=Open { now: open, fields }>
                <Show when=move || open.get()>
                    <div class="menu-panel" role=role aria-label=label>{children()}</div>
                </Show>
            </Provider>
        </div>
    }
}

/// One act in a menu, or one choice if `chosen` is given.
#[component]
pub fn MenuItem(
    on_pick: impl Fn() + Send + Sync + 'static,
    children: Children,
    #[prop(optional, into)] chosen: MaybeProp<bool>,
    #[prop(optional, into)] off: MaybeProp<String>,
) -> impl IntoView {
    let open = use_context::<Open>();
    let pick = move |_| {
        if let Some(open) = open {
            open.now.set(false);
        }
        on_pick();
    };
    let plain = open.is_some_and(|open| open.fields);
    let role = move || match (plain, chosen.get().is_some()) {
        (true, _) => None,
        (false, true) => Some("menuitemradio"),
        (false, false) => Some("menuitem"),
    };
    view! {
        <button
            type="button"
            class="menu-item"
            role=role
            aria-checked=move || chosen.get().map(|chosen| chosen.to_string())
            disabled=move || off.get().is_some()
            title=move || off.get()
            on:click=pick
        >
            {children()}
        </button>
    }
}

/// A file in a menu: the browser fetches it, `on_begin` is told, and the menu closes.
#[component]
pub fn MenuDownload(
    #[prop(into)] href: Signal<Option<String>>,
    on_begin: impl Fn() + Send + Sync + 'static,
    children: Children,
) -> impl IntoView {
    let open = use_context::<Open>();
    let begin = move |_| {
        on_begin();
        // A frame later, when the browser has followed the link.
        request_animation_frame(move || {
            open.map(|open| open.now.try_set(false));
        });
    };
    view! {
        <a class="menu-item" role="menuitem" href=move || href.get() download="" on:click=begin>
            {children()}
        </a>
    }
}

/// What the arrows walk over.
const ITEMS: &str = ".menu-panel :is(button, a):not(:disabled)";

/// Escape closes; the arrows walk over what can be focused.
fn steer(event: &KeyboardEvent, open: RwSignal<bool>) {
    let step = match event.key().as_str() {
        "Escape" if open.get_untracked() => {
            event.stop_propagation();
            open.set(false);
            return;
        }
        // A field in a menu needs its arrows itself.
        _ if in_field(event) => return,
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    event.prevent_default();
    focus_neighbour(event, step);
}

fn in_field(event: &KeyboardEvent) -> bool {
    let here = event.target().and_then(|here| here.dyn_into::<Element>().ok());
    here.is_some_and(|here| here.matches("input, select, textarea").unwrap_or(false))
}

fn focus_neighbour(event: &KeyboardEvent, step: i32) -> Option<()> {
    let here = event.target()?.dyn_into::<HtmlElement>().ok()?;
    let all = here.closest(".menu").ok()??.query_selector_all(ITEMS).ok()?;
    let is_here = |at: &u32| all.item(*at).is_some_and(|item| item.is_same_node(Some(&here)));
    let to = match (0..all.length()).find(is_here) {
        Some(at) => at.checked_add_signed(step)?,
        None => 0,
    };
    all.item(to)?.dyn_into::<HtmlElement>().ok()?.focus().ok()
}
