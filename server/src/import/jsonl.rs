//! A line of JSON as a record. What the value is stays as it was written, digit for digit.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use ouzel_api::produce::BrokenLine;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{HeaderList, Incoming, broken};

/// A line. What an export writes beside these says where a record lay, and is passed over; any
/// other name is a misspelling, and would lose what it holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow, default)]
    key: Option<&'a RawValue>,
    #[serde(default)]
    key_base64: Option<String>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
    #[serde(default)]
    value_base64: Option<String>,
    #[serde(borrow, default)]
    headers: Headers<'a>,
    #[serde(default)]
    partition: Option<i32>,
    #[serde(default)]
    timestamp_ms: Option<i64>,
    #[serde(borrow, default, rename = "topic")]
    _topic: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "offset")]
    _offset: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "transaction")]
    _transaction: Option<&'a RawValue>,
}

/// Headers in the order in which they stand; names may repeat.
#[derive(Default)]
struct Headers<'a>(Vec<Header<'a>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    key: String,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
    #[serde(default)]
    value_base64: Option<String>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Headers<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Headers<'a>, D::Error> {
        deserializer.deserialize_any(HeadersVisitor)
    }
}

struct HeadersVisitor;

impl<'de> Visitor<'de> for HeadersVisitor {
    type Value = Headers<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("headers as an object, or as a list of objects with `key` and `value`")
    }

    fn visit_unit<E>(self) -> Result<Headers<'de>, E> {
        Ok(Headers::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Headers<'de>, A::Error> {
        let mut headers = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, Option<&'de RawValue>>()? {
            headers.push(Header { key, value, value_base64: None });
        }
        Ok(Headers(headers))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(
        self,
        mut list: A,
    ) -> Result<Headers<'de>, A::Error> {
        let mut headers = Vec::new();
        while let Some(header) = list.next_element()? {
            headers.push(header);
        }
        Ok(Headers(headers))
    }
}

/// The record on a line.
pub fn record(number: u64, line: &[u8]) -> Result<Incoming, BrokenLine> {
    read(number, line).map_err(|reason| broken(number, reason))
}

fn read(number: u64, line: &[u8]) -> Result<Incoming, String> {
    // A list in the order of our fields would be read as a record, too.
    if !line.trim_ascii_start().starts_with(b"{") {
        return Err("an object is expected, at column 1".to_owned());
    }
    let read: Line = serde_json::from_slice(line).map_err(|error| without_line(&error))?;
    Ok(Incoming {
        line: number,
        partition: read.partition,
        timestamp_ms: read.timestamp_ms,
        key: bytes(read.key, read.key_base64.as_deref()).map_err(|it| format!("key: {it}"))?,
        value: bytes(read.value, read.value_base64.as_deref())
            .map_err(|it| format!("value: {it}"))?,
        headers: read.headers.in_bytes()?,
    })
}

/// Headers as an export writes them into a field of CSV.
pub fn headers(text: &[u8]) -> Result<HeaderList, String> {
    let read: Headers = serde_json::from_slice(text).map_err(|error| without_line(&error))?;
    read.in_bytes()
}

impl Headers<'_> {
    fn in_bytes(self) -> Result<HeaderList, String> {
        let header = |header: Header| {
            let named = |reason| format!("header `{}`: {reason}", header.key);
            let value = bytes(header.value, header.value_base64.as_deref()).map_err(named)?;
            Ok((header.key, value))
        };
        self.0.into_iter().map(header).collect()
    }
}

/// What serde says, with the column alone: each line is a text of its own to it.
fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place) {
        Some(text) => format!("{text} at column {}", error.column()),
        None => text,
    }
}

fn bytes(json: Option<&RawValue>, base64: Option<&str>) -> Result<Option<Vec<u8>>, String> {
    match (json.map(RawValue::get), base64) {
        (Some(_), Some(_)) => Err("it is there as JSON and as base64".to_owned()),
        (None, Some(base64)) => {
            BASE64.decode(base64).map(Some).map_err(|error| format!("not base64: {error}"))
        }
        (Some(text), None) if text.starts_with('"') => {
            let text: String = serde_json::from_str(text).map_err(|error| without_line(&error))?;
            Ok(Some(text.into_bytes()))
        }
        (Some(text), None) => Ok(Some(text.as_bytes().to_vec())),
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn text(bytes: Option<Vec<u8>>) -> Option<String> {
        bytes.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_value_keeps_every_digit_and_a_string_is_its_text() {
        let line = br#"{"key":"a\"b","value":{"n": 9007199254740993, "x":0.10},"partition":3}"#;
        let read = record(7, line).unwrap();
        assert_eq!((read.line, read.partition), (7, Some(3)));
        assert_eq!(text(read.key).as_deref(), Some("a\"b"));
        assert_eq!(text(read.value).as_deref(), Some(r#"{"n": 9007199254740993, "x":0.10}"#));
        let read = record(1, br#"{"key_base64":"AP8=","value":null}"#).unwrap();
        assert_eq!((read.key, read.value), (Some(vec![0, 255]), None));
    }

    #[test]
    fn headers_are_an_object_or_a_list_and_may_repeat() {
        let as_object = record(1, br#"{"value":"x","headers":{"a":"1","a":"2","n":null}}"#);
        let as_list = record(
            1,
            br#"{"value":"x","headers":[{"key":"a","value":"1"},{"key":"a","value_base64":"Mg=="},
                {"key":"n"}]}"#,
        );
        let (one, two) = (as_object.unwrap(), as_list.unwrap());
        assert_eq!(one, two);
        let some = |text: &str| Some(text.as_bytes().to_vec());
        let wanted = [("a", some("1")), ("a", some("2")), ("n", None)];
        assert_eq!(one.headers, wanted.map(|(key, value)| (key.to_owned(), value)));
    }

    #[test]
    fn what_is_no_record_is_named_with_its_column() {
        for (line, wanted) in [
            (r#"{"value": }"#, "at column"),
            (r#"{"vaule":"x"}"#, "unknown field `vaule`"),
            (r#"{"value":"x"} {"#, "trailing characters at column"),
            (r#"{"value":1,"value_base64":""}"#, "value: it is there as JSON and as base64"),
            (r#"{"key_base64":"?"}"#, "key: not base64"),
            (r#"{"headers":7}"#, "headers as an object"),
            (r#"{"partition":99999999999}"#, "at column"),
            ("[1]", "at column"),
        ] {
            let reason = record(70_001, line.as_bytes()).unwrap_err();
            assert_eq!(reason.line, 70_001);
            assert!(reason.reason.contains(wanted), "{line}: {}", reason.reason);
            assert!(!reason.reason.contains("line 1"), "{line}: {}", reason.reason);
        }
    }
}
