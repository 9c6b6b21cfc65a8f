//! Who may come in and what each may do: users, roles, sessions, tokens, and the check of a right.
//!
//! The same lists of sessions and tokens serve everybody's own account page.

mod account;
mod check;
mod first_password;
mod password;
mod role_editor;
mod roles;
mod secret;
mod sessions;
mod token_maker;
mod tokens;
mod user;
mod users;

use leptos::prelude::*;
use ouzel_api::session::Permission;

pub use account::Account;
pub use first_password::FirstPassword;

use self::{check::Check, roles::Roles, sessions::Sessions, tokens::Tokens, users::Users};
use crate::{
    client::access::Whose,
    location::use_location,
    route::{AccessTab, Route},
    session::use_session,
    ui::{Forbidden, LinkTab, LinkTabs},
};

/// The page.
#[component]
pub fn Access() -> impl IntoView {
    let head = || view! { <header class="head"><h1>"Access"</h1></header> };
    if let Some(reason) = use_session().refusal(Permission::ManageAccess) {
        return view! {
            {head()}
            <div class="card"><Forbidden title="You may not manage access" reason/></div>
        }
        .into_any();
    }
    let location = use_location();
    let tab = Memo::new(move |last: Option<&AccessTab>| match location.route.get() {
        Route::Access { tab } => tab,
        _ => last.copied().unwrap_or(AccessTab::Users),
    });
    let shown = move || match tab.get() {
        AccessTab::Users => view! { <Users/> }.into_any(),
        AccessTab::Roles => view! { <Roles/> }.into_any(),
        AccessTab::Sessions => view! { <Sessions whose=Whose::All/> }.into_any(),
        AccessTab::Tokens => view! { <Tokens whose=Whose::All/> }.into_any(),
        AccessTab::Check => view! { <Check/> }.into_any(),
    };
    view! {
        {head()}
        <LinkTabs label="Parts of access" tabs=tabs(tab)/>
        {shown}
    }
    .into_any()
}

fn tabs(now: Memo<AccessTab>) -> Vec<LinkTab> {
    let tab = |tab: AccessTab| LinkTab {
        href: Route::Access { tab }.path().into(),
        label: match tab {
            AccessTab::Users => "Users",
            AccessTab::Roles => "Roles",
            AccessTab::Sessions => "Sessions",
            AccessTab::Tokens => "API tokens",
            AccessTab::Check => "Who may do what",
        },
        count: None.into(),
        here: Signal::derive(move || now.get() == tab),
    };
    AccessTab::ALL.into_iter().map(tab).collect()
}
