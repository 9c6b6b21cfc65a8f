//! What can be done with the record that is open: taken away, shared, written once more, and left
//! for the next one with its key.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local, wasm_bindgen::JsCast};
use ouzel_api::{
    messages::{Encoding, Message},
    session::Permission,
};
use web_sys::HtmlElement;

use super::{
    Page,
    body::Body,
    bytes, keys,
    produce::{self, Purpose},
    query::Writes,
    record::{Record, Shown},
    same_key::{self, SameKey},
    save,
    to_group::ToGroup,
    value::Part,
};
use crate::{
    session::{Place, use_session},
    ui::{Button, Icon, Menu, MenuItem, Toasts, copy_text, use_toasts},
};

/// What can be done with a record. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Acts {
    page: Page,
    record: Record,
    same_key: SameKey,
    to_group: RwSignal<Option<(i32, i64)>>,
    toasts: Toasts,
}

/// The acts, at the foot of the drawer.
pub fn foot(acts: Acts, part: Part) -> impl IntoView {
    let Shown::Ready(message) = acts.record.shown.get() else { return ().into_any() };
    let id = (message.partition, message.offset);
    let null = part.of(&message).encoding == Encoding::Null;
    let none = null.then(|| format!("The record has no {}", part.name()));
    let (of_copy, of_file) = (message.clone(), message.clone());
    let copy = move |_| acts.copy(of_copy.clone(), part);
    let save = move |_| acts.save(of_file.clone(), part);
    view! {
        <Button icon="copy" off=none.clone() on_press=copy>"Copy " {part.name()}</Button>
        <Button icon="download" off=none on_press=save>"Download"</Button>
        <Button icon="link" on_press=move |_| acts.share(id)>"Share"</Button>
        <span class="grow"></span>
        {more(acts, message)}
    }
    .into_any()
}

/// The acts that are wanted less often.
fn more(acts: Acts, message: Arc<Message>) -> impl IntoView {
    let page = acts.page;
    let refusal = produce::refusal(page);
    let no_search = same_key::filter(&message.key).err().map(str::to_owned);
    let no_key =
        (message.key.encoding == Encoding::Null).then(|| "The record has no key".to_owned());
    let off = Signal::derive(move || refusal.get().or_else(|| no_key.clone()));
    let id = (message.partition, message.offset);
    let message = StoredValue::new(message);
    let seek = move || acts.same_key.begin(message.get_value());
    let replay = move || acts.replay();
    let session = use_session();
    let no_reset = Signal::derive(move || {
        let cluster = page.names.try_with_value(|(cluster, _)| cluster.clone());
        session.refusal_at(Permission::ResetOffsets, &Place { cluster, resource: None })
    });
    let reset = move || acts.to_group.set(Some(id));
    let tombstone = move || page.writing.begin(Purpose::Tombstone(message.get_value()));
    let looks = move || match acts.same_key.looks.get() {
        true => view! { <span class="dim">"Looking…"</span> }.into_any(),
        false => view! { <Icon name="ellipsis"/> }.into_any(),
    };
    view! {
        <div class="above">
            <Menu label="More acts on this record" face=looks>
                <MenuItem on_pick=seek off=no_search.clone()>
                    <Icon name="chevron-right"/>
                    "Next with the same key"
                </MenuItem>
                <MenuItem on_pick=reset off=no_reset>
                    <Icon name="users"/>
                    "Reset a group to this record…"
                </MenuItem>
                <MenuItem on_pick=replay off=refusal>
                    <Icon name="repeat"/>
                    "Edit and write once more…"
                </MenuItem>
                <MenuItem on_pick=tombstone off=off>
                    <Icon name="ban"/>
                    "Write a tombstone for the key…"
                </MenuItem>
            </Menu>
        </div>
    }
}

impl Acts {
    /// On the record that is open.
    pub fn new(page: Page, record: Record) -> Acts {
        let (same_key, to_group) = (SameKey::new(page), RwSignal::new(None));
        Acts { page, record, same_key, to_group, toasts: use_toasts() }
    }

    /// What the acts ask before they go on.
    pub fn dialogs(self) -> impl IntoView {
        view! { <ToGroup page=self.page record=self.to_group/> }
    }

    /// Its keys, while the drawer is there.
    pub fn listen(self) {
        let refusal = produce::refusal(self.page);
        keys::on_letter(move |key| {
            let Some(Shown::Ready(message)) = self.record.shown.try_get_untracked() else {
                return false;
            };
            match key {
                "s" if same_key::filter(&message.key).is_ok() => self.same_key.begin(message),
                "e" if refusal.get_untracked().is_none() => self.replay(),
                "f" => return focus_find(),
                _ => return false,
            }
            true
        });
    }

    /// The address says that it is written once more, and the dialog follows.
    fn replay(self) {
        self.page.begin_to_write(Some(Writes::Again));
    }

    /// Opens the dialog for the open record, once it is there, while the address says so.
    pub fn replay_what_the_address_asks(self) {
        let (page, refusal) = (self.page, produce::refusal(self.page));
        let asked = Memo::new(move |_| {
            let asked = page.view.with(|view| view.writes == Some(Writes::Again));
            let Shown::Ready(message) = self.record.shown.get() else { return None };
            (asked && refusal.with(Option::is_none)).then_some(message)
        });
        Effect::new(move |_| {
            let Some(message) = asked.get().filter(|_| !untrack(|| page.writing.is_open())) else {
                return;
            };
            spawn_local(async move {
                let purpose = Purpose::Replay(self.editable(message).await);
                page.writing.begin(purpose);
            });
        });
    }

    fn copy(self, message: Arc<Message>, part: Part) {
        let Acts { record, toasts, .. } = self;
        spawn_local(async move {
            match record.whole_body(message, part).await {
                Err(error) => toasts.bad(error),
                Ok(body) => match copy_text(&as_text(&body)).await {
                    Ok(()) => toasts.good(format!("The {} was copied.", part.name())),
                    Err(reason) => toasts.bad(reason),
                },
            }
        });
    }

    fn save(self, message: Arc<Message>, part: Part) {
        let names = self.page.names.get_value();
        spawn_local(async move {
            if let Err(error) = save::download(names, &message, part).await {
                self.toasts.bad(error);
            }
        });
    }

    fn share(self, id: (i32, i64)) {
        let link = save::link(self.page, id);
        spawn_local(async move {
            match copy_text(&link).await {
                Ok(()) => self.toasts.good("The link to this record was copied."),
                Err(reason) => self.toasts.bad(reason),
            }
        });
    }

    /// The record with as much of it as can be edited; rows may hold only its beginning.
    async fn editable(self, message: Arc<Message>) -> Arc<Message> {
        match is_cut(&message) {
            // Without an answer it is taken as it is stored.
            true => {
                let id = (message.partition, message.offset);
                self.record.whole(id).await.unwrap_or(message)
            }
            false => message,
        }
    }
}

/// Whether some of it is not here.
fn is_cut(message: &Message) -> bool {
    let headers = message.headers.iter().map(|header| &header.value);
    [&message.key, &message.value].into_iter().chain(headers).any(|part| part.truncated)
}

/// Whether there is a box to look for something in the record; it gets the keyboard.
fn focus_find() -> bool {
    let found = document().query_selector(".drawer [data-find]").ok().flatten();
    let field = found.and_then(|field| field.dyn_into::<HtmlElement>().ok());
    field.is_some_and(|field| field.focus().is_ok())
}

/// What the clipboard gets: bytes that are no text as hex.
fn as_text(body: &Body) -> String {
    match body.text() {
        Some(text) => text.to_owned(),
        None => bytes::dumped(body.bytes()).0.replace(' ', ""),
    }
}

#[cfg(test)]
mod tests {
    use ouzel_api::messages::{Header, Message, Payload};

    use super::is_cut;

    #[test]
    fn a_header_that_is_cut_is_fetched_as_a_key_or_value_is() {
        let part = |truncated| Payload { truncated, ..Payload::default() };
        let header = |truncated| Header { key: "h".to_owned(), value: part(truncated) };
        let headers = vec![header(false), header(true)];
        assert!(is_cut(&Message { headers, ..Message::default() }));
        assert!(is_cut(&Message { value: part(true), ..Message::default() }));
        assert!(!is_cut(&Message { headers: vec![header(false)], ..Message::default() }));
    }
}
