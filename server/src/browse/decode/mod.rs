//! Bytes of a key, value or header as something a person can read, and as JSON for field filters.
//!
//! Owns the choice of a decoder, what is told about those that did not fit, and the cut after a
//! preview's length. Text is what was written, digit for digit; numbers of other formats are
//! written with all their digits. Nothing passes through a float that is none. Start at
//! [`Decoding`].

mod cbor;
mod messagepack;
mod offsets;
mod out;
mod taken;
mod xml;

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};
use out::Out;
use ouzel_api::{
    messages::{Decoder, Encoding, Payload, Tried},
    search::{Decode, Side},
};

use super::json::{self, NotJson};

/// Longest key of a map that is not text, as text: numbers and a few bytes.
const KEY_BYTES_MAX: usize = 1024;

/// Why bytes are not what a decoder reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Not JSON.
    #[error(transparent)]
    Json(#[from] NotJson),
    /// Something else belongs there.
    #[error("{expected} expected at byte {at}")]
    At {
        /// Where the decoder stopped.
        at: usize,
        /// What would have fitted.
        expected: &'static str,
    },
    /// The decoder says it in words.
    #[error("{reason}")]
    Because {
        /// Where the decoder stopped, as far as it tells.
        at: usize,
        /// What it says.
        reason: String,
    },
    /// The number of bytes is wrong.
    #[error("{length} bytes are not {wanted}")]
    Length {
        /// So many there are.
        length: usize,
        /// So many it takes.
        wanted: usize,
    },
    /// It could be that, but nothing speaks for it.
    #[error("{0}")]
    Unlikely(&'static str),
}

/// How the records of a search are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decoding {
    /// As people chose.
    decode: Decode,
    /// Whether the topic is `__consumer_offsets`.
    of_offsets: bool,
}

/// What a decoder made of bytes.
struct Readable<'a> {
    encoding: Encoding,
    text: Cow<'a, str>,
    is_cut: bool,
}

impl Decoding {
    /// For the records of this topic.
    pub fn new(topic: &str, decode: Decode) -> Decoding {
        Decoding { decode, of_offsets: topic == offsets::TOPIC }
    }

    /// The decoder of one side.
    pub fn chosen(&self, side: Side) -> Decoder {
        match side {
            Side::Key => self.decode.key,
            Side::Value => self.decode.value,
        }
    }

    /// Shows a key, cut after `bytes_max` bytes.
    pub fn key(&self, key: Option<&[u8]>, bytes_max: usize) -> Payload {
        let input = Input { side: Side::Key, key, of_offsets: self.of_offsets };
        payload(self.decode.key, key, &input, bytes_max)
    }

    /// Shows the value of a record with this key, cut after `bytes_max` bytes.
    pub fn value(&self, key: Option<&[u8]>, value: Option<&[u8]>, bytes_max: usize) -> Payload {
        let input = Input { side: Side::Value, key, of_offsets: self.of_offsets };
        payload(self.decode.value, value, &input, bytes_max)
    }

    /// Whether the text of one side is its bytes wherever those are text.
    pub fn keeps_text(&self, side: Side) -> bool {
        let chosen = self.chosen(side);
        let as_is = [Decoder::Auto, Decoder::Json, Decoder::Text, Decoder::Xml];
        as_is.contains(&chosen) && !self.of_offsets
    }

    /// The whole text that filters compare: of text the bytes themselves, of other formats what
    /// the decoder makes of them.
    pub fn text<'a>(
        &self,
        side: Side,
        key: Option<&'a [u8]>,
        bytes: &'a [u8],
    ) -> Result<Cow<'a, str>, Unfit> {
        self.typed_text(side, key, bytes).map(|(text, _)| text)
    }

    /// The same, and whether it is, or may be, JSON.
    pub fn typed_text<'a>(
        &self,
        side: Side,
        key: Option<&'a [u8]>,
        bytes: &'a [u8],
    ) -> Result<(Cow<'a, str>, bool), Unfit> {
        let chosen = self.chosen(side);
        if self.keeps_text(side)
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            let may_be_json = matches!(chosen, Decoder::Auto | Decoder::Json);
            return Ok((Cow::Borrowed(text), may_be_json));
        }
        let input = Input { side, key, of_offsets: self.of_offsets };
        let readable = match chosen {
            Decoder::Auto => guess(bytes, &input, usize::MAX, &mut |_, _| ()).1,
            decoder => read(decoder, bytes, &input, usize::MAX)?,
        };
        let is_json = matches!(readable.encoding, Encoding::Json);
        Ok((readable.text, is_json))
    }
}

/// What a decoder may want to know beside the bytes.
struct Input<'a> {
    side: Side,
    key: Option<&'a [u8]>,
    of_offsets: bool,
}

/// A header's value, or anything else of which nothing is known.
pub fn plain(bytes: Option<&[u8]>, bytes_max: usize) -> Payload {
    let input = Input { side: Side::Value, key: None, of_offsets: false };
    payload(Decoder::Auto, bytes, &input, bytes_max)
}

/// Bytes exactly: as text if they are UTF-8, else only as base64 in `raw`.
pub fn exact(bytes: Option<&[u8]>) -> Payload {
    let Some(bytes) = bytes else { return Payload::default() };
    let size_bytes = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    match std::str::from_utf8(bytes) {
        Ok(text) => Payload {
            encoding: Encoding::Text,
            decoder: Decoder::Text,
            text: text.to_owned(),
            size_bytes,
            ..Payload::default()
        },
        Err(_) => Payload {
            encoding: Encoding::Hex,
            decoder: Decoder::Base64,
            raw: Some(BASE64_STANDARD.encode(bytes)),
            size_bytes,
            ..Payload::default()
        },
    }
}

/// Shows `bytes`; `None` is a tombstone or a missing key. If the decoder does not fit, they are
/// shown as if none had been chosen, and what was tried tells so.
fn payload(decoder: Decoder, bytes: Option<&[u8]>, input: &Input, bytes_max: usize) -> Payload {
    let Some(bytes) = bytes else { return Payload::default() };
    let mut tried = Vec::new();
    let mut note = |decoder, unfit: Unfit| tried.push(Tried { decoder, reason: unfit.to_string() });
    let chosen = match decoder {
        Decoder::Auto => None,
        _ => read(decoder, bytes, input, bytes_max)
            .map_err(|unfit| note(decoder, unfit))
            .ok()
            .map(|readable| (decoder, readable)),
    };
    let (used, readable) = chosen.unwrap_or_else(|| guess(bytes, input, bytes_max, &mut note));
    let text = &readable.text[..readable.text.floor_char_boundary(limit(&readable, bytes_max))];
    let is_bytes = matches!(readable.text, Cow::Borrowed(_)) || used == Decoder::Hex;
    let raw = || BASE64_STANDARD.encode(&bytes[..bytes.len().min(bytes_max)]);
    Payload {
        encoding: readable.encoding,
        size_bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        truncated: readable.is_cut || text.len() < readable.text.len(),
        text: text.to_owned(),
        decoder: used,
        tried,
        raw: (!is_bytes).then(raw),
    }
}

/// Two letters of hex are one byte.
fn limit(readable: &Readable, bytes_max: usize) -> usize {
    match readable.encoding {
        Encoding::Hex => bytes_max.saturating_mul(2),
        _ => bytes_max,
    }
}

/// The first decoder that fits, and every one before it to `note` with its reason. Hex always does.
fn guess<'a>(
    bytes: &'a [u8],
    input: &Input,
    bytes_max: usize,
    note: &mut dyn FnMut(Decoder, Unfit),
) -> (Decoder, Readable<'a>) {
    const ORDER: [Decoder; 9] = [
        Decoder::ConsumerOffsets,
        Decoder::Json,
        Decoder::Xml,
        Decoder::Text,
        Decoder::Messagepack,
        Decoder::Cbor,
        Decoder::Uuid,
        Decoder::I64,
        Decoder::I32,
    ];
    for decoder in ORDER {
        if decoder == Decoder::ConsumerOffsets && !input.of_offsets {
            continue;
        }
        let fits = likely(decoder, bytes).and_then(|()| read(decoder, bytes, input, bytes_max));
        match fits {
            Ok(readable) => return (decoder, readable),
            Err(unfit) => note(decoder, unfit),
        }
    }
    (Decoder::Hex, hex_of(bytes, bytes_max))
}

/// Formats that would read almost anything need a sign before they are guessed.
fn likely(decoder: Decoder, bytes: &[u8]) -> Result<(), Unfit> {
    /// Numbers of people are seldom larger; random bytes nearly always are.
    const NUMBER_MAX: u64 = 1 << 53;
    let sign = match decoder {
        Decoder::Messagepack => messagepack::begins_map(bytes),
        Decoder::Cbor => cbor::begins_map(bytes),
        Decoder::Uuid => match bytes.first_chunk::<16>() {
            // Version 1 to 8 and the variant of RFC 9562.
            Some(uuid) => (0x10..0x90).contains(&uuid[6]) && uuid[8] & 0xc0 == 0x80,
            None => true,
        },
        Decoder::I64 => match bytes.first_chunk() {
            Some(number) => i64::from_be_bytes(*number).unsigned_abs() <= NUMBER_MAX,
            None => true,
        },
        Decoder::Text => return legible(bytes),
        _ => true,
    };
    if sign { Ok(()) } else { Err(Unfit::Unlikely("nothing in the bytes speaks for it")) }
}

/// Characters that a person can read.
fn legible(bytes: &[u8]) -> Result<(), Unfit> {
    let text = utf8(bytes)?;
    let odd = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    match text.find(odd) {
        None => Ok(()),
        Some(at) => Err(Unfit::At { at, expected: "no control character" }),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, Unfit> {
    let unfit =
        |wrong: std::str::Utf8Error| Unfit::At { at: wrong.valid_up_to(), expected: "UTF-8" };
    std::str::from_utf8(bytes).map_err(unfit)
}

/// Reads by one decoder. What is made of other formats is cut after `bytes_max` bytes already.
fn read<'a>(
    decoder: Decoder,
    bytes: &'a [u8],
    input: &Input,
    bytes_max: usize,
) -> Result<Readable<'a>, Unfit> {
    let as_is = |encoding, text| Readable { encoding, text: Cow::Borrowed(text), is_cut: false };
    let made = |encoding, text| Readable { encoding, text: Cow::Owned(text), is_cut: false };
    let number = |text: String| made(Encoding::Json, text);
    Ok(match decoder {
        Decoder::Auto => guess(bytes, input, bytes_max, &mut |_, _| ()).1,
        Decoder::Json => {
            let text = utf8(bytes)?;
            json::check(text)?;
            as_is(Encoding::Json, text)
        }
        Decoder::Text => as_is(Encoding::Text, utf8(bytes)?),
        Decoder::Xml => {
            let text = utf8(bytes)?;
            xml::check(text)?;
            as_is(Encoding::Xml, text)
        }
        Decoder::I8 => number(i8::from_be_bytes(*sized(bytes)?).to_string()),
        Decoder::I16 => number(i16::from_be_bytes(*sized(bytes)?).to_string()),
        Decoder::I32 => number(i32::from_be_bytes(*sized(bytes)?).to_string()),
        Decoder::I64 => number(i64::from_be_bytes(*sized(bytes)?).to_string()),
        Decoder::U8 => number(u8::from_be_bytes(*sized(bytes)?).to_string()),
        Decoder::U16 => number(u16::from_be_bytes(*sized(bytes)?).to_string()),
        Decoder::U32 => number(u32::from_be_bytes(*sized(bytes)?).to_string()),
        Decoder::U64 => number(u64::from_be_bytes(*sized(bytes)?).to_string()),
        Decoder::F32 => {
            let float = f32::from_be_bytes(*sized(bytes)?);
            written(bytes_max, |out| {
                out.float_short(float);
                Ok(())
            })?
        }
        Decoder::F64 => {
            let float = f64::from_be_bytes(*sized(bytes)?);
            written(bytes_max, |out| {
                out.float(float);
                Ok(())
            })?
        }
        Decoder::Uuid => uuid_of(bytes)?,
        Decoder::Base64 => {
            let cut = &bytes[..bytes.len().min(bytes_max / 4 * 3)];
            Readable {
                is_cut: cut.len() < bytes.len(),
                ..made(Encoding::Text, BASE64_STANDARD.encode(cut))
            }
        }
        Decoder::Hex => hex_of(bytes, bytes_max),
        Decoder::Messagepack => written(bytes_max, |out| messagepack::read(bytes, out))?,
        Decoder::Cbor => written(bytes_max, |out| cbor::read(bytes, out))?,
        Decoder::ConsumerOffsets => made(
            Encoding::Json,
            match input.side {
                Side::Key => offsets::key(bytes)?,
                Side::Value => offsets::value(input.key, bytes)?,
            },
        ),
    })
}

fn written<'a>(
    bytes_max: usize,
    write: impl FnOnce(&mut Out) -> Result<(), Unfit>,
) -> Result<Readable<'a>, Unfit> {
    let mut out = Out::new(bytes_max);
    write(&mut out)?;
    let (text, is_cut) = out.finish();
    Ok(Readable { encoding: Encoding::Json, text: Cow::Owned(text), is_cut })
}

fn sized<const N: usize>(bytes: &[u8]) -> Result<&[u8; N], Unfit> {
    let wrong = |_| Unfit::Length { length: bytes.len(), wanted: N };
    bytes.try_into().map_err(wrong)
}

fn uuid_of(bytes: &[u8]) -> Result<Readable<'_>, Unfit> {
    const TEXT_BYTES: usize = 36;
    if bytes.len() == TEXT_BYTES {
        let text = utf8(bytes)?;
        uuid::Uuid::try_parse(text)
            .map_err(|wrong| Unfit::Because { at: 0, reason: wrong.to_string() })?;
        let text = Cow::Borrowed(text);
        return Ok(Readable { encoding: Encoding::Text, text, is_cut: false });
    }
    let text = uuid::Uuid::from_bytes(*sized(bytes)?).hyphenated().to_string();
    Ok(Readable { encoding: Encoding::Text, text: Cow::Owned(text), is_cut: false })
}

fn hex_of<'a>(bytes: &[u8], bytes_max: usize) -> Readable<'a> {
    let cut = &bytes[..bytes.len().min(bytes_max)];
    let (text, is_cut) = (Cow::Owned(hex(cut)), cut.len() < bytes.len());
    Readable { encoding: Encoding::Hex, text, is_cut }
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
mod tests;
