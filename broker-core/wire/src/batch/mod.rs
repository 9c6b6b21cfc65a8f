//! Record batches (format 2, the only one since Kafka 4): looked at without unpacking, and built.
//!
//! `header` reads and changes the 61 bytes in front; `split` cuts a record set into batches;
//! `record` borrows records from the unpacked bytes; `compression` packs and unpacks with a limit;
//! `builder` makes new batches. Offsets, sequences and who may write are the broker's business.

mod builder;
mod compression;
mod error;
mod header;
mod record;
mod snappy;
mod split;
mod varint;

pub use builder::{BatchBuilder, NewRecord};
pub use compression::{
    Codec, CompressionError, DECOMPRESSED_MAX, compress, compress_at, decompress,
};
pub use error::{BatchError, RecordError};
pub use header::{
    Attributes, BatchHeader, HEADER_BYTES, LENGTH_PREFIX_BYTES, TimestampType, set_base_offset,
    set_leader_epoch, set_max_timestamp, verify_crc,
};
pub use record::{HeaderRef, Headers, RecordRef, Records, records};
pub use split::{Batch, Batches, batches};
