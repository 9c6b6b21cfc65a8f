//! CSV as RFC 4180 has it, read strictly: the libraries take a quote that never closes, or text
//! behind a closing quote, for what it might have meant, and here that would be written.
//!
//! A field without anything is null, and `""` is empty: CSV has no other way to tell them apart,
//! unless a column beside it says which it is, as in an export.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use ouzel_api::produce::BrokenLine;

use super::{Incoming, broken, jsonl};

/// What the names of a first row begin with that are headers.
const HEADER: &str = "header.";

/// The columns that a first row can name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    Key,
    KeyBase64,
    /// `text`, `base64` or `null`.
    KeyEncoding,
    Value,
    ValueBase64,
    ValueEncoding,
    Partition,
    Timestamp,
    Header(String),
    /// All headers, as a list in JSON.
    Headers,
    /// An export says where a record lay; that is passed over.
    Elsewhere,
}

impl Column {
    fn parse(name: &str) -> Option<Column> {
        Some(match name {
            "key" => Column::Key,
            "key_base64" => Column::KeyBase64,
            "key_encoding" => Column::KeyEncoding,
            "value" => Column::Value,
            "value_base64" => Column::ValueBase64,
            "value_encoding" => Column::ValueEncoding,
            "headers" => Column::Headers,
            "partition" => Column::Partition,
            "timestamp_ms" => Column::Timestamp,
            "topic" | "offset" | "transaction" => Column::Elsewhere,
            _ => Column::Header(name.strip_prefix(HEADER)?.to_owned()),
        })
    }
}

/// The records of a text, after its first row of names.
pub fn records(bytes: &[u8]) -> impl Iterator<Item = Result<Incoming, BrokenLine>> + Send + '_ {
    let mut rows = Rows { rest: bytes, line: 1, ended: false };
    let columns = first_row(&mut rows);
    let mut wrong = columns.as_ref().err().cloned();
    let columns = columns.unwrap_or_default();
    std::iter::from_fn(move || {
        if let Some(wrong) = wrong.take() {
            rows.ended = true;
            return Some(Err(wrong));
        }
        Some(match rows.next()? {
            Ok(row) => record(&columns, row),
            Err(broken) => Err(broken),
        })
    })
}

fn first_row(rows: &mut Rows) -> Result<Vec<Column>, BrokenLine> {
    let Some(row) = rows.next().transpose()? else { return Ok(Vec::new()) };
    let column = |field: &Field| {
        let name = field.text(row.line)?;
        Column::parse(name.trim()).ok_or_else(|| {
            let known = "key, value, partition, timestamp_ms, header.NAME, headers, key_base64, \
                         value_base64, key_encoding, value_encoding";
            broken(row.line, format!("`{name}` is no column; the first row names: {known}"))
        })
    };
    let columns = row.fields.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    let twice = columns.iter().enumerate().find(|(at, column)| {
        !matches!(column, Column::Header(_) | Column::Elsewhere) && columns[..*at].contains(column)
    });
    match twice {
        Some((at, _)) => Err(broken(row.line, format!("column {} is named twice", at + 1))),
        None => Ok(columns),
    }
}

fn record(columns: &[Column], row: Row) -> Result<Incoming, BrokenLine> {
    let line = row.line;
    if row.fields.len() != columns.len() {
        let (has, wanted) = (row.fields.len(), columns.len());
        return Err(broken(line, format!("it has {has} fields; the first row names {wanted}")));
    }
    fill(columns, &row).map_err(|reason| broken(line, reason))
}

fn fill(columns: &[Column], row: &Row) -> Result<Incoming, String> {
    let mut record = Incoming { line: row.line, ..Incoming::default() };
    let (mut key, mut value) = (Side::default(), Side::default());
    for (column, field) in columns.iter().zip(&row.fields) {
        let bytes = field.bytes();
        match (column, bytes) {
            (Column::Key, bytes) => key.plain = bytes,
            (Column::KeyBase64, bytes) => key.base64 = bytes,
            (Column::KeyEncoding, bytes) => key.encoding = bytes,
            (Column::Value, bytes) => value.plain = bytes,
            (Column::ValueBase64, bytes) => value.base64 = bytes,
            (Column::ValueEncoding, bytes) => value.encoding = bytes,
            (Column::Header(name), bytes) => {
                record.headers.push((name.clone(), bytes.map(Cow::into_owned)));
            }
            (Column::Partition, Some(bytes)) => record.partition = Some(number(&bytes)?),
            (Column::Timestamp, Some(bytes)) => record.timestamp_ms = Some(number(&bytes)?),
            (Column::Headers, Some(bytes)) => record.headers.extend(jsonl::headers(&bytes)?),
            (Column::Partition | Column::Timestamp | Column::Headers, None) => {}
            (Column::Elsewhere, _) => {}
        }
    }
    record.key = key.bytes().map_err(|reason| format!("key: {reason}"))?;
    record.value = value.bytes().map_err(|reason| format!("value: {reason}"))?;
    Ok(record)
}

/// What the columns of a key or value say of it.
#[derive(Default)]
struct Side<'a> {
    plain: Option<Cow<'a, [u8]>>,
    base64: Option<Cow<'a, [u8]>>,
    encoding: Option<Cow<'a, [u8]>>,
}

impl Side<'_> {
    fn bytes(self) -> Result<Option<Vec<u8>>, String> {
        let plain = self.plain.map(Cow::into_owned);
        match (self.encoding.as_deref(), self.base64) {
            (None, None) => Ok(plain),
            (None, Some(base64)) if plain.is_none() => decoded(&base64).map(Some),
            (_, Some(_)) => Err("it is there as text and as base64".to_owned()),
            (Some(b"null"), None) => Ok(None),
            (Some(b"text"), None) => Ok(Some(plain.unwrap_or_default())),
            (Some(b"base64"), None) => decoded(&plain.unwrap_or_default()).map(Some),
            (Some(other), None) => {
                let other = String::from_utf8_lossy(other);
                Err(format!("`{other}` is no encoding; it is text, base64 or null"))
            }
        }
    }
}

fn decoded(bytes: &[u8]) -> Result<Vec<u8>, String> {
    BASE64.decode(bytes).map_err(|error| format!("not base64: {error}"))
}

fn number<N: std::str::FromStr>(bytes: &[u8]) -> Result<N, String> {
    let text = String::from_utf8_lossy(bytes);
    text.trim().parse().map_err(|_| format!("`{text}` is no whole number, or too large"))
}

/// A row, and the line it begins on.
struct Row<'a> {
    line: u64,
    fields: Vec<Field<'a>>,
}

/// What stands between two commas, with its quotes.
struct Field<'a>(&'a [u8]);

impl<'a> Field<'a> {
    /// What it means; nothing at all is null.
    fn bytes(&self) -> Option<Cow<'a, [u8]>> {
        let Some(inside) = self.0.strip_prefix(b"\"") else {
            return (!self.0.is_empty()).then_some(Cow::Borrowed(self.0));
        };
        let inside = inside.strip_suffix(b"\"").unwrap_or(inside);
        if !inside.contains(&b'"') {
            return Some(Cow::Borrowed(inside));
        }
        let mut out = Vec::with_capacity(inside.len());
        let mut doubled = false;
        for byte in inside {
            doubled = *byte == b'"' && !doubled;
            if !doubled {
                out.push(*byte);
            }
        }
        Some(Cow::Owned(out))
    }

    fn text(&self, line: u64) -> Result<String, BrokenLine> {
        let bytes = self.bytes().unwrap_or_default().into_owned();
        String::from_utf8(bytes).map_err(|_| broken(line, "a name is not UTF-8"))
    }
}

/// Cuts a text into rows.
struct Rows<'a> {
    rest: &'a [u8],
    line: u64,
    ended: bool,
}

impl<'a> Rows<'a> {
    fn next(&mut self) -> Option<Result<Row<'a>, BrokenLine>> {
        while let Some(rest) = empty_line(self.rest) {
            self.rest = rest;
            self.line += 1;
        }
        if self.rest.is_empty() || self.ended {
            return None;
        }
        let mut row = Row { line: self.line, fields: Vec::new() };
        loop {
            match self.field() {
                Ok((field, is_last)) => {
                    row.fields.push(field);
                    if is_last {
                        return Some(Ok(row));
                    }
                }
                Err(reason) => {
                    // Where the next row begins, nobody can say.
                    self.ended = true;
                    return Some(Err(broken(row.line, reason)));
                }
            }
        }
    }

    /// The next field, and whether it ends the row.
    fn field(&mut self) -> Result<(Field<'a>, bool), &'static str> {
        let length = match self.rest.first() {
            Some(b'"') => quoted(self.rest)?,
            _ => {
                let end = |byte: &u8| matches!(byte, b',' | b'\n' | b'\r' | b'"');
                self.rest.iter().position(end).unwrap_or(self.rest.len())
            }
        };
        let (field, behind) = self.rest.split_at(length);
        let lines = field.iter().filter(|byte| **byte == b'\n').count() as u64;
        let (is_last, skip) = match behind {
            [] => (true, 0),
            [b',', ..] => (false, 1),
            [b'\n', ..] => (true, 1),
            [b'\r', b'\n', ..] => (true, 2),
            [b'\r'] => (true, 1),
            [b'"', ..] => return Err("a quote stands inside a field that does not begin with one"),
            _ if field.starts_with(b"\"") => return Err("text stands behind a closing quote"),
            _ => return Err("a line ends in a carriage return alone"),
        };
        self.rest = &behind[skip..];
        self.line += lines + u64::from(is_last);
        Ok((Field(field), is_last))
    }
}

/// What is behind an empty line at the beginning of `bytes`.
fn empty_line(bytes: &[u8]) -> Option<&[u8]> {
    bytes.strip_prefix(b"\n").or_else(|| bytes.strip_prefix(b"\r\n"))
}

/// Bytes of a field in quotes, both included.
fn quoted(bytes: &[u8]) -> Result<usize, &'static str> {
    let mut at = 1;
    loop {
        let Some(quote) = bytes[at..].iter().position(|byte| *byte == b'"') else {
            return Err("a quote opens a field and is never closed");
        };
        at += quote + 1;
        match bytes.get(at) {
            Some(b'"') => at += 1,
            _ => return Ok(at),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn all(text: &str) -> Vec<Result<Incoming, BrokenLine>> {
        records(text.as_bytes()).collect()
    }

    #[test]
    fn quotes_commas_and_lines_inside_a_field_are_part_of_it() {
        let text = "key,value,partition,timestamp_ms,header.trace\r\n\
                    a,\"x,\"\"y\"\"\r\nz\",2,1700000000000,t1\r\n\n,\"\",,,\n";
        let read: Vec<_> = all(text).into_iter().map(Result::unwrap).collect();
        let some = |text: &str| Some(text.as_bytes().to_vec());
        let first = Incoming {
            line: 2,
            partition: Some(2),
            timestamp_ms: Some(1_700_000_000_000),
            key: some("a"),
            value: some("x,\"y\"\r\nz"),
            headers: vec![("trace".to_owned(), some("t1"))],
        };
        let headers = vec![("trace".to_owned(), None)];
        let second = Incoming { line: 5, value: some(""), headers, ..Incoming::default() };
        assert_eq!(read, [first, second]);
    }

    #[test]
    fn nothing_is_null_and_quotes_around_nothing_are_empty() {
        let read = all("value_base64,key\n,\"\"\nAP8=,\n");
        let read: Vec<_> = read.into_iter().map(Result::unwrap).collect();
        assert_eq!((read[0].value.clone(), read[0].key.clone()), (None, Some(Vec::new())));
        assert_eq!((read[1].value.clone(), read[1].key.clone()), (Some(vec![0, 255]), None));
    }

    #[test]
    fn what_an_export_wrote_is_read_back() {
        let text = "partition,offset,timestamp_ms,key,key_encoding,value,value_encoding,headers,\
                    transaction\r\n\
                    3,7,5,,text,AP8=,base64,\"[{\"\"key\"\":\"\"h\"\",\"\"value\"\":null}]\",\r\n\
                    3,8,5,,null,,null,[],committed\r\n";
        let read: Vec<_> = all(text).into_iter().map(Result::unwrap).collect();
        assert_eq!((read[0].partition, read[0].timestamp_ms), (Some(3), Some(5)));
        assert_eq!(
            (read[0].key.clone(), read[0].value.clone()),
            (Some(vec![]), Some(vec![0, 255]))
        );
        assert_eq!(read[0].headers, [("h".to_owned(), None)]);
        assert_eq!((read[1].key.clone(), read[1].value.clone()), (None, None));
        let wrong = all("value,value_encoding\nx,rot13\n").remove(0).unwrap_err();
        assert!(wrong.reason.contains("`rot13` is no encoding"), "{}", wrong.reason);
    }

    #[test]
    fn a_broken_row_is_named_and_those_behind_it_are_still_read() {
        let read = all("key,value\na,b\nc\nd,e\n");
        assert!(read[0].is_ok() && read[2].is_ok() && read.len() == 3);
        let wrong = read[1].clone().unwrap_err();
        assert_eq!((wrong.line, wrong.reason.contains("1 fields")), (3, true), "{wrong:?}");
    }

    #[test]
    fn what_is_no_csv_is_refused_where_it_stops_being_one() {
        for (text, line, wanted) in [
            ("value\n\"open\nto the end\n", 2, "never closed"),
            ("value\n\"a\"b\n", 2, "behind a closing quote"),
            ("value\na\"b\n", 2, "inside a field"),
            ("value\na\rb\n", 2, "carriage return"),
            ("name\nx\n", 1, "`name` is no column"),
            ("value,value\nx,y\n", 1, "named twice"),
            ("value,value_base64\nx,eA==\n", 2, "as text and as base64"),
            ("partition\nx\n", 2, "no whole number"),
            ("value_base64\n?\n", 2, "not base64"),
        ] {
            let read = all(text);
            let wrong = read.first().unwrap().clone().unwrap_err();
            assert_eq!(wrong.line, line, "{text}");
            assert!(wrong.reason.contains(wanted), "{text}: {}", wrong.reason);
            assert_eq!(read.len(), 1, "{text}");
        }
        assert!(all("").is_empty() && all("key,value\n").is_empty());
    }
}
