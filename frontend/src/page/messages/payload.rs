//! A key or value in the drawer: how it is shown, what is looked for in it, and the rest of what
//! came cut.

use std::sync::Arc;

use leptos::{ev, prelude::*, task::spawn_local};
use ouzel_api::messages::{Decoder, Encoding, Message, Payload};

use super::{
    Page,
    find::Find,
    options,
    record::Record,
    value::{Marked, Part, Style, Value},
};
use crate::{
    format::bytes,
    ui::{IconButton, Note, TextInput, use_toasts},
};

/// What a part of the record is shown with. Cheap to copy.
#[derive(Clone, Copy)]
struct Shelf {
    record: Record,
    part: Part,
    style: RwSignal<Style>,
    find: Find,
}

#[component]
fn PayloadOf(
    page: Page,
    message: Arc<Message>,
    record: Record,
    part: Part,
    style: RwSignal<Style>,
) -> impl IntoView {
    let body = Memo::new(move |_| record.body(part));
    let find = Find::within(body);
    let matched = page.marks.with_untracked(|marks| match part {
        Part::Key => marks.in_key(&message.key),
        Part::Value => marks.in_value(&message.value),
    });
    let shelf = Shelf { record, part, style, find };
    let marked = Marked::new(find, matched);
    let value = move || body.get().map(|body| view! { <Value body style marked/> });
    let encoding = part.of(&message).encoding;
    view! {
        {part_head(shelf, encoding)}
        {reading(part.of(&message))}
        {move || {
            let cut = body.with(|body| body.as_ref().is_some_and(|body| body.truncated));
            let message = message.clone();
            cut.then(|| view! { <Cut message record part/> })
        }}
        {value}
    }
}

/// A key or value, with what can be done while it is read.
pub fn payload(
    page: Page,
    message: Arc<Message>,
    record: Record,
    part: Part,
    style: RwSignal<Style>,
) -> AnyView {
    view! { <PayloadOf page message record part style/> }.into_any()
}

/// How it is shown, what is looked for in it, and how large it is.
fn part_head(shelf: Shelf, encoding: Encoding) -> impl IntoView {
    let Shelf { record, part, style, .. } = shelf;
    let styles = Style::of(encoding);
    let button = move |own: Style| {
        let wished = move || (style.get() == own).to_string();
        let wish = move |_| style.set(own);
        view! { <button type="button" aria-pressed=wished on:click=wish>{own.name()}</button> }
    };
    let choice = (styles.len() > 1).then(|| {
        view! { <span class="segments">{styles.iter().copied().map(button).collect_view()}</span> }
    });
    let size = move || {
        let size = record.body(part).map(|body| body.size_bytes).unwrap_or_default();
        bytes(size)
    };
    view! {
        <div class="part-head">
            {choice}
            {(encoding != Encoding::Null).then(|| view! { <FindBox find=shelf.find/> })}
            <span class="grow"></span>
            <span class="dim">{size}</span>
        </div>
    }
}

/// How a part was read, and what was tried before.
fn reading(payload: &Payload) -> Option<impl IntoView + use<>> {
    if payload.decoder == Decoder::Auto {
        return None;
    }
    let tried = payload.tried.iter().map(|tried| {
        let (name, reason) = (options::shown(tried.decoder), tried.reason.clone());
        view! { <li><b>{name}</b> ": " {reason}</li> }
    });
    let tried = tried.collect_view();
    let any = !payload.tried.is_empty();
    let name = options::shown(payload.decoder);
    let tried = any.then(|| {
        view! {
            <details class="tried">
                <summary>"What was tried before"</summary>
                <ul>{tried}</ul>
            </details>
        }
    });
    Some(view! { <div class="reading-line dim">"Read as " {name} {tried}</div> })
}

/// A box that looks for a text in what is shown; Enter goes on, Shift Enter back.
#[component]
fn FindBox(find: Find) -> impl IntoView {
    let key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            find.step(if event.shift_key() { -1 } else { 1 });
        }
        "Escape" if !find.wanted.with_untracked(String::is_empty) => {
            event.prevent_default();
            event.stop_propagation();
            find.wanted.set(String::new());
        }
        _ => {}
    };
    let found = move || {
        find.count().map(|count| {
            view! {
                <span class="dim" role="status">{count}</span>
                <IconButton
                    icon="chevron-up"
                    label="Place before (Shift Enter)"
                    on_press=move |_| find.step(-1)
                />
                <IconButton
                    icon="chevron-down"
                    label="Next place (Enter)"
                    on_press=move |_| find.step(1)
                />
            }
        })
    };
    view! {
        <span class="find" role="search">
            <TextInput
                value=find.wanted
                placeholder="Find"
                attr:aria-label="Find in this record"
                attr:data-find=""
                on_keydown=key
            />
            {found}
        </span>
    }
}

/// Says that only the beginning is here, and gets the rest.
#[component]
fn Cut(message: Arc<Message>, record: Record, part: Part) -> impl IntoView {
    let toasts = use_toasts();
    let payload = part.of(&message);
    let here = match payload.encoding {
        Encoding::Hex => payload.text.len() / 2,
        _ => payload.text.len(),
    };
    let (here, all) = (bytes(here as u64), bytes(payload.size_bytes.into()));
    let busy = move || record.fetching.get() == record.id.get();
    let load = move |_| {
        let message = message.clone();
        spawn_local(async move {
            if let Err(reason) = record.whole_body(message, part).await {
                toasts.bad(reason);
            }
        });
    };
    let rest = move || match busy() {
        true => view! { <span class="dim">"Loading the rest…"</span> }.into_any(),
        false => view! {
            <button type="button" class="link" on:click=load.clone()>"Load all of it"</button>
        }
        .into_any(),
    };
    view! {
        <Note>
            <span>{format!("The first {here} of {all}.")}</span>
            {rest}
        </Note>
    }
}
