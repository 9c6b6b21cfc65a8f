//! The dialog in which a cluster is written, and tried out before it is saved.

use leptos::{ev, prelude::*};
use ouzel_api::clusters::Colour;

use super::{
    draft::{Draft, ENVIRONMENTS, MECHANISMS},
    steps::Steps,
};
use crate::{
    ask::Sending,
    client,
    ui::{Button, Checkbox, Choice, Dialog, Field, Select, TextInput, open_while, use_toasts},
};

/// The dialog, open while there is a draft.
#[component]
pub fn Editor(
    draft: RwSignal<Option<Draft>>,
    #[prop(into)] on_saved: Callback<()>,
) -> impl IntoView {
    let open = open_while(draft, Option::is_some);
    let title = Signal::derive(move || match draft.get() {
        Some(draft) if draft.exists => format!("Edit {}", draft.id.get_untracked()),
        _ => "Add cluster".to_owned(),
    });
    view! {
        <Dialog open title wide=true>
            {move || draft.get().map(|draft| view! { <Form open draft on_saved/> })}
        </Dialog>
    }
}

#[component]
fn Form(open: RwSignal<bool>, draft: Draft, on_saved: Callback<()>) -> impl IntoView {
    let sending = Sending::new();
    let toasts = use_toasts();
    // Counts tries, so that each is a test of what is written then.
    let tries = RwSignal::new(0_u32);
    let whole = move || {
        !draft.id.with(|id| id.trim().is_empty())
            && !draft.brokers.with(|brokers| brokers.trim().is_empty())
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if !untrack(whole) {
            return;
        }
        let settings = untrack(|| draft.settings());
        let id = settings.id.clone();
        let request = async move {
            match draft.exists {
                true => client::clusters::change(settings).await,
                false => client::clusters::add(settings).await,
            }
        };
        sending.send(request, move |()| {
            open.try_set(false);
            toasts.good(format!("{id} was saved."));
            on_saved.try_run(());
        });
    };
    let off = Signal::derive(move || {
        (!whole()).then(|| "A name and a broker are needed first.".to_owned())
    });
    view! {
        <form class="col" on:submit=submit autocomplete="off">
            {what(draft)}
            {how(draft)}
            {move || (tries.get() > 0).then(|| view! { <Steps draft/> })}
            {sending.refusal()}
            <div class="dialog-foot">
                <Button icon="play" off on_press=move |_| tries.update(|tries| *tries += 1)>
                    "Test"
                </Button>
                <span class="grow"></span>
                <Button on_press=move |_| open.set(false)>"Cancel"</Button>
                <button
                    class="btn primary"
                    type="submit"
                    disabled=move || !whole() || sending.busy()
                >
                    {if draft.exists { "Save" } else { "Add cluster" }}
                </button>
            </div>
        </form>
    }
}

/// What the cluster is to people.
fn what(draft: Draft) -> impl IntoView {
    let environments = ENVIRONMENTS.map(|(name, _)| Choice::new(name, name)).to_vec();
    let mut colours = vec![Choice::new("", "by environment")];
    colours.extend(Colour::ALL.map(|colour| Choice::new(colour.name(), colour.name())));
    view! {
        <div class="pair">
            <Field label="Name" hint="Part of every address: letters, digits and - _ .">
                <TextInput
                    value=draft.id
                    attr:name="id"
                    attr:autofocus=!draft.exists
                    off=draft.exists
                />
            </Field>
            <Field label="Label" hint="What people read instead, if anything">
                <TextInput value=draft.label attr:name="label" attr:maxlength="40"/>
            </Field>
        </div>
        <Field label="Brokers" hint="host:port, commas between; the others are found by asking">
            <TextInput value=draft.brokers attr:name="brokers" placeholder="kafka-1:9092"/>
        </Field>
        <div class="pair">
            <Field label="Environment">
                <Select
                    value=draft.environment
                    choices=environments
                    on_pick=move |value| draft.environment.set(value)
                />
            </Field>
            <Field label="Colour">
                <Select
                    value=draft.colour
                    choices=colours
                    on_pick=move |value| draft.colour.set(value)
                />
            </Field>
        </div>
        <Checkbox value=draft.read_only label="Read-only: the server refuses whatever changes it"/>
    }
}

/// How its brokers are spoken to.
fn how(draft: Draft) -> impl IntoView {
    let mut mechanisms = vec![Choice::new("", "not at all")];
    mechanisms.extend(MECHANISMS.map(|(name, _)| Choice::new(name, name)));
    let signs_in = move || draft.mechanism.with(|it| !it.is_empty());
    view! {
        <fieldset class="part">
            <legend>"Connection"</legend>
            <Checkbox value=draft.tls label="TLS"/>
            <Show when=move || draft.tls.get()>
                <Field label="CA certificate" hint="PEM; without one, this system's authorities">
                    {pem(draft.ca, "ca", "")}
                </Field>
                <div class="pair">
                    <Field label="Client certificate" hint="PEM, where brokers ask for one">
                        {pem(draft.certificate, "certificate", "")}
                    </Field>
                    <Field label="Its key" hint="PEM; never shown again">
                        {pem(draft.key, "key", kept(draft.has_key))}
                    </Field>
                </div>
            </Show>
            <Field label="Sign in by">
                <Select
                    value=draft.mechanism
                    choices=mechanisms
                    on_pick=move |value| draft.mechanism.set(value)
                />
            </Field>
            <Show when=signs_in>
                <div class="pair">
                    <Field label="User">
                        <TextInput value=draft.user attr:name="sasl-user"/>
                    </Field>
                    <Field label="Password">
                        <input
                            class="input"
                            type="password"
                            name="sasl-password"
                            autocomplete="new-password"
                            placeholder=kept(draft.has_password)
                            prop:value=draft.password
                            on:input=move |event| draft.password.set(event_target_value(&event))
                        />
                    </Field>
                </div>
                <Show when=move || {
                    !draft.tls.get() && draft.mechanism.with(|it| it == "PLAIN")
                }>
                    <p class="row warn">"PLAIN without TLS sends the password in the clear."</p>
                </Show>
            </Show>
        </fieldset>
    }
}

/// What stands in the field of a secret.
fn kept(is_there: bool) -> &'static str {
    if is_there { "kept, unless you give another" } else { "" }
}

fn pem(value: RwSignal<String>, name: &'static str, placeholder: &'static str) -> impl IntoView {
    view! {
        <textarea
            class="input mono"
            rows="3"
            name=name
            spellcheck="false"
            placeholder=placeholder
            prop:value=value
            on:input=move |event| value.set(event_target_value(&event))
        ></textarea>
    }
}
