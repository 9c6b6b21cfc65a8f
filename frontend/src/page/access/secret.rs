//! A password or token that is shown this once.

use leptos::prelude::*;

use crate::ui::{Button, CopyButton, Icon};

/// The secret with its copy button, and the way on.
#[component]
pub fn Secret(
    /// What it is for, as a sentence.
    #[prop(into)]
    text: String,
    #[prop(into)] secret: String,
    /// The name of the field, for whoever does not see it.
    label: &'static str,
    on_done: impl Fn() + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <div class="col">
            <p>{text}</p>
            <div class="secret">
                <code class="mono" aria-label=label>{secret.clone()}</code>
                <CopyButton text=secret what="it"/>
            </div>
            <p class="row warn"><Icon name="eye-off"/> "It is shown only now."</p>
            <div class="dialog-foot">
                <Button on_press=move |_| on_done()>"Done"</Button>
            </div>
        </div>
    }
}
