//! Asks before a page is left with which something would be lost. One place on a page asks.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};

use crate::{
    location::use_location,
    ui::{Button, Dialog, Tone},
};

/// Asks, while `lost`, before the person leaves the page or shuts the tab.
#[component]
pub fn AskBeforeLeaving(
    /// Whether anything would be lost.
    #[prop(into)]
    lost: Signal<bool>,
    /// What, in a sentence.
    text: &'static str,
    /// What leaving is called.
    act: &'static str,
) -> impl IntoView {
    let location = use_location();
    location.hold(lost);
    let shut = window_event_listener(ev::beforeunload, move |event| {
        if lost.try_get_untracked().unwrap_or(false) {
            event.prevent_default();
            // What some browsers look at instead.
            event.unchecked_ref::<web_sys::BeforeUnloadEvent>().set_return_value("lost");
        }
    });
    on_cleanup(move || shut.remove());
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(location.is_held()));
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now {
            location.stay();
        }
        now
    });
    view! {
        <Dialog open title="Leave this page?">
            <div class="col">
                <p>{text}</p>
                <div class="dialog-foot">
                    <Button on_press=move |_| open.set(false)>"Stay"</Button>
                    <Button tone=Tone::Danger on_press=move |_| location.leave()>{act}</Button>
                </div>
            </div>
        </Dialog>
    }
}
