//! What can be wrong with a batch, and with a record in it.

use thiserror::Error;

use super::CompressionError;

/// A batch that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BatchError {
    /// The bytes end before the batch does. At the end of a Fetch answer this is normal.
    #[error("the batch needs {needed} bytes where {left} are left")]
    Partial {
        /// Bytes that the batch takes, as far as that can be told.
        needed: usize,
        /// Bytes there are.
        left: usize,
    },
    /// Another format; 0 and 1 are those from before Kafka 0.11.
    #[error("the batch has format {0}; only format 2 is read")]
    UnsupportedMagic(i8),
    /// A length that no batch can have.
    #[error("the batch claims {0} bytes after its length")]
    InvalidLength(i32),
    /// Header fields that contradict each other or cannot be.
    #[error("the batch header's {field} is {value}")]
    InvalidHeader {
        /// The field.
        field: &'static str,
        /// Its value.
        value: i64,
    },
    /// The bytes are not those that were written.
    #[error("the batch has checksum {stored:08x} but its bytes add up to {computed:08x}")]
    CrcMismatch {
        /// The checksum in the header.
        stored: u32,
        /// That of the bytes.
        computed: u32,
    },
    /// The records could not be unpacked or packed.
    #[error(transparent)]
    Compression(#[from] CompressionError),
    /// A batch without records was to be built.
    #[error("a batch needs at least one record")]
    Empty,
    /// A batch beyond what its length can say was to be built.
    #[error("a batch of {0} bytes is more than its length can say")]
    TooLong(usize),
}

/// A record that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RecordError {
    /// The bytes end before the record does.
    #[error("record {index}: the bytes end at {at}, inside it")]
    Truncated {
        /// Its place in the batch.
        index: usize,
        /// Where, counted from the start of the unpacked records.
        at: usize,
    },
    /// A length, count or delta that cannot be.
    #[error("record {index}: {field} is {value} at byte {at}")]
    Invalid {
        /// Its place in the batch.
        index: usize,
        /// Where, counted from the start of the unpacked records.
        at: usize,
        /// The field.
        field: &'static str,
        /// Its value.
        value: i64,
    },
    /// Bytes after the last record.
    #[error("{left} bytes follow the last record")]
    TrailingBytes {
        /// How many.
        left: usize,
    },
}
