//! One record as the browser shows it. Values travel as text, so that no digit is lost.

use serde::{Deserialize, Serialize};

/// Bytes of a key or value shown in a row or drawer before it is cut: 64 KiB keeps a page of a
/// hundred large records near 6 MB. The whole of it is fetched on demand.
pub const PREVIEW_BYTES_MAX: usize = 64 * 1024;

/// One record, decoded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// The partition it lies in.
    pub partition: i32,
    /// Its offset there.
    pub offset: i64,
    /// Its time.
    pub timestamp_ms: i64,
    /// Whether the producer or the broker set the time.
    pub timestamp_type: TimestampType,
    /// The key.
    pub key: Payload,
    /// The value.
    pub value: Payload,
    /// The headers in their order; keys may repeat.
    pub headers: Vec<Header>,
    /// Bytes of key, value and headers.
    pub size_bytes: u32,
    /// The batch it came in.
    pub batch: Batch,
    /// What became of its transaction; `None` if it is part of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Transaction>,
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Transaction {
    /// It was committed.
    Committed,
    /// It was aborted: consumers that read committed records do not get it.
    Aborted,
    /// It is not decided yet, or lies behind one that is not.
    Open,
}

/// Who set a record's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TimestampType {
    /// The producer.
    #[default]
    CreateTime,
    /// The broker, on append.
    LogAppendTime,
}

/// How bytes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Decoder {
    /// By what they hold: the first that fits of the offsets topic's own formats (there), JSON,
    /// XML, text, MessagePack, CBOR, UUID, 64-bit and 32-bit integers, hex.
    #[default]
    Auto,
    /// JSON, kept byte for byte.
    Json,
    /// UTF-8, whatever the characters.
    Text,
    /// Well-formed XML.
    Xml,
    /// A signed byte.
    I8,
    /// Two bytes, signed, the highest first, as Kafka's `ShortSerializer` writes.
    I16,
    /// Four bytes, signed, the highest first, as Kafka's `IntegerSerializer` writes.
    I32,
    /// Eight bytes, signed, the highest first, as Kafka's `LongSerializer` writes.
    I64,
    /// A byte.
    U8,
    /// Two bytes, the highest first.
    U16,
    /// Four bytes, the highest first.
    U32,
    /// Eight bytes, the highest first.
    U64,
    /// Four bytes, the highest first, as Kafka's `FloatSerializer` writes.
    F32,
    /// Eight bytes, the highest first, as Kafka's `DoubleSerializer` writes.
    F64,
    /// Sixteen bytes, or the 36 characters that Kafka's `UUIDSerializer` writes.
    Uuid,
    /// Any bytes, as base64.
    Base64,
    /// Any bytes, as hex.
    Hex,
    /// MessagePack, as JSON.
    Messagepack,
    /// CBOR, as JSON.
    Cbor,
    /// Keys and values of `__consumer_offsets`, as JSON.
    ConsumerOffsets,
}

impl Decoder {
    /// All of them, in the order in which people choose.
    pub const ALL: [Decoder; 20] = [
        Decoder::Auto,
        Decoder::Json,
        Decoder::Text,
        Decoder::Xml,
        Decoder::I8,
        Decoder::I16,
        Decoder::I32,
        Decoder::I64,
        Decoder::U8,
        Decoder::U16,
        Decoder::U32,
        Decoder::U64,
        Decoder::F32,
        Decoder::F64,
        Decoder::Uuid,
        Decoder::Base64,
        Decoder::Hex,
        Decoder::Messagepack,
        Decoder::Cbor,
        Decoder::ConsumerOffsets,
    ];

    /// Its name in the API and in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Decoder::Auto => "auto",
            Decoder::Json => "json",
            Decoder::Text => "text",
            Decoder::Xml => "xml",
            Decoder::I8 => "i8",
            Decoder::I16 => "i16",
            Decoder::I32 => "i32",
            Decoder::I64 => "i64",
            Decoder::U8 => "u8",
            Decoder::U16 => "u16",
            Decoder::U32 => "u32",
            Decoder::U64 => "u64",
            Decoder::F32 => "f32",
            Decoder::F64 => "f64",
            Decoder::Uuid => "uuid",
            Decoder::Base64 => "base64",
            Decoder::Hex => "hex",
            Decoder::Messagepack => "messagepack",
            Decoder::Cbor => "cbor",
            Decoder::ConsumerOffsets => "consumer_offsets",
        }
    }

    /// The decoder of that name.
    pub fn named(name: &str) -> Option<Decoder> {
        Decoder::ALL.into_iter().find(|decoder| decoder.name() == name)
    }
}

/// How the text of a key, value or header is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// There is no value: a tombstone, or a record without key. `text` is empty.
    #[default]
    Null,
    /// Valid JSON (object, array, string, number, true, false, null): byte for byte as written, or
    /// what the decoder made of other bytes.
    Json,
    /// Text as written, or what the decoder made of other bytes.
    Text,
    /// Well-formed XML, as written.
    Xml,
    /// Anything else; `text` is lower-case hex.
    Hex,
}

/// A key, value or header value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payload {
    /// How to read `text`.
    pub encoding: Encoding,
    /// The content; long ones come cut, and whole from the record's own address.
    pub text: String,
    /// Bytes as stored, before any cut.
    pub size_bytes: u32,
    /// Whether `text` was cut.
    pub truncated: bool,
    /// The decoder that made `text`; `Auto` for what is null.
    #[serde(default, skip_serializing_if = "is_auto")]
    pub decoder: Decoder,
    /// What was tried before it, and why it did not fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<Tried>,
    /// The bytes as base64, cut like `text`, where neither `text` nor the hex in it is them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

fn is_auto(decoder: &Decoder) -> bool {
    *decoder == Decoder::Auto
}

/// A decoder that did not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tried {
    /// The decoder.
    pub decoder: Decoder,
    /// Why.
    pub reason: String,
}

/// One header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Header {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: Payload,
}

/// What the record's batch says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Batch {
    /// Offset of its first record.
    pub base_offset: i64,
    /// Records in it.
    pub records: u32,
    /// Bytes of it on disk, header included.
    pub size_bytes: u32,
    /// `none`, `gzip`, `snappy`, `lz4` or `zstd`.
    pub codec: String,
    /// Leader epoch when it was appended.
    pub leader_epoch: i32,
    /// The idempotent producer's id, if it had one.
    pub producer_id: Option<i64>,
    /// That producer's epoch.
    pub producer_epoch: Option<i16>,
    /// Sequence number of its first record.
    pub base_sequence: Option<i32>,
    /// Whether it belongs to a transaction.
    pub transactional: bool,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Decoder;

    #[test]
    fn every_decoder_is_known_by_the_name_that_it_has_in_json() {
        for decoder in Decoder::ALL {
            assert_eq!(Decoder::named(decoder.name()), Some(decoder));
            assert_eq!(serde_json::to_value(decoder).unwrap(), decoder.name());
        }
    }
}
