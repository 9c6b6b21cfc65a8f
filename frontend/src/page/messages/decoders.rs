//! How a topic's keys and values are read: what was chosen last is kept in the browser and used
//! when the topic is opened anew. An address that names decoders wins, and so does whoever goes
//! back to automatic, which forgets.

use leptos::prelude::*;
use ouzel_api::{messages::Decoder, search::Decode};
use serde::{Deserialize, Serialize};

use super::{
    Page,
    options::shown,
    query::{KEY_AS, VALUE_AS},
};
use crate::{location::History, prefs, query::Query};

/// Topics of a cluster whose decoders are kept; the one that was chosen for longest ago goes first.
/// The browser's storage is small, and a choice that old is quickly made again.
const TOPICS_MAX: usize = 300;

/// What was chosen for a topic, by the decoders' names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    topic: String,
    key: String,
    value: String,
}

/// Uses what is kept for the topic, unless the address says how it is to be read. The address says
/// so from then on, as after choosing it.
pub fn apply(page: Page) {
    let query = page.location.query.get_untracked();
    let is_said = query.get(KEY_AS).is_some() || query.get(VALUE_AS).is_some();
    let kept = page.names.with_value(|(cluster, topic)| find(&read(cluster), topic));
    if let Some(kept) = kept.filter(|_| !is_said) {
        page.location.set_query(&named(query, kept), History::Replace);
    }
}

/// Reads the topic in another way, and keeps that.
pub fn choose(page: Page, decode: Decode) {
    page.names.with_value(|(cluster, topic)| {
        let all = with(read(cluster), topic, decode);
        prefs::keep(&place(cluster), &serde_json::to_string(&all).unwrap_or_default());
    });
    page.ask(|asked| asked.decode = decode);
}

/// How the topic is read if not automatically, and the way back.
#[component]
pub fn Reading(page: Page) -> impl IntoView {
    let decode = Memo::new(move |_| page.view.with(|view| view.asked.decode));
    let back = move |_| choose(page, Decode::default());
    let why = "As it was chosen here, and kept in this browser for this topic";
    move || {
        let text = told(decode.get())?;
        Some(view! {
            <span class="row" title=why>
                {text}
                <button type="button" class="link" on:click=back>"Read automatically"</button>
            </span>
        })
    }
}

/// `keys as UUID, values as hex`; none if both are found out.
fn told(decode: Decode) -> Option<String> {
    let sides = [("keys", decode.key), ("values", decode.value)];
    let chosen = sides.iter().filter(|(_, decoder)| *decoder != Decoder::Auto);
    let parts: Vec<String> =
        chosen.map(|(side, decoder)| format!("{side} as {}", shown(*decoder))).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn place(cluster: &str) -> String {
    format!("ouzel.decoders.{cluster}")
}

/// Anybody may have changed what is there; what cannot be read is nothing.
fn read(cluster: &str) -> Vec<Kept> {
    serde_json::from_str(&prefs::read(&place(cluster))).unwrap_or_default()
}

fn find(all: &[Kept], topic: &str) -> Option<Decode> {
    let kept = all.iter().find(|kept| kept.topic == topic)?;
    let decode = Decode { key: Decoder::named(&kept.key)?, value: Decoder::named(&kept.value)? };
    (decode != Decode::default()).then_some(decode)
}

/// The same with this choice as the latest; automatic is no choice.
fn with(mut all: Vec<Kept>, topic: &str, decode: Decode) -> Vec<Kept> {
    all.retain(|kept| kept.topic != topic);
    if decode != Decode::default() {
        let [key, value] = [decode.key, decode.value].map(|decoder| decoder.name().to_owned());
        all.push(Kept { topic: topic.to_owned(), key, value });
    }
    let surplus = all.len().saturating_sub(TOPICS_MAX);
    all.drain(..surplus);
    all
}

/// The address that says so.
fn named(query: Query, decode: Decode) -> Query {
    let sides = [(KEY_AS, decode.key), (VALUE_AS, decode.value)];
    let chosen = sides.into_iter().filter(|(_, decoder)| *decoder != Decoder::Auto);
    chosen.fold(query, |query, (name, decoder)| query.with(name, decoder.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(value: Decoder) -> Decode {
        Decode { value, ..Decode::default() }
    }

    #[test]
    fn a_choice_is_found_again_by_its_topic_until_it_is_automatic() {
        let all = with(Vec::new(), "a", values(Decoder::Hex));
        let all = with(all, "b", values(Decoder::Cbor));
        let all = with(all, "a", values(Decoder::Xml));
        assert_eq!(find(&all, "a"), Some(values(Decoder::Xml)));
        assert_eq!(find(&all, "b"), Some(values(Decoder::Cbor)));
        let all = with(all, "a", Decode::default());
        assert_eq!((find(&all, "a"), all.len()), (None, 1));
    }

    #[test]
    fn the_oldest_choice_makes_room_and_what_makes_no_sense_is_no_choice() {
        let names = (0..=TOPICS_MAX).map(|n| n.to_string());
        let all = names.fold(Vec::new(), |all, name| with(all, &name, values(Decoder::Text)));
        assert_eq!((all.len(), find(&all, "0")), (TOPICS_MAX, None));
        assert!(find(&all, "1").is_some());
        let odd = |value: &str| {
            let (topic, key, value) = ("t".to_owned(), "auto".to_owned(), value.to_owned());
            find(&[Kept { topic, key, value }], "t")
        };
        assert_eq!((odd("avro"), odd("auto")), (None, None));
    }

    #[test]
    fn an_address_keeps_all_else_and_people_are_told_in_words() {
        let query = named(Query::parse("from=oldest&p=1&o=2"), values(Decoder::Hex));
        assert_eq!(query.to_string(), "from=oldest&p=1&o=2&value-as=hex");
        let both = Decode { key: Decoder::Uuid, value: Decoder::Hex };
        assert_eq!(told(both).as_deref(), Some("keys as UUID, values as hex"));
        assert_eq!(told(Decode::default()), None);
    }
}
