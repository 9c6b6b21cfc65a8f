//! The Kafka protocol without I/O: both directions, every length checked before it is believed.
//!
//! Owns the bytes of requests, responses, record batches and the group payloads inside them. Knows
//! no socket, clock or file; broker, console and tests share it. Start at [`frame`] for requests
//! and responses, at [`batch`] for records. A new message is one short file under `messages/`,
//! written with the macros of `codec/describe.rs`, and one line in `spoken.rs`.

#[macro_use]
mod codec;

pub mod api_key;
pub mod batch;
pub mod error_code;
pub mod frame;
pub mod messages;
#[cfg(feature = "sample")]
mod sample;
pub mod spoken;
pub mod uuid;

pub use api_key::ApiKey;
pub use codec::{
    DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind, Message, NEVER_FLEXIBLE, Reader,
    Request, TaggedField, TaggedFields, Writer,
};
pub use error_code::ErrorCode;
#[cfg(feature = "sample")]
pub use sample::Sampler;
pub use spoken::{ApiSpec, SPOKEN, advertised, spec};
pub use uuid::Uuid;
