//! What a person takes away from a record: its text, its bytes as a file, its address.

use leptos::{prelude::*, wasm_bindgen::JsCast};
use ouzel_api::messages::{Encoding, Message};
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::{Page, bytes, query::View, value::Part};
use crate::{
    client,
    route::{Route, TopicTab},
};

/// The address that opens a record in anybody's session.
pub fn link(page: Page, (partition, offset): (i32, i64)) -> String {
    let (cluster, topic) = page.names.get_value();
    let path = Route::topic(&cluster, &topic, TopicTab::Messages).path();
    let open = Some((partition, offset));
    let face = page.view.with_untracked(|view| view.face);
    let query = View { open, face, ..View::default() }.write();
    let origin = window().location().origin().unwrap_or_default();
    format!("{origin}{path}?{query}")
}

/// Offers the bytes of a key or value as a file; those that are not here come from the server,
/// whatever their number.
pub async fn download(
    names: (String, String),
    message: &Message,
    part: Part,
) -> Result<(), String> {
    let (cluster, topic) = names;
    let Message { partition, offset, .. } = message;
    let payload = part.of(message);
    let extension = match payload.encoding {
        Encoding::Json => "json",
        Encoding::Text => "txt",
        Encoding::Xml => "xml",
        Encoding::Hex | Encoding::Null => "bin",
    };
    let file = if payload.truncated {
        let record = (*partition, *offset);
        let answer = client::messages::bytes((&cluster, &topic), record, part.name()).await;
        Some(answer.map_err(|error| format!("{}. {}", error.title(), error.message()))?)
    } else {
        file(&bytes::of(payload))
    };
    let which = if part == Part::Key { ".key" } else { "" };
    let name = format!("{topic}-{partition}-{offset}{which}.{extension}");
    let taken = file.and_then(|file| offer(&name, &file));
    taken.ok_or_else(|| "The browser did not take the file.".to_owned())
}

fn file(bytes: &[u8]) -> Option<Blob> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    Blob::new_with_u8_array_sequence(&parts).ok()
}

fn offer(name: &str, file: &Blob) -> Option<()> {
    let address = Url::create_object_url_with_blob(file).ok()?;
    let link: HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser holds the bytes by now; an address that stays costs memory only.
    Url::revoke_object_url(&address).ok();
    Some(())
}
