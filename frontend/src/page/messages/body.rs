//! A key or value as far as it is in the browser: as it came with its row, or every byte of it.
//! Pure.

use ouzel_api::messages::{Encoding, Payload};

use super::bytes;

/// What is here of a key or value.
///
/// Invariant: it has a text unless it is null or binary; it has bytes of its own unless its text is
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// What the server found it to be.
    pub encoding: Encoding,
    /// Bytes as stored.
    pub size_bytes: u64,
    /// Whether only its beginning is here.
    pub truncated: bool,
    text: Option<String>,
    raw: Option<Vec<u8>>,
}

impl Body {
    /// As it came with its record.
    pub fn of(payload: &Payload) -> Body {
        let binary = matches!(payload.encoding, Encoding::Null | Encoding::Hex);
        Body {
            encoding: payload.encoding,
            size_bytes: payload.size_bytes.into(),
            truncated: payload.truncated,
            text: (!binary).then(|| payload.text.clone()),
            raw: (binary || payload.raw.is_some()).then(|| bytes::of(payload)),
        }
    }

    /// Every byte of what came cut as `payload`. What a decoder made of other bytes is made on the
    /// server alone; of such a payload only the bytes are shown.
    pub fn whole(payload: &Payload, bytes: Vec<u8>) -> Body {
        let size_bytes = bytes.len() as u64;
        let binary = matches!(payload.encoding, Encoding::Null | Encoding::Hex);
        let text = match binary || payload.raw.is_some() {
            true => Err(bytes),
            // Otherwise what stands at that offset is another record by now.
            false => String::from_utf8(bytes).map_err(std::string::FromUtf8Error::into_bytes),
        };
        let (encoding, text, raw) = match text {
            Ok(text) => (payload.encoding, Some(text), None),
            Err(bytes) => (Encoding::Hex, None, Some(bytes)),
        };
        Body { encoding, size_bytes, truncated: false, text, raw }
    }

    /// Its text, if it is one.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Its bytes as stored.
    pub fn bytes(&self) -> &[u8] {
        match (&self.raw, &self.text) {
            (Some(raw), _) => raw,
            (None, Some(text)) => text.as_bytes(),
            (None, None) => &[],
        }
    }

    /// What a person reads and looks for something in: its text, else its bytes.
    pub fn legible(&self) -> &[u8] {
        match &self.text {
            Some(text) => text.as_bytes(),
            None => self.bytes(),
        }
    }

    /// Whether its text is what a decoder made of its bytes.
    pub fn is_decoded(&self) -> bool {
        self.text.is_some() && self.raw.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(encoding: Encoding, text: &str) -> Payload {
        let (text, size_bytes) = (text.to_owned(), 9);
        Payload { encoding, text, size_bytes, truncated: true, ..Payload::default() }
    }

    #[test]
    fn text_and_bytes_are_the_same_record_cut_or_whole() {
        let cut = Body::of(&payload(Encoding::Hex, "00ff"));
        assert_eq!((cut.text(), cut.bytes(), cut.truncated), (None, &[0, 255][..], true));
        let whole = Body::whole(&payload(Encoding::Hex, "00ff"), vec![0, 255, 7]);
        assert_eq!((whole.bytes(), whole.size_bytes), (&[0, 255, 7][..], 3));
        let text = Body::whole(&payload(Encoding::Json, "\"ü"), "\"üx\"".into());
        assert_eq!((text.text(), text.encoding), (Some("\"üx\""), Encoding::Json));
        let other = Body::whole(&payload(Encoding::Text, "a"), vec![0xff]);
        assert_eq!((other.text(), other.encoding), (None, Encoding::Hex));
    }

    #[test]
    fn what_was_decoded_has_a_text_and_bytes_of_its_own() {
        let raw = Some("gaFhAQ==".to_owned());
        let decoded = Body::of(&Payload { raw, ..payload(Encoding::Json, "{\"a\":1}") });
        assert_eq!((decoded.legible(), decoded.is_decoded()), (&b"{\"a\":1}"[..], true));
        assert_eq!(decoded.bytes(), [0x81, 0xa1, 0x61, 0x01]);
    }
}
