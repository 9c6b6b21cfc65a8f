//! What a person takes away from a record: its text, its bytes as a file, its address.

use leptos::{prelude::*, wasm_bindgen::JsCast};
use ouzel_api::messages::{Encoding, Message};
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::{Page, bytes, query::View};
use crate::{
    query::Query,
    route::{Route, TopicTab},
};

/// The address that opens a record in anybody's session.
pub fn link(page: Page, (partition, offset): (i32, i64)) -> String {
    let (cluster, topic) = page.names.get_value();
    let path = Route::topic(&cluster, &topic, TopicTab::Messages).path();
    let open = Some((partition, offset));
    let query = View { open, ..View::parse(&Query::default()) }.write();
    let origin = window().location().origin().unwrap_or_default();
    format!("{origin}{path}?{query}")
}

/// Offers the value's bytes as a file.
pub fn download(topic: &str, message: &Message) -> Result<(), &'static str> {
    let extension = match message.value.encoding {
        Encoding::Json => "json",
        Encoding::Text => "txt",
        Encoding::Hex | Encoding::Null => "bin",
    };
    let name = format!("{topic}-{}-{}.{extension}", message.partition, message.offset);
    offer(&name, &bytes::of(&message.value)).ok_or("The browser did not take the file.")
}

fn offer(name: &str, bytes: &[u8]) -> Option<()> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence(&parts).ok()?;
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    let link: HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser holds the bytes by now; an address that stays costs memory only.
    Url::revoke_object_url(&address).ok();
    Some(())
}
