//! A record as it is being written, and the request it becomes. What is typed stays as text until
//! it is sent.

use leptos::prelude::*;
use ouzel_api::{
    messages::{Encoding, Header, Message, Payload},
    produce::{Codec, Content, NewHeader, NewRecord, Origin, Produce},
};

/// Bytes of a binary part up to which it can be edited, as hex; a longer one is taken as it is
/// stored.
const HEX_BYTES_MAX: usize = 64 * 1024;

/// How the text of a part is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// There is none.
    Null,
    /// Its UTF-8 bytes.
    Text,
    /// Two digits a byte.
    Hex,
    /// Base64.
    Base64,
    /// As it is stored in the record that is written once more.
    Stored,
}

impl Kind {
    /// All of them.
    const ALL: [Kind; 5] = [Kind::Text, Kind::Null, Kind::Hex, Kind::Base64, Kind::Stored];

    /// Its name in the form.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Text => "text",
            Kind::Hex => "hex",
            Kind::Base64 => "base64",
            Kind::Stored => "as stored",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Kind {
        Kind::ALL.into_iter().find(|kind| kind.name() == name).unwrap_or(Kind::Text)
    }

    /// Whether there is a text to be written.
    pub fn is_written(self) -> bool {
        !matches!(self, Kind::Null | Kind::Stored)
    }
}

/// A key, a value, or a header's value. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// How the text is meant.
    pub kind: RwSignal<Kind>,
    /// What is typed.
    pub text: RwSignal<String>,
    /// Whether it can be taken as it is stored.
    pub has_stored: bool,
}

impl Part {
    fn new(kind: Kind, text: &str, has_stored: bool) -> Part {
        Part { kind: RwSignal::new(kind), text: RwSignal::new(text.to_owned()), has_stored }
    }

    /// As the record has it.
    fn of(payload: &Payload) -> Part {
        let size = payload.size_bytes as usize;
        match payload.encoding {
            Encoding::Null => Part::new(Kind::Null, "", true),
            // The text of what was decoded is not what is stored.
            _ if payload.truncated || payload.raw.is_some() => Part::new(Kind::Stored, "", true),
            Encoding::Hex if size > HEX_BYTES_MAX => Part::new(Kind::Stored, "", true),
            Encoding::Hex => Part::new(Kind::Hex, &payload.text, true),
            Encoding::Json | Encoding::Text | Encoding::Xml => {
                Part::new(Kind::Text, &payload.text, true)
            }
        }
    }

    /// The kinds to choose from.
    pub fn kinds(self) -> Vec<Kind> {
        let possible = |kind: &Kind| *kind != Kind::Stored || self.has_stored;
        Kind::ALL.into_iter().filter(possible).collect()
    }

    /// What is sent; the error says what is wrong. Reactive.
    pub fn content(self) -> Result<Option<Content>, String> {
        let text = || self.text.get();
        Ok(Some(match self.kind.get() {
            Kind::Null => return Ok(None),
            Kind::Stored => Content::Stored,
            Kind::Text => Content::Text(text()),
            Kind::Hex => Content::Hex(self.text.with(|text| checked_hex(text))?),
            Kind::Base64 => Content::Base64(self.text.with(|text| checked_base64(text))?),
        }))
    }
}

/// The digits without white space.
fn checked_hex(text: &str) -> Result<String, String> {
    let digits: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    match digits.chars().find(|c| !c.is_ascii_hexdigit()) {
        Some(wrong) => Err(format!("“{wrong}” is no hexadecimal digit")),
        None if digits.len() % 2 == 1 => Err("An odd number of digits".to_owned()),
        None => Ok(digits),
    }
}

fn checked_base64(text: &str) -> Result<String, String> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let digits = text.trim_end_matches('=');
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    match digits.chars().all(legal)
        && text.len().is_multiple_of(4)
        && text.len() - digits.len() <= 2
    {
        true => Ok(text),
        false => Err("This is not base64 with its padding".to_owned()),
    }
}

/// One header being written.
#[derive(Debug, Clone, Copy)]
pub struct HeaderDraft {
    /// Tells it from the others.
    pub id: u32,
    /// Its name.
    pub key: RwSignal<String>,
    /// Its value.
    pub value: Part,
}

/// A record being written. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Draft {
    /// Where to.
    pub topic: RwSignal<String>,
    /// `None` chooses by key.
    pub partition: RwSignal<Option<i32>>,
    /// How its batch is packed.
    pub codec: RwSignal<Codec>,
    /// Its key.
    pub key: Part,
    /// Its value.
    pub value: Part,
    /// Its headers.
    pub headers: RwSignal<Vec<HeaderDraft>>,
    next_id: StoredValue<u32>,
    origin: StoredValue<Option<Origin>>,
    /// Why it cannot be written at all.
    pub refused: StoredValue<Option<String>>,
}

impl Draft {
    /// An empty one.
    pub fn new(topic: &str) -> Draft {
        Draft {
            topic: RwSignal::new(topic.to_owned()),
            partition: RwSignal::new(None),
            codec: RwSignal::new(Codec::None),
            key: Part::new(Kind::Text, "", false),
            value: Part::new(Kind::Text, "", false),
            headers: RwSignal::new(Vec::new()),
            next_id: StoredValue::new(0),
            origin: StoredValue::new(None),
            refused: StoredValue::new(None),
        }
    }

    /// A record that is there, to be edited and written once more.
    pub fn replay(topic: &str, message: &Message) -> Draft {
        let draft = Draft::new(topic);
        let origin = Origin {
            topic: topic.to_owned(),
            partition: message.partition,
            offset: message.offset,
        };
        draft.origin.set_value(Some(origin));
        for Header { key, value } in &message.headers {
            if value.truncated {
                let reason = format!("The header “{key}” is longer than can be edited here.");
                draft.refused.set_value(Some(reason));
            }
            let part = match &value.raw {
                Some(base64) => Part::new(Kind::Base64, base64, false),
                None => Part { has_stored: false, ..Part::of(value) },
            };
            draft.push_header(key, part);
        }
        Draft { key: Part::of(&message.key), value: Part::of(&message.value), ..draft }
    }

    /// Adds a header.
    pub fn add_header(self) {
        self.push_header("", Part::new(Kind::Text, "", false));
    }

    fn push_header(self, key: &str, value: Part) {
        let id = self.next_id.try_update_value(|id| std::mem::replace(id, *id + 1));
        let header =
            HeaderDraft { id: id.unwrap_or_default(), key: RwSignal::new(key.to_owned()), value };
        self.headers.update(|headers| headers.push(header));
    }

    /// Takes a header away.
    pub fn remove_header(self, id: u32) {
        self.headers.update(|headers| headers.retain(|header| header.id != id));
    }

    /// The request, or what is wrong; reactive.
    pub fn request(self) -> Result<Produce, String> {
        if let Some(reason) = self.refused.get_value() {
            return Err(reason);
        }
        if self.topic.with(String::is_empty) {
            return Err("Name the topic.".to_owned());
        }
        let header = |header: HeaderDraft| {
            let key = header.key.get();
            let value = header.value.content();
            let value = value.map_err(|wrong| format!("Header “{key}”: {wrong}."))?;
            Ok(NewHeader { key, value })
        };
        let headers = self.headers.get().into_iter().map(header);
        let record = NewRecord {
            partition: self.partition.get(),
            timestamp_ms: None,
            key: self.key.content().map_err(|wrong| format!("Key: {wrong}."))?,
            value: self.value.content().map_err(|wrong| format!("Value: {wrong}."))?,
            headers: headers.collect::<Result<_, String>>()?,
        };
        let origin = self.origin.get_value();
        Ok(Produce { records: vec![record], codec: self.codec.get(), origin })
    }

    /// Whether it writes a record once more.
    pub fn is_replay(self) -> bool {
        self.origin.with_value(Option::is_some)
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, checked_base64, checked_hex};

    #[test]
    fn digits_are_checked_before_they_are_sent() {
        assert_eq!(checked_hex("00 fF\n7a"), Ok("00fF7a".to_owned()));
        assert!(checked_hex("0").is_err() && checked_hex("0x00").is_err());
        assert_eq!(checked_base64("AP8=\n"), Ok("AP8=".to_owned()));
        for wrong in ["AP8", "A===", "?P8=", "AP=8"] {
            assert!(checked_base64(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), kind);
        }
    }
}
