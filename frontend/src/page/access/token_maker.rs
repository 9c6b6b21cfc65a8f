//! The dialog that makes an API token and shows it for the only time.

use leptos::{ev, prelude::*};
use ouzel_api::{
    access::{CreateToken, NewToken, TOKEN_DAYS_MAX},
    session::{Permission, Role},
};

use super::secret::Secret;
use crate::{
    ask::Sending,
    client,
    load::load,
    session::use_session,
    ui::{Choice, Dialog, Field, Select, SubmitFoot, TextInput, Tone},
};

/// How long a token works unless somebody says otherwise.
const DAYS: &str = "90";

/// The dialog; `on_made` is told as soon as there is one.
#[component]
pub fn MakeToken(open: RwSignal<bool>, #[prop(into)] on_made: Callback<()>) -> impl IntoView {
    view! { <Dialog open title="New API token"><Content open on_made/></Dialog> }
}

#[component]
fn Content(open: RwSignal<bool>, on_made: Callback<()>) -> impl IntoView {
    let made = RwSignal::new(None::<NewToken>);
    move || match made.get() {
        None => view! { <Form open made on_made/> }.into_any(),
        Some(NewToken { token, row }) => {
            let text = format!("The token {} works from now on.", row.name);
            let done = move || open.set(false);
            view! { <Secret text secret=token label="The token" on_done=done/> }.into_any()
        }
    }
}

#[component]
fn Form(
    open: RwSignal<bool>,
    made: RwSignal<Option<NewToken>>,
    on_made: Callback<()>,
) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let days = RwSignal::new(DAYS.to_owned());
    let role = RwSignal::new(String::new());
    let sending = Sending::new();
    let life = move || {
        let days = days.with(|days| days.trim().parse::<u16>().ok());
        days.filter(|days| (1..=TOKEN_DAYS_MAX).contains(days))
    };
    let wrong = Signal::derive(move || {
        let told = || format!("A whole number from 1 to {TOKEN_DAYS_MAX}.");
        life().is_none().then(told)
    });
    let whole = move || life().is_some() && name.with(|name| !name.trim().is_empty());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(days) = untrack(life).filter(|_| untrack(whole)) else { return };
        let role = Some(role.get_untracked()).filter(|role| !role.is_empty());
        let asked = CreateToken { name: name.get_untracked().trim().to_owned(), days, role };
        sending.send(client::access::create_token(asked), move |new| {
            made.try_set(Some(new));
            on_made.try_run(());
        });
    };
    view! {
        <form class="col" on:submit=submit>
            <Field label="Name" hint="Such as the program that will send it">
                <TextInput value=name attr:autofocus=true attr:name="name" attr:maxlength="64"/>
            </Field>
            <div class="pair">
                <Field label="Works for days" error=wrong>
                    <TextInput value=days attr:name="days" attr:inputmode="numeric"/>
                </Field>
                <Field label="May do">
                    <Select value=role choices=choices() on_pick=move |value| role.set(value)/>
                </Field>
            </div>
            {sending.refusal()}
            <SubmitFoot open off=move || !whole() || sending.busy() tone=Tone::Primary>
                "Make the token"
            </SubmitFoot>
        </form>
    }
}

/// The roles that a token can be narrowed to; those that people made only for who may list them.
fn choices() -> Signal<Vec<Choice>> {
    let session = use_session();
    let lists = session.refusal(Permission::ManageAccess).is_none();
    let all = lists.then(|| load(client::access::roles));
    Signal::derive(move || {
        let mut choices = vec![Choice::new("", "all that I may")];
        match all.and_then(|all| all.latest()) {
            Some(roles) => {
                choices.extend(roles.iter().map(|role| Choice::new(&*role.name, &*role.name)));
            }
            None => choices.extend(Role::ALL.map(|role| Choice::new(role.name(), role.name()))),
        }
        choices
    })
}
