//! One user beside the list: role, shut out or not, a new first password.

use leptos::{ev, prelude::*};
use ouzel_api::access::{ChangeUser, FirstPassword, RoleRow, User};

use super::secret::Secret;
use crate::{
    ask::{Ask, Question, Sending},
    client,
    format::counted,
    load::Load,
    query::Query,
    route::{AccessTab, Route},
    session::use_session,
    ui::{
        Badge, Button, Checkbox, Choice, Dialog, Drawer, Field, Mood, Select, SubmitFoot, Time,
        Tone, use_toasts,
    },
};

/// The drawer.
#[component]
pub fn UserDrawer(
    user: User,
    roles: Load<Vec<RoleRow>>,
    on_close: impl Fn() + Send + Sync + 'static,
    #[prop(into)] on_changed: Callback<()>,
) -> impl IntoView {
    let name = StoredValue::new(user.name.clone());
    let resetting = RwSignal::new(false);
    let doomed = RwSignal::new(None::<Question<String>>);
    let session = use_session();
    let own = user.name.clone();
    let no_delete = Signal::derive(move || {
        let is_own = session.viewer().is_some_and(|viewer| viewer.user == own);
        is_own.then(|| "That is you; another administrator can delete you.".to_owned())
    });
    let (toasts, question) = (use_toasts(), StoredValue::new(question(&user)));
    let deleted = move |name: String| {
        toasts.good(format!("{name} was deleted."));
        on_changed.run(());
    };
    let head_user = user.clone();
    let head = move || {
        view! { <b class="break">{head_user.name.clone()}</b> {state(&head_user)} }
    };
    let foot = move || {
        view! {
            <Button icon="refresh-cw" on_press=move |_| resetting.set(true)>
                "New first password…"
            </Button>
            <span class="grow"></span>
            <Button
                tone=Tone::Danger
                icon="trash-2"
                off=no_delete
                on_press=move |_| doomed.set(Some(question.get_value()))
            >
                "Delete…"
            </Button>
        }
    };
    view! {
        <Drawer label=format!("User {}", user.name) head foot on_close>
            <div class="drawer-body padded col">
                {facts(&user)}
                <Form user roles on_changed/>
            </div>
        </Drawer>
        <Dialog open=resetting title="New first password">
            <Reset open=resetting name on_changed/>
        </Dialog>
        <Ask question=doomed act=client::access::delete_user done=deleted/>
    }
}

/// What is asked before a user is deleted, in numbers.
fn question(user: &User) -> Question<String> {
    let sessions = counted(user.sessions, "session", "sessions");
    let tokens = counted(user.tokens, "API token", "API tokens");
    Question {
        title: format!("Delete {}?", user.name),
        text: format!(
            "{sessions} and {tokens} end at once. What the user did stays in the audit log. To \
             keep somebody out for a while, shut the user out instead."
        ),
        act: "Delete the user",
        about: user.name.clone(),
    }
}

fn facts(user: &User) -> impl IntoView + use<> {
    let link = |tab: AccessTab, query: Query| format!("{}?{query}", Route::Access { tab }.path());
    let sessions = link(AccessTab::Sessions, Query::default().with("q", user.name.clone()));
    let tokens = link(AccessTab::Tokens, Query::default().with("q", user.name.clone()));
    let check = link(AccessTab::Check, Query::default().with("user", user.name.clone()));
    let acts = Query::default().with("user", user.name.clone());
    let acts = format!("{}?{acts}", Route::Audit.path());
    view! {
        <dl class="pairs">
            <dt>"Made"</dt>
            <dd><Time at_ms=user.created_ms/></dd>
            <dt>"Password set"</dt>
            <dd><Time at_ms=user.password_changed_ms/></dd>
            <dt>"Sessions"</dt>
            <dd><a href=sessions>{counted(user.sessions, "session", "sessions")}</a></dd>
            <dt>"Tokens"</dt>
            <dd><a href=tokens>{counted(user.tokens, "token", "tokens")}</a></dd>
            <dt>"Rights"</dt>
            <dd><a href=check>"What this user may do, and why"</a></dd>
            <dt>"Acts"</dt>
            <dd><a href=acts>"What this user did"</a></dd>
        </dl>
    }
}

#[component]
fn Form(user: User, roles: Load<Vec<RoleRow>>, on_changed: Callback<()>) -> impl IntoView {
    let role = RwSignal::new(user.role.clone());
    let disabled = RwSignal::new(user.disabled);
    let sending = Sending::new();
    let toasts = use_toasts();
    let before = StoredValue::new(user);
    let differs = move || {
        before.with_value(|user| user.role != role.get() || user.disabled != disabled.get())
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if !untrack(differs) {
            return;
        }
        let name = before.with_value(|user| user.name.clone());
        let change = ChangeUser { role: role.get_untracked(), disabled: disabled.get_untracked() };
        sending.send(client::access::change_user(name.clone(), change), move |()| {
            toasts.good(format!("{name} was changed."));
            on_changed.try_run(());
        });
    };
    view! {
        <form class="col" on:submit=submit>
            <Field label="Role" hint="Holds from the next request on">
                <Select
                    value=role
                    choices=role_choices(roles, role)
                    on_pick=move |value| role.set(value)
                />
            </Field>
            <Checkbox value=disabled label="Shut out: no sign-in, no session, no token works"/>
            {sending.refusal()}
            <button
                class="btn primary"
                type="submit"
                disabled=move || !differs() || sending.busy()
            >
                "Save"
            </button>
        </form>
    }
}

/// Asks first, then shows the new password.
#[component]
fn Reset(
    open: RwSignal<bool>,
    name: StoredValue<String>,
    on_changed: Callback<()>,
) -> impl IntoView {
    let made = RwSignal::new(None::<FirstPassword>);
    let sending = Sending::new();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        sending.send(client::access::reset_password(name.get_value()), move |first| {
            made.try_set(Some(first));
        });
    };
    let done = move || {
        open.set(false);
        on_changed.try_run(());
    };
    move || match made.get() {
        Some(FirstPassword { user, password }) => {
            let text = format!("{user} signs in with this password and must change it then.");
            view! { <Secret text secret=password label="The password" on_done=done/> }.into_any()
        }
        None => view! {
            <form class="col" on:submit=submit>
                <p>
                    "Makes up a new password for " <b>{name.get_value()}</b>
                    ", ends all sessions of that user, and asks for another password at the next "
                    "sign-in. Tokens stay."
                </p>
                {sending.refusal()}
                <SubmitFoot open off=move || sending.busy() tone=Tone::Danger focused=true>
                    "Make a new password"
                </SubmitFoot>
            </form>
        }
        .into_any(),
    }
}

/// Whether somebody can come in.
pub fn state(user: &User) -> AnyView {
    if user.disabled {
        return view! { <Badge mood=Mood::Bad>"shut out"</Badge> }.into_any();
    }
    match user.must_change_password {
        true => view! { <Badge mood=Mood::Warn>"first password"</Badge> }.into_any(),
        false => view! { <Badge mood=Mood::Good>"active"</Badge> }.into_any(),
    }
}

/// The roles to choose from; `now` is among them whatever the list says.
pub fn role_choices(roles: Load<Vec<RoleRow>>, now: RwSignal<String>) -> Signal<Vec<Choice>> {
    Signal::derive(move || {
        let mut names: Vec<String> = roles
            .latest()
            .map(|roles| roles.iter().map(|role| role.name.clone()).collect())
            .unwrap_or_default();
        let now = now.get();
        if !names.contains(&now) {
            names.insert(0, now);
        }
        names.into_iter().map(|name| Choice::new(name.clone(), name)).collect()
    })
}
