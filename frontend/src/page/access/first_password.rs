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
                        "Somebody else has seen the password of " <b>{user}</b>
                        ". Choose your own to go on."
                    </span>
                </Note>
                <PasswordForm on_changed=move |()| session.renew()/>
                <button type="button" class="link" on:click=leave>"Sign out"</button>
            </div>
        </main>
    }
}
