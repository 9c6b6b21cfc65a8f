//! What stands before the console while the password is one that somebody else has seen.

use leptos::{prelude::*, task::spawn_local};

use super::password::PasswordForm;
use crate::{
    session::use_session,
    ui::{Icon, Note, use_toasts},
};

/// Asks for a password of one's own.
#[component]
pub fn FirstPassword() -> impl IntoView {
    document().set_title("Change your password · Ouzel");
    let session = use_session();
    let toasts = use_toasts();
    let user = move || session.viewer().map(|viewer| viewer.user).unwrap_or_default();
    let leave = move |_| {
        spawn_local(async move {
            if let Err(error) = session.sign_out().await {
                toasts.bad(format!("You are still signed in. {}", error.message()));
            }
        });
    };
    view! {
        <main class="middle">
            <div class="card sign-in">
                <div class="brand"><Icon name="ouzel" size="big"/> <h1>"Ouzel"</h1></div>
                <Note>
                    <span>
                        "The password of " <b>{user}</b> " was printed or set for you. "
                        "Choose one that only you know."
                    </span>
                </Note>
                <PasswordForm on_changed=move |()| session.renew()/>
                <button type="button" class="link" on:click=leave>"Sign out"</button>
            </div>
        </main>
    }
}
