//! Bytes of a key, value or header as something a person can read.
//!
//! Owns the choice between JSON, text and hex and the cut after a preview's length. The text is
//! what was written, digit for digit; nothing is parsed into numbers and printed again.

use ouzel_api::messages::{Encoding, Payload};

use super::json;

/// Shows `bytes`, cut after `bytes_max` of them; `None` is a tombstone or a missing key.
pub fn payload(bytes: Option<&[u8]>, bytes_max: usize) -> Payload {
    let Some(bytes) = bytes else {
        let text = String::new();
        return Payload { encoding: Encoding::Null, text, size_bytes: 0, truncated: false };
    };
    let size_bytes = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let (encoding, text) = match readable(bytes) {
        Some((encoding, text)) => {
            (encoding, text[..text.floor_char_boundary(bytes_max)].to_owned())
        }
        None => (Encoding::Hex, hex(&bytes[..bytes.len().min(bytes_max)])),
    };
    Payload { encoding, text, size_bytes, truncated: bytes.len() > bytes_max }
}

fn readable(bytes: &[u8]) -> Option<(Encoding, &str)> {
    let text = std::str::from_utf8(bytes).ok()?;
    if json::check(text).is_ok() {
        return Some((Encoding::Json, text));
    }
    let legible = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    text.chars().all(legible).then_some((Encoding::Text, text))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Encoding, payload};

    fn shown(bytes: &[u8]) -> (Encoding, String) {
        let payload = payload(Some(bytes), 1_000);
        assert!(!payload.truncated);
        (payload.encoding, payload.text)
    }

    #[test]
    fn json_stays_as_written_to_the_last_digit() {
        let text = r#"{ "id": 9007199254740993, "sum": 0.10, "big": 1e400 }"#;
        assert_eq!(shown(text.as_bytes()), (Encoding::Json, text.to_owned()));
        assert_eq!(shown(b"42").0, Encoding::Json);
    }

    #[test]
    fn what_is_not_json_is_text_and_what_is_not_text_is_hex() {
        assert_eq!(shown("grüße\n".as_bytes()), (Encoding::Text, "grüße\n".to_owned()));
        assert_eq!(shown(b""), (Encoding::Text, String::new()));
        assert_eq!(shown(b"\x00\x01\xfe"), (Encoding::Hex, "0001fe".to_owned()));
        assert_eq!(shown(b"a\x00b"), (Encoding::Hex, "610062".to_owned()));
    }

    #[test]
    fn null_and_empty_are_not_the_same() {
        assert_eq!(payload(None, 10).encoding, Encoding::Null);
        assert_eq!(payload(Some(b""), 10).encoding, Encoding::Text);
    }

    #[test]
    fn a_cut_falls_between_characters_and_keeps_the_true_size() {
        let cut = payload(Some("\"ääää\"".as_bytes()), 4);
        assert_eq!((cut.encoding, cut.text.as_str()), (Encoding::Json, "\"ä"));
        assert_eq!((cut.size_bytes, cut.truncated), (10, true));
        assert_eq!(payload(Some(&[0xff; 9]), 4).text, "ffffffff");
    }
}
