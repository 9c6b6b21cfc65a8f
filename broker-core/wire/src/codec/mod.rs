//! Bytes to values and back: the reader, the writer, and the one description both follow.
//!
//! `reader` and `writer` move single values; `field` says how each type stands on the wire;
//! `tags` keeps tagged fields; `describe` turns one description of a message into both directions.

#[macro_use]
mod describe;
mod error;
mod field;
mod reader;
mod tags;
mod writer;

use std::ops::RangeInclusive;

pub use error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
pub(crate) use field::{Ctx, Field, Nullable};
pub use reader::Reader;
pub(crate) use tags::{TagWriter, read_tags};
pub use tags::{TaggedField, TaggedFields};
pub use writer::Writer;

use crate::ApiKey;

/// The flexible version of a message that never has one.
pub const NEVER_FLEXIBLE: i16 = i16::MAX;

/// A value with a place on the wire in some range of versions.
pub trait Message: Sized {
    /// Reads the value as `version` writes it. Leaves what follows it in the reader.
    fn decode(r: &mut Reader, version: i16) -> Result<Self, DecodeError>;

    /// Writes the value as `version` has it. Fails when a field that is set has no place there and
    /// may not be left out, or when something is too long for its length prefix.
    fn encode(&self, w: &mut Writer, version: i16) -> Result<(), EncodeError>;

    /// Any value that `version` can carry.
    #[cfg(feature = "sample")]
    fn sample(s: &mut crate::Sampler, version: i16) -> Self;
}

/// A message that a client sends, and what it gets back.
pub trait Request: Message {
    /// The number it travels under.
    const KEY: ApiKey;
    /// The versions described here, of the request and of its response.
    const VERSIONS: RangeInclusive<i16>;
    /// The first version with compact lengths and tagged fields.
    const FLEXIBLE_FROM: i16;
    /// What the broker answers.
    type Response: Message;
}
