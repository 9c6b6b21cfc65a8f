//! A record as a line of a file, exactly: JSON Lines, or CSV after RFC 4180. Pure.
//!
//! Expects messages of [`super::Purpose::Export`], whose texts are the bytes as stored, or who have
//! them as base64 where they are no UTF-8. Keys of headers are text in Kafka's protocol.

use std::io::Write;

use ouzel_api::{
    messages::{Encoding, Header, Message, Payload, Transaction},
    search::ExportFormat,
};

/// The first line of a CSV file.
const COLUMNS: &str =
    "partition,offset,timestamp_ms,key,key_encoding,value,value_encoding,headers,transaction\r\n";

/// Writes what comes before the first record.
pub fn begin(format: ExportFormat, to: &mut Vec<u8>) {
    if format == ExportFormat::Csv {
        to.extend_from_slice(COLUMNS.as_bytes());
    }
}

/// Writes a record with the end of its line.
pub fn record(format: ExportFormat, message: &Message, to: &mut Vec<u8>) {
    match format {
        ExportFormat::Jsonl => jsonl(message, to),
        ExportFormat::Csv => csv(message, to),
    }
}

fn jsonl(message: &Message, to: &mut Vec<u8>) {
    let Message { partition, offset, timestamp_ms, .. } = message;
    put(
        to,
        format_args!(
            "{{\"partition\":{partition},\"offset\":{offset},\"timestamp_ms\":{timestamp_ms},"
        ),
    );
    field("key", &message.key, to);
    to.push(b',');
    field("value", &message.value, to);
    to.extend_from_slice(b",\"headers\":");
    headers(&message.headers, to);
    if let Some(transaction) = message.transaction {
        put(to, format_args!(",\"transaction\":\"{}\"", name(transaction)));
    }
    to.extend_from_slice(b"}\n");
}

fn headers(headers: &[Header], to: &mut Vec<u8>) {
    to.push(b'[');
    for (index, header) in headers.iter().enumerate() {
        to.extend_from_slice(if index > 0 { b",{\"key\":" } else { b"{\"key\":" });
        string(&header.key, to);
        to.push(b',');
        field("value", &header.value, to);
        to.push(b'}');
    }
    to.push(b']');
}

/// `"name":"text"`, `"name":null` or `"name_base64":"…"`.
fn field(name: &str, payload: &Payload, to: &mut Vec<u8>) {
    match &payload.raw {
        Some(base64) => put(to, format_args!("\"{name}_base64\":\"{base64}\"")),
        None if payload.encoding == Encoding::Null => put(to, format_args!("\"{name}\":null")),
        None => {
            put(to, format_args!("\"{name}\":"));
            string(&payload.text, to);
        }
    }
}

fn string(text: &str, to: &mut Vec<u8>) {
    serde_json::to_writer(to, text).expect("a string is JSON, and memory takes it");
}

fn csv(message: &Message, to: &mut Vec<u8>) {
    let Message { partition, offset, timestamp_ms, .. } = message;
    put(to, format_args!("{partition},{offset},{timestamp_ms},"));
    for payload in [&message.key, &message.value] {
        let (text, encoding) = match &payload.raw {
            Some(base64) => (base64, "base64"),
            None if payload.encoding == Encoding::Null => (&payload.text, "null"),
            None => (&payload.text, "text"),
        };
        quoted(text, to);
        put(to, format_args!(",{encoding},"));
    }
    let mut json = Vec::new();
    headers(&message.headers, &mut json);
    quoted(&String::from_utf8_lossy(&json), to);
    put(to, format_args!(",{}\r\n", message.transaction.map_or("", name)));
}

/// A field of CSV: in quotes if it holds what would end it, quotes in it doubled.
fn quoted(text: &str, to: &mut Vec<u8>) {
    match text.contains(['"', ',', '\r', '\n']) {
        false => to.extend_from_slice(text.as_bytes()),
        true => put(to, format_args!("\"{}\"", text.replace('"', "\"\""))),
    }
}

fn name(transaction: Transaction) -> &'static str {
    match transaction {
        Transaction::Committed => "committed",
        Transaction::Aborted => "aborted",
        Transaction::Open => "open",
    }
}

fn put(to: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    to.write_fmt(text).expect("memory takes it");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::{Value, json};

    use super::*;
    use crate::browse::decode::exact;

    fn message(key: Option<&[u8]>, value: Option<&[u8]>) -> Message {
        let header = |value| Header { key: "h".to_owned(), value: exact(value) };
        Message {
            partition: 3,
            offset: i64::MAX,
            timestamp_ms: 5,
            key: exact(key),
            value: exact(value),
            headers: vec![header(Some(b"\xff")), header(None)],
            ..Message::default()
        }
    }

    fn line(format: ExportFormat, message: &Message) -> String {
        let mut to = Vec::new();
        record(format, message, &mut to);
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn a_line_of_json_gives_back_every_byte() {
        let text = "{\"n\": 1e400,\n \"n\": \"ü\0\"}";
        let line = line(ExportFormat::Jsonl, &message(None, Some(text.as_bytes())));
        assert!(line.ends_with("}\n") && line.matches('\n').count() == 1, "{line}");
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["value"], text);
        assert_eq!((&read["key"], &read["offset"]), (&Value::Null, &json!(i64::MAX)));
        assert_eq!(
            read["headers"],
            json!([
                { "key": "h", "value_base64": "/w==" },
                { "key": "h", "value": null },
            ])
        );
    }

    #[test]
    fn a_line_of_csv_keeps_commas_quotes_and_ends_of_lines() {
        let line = line(ExportFormat::Csv, &message(Some(b"\xff"), Some(b"a,\"b\"\n")));
        let headers =
            r#""[{""key"":""h"",""value_base64"":""/w==""},{""key"":""h"",""value"":null}]""#;
        let wanted =
            format!("3,9223372036854775807,5,/w==,base64,\"a,\"\"b\"\"\n\",text,{headers},\r\n");
        assert_eq!(line, wanted);
        let columns = |line: &str| line.trim_end().split(',').count();
        let plain = self::line(ExportFormat::Csv, &Message::default());
        assert_eq!(columns(&plain), columns(COLUMNS));
        assert!(plain.starts_with("0,0,0,,null,,null,[],"), "{plain}");
    }
}
