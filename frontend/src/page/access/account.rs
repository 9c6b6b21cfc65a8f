//! What is the viewer's own: rights, password, sessions, tokens.

use leptos::{prelude::*, wasm_bindgen::JsCast};
use web_sys::HtmlElement;

use super::{password::PasswordForm, roles::grant_lines, sessions::Sessions, tokens::Tokens};
use crate::{
    client::access::Whose,
    location::use_location,
    session::use_session,
    ui::{Badge, Panel, use_toasts},
};

/// What of the page is wanted, in the address: `?change=password`.
const CHANGE: &str = "change";

/// The page.
#[component]
pub fn Account() -> impl IntoView {
    let session = use_session();
    let toasts = use_toasts();
    let location = use_location();
    Effect::new(move |_| {
        if location.query.with(|query| query.get(CHANGE) == Some("password")) {
            request_animation_frame(focus_password);
        }
    });
    let user = move || session.viewer().map(|viewer| viewer.user);
    let role = move || session.viewer().map(|viewer| viewer.role);
    let grants = move || {
        session.viewer().map(|viewer| grant_lines(viewer.grants)).into_iter().collect_view()
    };
    let changed = move |()| toasts.good("Your password was changed; your other sessions ended.");
    view! {
        <header class="head">
            <h1>"Your account"</h1>
            <span class="mono">{user}</span>
            <Badge>{role}</Badge>
        </header>
        <div class="grid">
            <Panel title="Password">
                <div class="panel-body"><PasswordForm on_changed=changed/></div>
            </Panel>
            <Panel title="What you may do">
                <div class="panel-body">{grants}</div>
            </Panel>
        </div>
        <h2>"Sessions"</h2>
        <Sessions whose=Whose::Mine/>
        <h2>"API tokens"</h2>
        <Tokens whose=Whose::Mine/>
    }
}

/// Puts the keyboard where the password is changed.
fn focus_password() {
    let field = document().query_selector("main input[name=old]").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
        // A field that takes no focus leaves it where it was.
        field.focus().ok();
    }
}
