//! A record as a format wants it.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD},
};

use super::format::{Piece, Shape, Verb};

/// A record to be printed.
#[derive(Debug, Clone)]
pub struct Printed<'a> {
    /// The topic's name.
    pub topic: &'a str,
    /// The partition's number.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
    /// The time.
    pub timestamp_ms: i64,
    /// The key.
    pub key: Option<&'a [u8]>,
    /// The value.
    pub value: Option<&'a [u8]>,
    /// The headers.
    pub headers: Vec<(String, Option<&'a [u8]>)>,
}

/// What a verb stands for.
enum Field<'a> {
    Text(&'a [u8]),
    Number(i64),
    Headers,
}

impl Printed<'_> {
    fn field(&self, verb: Verb, number: u64) -> Field<'_> {
        let length = |bytes: Option<&[u8]>| bytes.map_or(0, <[u8]>::len) as i64;
        match verb {
            Verb::Key => Field::Text(self.key.unwrap_or_default()),
            Verb::Value => Field::Text(self.value.unwrap_or_default()),
            Verb::Topic => Field::Text(self.topic.as_bytes()),
            Verb::Partition => Field::Number(self.partition.into()),
            Verb::Offset => Field::Number(self.offset),
            Verb::Time => Field::Number(self.timestamp_ms),
            Verb::HeaderCount => Field::Number(self.headers.len() as i64),
            Verb::KeyLength => Field::Number(length(self.key)),
            Verb::ValueLength => Field::Number(length(self.value)),
            Verb::TopicLength => Field::Number(self.topic.len() as i64),
            Verb::Number => Field::Number(i64::try_from(number).unwrap_or(i64::MAX)),
            Verb::Headers => Field::Headers,
        }
    }

    /// A header as a record of its own, whose key is the header's name.
    fn of_header<'b>(&'b self, name: &'b str, value: Option<&'b [u8]>) -> Printed<'b> {
        let Printed { topic, partition, offset, timestamp_ms, .. } = *self;
        let (key, headers) = (Some(name.as_bytes()), Vec::new());
        Printed { topic, partition, offset, timestamp_ms, key, value, headers }
    }
}

/// Appends a record, the `number`th, as a format wants it.
pub fn print(pieces: &[Piece], record: &Printed<'_>, number: u64, out: &mut Vec<u8>) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.extend_from_slice(text),
            Piece::Verb(verb) => match record.field(*verb, number) {
                Field::Text(text) => out.extend_from_slice(text),
                Field::Number(number) => out.extend(number.to_string().into_bytes()),
                Field::Headers => print_headers(record, out),
            },
            Piece::Shaped(verb, shape) => match record.field(*verb, number) {
                Field::Text(text) => out.extend(text_as(text, shape).into_bytes()),
                Field::Number(number) => number_as(number, shape, out),
                Field::Headers => {}
            },
            Piece::EachHeader(pieces) => {
                for (name, value) in &record.headers {
                    print(pieces, &record.of_header(name, *value), number, out);
                }
            }
        }
    }
}

fn print_headers(record: &Printed<'_>, out: &mut Vec<u8>) {
    for (at, (name, value)) in record.headers.iter().enumerate() {
        out.extend_from_slice(if at > 0 { b"," } else { b"" });
        out.extend_from_slice(name.as_bytes());
        out.push(b'=');
        out.extend_from_slice(value.unwrap_or_default());
    }
}

fn text_as(text: &[u8], shape: &Shape) -> String {
    match shape {
        Shape::Base64 => BASE64_STANDARD.encode(text),
        Shape::Base64Raw => BASE64_STANDARD_NO_PAD.encode(text),
        _ => text.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn number_as(number: i64, shape: &Shape, out: &mut Vec<u8>) {
    match shape {
        Shape::HexDigits(count) => {
            let digits = format!("{number:016x}");
            out.extend_from_slice(&digits.as_bytes()[digits.len() - count..]);
        }
        Shape::Big(count) => out.extend_from_slice(&number.to_be_bytes()[8 - count..]),
        Shape::Little(count) => out.extend_from_slice(&number.to_le_bytes()[..*count]),
        Shape::Time(pattern) => out.extend(pattern.print(number).into_bytes()),
        Shape::Hex | Shape::Base64 | Shape::Base64Raw => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::format::parse, Printed, print};

    fn record() -> Printed<'static> {
        Printed {
            topic: "orders",
            partition: 3,
            offset: 42,
            timestamp_ms: 1_700_000_000_123,
            key: Some(b"k"),
            value: None,
            headers: vec![("a".to_owned(), Some(b"1")), ("b".to_owned(), None)],
        }
    }

    fn printed(format: &str) -> Vec<u8> {
        let mut out = Vec::new();
        print(&parse(format).unwrap(), &record(), 7, &mut out);
        out
    }

    fn text(format: &str) -> String {
        String::from_utf8(printed(format)).unwrap()
    }

    #[test]
    fn verbs_and_escapes_are_printed_in_their_places() {
        let printed = text(r"%t/%p@%o %d %k=%v (%K,%V) [%h] 100%%\t\x41\n");
        assert_eq!(printed, "orders/3@42 1700000000123 k= (1,0) [a=1,b=] 100%\tA\n");
        assert_eq!(text("%i: %H %T %{%}"), "7: 2 6 {}", "rpk's %T is how long the topic's name is");
    }

    #[test]
    fn braces_shape_texts_numbers_times_and_headers() {
        assert_eq!(text("%k{hex} %t{base64} %k{base64raw}"), "6b b3JkZXJz aw");
        assert_eq!(text("%o{hex64} %o{hex8} %o{hex4} %o{ascii}"), "000000000000002a 2a a 42");
        assert_eq!(printed("%o{big16}%o{little32}%o{big8}"), [0, 42, 42, 0, 0, 0, 42]);
        assert_eq!(text("%d{strftime[%F %T]}"), "2023-11-14 22:13:20");
        assert_eq!(text("%d{go[2006-01-02T15:04:05Z07:00]}"), "2023-11-14T22:13:20Z");
        assert_eq!(text("%h{%k:%v{hex}%{%};}"), "a:31{};b:{};");
    }
}
