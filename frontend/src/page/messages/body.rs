//! A key or value as far as it is in the browser: as it came with its row, or every byte of it.
//! Pure.

use ouzel_api::messages::{Encoding, Payload};

use super::bytes;

/// What is here of a key or value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// What the server found it to be.
    pub encoding: Encoding,
    /// Bytes as stored.
    pub size_bytes: u64,
    /// Whether only its beginning is here.
    pub truncated: bool,
    data: Data,
}

/// Invariant: JSON and text as written are held as text, all else as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Data {
    Text(String),
    /// Made of the bytes by a decoder.
    Made(String, Vec<u8>),
    Bytes(Vec<u8>),
}

impl Body {
    /// As it came with its record.
    pub fn of(payload: &Payload) -> Body {
        let data = match payload.encoding {
            _ if payload.raw.is_some() && payload.encoding != Encoding::Hex => {
                Data::Made(payload.text.clone(), bytes::of(payload))
            }
            Encoding::Json | Encoding::Text | Encoding::Xml => Data::Text(payload.text.clone()),
            Encoding::Null | Encoding::Hex => Data::Bytes(bytes::of(payload)),
        };
        let (size_bytes, truncated) = (payload.size_bytes.into(), payload.truncated);
        Body { encoding: payload.encoding, size_bytes, truncated, data }
    }

    /// Every byte of what came cut as `payload`.
    pub fn whole(payload: &Payload, bytes: Vec<u8>) -> Body {
        let size_bytes = bytes.len() as u64;
        let (encoding, data) = match payload.encoding {
            // Only the server can decode them.
            _ if payload.raw.is_some() => (Encoding::Hex, Data::Bytes(bytes)),
            Encoding::Null | Encoding::Hex => (payload.encoding, Data::Bytes(bytes)),
            readable => match String::from_utf8(bytes) {
                Ok(text) => (readable, Data::Text(text)),
                // What stands at that offset is another record by now.
                Err(error) => (Encoding::Hex, Data::Bytes(error.into_bytes())),
            },
        };
        Body { encoding, size_bytes, truncated: false, data }
    }

    /// Its text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) | Data::Made(text, _) => Some(text),
            Data::Bytes(_) => None,
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        match &self.data {
            Data::Text(text) => text.as_bytes(),
            Data::Made(_, bytes) | Data::Bytes(bytes) => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(encoding: Encoding, text: &str) -> Payload {
        let text = text.to_owned();
        Payload { encoding, text, size_bytes: 9, truncated: true, ..Payload::default() }
    }

    #[test]
    fn text_and_bytes_are_the_same_record_cut_or_whole() {
        let cut = Body::of(&payload(Encoding::Hex, "00ff"));
        assert_eq!((cut.text(), cut.bytes(), cut.truncated), (None, &[0, 255][..], true));
        let whole = Body::whole(&payload(Encoding::Hex, "00ff"), vec![0, 255, 7]);
        assert_eq!(
            (whole.bytes(), whole.size_bytes, whole.truncated),
            (&[0, 255, 7][..], 3, false)
        );
        let text = Body::whole(&payload(Encoding::Json, "\"ü"), "\"üx\"".into());
        assert_eq!((text.text(), text.encoding), (Some("\"üx\""), Encoding::Json));
        let other = Body::whole(&payload(Encoding::Text, "a"), vec![0xff]);
        assert_eq!((other.text(), other.encoding), (None, Encoding::Hex));
    }
}
