//! The bytes behind a payload's text, and how they are shown as hex. Pure.

use ouzel_api::messages::{Encoding, Payload};

/// Bytes on one line of a dump: as many as fit into a drawer beside the table.
pub const LINE_BYTES: usize = 8;

/// The same where there is room for a line of the usual length.
pub const LINE_BYTES_WIDE: usize = 16;

/// The bytes that a payload stands for (as many as it holds, if it was cut).
pub fn of(payload: &Payload) -> Vec<u8> {
    if let Some(raw) = &payload.raw {
        return unbase64(raw);
    }
    match payload.encoding {
        Encoding::Null => Vec::new(),
        Encoding::Json | Encoding::Text | Encoding::Xml => payload.text.clone().into_bytes(),
        Encoding::Hex => unhex(&payload.text),
    }
}

/// Undoes lower-case hex; what is no pair of digits ends it.
fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map_while(pair).collect()
}

/// Undoes base64 with its padding; what is no letter of it ends it.
pub fn unbase64(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for four in text.as_bytes().chunks(4) {
        let values: Vec<u32> = four.iter().map_while(|byte| Some(value(*byte)?.into())).collect();
        let bits = values.iter().fold(0, |bits, value| bits << 6 | value);
        let bits = bits << (6 * (4 - values.len()));
        bytes.extend(&bits.to_be_bytes()[1..1 + values.len() * 6 / 8]);
    }
    bytes
}

/// Bytes as base64 with its padding.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |at: usize| u32::from(three.get(at).copied().unwrap_or_default());
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for letter in 0..4 {
            let value = bits >> (18 - 6 * letter) & 63;
            text.push(match letter <= three.len() {
                true => char::from(LETTERS[value as usize]),
                false => '=',
            });
        }
    }
    text
}

/// Bytes as a dump shows them: in hex, and as text with a dot for the unprintable.
pub fn dumped(bytes: &[u8]) -> (String, String) {
    let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    let shown = |byte: &u8| match byte {
        0x20..=0x7e => char::from(*byte),
        _ => '·',
    };
    (hex, bytes.iter().map(shown).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(encoding: Encoding, text: &str) -> Payload {
        Payload { encoding, text: text.to_owned(), ..Payload::default() }
    }

    #[test]
    fn a_payload_gives_back_its_bytes() {
        assert_eq!(of(&payload(Encoding::Hex, "00ff7f")), [0, 255, 127]);
        assert_eq!(of(&payload(Encoding::Hex, "00f")), [0]);
        assert_eq!(of(&payload(Encoding::Text, "ü")), [0xc3, 0xbc]);
        assert!(of(&payload(Encoding::Null, "")).is_empty());
        for (raw, bytes) in
            [("", &b""[..]), ("/w==", b"\xff"), ("AP8=", b"\0\xff"), ("AAEC", b"\0\x01\x02")]
        {
            let raw = Some(raw.to_owned());
            assert_eq!(of(&Payload { raw, ..payload(Encoding::Json, "{}") }), bytes);
        }
    }

    #[test]
    fn a_dump_shows_bytes_and_text() {
        let (hex, text) = dumped(b"01\x00Z\xff");
        assert_eq!((hex.as_str(), text.as_str()), ("30 31 00 5a ff", "01·Z·"));
        assert_eq!(dumped(b""), (String::new(), String::new()));
    }

    #[test]
    fn what_is_written_as_base64_is_read_back() {
        assert_eq!(base64(b""), "");
        assert_eq!(base64(&[0xff]), "/w==");
        assert_eq!(base64(b"\0\0\0*"), "AAAAKg==");
        for length in 0..20_u8 {
            let bytes: Vec<u8> = (0..length).map(|n| n.wrapping_mul(37) ^ 0xa5).collect();
            assert_eq!(unbase64(&base64(&bytes)), bytes);
        }
    }
}
