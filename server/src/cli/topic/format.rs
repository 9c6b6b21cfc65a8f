//! Format strings, rpk's in their common part: how a record is printed, or read.
//!
//! `%k` key, `%v` value, `%t` topic, `%p` partition, `%o` offset, `%d` (or `%T`) time in
//! milliseconds, `%h` headers as `name=value,…`, `%K` and `%V` lengths of key and value, `%%` a
//! percent sign; `\n`, `\t`, `\r`, `\\`, `\0` and `\xHH` bytes.

/// A part of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// These bytes.
    Text(Vec<u8>),
    /// Something of the record.
    Verb(Verb),
}

/// Something of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// The key.
    Key,
    /// The value.
    Value,
    /// The topic's name.
    Topic,
    /// The partition's number.
    Partition,
    /// The offset.
    Offset,
    /// The time.
    Time,
    /// The headers.
    Headers,
    /// Bytes of the key.
    KeyLength,
    /// Bytes of the value.
    ValueLength,
}

/// A format that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// A percent sign with something else behind it.
    #[error("`%{0}` is unknown; there are %k %v %t %p %o %d %h %K %V and %%")]
    UnknownVerb(String),
    /// A backslash with something else behind it.
    #[error("`\\{0}` is unknown; there are \\n \\t \\r \\\\ \\0 and \\xHH")]
    UnknownEscape(String),
}

/// Reads a format; neighbouring text is one piece.
pub fn parse(text: &str) -> Result<Vec<Piece>, FormatError> {
    let (mut pieces, mut plain) = (Vec::new(), Vec::new());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '%' => match verb(rest.next())? {
                None => plain.push(b'%'),
                Some(verb) => {
                    push_text(&mut pieces, &mut plain);
                    pieces.push(Piece::Verb(verb));
                }
            },
            '\\' => plain.push(escape(&mut rest)?),
            c => plain.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    push_text(&mut pieces, &mut plain);
    Ok(pieces)
}

fn push_text(pieces: &mut Vec<Piece>, plain: &mut Vec<u8>) {
    if !plain.is_empty() {
        pieces.push(Piece::Text(std::mem::take(plain)));
    }
}

/// The verb, or none for a percent sign.
fn verb(letter: Option<char>) -> Result<Option<Verb>, FormatError> {
    Ok(Some(match letter {
        Some('%') => return Ok(None),
        Some('k') => Verb::Key,
        Some('v') => Verb::Value,
        Some('t') => Verb::Topic,
        Some('p') => Verb::Partition,
        Some('o') => Verb::Offset,
        Some('d' | 'T') => Verb::Time,
        Some('h') => Verb::Headers,
        Some('K') => Verb::KeyLength,
        Some('V') => Verb::ValueLength,
        other => return Err(FormatError::UnknownVerb(other.map(String::from).unwrap_or_default())),
    }))
}

fn escape(rest: &mut std::str::Chars<'_>) -> Result<u8, FormatError> {
    let unknown = |text: String| FormatError::UnknownEscape(text);
    Ok(match rest.next() {
        Some('n') => b'\n',
        Some('t') => b'\t',
        Some('r') => b'\r',
        Some('0') => 0,
        Some('\\') => b'\\',
        Some('x') => {
            let hex = rest.as_str().get(..2).unwrap_or(rest.as_str()).to_owned();
            let byte = u8::from_str_radix(&hex, 16).map_err(|_| unknown(format!("x{hex}")))?;
            *rest = rest.as_str()[hex.len()..].chars();
            byte
        }
        other => return Err(unknown(other.map(String::from).unwrap_or_default())),
    })
}

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

/// Appends a record as a format wants it.
pub fn print(pieces: &[Piece], record: &Printed<'_>, out: &mut Vec<u8>) {
    let number = |out: &mut Vec<u8>, number: i64| out.extend(number.to_string().into_bytes());
    let length = |bytes: Option<&[u8]>| bytes.map_or(0, <[u8]>::len) as i64;
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.extend_from_slice(text),
            Piece::Verb(Verb::Key) => out.extend_from_slice(record.key.unwrap_or_default()),
            Piece::Verb(Verb::Value) => out.extend_from_slice(record.value.unwrap_or_default()),
            Piece::Verb(Verb::Topic) => out.extend_from_slice(record.topic.as_bytes()),
            Piece::Verb(Verb::Partition) => number(out, record.partition.into()),
            Piece::Verb(Verb::Offset) => number(out, record.offset),
            Piece::Verb(Verb::Time) => number(out, record.timestamp_ms),
            Piece::Verb(Verb::KeyLength) => number(out, length(record.key)),
            Piece::Verb(Verb::ValueLength) => number(out, length(record.value)),
            Piece::Verb(Verb::Headers) => {
                for (at, (name, value)) in record.headers.iter().enumerate() {
                    out.extend_from_slice(if at > 0 { b"," } else { b"" });
                    out.extend_from_slice(name.as_bytes());
                    out.push(b'=');
                    out.extend_from_slice(value.unwrap_or_default());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{FormatError, Piece, Printed, Verb, parse, print};

    #[test]
    fn verbs_and_escapes_are_printed_in_their_places() {
        let pieces = parse(r"%t/%p@%o %d %k=%v (%K,%V) [%h] 100%%\t\x41\n").unwrap();
        let record = Printed {
            topic: "orders",
            partition: 3,
            offset: 42,
            timestamp_ms: 1_700_000_000_123,
            key: Some(b"k"),
            value: None,
            headers: vec![("a".to_owned(), Some(b"1")), ("b".to_owned(), None)],
        };
        let mut out = Vec::new();
        print(&pieces, &record, &mut out);
        let wanted = "orders/3@42 1700000000123 k= (1,0) [a=1,b=] 100%\tA\n";
        assert_eq!(String::from_utf8(out).unwrap(), wanted);
    }

    #[test]
    fn what_is_unknown_is_named() {
        assert_eq!(parse("%q"), Err(FormatError::UnknownVerb("q".to_owned())));
        assert_eq!(parse("%"), Err(FormatError::UnknownVerb(String::new())));
        assert_eq!(parse(r"\y"), Err(FormatError::UnknownEscape("y".to_owned())));
        assert_eq!(parse(r"\xZZ"), Err(FormatError::UnknownEscape("xZZ".to_owned())));
        let wanted = vec![Piece::Verb(Verb::Key), Piece::Text(b": ".to_vec())];
        assert_eq!(parse("%k: "), Ok(wanted));
    }
}
