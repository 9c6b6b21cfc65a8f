//! Short notices in a corner: what was just done, or why it was not.

use std::time::Duration;

use leptos::prelude::*;

use super::{Icon, IconButton};

/// How long good news stays. Bad news stays until it is closed.
const SHOWN_MS: u64 = 5000;

/// Most notices at once; the oldest goes first.
const TOASTS_MAX: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Toast {
    id: u64,
    good: bool,
    text: String,
}

/// Where notices go. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
}

/// Makes notices possible below here; called once, by the app, with [`Toasts::view`] in its page.
pub fn provide_toasts() -> Toasts {
    let toasts = Toasts { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
    provide_context(toasts);
    toasts
}

/// The notices of this app.
pub fn use_toasts() -> Toasts {
    expect_context()
}

impl Toasts {
    /// Something was done.
    pub fn good(self, text: impl Into<String>) {
        if let Some(id) = self.show(true, text.into()) {
            set_timeout(move || self.close(id), Duration::from_millis(SHOWN_MS));
        }
    }

    /// Something was not done.
    pub fn bad(self, text: impl Into<String>) {
        self.show(false, text.into());
    }

    fn show(self, good: bool, text: String) -> Option<u64> {
        let id = self.next.try_update_value(|next| {
            *next += 1;
            *next
        })?;
        self.shown.try_update(|shown| {
            shown.push(Toast { id, good, text });
            let surplus = shown.len().saturating_sub(TOASTS_MAX);
            shown.drain(..surplus);
        })?;
        Some(id)
    }

    fn close(self, id: u64) {
        self.shown.try_update(|shown| shown.retain(|toast| toast.id != id));
    }

    /// The corner itself.
    pub fn view(self) -> impl IntoView {
        let toast = move |Toast { id, good, text }: Toast| {
            let (class, icon) =
                if good { ("toast good", "circle-check") } else { ("toast bad", "circle-x") };
            view! {
                <div class=class role=if good { "status" } else { "alert" }>
                    <Icon name=icon/>
                    <span>{text}</span>
                    <IconButton icon="x" label="Dismiss" on_press=move |_| self.close(id)/>
                </div>
            }
        };
        view! {
            <div class="toasts" aria-live="polite">
                <For each=move || self.shown.get() key=|toast| toast.id children=toast/>
            </div>
        }
    }
}
