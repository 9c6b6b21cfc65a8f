//! The sign-in. Where to go afterwards is the app's business.

use leptos::{ev, html, prelude::*, task::spawn_local};
use ouzel_api::ErrorCode;

use crate::{
    client::ClientError,
    load::refused,
    session::{Session, SessionState, use_session},
    ui::{Field, Icon, Note, TextInput},
};

/// Asks for user and password.
#[component]
pub fn SignIn() -> impl IntoView {
    document().set_title("Sign in · Ouzel");
    let session = use_session();
    let ended = move || session.state() == SessionState::Guest { ended: true };
    let form = Form {
        session,
        user: RwSignal::new(String::new()),
        password: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
        error: RwSignal::new(None),
        field: NodeRef::new(),
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        form.submit();
    };
    view! {
        <main class="middle">
            <form class="card sign-in" method="post" on:submit=submit>
                <div class="brand"><Icon name="ouzel" size="big"/> <h1>"Ouzel"</h1></div>
                <Show when=ended>
                    <Note>"Your session has ended. Sign in to go on where you were."</Note>
                </Show>
                <Field label="User">
                    <TextInput value=form.user attr:name="username" attr:autocomplete="username"
                        attr:autocapitalize="none" attr:autofocus=true attr:required=true/>
                </Field>
                <Field label="Password">
                    <input class="input" type="password" name="password" required
                        autocomplete="current-password" node_ref=form.field prop:value=form.password
                        on:input=move |event| form.password.set(event_target_value(&event))/>
                </Field>
                {move || form.error.get().map(refused)}
                <button class="btn primary" type="submit" disabled=form.busy>
                    {move || if form.busy.get() { "Signing in…" } else { "Sign in" }}
                </button>
            </form>
        </main>
    }
}

#[derive(Clone, Copy)]
struct Form {
    session: Session,
    user: RwSignal<String>,
    password: RwSignal<String>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<ClientError>>,
    field: NodeRef<html::Input>,
}

impl Form {
    fn submit(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        let (user, password) = (self.user.get_untracked(), self.password.get_untracked());
        spawn_local(async move {
            if let Err(error) = self.session.sign_in(user.trim().to_owned(), password).await {
                self.refused(error);
            }
        });
    }

    fn refused(self, error: ClientError) {
        self.busy.try_set(false);
        if error.code() == Some(ErrorCode::WrongCredentials) {
            self.password.try_set(String::new());
            if let Some(field) = self.field.try_get_untracked().flatten() {
                // Without focus the person clicks into the field.
                field.focus().ok();
            }
        }
        self.error.try_set(Some(error));
    }
}
