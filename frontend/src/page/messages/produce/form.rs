//! The form for one record.

use leptos::{ev, prelude::*, task::spawn_local};
use ouzel_api::{
    produce::{Codec, Written},
    topics::TopicList,
};
use serde::de::IgnoredAny;

use super::{
    super::Page,
    draft::{Draft, HeaderDraft, Kind, Part},
};
use crate::{
    client::{self, ClientError},
    format::count,
    load::{Load, refused},
    location::History,
    ui::{Button, Choice, Field, IconButton, Select, TextInput, use_unsent},
};

/// Topics that are proposed at once while one is typed.
const PROPOSED_MAX: usize = 50;

/// How the last attempt went.
#[derive(Clone)]
enum Sent {
    Nothing,
    Busy,
    Written { topic: String, at: Written },
    Refused(ClientError),
}

/// The form. It stays open after a record was written, for the next one.
#[component]
pub fn Form(page: Page, draft: Draft, topics: Load<TopicList>) -> impl IntoView {
    let sent = RwSignal::new(Sent::Nothing);
    let unsent = use_unsent();
    Effect::new(move |_| {
        if sent.with(|sent| matches!(sent, Sent::Written { .. })) {
            unsent.sent();
        }
    });
    let wrong = Memo::new(move |_| draft.request().err());
    let busy = move || sent.with(|sent| matches!(sent, Sent::Busy));
    let off = move || wrong.with(Option::is_some) || busy();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send(page, draft, sent);
    };
    // Enter makes a line in a value; with Ctrl it writes the record.
    let enter = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            send(page, draft, sent);
        }
    };
    // Writing begins with the key, unless that is taken as it is.
    let of_key = draft.key.kind.get_untracked().is_written();
    view! {
        <form class="col produce-form" on:submit=submit on:keydown=enter>
            {draft.is_replay().then(|| view! { <Topic draft topics/> })}
            <div class="pair">
                <Field label="Partition">
                    <Partition partition=draft.partition topic=draft.topic topics/>
                </Field>
                <Field label="Compression"><CodecChoice codec=draft.codec/></Field>
            </div>
            <Text label="Key" part=draft.key rows=1 first=of_key/>
            <Text label="Value" part=draft.value rows=8 first=!of_key/>
            <Headers draft/>
            {move || wrong.get().map(|wrong| view! { <p class="hint">{wrong}</p> })}
            <Outcome page sent/>
            <div class="dialog-foot">
                <button
                    class="btn primary"
                    type="submit"
                    disabled=off
                    title="Write it (Ctrl Enter)"
                >
                    {move || if busy() { "Writing…" } else { "Write the record" }}
                </button>
            </div>
        </form>
    }
}

fn send(page: Page, draft: Draft, sent: RwSignal<Sent>) {
    let Ok(request) = untrack(|| draft.request()) else { return };
    if sent.with_untracked(|sent| matches!(sent, Sent::Busy)) {
        return;
    }
    sent.set(Sent::Busy);
    let ((cluster, _), topic) = (page.names.get_value(), draft.topic.get_untracked());
    spawn_local(async move {
        let answer = client::produce::records(&cluster, &topic, &request).await;
        let outcome = match answer.map(|produced| produced.records.first().copied()) {
            Ok(Some(at)) => {
                if page.names.try_with_value(|(_, here)| *here == topic).unwrap_or(false) {
                    page.writing.wrote(1);
                }
                Sent::Written { topic, at }
            }
            Ok(None) => Sent::Nothing,
            Err(error) => Sent::Refused(error),
        };
        sent.try_set(outcome);
    });
}

#[component]
fn Outcome(page: Page, sent: RwSignal<Sent>) -> impl IntoView {
    let here = page.names.with_value(|(_, topic)| topic.clone());
    move || match sent.get() {
        Sent::Nothing | Sent::Busy => ().into_any(),
        Sent::Refused(error) => refused(error).into_any(),
        Sent::Written { topic, at } => {
            let Written { partition, offset } = at;
            let text =
                format!("Written to {topic}, partition {partition}, offset {}.", count(offset));
            let open = (topic == here).then(|| {
                let open = move |_| {
                    page.writing.close();
                    page.open(Some((partition, offset)), History::Push);
                };
                view! { <button type="button" class="link" on:click=open>"Open it"</button> }
            });
            view! { <div class="note good" role="status"><span>{text}</span> {open}</div> }
                .into_any()
        }
    }
}

/// The topic, chosen among all of the cluster's.
#[component]
fn Topic(draft: Draft, topics: Load<TopicList>) -> impl IntoView {
    let proposed = move || {
        let typed = draft.topic.get();
        let list = topics.latest();
        let names = list.iter().flat_map(|list| list.topics.iter().filter(|it| !it.internal));
        let names = names.filter(|it| it.name.contains(&typed)).take(PROPOSED_MAX);
        names.map(|it| view! { <option value=it.name.clone()></option> }).collect_view()
    };
    view! {
        <Field label="Topic">
            <TextInput value=draft.topic attr:list="produce-topics" attr:name="topic"/>
        </Field>
        <datalist id="produce-topics">{proposed}</datalist>
    }
}

/// The partition, or that the key decides.
#[component]
pub fn Partition(
    partition: RwSignal<Option<i32>>,
    #[prop(into)] topic: Signal<String>,
    topics: Load<TopicList>,
) -> impl IntoView {
    let choices = move || {
        let topic = topic.get();
        let count = topics
            .latest()
            .and_then(|list| list.topics.iter().find(|it| it.name == topic).map(|it| it.partitions))
            .unwrap_or_default();
        let mut choices = vec![Choice::new("", "chosen by key")];
        choices.extend((0..count).map(|it| Choice::new(it.to_string(), it.to_string())));
        choices
    };
    let value = move || partition.get().map(|it| it.to_string()).unwrap_or_default();
    view! {
        <Select
            value=Signal::derive(value)
            choices=Signal::derive(choices)
            on_pick=move |picked: String| partition.set(picked.parse().ok())
            label="Partition"
        />
    }
}

/// How batches are packed.
#[component]
pub fn CodecChoice(codec: RwSignal<Codec>) -> impl IntoView {
    let choices = Codec::ALL.map(|codec| Choice::new(codec.name(), codec.name())).to_vec();
    let pick = move |picked: String| {
        codec.set(Codec::ALL.into_iter().find(|it| it.name() == picked).unwrap_or_default());
    };
    view! {
        <Select
            value=Signal::derive(move || codec.get().name().to_owned())
            choices
            on_pick=pick
            label="Compression"
        />
    }
}

/// A key or value: its kind, and its text while there is one.
#[component]
fn Text(
    label: &'static str,
    part: Part,
    rows: u32,
    /// Whether it has the keyboard when the dialog opens.
    first: bool,
) -> impl IntoView {
    let written = Memo::new(move |_| part.kind.get().is_written());
    let hint = move || match part.kind.get() {
        Kind::Null if label == "Value" => "A tombstone: the key has no value any more.",
        Kind::Null => "A record without a key.",
        Kind::Stored => "Taken byte for byte from the record that is there.",
        Kind::Text if rows > 1 => part.text.with(|text| json_hint(text)),
        _ => "",
    };
    let size = if rows > 1 { "input mono grows" } else { "input mono" };
    view! {
        <div class="field">
            <div class="row">
                <span class="label">{label}</span>
                <span class="grow"></span>
                <span class="hint">{hint}</span>
                <KindChoice part label/>
            </div>
            <Show when=move || written.get()>
                <textarea
                    class=size
                    rows=rows.to_string()
                    spellcheck="false"
                    aria-label=label
                    autofocus=first
                    prop:value=part.text
                    on:input=move |event| part.text.set(event_target_value(&event))
                ></textarea>
            </Show>
        </div>
    }
}

/// Whether a text is JSON; most values are, and a slip of the pen should be seen before it is sent.
fn json_hint(text: &str) -> &'static str {
    match text.trim_start().bytes().next() {
        Some(b'{' | b'[') => match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => "valid JSON",
            Err(_) => "not valid JSON; it is sent as text",
        },
        _ => "",
    }
}

#[component]
fn KindChoice(part: Part, label: &'static str) -> impl IntoView {
    let kinds = part.kinds().into_iter();
    let choices: Vec<Choice> = kinds.map(|kind| Choice::new(kind.name(), kind.name())).collect();
    view! {
        <Select
            value=Signal::derive(move || part.kind.get().name().to_owned())
            choices
            on_pick=move |picked: String| part.kind.set(Kind::named(&picked))
            label=format!("{label} is")
        />
    }
}

#[component]
fn Headers(draft: Draft) -> impl IntoView {
    let line = move |header: HeaderDraft| {
        let written = Memo::new(move |_| header.value.kind.get().is_written());
        view! {
            <div class="row header-line">
                <TextInput value=header.key placeholder="name" attr:aria-label="Header name"/>
                <Show when=move || written.get()>
                    <TextInput
                        value=header.value.text
                        placeholder="value"
                        attr:aria-label="Header value"
                    />
                </Show>
                <KindChoice part=header.value label="Header value"/>
                <IconButton
                    icon="x"
                    label="Remove this header"
                    on_press=move |_| draft.remove_header(header.id)
                />
            </div>
        }
    };
    view! {
        <div class="field">
            <div class="row">
                <span class="label">"Headers"</span>
                <span class="grow"></span>
                <Button icon="plus" on_press=move |_| draft.add_header()>"Add a header"</Button>
            </div>
            <For each=move || draft.headers.get() key=|header| header.id children=line/>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::json_hint;

    #[test]
    fn a_slip_of_the_pen_in_json_is_seen_before_it_is_sent() {
        assert_eq!(json_hint(r#" {"a": 1}"#), "valid JSON");
        assert!(json_hint(r#"{"a": 1"#).starts_with("not valid JSON"));
        assert_eq!(json_hint("plain text"), "");
        assert_eq!(json_hint(""), "");
    }
}
