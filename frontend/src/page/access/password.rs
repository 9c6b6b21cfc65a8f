//! The form that changes one's own password.

use leptos::{ev, prelude::*};

use crate::{ask::Sending, client, ui::Field};

/// Shortest password that the server takes.
const LENGTH_MIN: usize = 8;

/// Old, new, and new again; `on_changed` is told.
#[component]
pub fn PasswordForm(#[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let text = || RwSignal::new(String::new());
    let (old, new, again) = (text(), text(), text());
    let sending = Sending::new();
    let short = Signal::derive(move || {
        let length = new.with(|new| new.chars().count());
        let told = || format!("At least {LENGTH_MIN} characters.");
        (1..LENGTH_MIN).contains(&length).then(told)
    });
    let differs = Signal::derive(move || {
        let differs = again.with(|again| !again.is_empty() && *again != new.get());
        differs.then(|| "It is not the same as above.".to_owned())
    });
    let whole = move || {
        let is_long = new.with(|new| new.chars().count() >= LENGTH_MIN);
        is_long && again.get() == new.get() && !old.with(String::is_empty)
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if !untrack(whole) {
            return;
        }
        let (was, is) = (old.get_untracked(), new.get_untracked());
        sending.send(client::access::change_password(was, is), move |()| {
            for field in [old, new, again] {
                field.try_set(String::new());
            }
            on_changed.try_run(());
        });
    };
    view! {
        <form class="col" on:submit=submit>
            <Field label="Old password">{secret(old, "current-password", "old")}</Field>
            <Field label="New password" error=short>{secret(new, "new-password", "new")}</Field>
            <Field label="New password again" error=differs>
                {secret(again, "new-password", "again")}
            </Field>
            {sending.refusal()}
            <button
                class="btn primary"
                type="submit"
                disabled=move || !whole() || sending.busy()
            >
                {move || if sending.busy() { "Changing…" } else { "Change the password" }}
            </button>
        </form>
    }
}

fn secret(value: RwSignal<String>, kind: &'static str, name: &'static str) -> impl IntoView {
    view! {
        <input
            class="input"
            type="password"
            name=name
            autocomplete=kind
            prop:value=value
            on:input=move |event| value.set(event_target_value(&event))
        />
    }
}
