//! Format strings, rpk's in their common part: how a record is printed, or read.
//!
//! `%k` key, `%v` value, `%t` topic, `%p` partition, `%o` offset, `%d` time in milliseconds, `%h`
//! headers as `name=value,…`, `%H` how many there are, `%K`, `%V` and `%T` lengths of key, value
//! and topic, `%i` which record it is, counted from 1, `%%`, `%{` and `%}` those characters;
//! `\n`, `\t`, `\r`, `\\`, `\0` and `\xHH` bytes. How they are shaped stands in braces behind them:
//! see [`Shape`].

use crate::cli::moment::Pattern;

/// A part of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// These bytes.
    Text(Vec<u8>),
    /// Something of the record.
    Verb(Verb),
    /// The same, not as it is.
    Shaped(Verb, Shape),
    /// Each header by a format of its own, in which `%k` is its name and `%v` its value.
    EachHeader(Vec<Piece>),
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
    /// How many headers.
    HeaderCount,
    /// Bytes of the key.
    KeyLength,
    /// Bytes of the value.
    ValueLength,
    /// Bytes of the topic's name.
    TopicLength,
    /// Which record it is.
    Number,
}

/// How a text or a number is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Text as `{hex}`.
    Hex,
    /// Text as `{base64}`.
    Base64,
    /// Text as `{base64raw}`: without padding.
    Base64Raw,
    /// A number's last so many hexadecimal digits: `{hex64}` has 16.
    HexDigits(usize),
    /// A number's last so many bytes, the highest first: `{big64}` has 8.
    Big(usize),
    /// A number's last so many bytes, the lowest first: `{little64}` has 8.
    Little(usize),
    /// A time in UTC: `{strftime[%F %T]}`, or `{go[2006-01-02T15:04:05Z07:00]}` in that form only.
    Time(Pattern),
}

/// Go's way of writing RFC 3339.
const GO_RFC3339: &str = "2006-01-02T15:04:05Z07:00";

/// A format that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// A percent sign with something else behind it.
    #[error("`%{0}` is unknown; there are %k %v %t %p %o %d %h %H %K %V %T %i, %%, %{{ and %}}")]
    UnknownVerb(String),
    /// A backslash with something else behind it.
    #[error("`\\{0}` is unknown; there are \\n \\t \\r \\\\ \\0 and \\xHH")]
    UnknownEscape(String),
    /// Braces behind a verb that are not closed.
    #[error("`%{0}{{` has no closing brace; a brace as such is %{{")]
    Open(char),
    /// Braces that hold something else.
    #[error("`%{0}{{{1}}}` is unknown; {2}")]
    UnknownShape(char, String, &'static str),
}

/// Reads a format; neighbouring text is one piece.
pub fn parse(text: &str) -> Result<Vec<Piece>, FormatError> {
    let (mut pieces, mut plain) = (Vec::new(), Vec::new());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '%' => match rest.next() {
                Some(sign @ ('%' | '{' | '}')) => plain.push(sign as u8),
                letter => {
                    let verb = verb(letter)?;
                    push_text(&mut pieces, &mut plain);
                    pieces.push(shaped(verb, letter.unwrap_or_default(), &mut rest)?);
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

fn verb(letter: Option<char>) -> Result<Verb, FormatError> {
    Ok(match letter {
        Some('k') => Verb::Key,
        Some('v') => Verb::Value,
        Some('t') => Verb::Topic,
        Some('p') => Verb::Partition,
        Some('o') => Verb::Offset,
        Some('d') => Verb::Time,
        Some('h') => Verb::Headers,
        Some('H') => Verb::HeaderCount,
        Some('K') => Verb::KeyLength,
        Some('V') => Verb::ValueLength,
        Some('T') => Verb::TopicLength,
        Some('i') => Verb::Number,
        other => return Err(FormatError::UnknownVerb(other.map(String::from).unwrap_or_default())),
    })
}

/// A verb, and what stands in braces behind it.
fn shaped(verb: Verb, letter: char, rest: &mut std::str::Chars<'_>) -> Result<Piece, FormatError> {
    let Some(inside) = braces(letter, rest)? else { return Ok(Piece::Verb(verb)) };
    let wrong = |known| FormatError::UnknownShape(letter, inside.to_owned(), known);
    let shape = match verb {
        Verb::Headers => return header_format(inside, wrong),
        Verb::Key | Verb::Value | Verb::Topic => match inside {
            "hex" => Shape::Hex,
            "base64" => Shape::Base64,
            "base64raw" => Shape::Base64Raw,
            _ => return Err(wrong("texts are hex, base64 or base64raw")),
        },
        _ if inside == "ascii" => return Ok(Piece::Verb(verb)),
        Verb::Time if number(inside).is_none() => Shape::Time(time(inside).ok_or_else(|| {
            wrong("times are strftime[…] of %Y %m %d %H %M %S %F %T %s, or shaped as numbers are")
        })?),
        _ => number(inside).ok_or_else(|| {
            wrong("numbers are ascii, hex4 to hex64, big8 to big64 or little8 to little64")
        })?,
    };
    Ok(Piece::Shaped(verb, shape))
}

/// What stands in braces, with pairs of them inside it; none where there are no braces.
fn braces<'a>(
    letter: char,
    rest: &mut std::str::Chars<'a>,
) -> Result<Option<&'a str>, FormatError> {
    let Some(text) = rest.as_str().strip_prefix('{') else { return Ok(None) };
    let (mut depth, mut is_literal) = (1, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_literal => {}
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            *rest = text[at + 1..].chars();
            return Ok(Some(&text[..at]));
        }
        is_literal = c == '%' && !is_literal;
    }
    Err(FormatError::Open(letter))
}

fn header_format(
    inside: &str,
    wrong: impl Fn(&'static str) -> FormatError,
) -> Result<Piece, FormatError> {
    let pieces = parse(inside)?;
    let is_of_header = |piece: &Piece| match piece {
        Piece::Text(_) => true,
        Piece::Verb(verb) | Piece::Shaped(verb, _) => {
            matches!(verb, Verb::Key | Verb::Value | Verb::KeyLength | Verb::ValueLength)
        }
        Piece::EachHeader(_) => false,
    };
    match pieces.iter().all(is_of_header) {
        true => Ok(Piece::EachHeader(pieces)),
        false => Err(wrong("of a header there are %k %v %K %V")),
    }
}

fn number(inside: &str) -> Option<Shape> {
    let split = inside.find(|c: char| c.is_ascii_digit())?;
    let (kind, bits) = inside.split_at(split);
    match (kind, bits) {
        ("hex", "4") => Some(Shape::HexDigits(1)),
        (_, "8" | "16" | "32" | "64") => {
            let bytes = bits.parse::<usize>().ok()? / 8;
            match kind {
                "hex" => Some(Shape::HexDigits(bytes * 2)),
                "big" => Some(Shape::Big(bytes)),
                "little" => Some(Shape::Little(bytes)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn time(inside: &str) -> Option<Pattern> {
    let of = |kind: &str| inside.strip_prefix(kind)?.strip_prefix('[')?.strip_suffix(']');
    match (of("strftime"), of("go")) {
        (Some(pattern), _) => Pattern::read(pattern).ok(),
        (_, Some(GO_RFC3339)) => Pattern::read("%FT%TZ").ok(),
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{FormatError, Piece, Verb, parse};

    #[test]
    fn wrong_braces_say_what_there_is() {
        for (format, told) in [
            ("%v{hex", "%{"),
            ("%v{big8}", "base64"),
            ("%o{hex}", "hex64"),
            ("%o{big7}", "big8"),
            ("%d{strftime[%Q]}", "strftime"),
            ("%d{go[Monday]}", "strftime"),
            ("%h{%o}", "of a header"),
        ] {
            let error = parse(format).unwrap_err().to_string();
            assert!(error.contains(told), "{format}: {error}");
        }
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
