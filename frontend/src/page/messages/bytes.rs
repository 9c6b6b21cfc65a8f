//! The bytes behind a payload's text, and how they are shown as hex. Pure.

use ouzel_api::messages::{Encoding, Payload};

/// Bytes on one line of a dump: as many as fit into a drawer beside the table.
pub const LINE_BYTES: usize = 8;

/// The bytes that a payload stands for (as many as it holds, if it was cut).
pub fn of(payload: &Payload) -> Vec<u8> {
    match payload.encoding {
        Encoding::Null => Vec::new(),
        Encoding::Json | Encoding::Text => payload.text.clone().into_bytes(),
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

/// One line of a dump: position, bytes in hex, the same as text with a dot for the unprintable.
pub fn dump_line(bytes: &[u8], line: usize) -> (String, String, String) {
    let from = line * LINE_BYTES;
    let here = &bytes[from.min(bytes.len())..(from + LINE_BYTES).min(bytes.len())];
    let hex = here.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    let shown = |byte: &u8| match byte {
        0x20..=0x7e => char::from(*byte),
        _ => '·',
    };
    (format!("{from:08x}"), hex, here.iter().map(shown).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(encoding: Encoding, text: &str) -> Payload {
        Payload { encoding, text: text.to_owned(), size_bytes: 0, truncated: false }
    }

    #[test]
    fn a_payload_gives_back_its_bytes() {
        assert_eq!(of(&payload(Encoding::Hex, "00ff7f")), [0, 255, 127]);
        assert_eq!(of(&payload(Encoding::Hex, "00f")), [0]);
        assert_eq!(of(&payload(Encoding::Text, "ü")), [0xc3, 0xbc]);
        assert!(of(&payload(Encoding::Null, "")).is_empty());
    }

    #[test]
    fn a_dump_shows_position_bytes_and_text() {
        let bytes = b"01234567\x00Z\xff".to_vec();
        let (at, hex, text) = dump_line(&bytes, 0);
        assert_eq!(at, "00000000");
        assert_eq!(hex, "30 31 32 33 34 35 36 37");
        assert_eq!(text, "01234567");
        let line = dump_line(&bytes, 1);
        assert_eq!(line, ("00000008".to_owned(), "00 5a ff".to_owned(), "·Z·".to_owned()));
        assert_eq!(dump_line(&bytes, 2).1, "");
    }
}
