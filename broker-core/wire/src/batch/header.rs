//! The 61 bytes in front of a batch's records.
//!
//! Owns their places, their meaning and the checksum. Everything can be read without unpacking; the
//! three things that a broker writes into a batch it received are set in place.

use super::{BatchError, Codec};

/// Bytes of the header, of which the records follow.
pub const HEADER_BYTES: usize = 61;
/// Bytes up to and with the length; the length counts what follows them.
pub const LENGTH_PREFIX_BYTES: usize = 12;

const LENGTH: usize = 8;
const LEADER_EPOCH: usize = 12;
const MAGIC: usize = 16;
const CRC: usize = 17;
const ATTRIBUTES: usize = 21;
const LAST_OFFSET_DELTA: usize = 23;
const BASE_TIMESTAMP: usize = 27;
const MAX_TIMESTAMP: usize = 35;
const PRODUCER_ID: usize = 43;
const PRODUCER_EPOCH: usize = 51;
const BASE_SEQUENCE: usize = 53;
const RECORD_COUNT: usize = 57;
const _: () = assert!(RECORD_COUNT + size_of::<i32>() == HEADER_BYTES);

/// The format that this module reads and writes.
const MAGIC_V2: i8 = 2;

/// Whose clock stamped the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampType {
    /// The producer's.
    Create,
    /// The broker's, at append; all records have the batch's largest timestamp.
    LogAppend,
}

/// The flags of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attributes(pub i16);

impl Attributes {
    const CODEC_MASK: i16 = 0b111;
    const LOG_APPEND: i16 = 1 << 3;
    const TRANSACTIONAL: i16 = 1 << 4;
    const CONTROL: i16 = 1 << 5;
    const DELETE_HORIZON: i16 = 1 << 6;

    /// How the records are packed.
    pub fn codec(self) -> Result<Codec, BatchError> {
        let number = self.0 & Self::CODEC_MASK;
        let unknown = BatchError::InvalidHeader { field: "codec", value: i64::from(number) };
        Codec::from_number(number).ok_or(unknown)
    }

    /// Whose clock stamped the records.
    pub fn timestamp_type(self) -> TimestampType {
        match self.0 & Self::LOG_APPEND {
            0 => TimestampType::Create,
            _ => TimestampType::LogAppend,
        }
    }

    /// Whether the batch is part of a transaction.
    pub fn is_transactional(self) -> bool {
        self.0 & Self::TRANSACTIONAL != 0
    }

    /// Whether its records are marks for brokers and readers, not data.
    pub fn is_control(self) -> bool {
        self.0 & Self::CONTROL != 0
    }

    /// Whether the base timestamp says when compaction may drop tombstones and marks.
    pub fn has_delete_horizon(self) -> bool {
        self.0 & Self::DELETE_HORIZON != 0
    }

    pub(super) fn new(codec: Codec, transactional: bool, control: bool) -> Self {
        let transactional = if transactional { Self::TRANSACTIONAL } else { 0 };
        let control = if control { Self::CONTROL } else { 0 };
        Self(codec.number() | transactional | control)
    }

    pub(super) fn with_codec(self, codec: Codec) -> Self {
        Self((self.0 & !Self::CODEC_MASK) | codec.number())
    }

    fn with_timestamp_type(self, of: TimestampType) -> Self {
        match of {
            TimestampType::Create => Self(self.0 & !Self::LOG_APPEND),
            TimestampType::LogAppend => Self(self.0 | Self::LOG_APPEND),
        }
    }
}

/// A batch as its header tells it.
///
/// Invariant: `base_offset`, `last_offset_delta` and `record_count` are not negative, and the
/// offset after the last one exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchHeader {
    /// The offset of the first record (also if compaction has removed that record).
    pub base_offset: i64,
    /// Bytes that follow the length.
    pub batch_length: i32,
    /// The leadership under which it was appended.
    pub leader_epoch: i32,
    /// CRC-32C of everything from the attributes on.
    pub crc: u32,
    /// The flags.
    pub attributes: Attributes,
    /// The last offset, counted from the base.
    pub last_offset_delta: i32,
    /// What the records' timestamps count from.
    pub base_timestamp: i64,
    /// The largest timestamp, or when it was appended.
    pub max_timestamp: i64,
    /// The idempotent producer, or -1.
    pub producer_id: i64,
    /// Its epoch, or -1.
    pub producer_epoch: i16,
    /// The first record's place in the producer's sequence, or -1.
    pub base_sequence: i32,
    /// Records in the batch; fewer than offsets after compaction.
    pub record_count: i32,
}

impl BatchHeader {
    /// Reads the header at the start of `bytes`, which need not hold the records.
    pub fn parse(bytes: &[u8]) -> Result<Self, BatchError> {
        let left = bytes.len();
        if left <= MAGIC {
            return Err(BatchError::Partial { needed: HEADER_BYTES, left });
        }
        let magic = bytes[MAGIC] as i8;
        if magic != MAGIC_V2 {
            return Err(BatchError::UnsupportedMagic(magic));
        }
        if left < HEADER_BYTES {
            return Err(BatchError::Partial { needed: HEADER_BYTES, left });
        }
        let header = Self {
            base_offset: i64::from_be_bytes(at(bytes, 0)),
            batch_length: i32::from_be_bytes(at(bytes, LENGTH)),
            leader_epoch: i32::from_be_bytes(at(bytes, LEADER_EPOCH)),
            crc: u32::from_be_bytes(at(bytes, CRC)),
            attributes: Attributes(i16::from_be_bytes(at(bytes, ATTRIBUTES))),
            last_offset_delta: i32::from_be_bytes(at(bytes, LAST_OFFSET_DELTA)),
            base_timestamp: i64::from_be_bytes(at(bytes, BASE_TIMESTAMP)),
            max_timestamp: i64::from_be_bytes(at(bytes, MAX_TIMESTAMP)),
            producer_id: i64::from_be_bytes(at(bytes, PRODUCER_ID)),
            producer_epoch: i16::from_be_bytes(at(bytes, PRODUCER_EPOCH)),
            base_sequence: i32::from_be_bytes(at(bytes, BASE_SEQUENCE)),
            record_count: i32::from_be_bytes(at(bytes, RECORD_COUNT)),
        };
        header.check()?;
        Ok(header)
    }

    /// Bytes of the whole batch.
    pub fn size(&self) -> usize {
        LENGTH_PREFIX_BYTES + self.batch_length as usize
    }

    /// The offset of the last record.
    pub fn last_offset(&self) -> i64 {
        self.base_offset + i64::from(self.last_offset_delta)
    }

    /// The offset that the next batch begins with.
    pub fn next_offset(&self) -> i64 {
        self.last_offset() + 1
    }

    /// The last record's place in the producer's sequence, which starts again at 0 after the
    /// largest number; -1 without one.
    pub fn last_sequence(&self) -> i32 {
        match self.base_sequence {
            none if none < 0 => none,
            base => base.wrapping_add(self.last_offset_delta) & i32::MAX,
        }
    }

    fn check(&self) -> Result<(), BatchError> {
        if self.batch_length < (HEADER_BYTES - LENGTH_PREFIX_BYTES) as i32 {
            return Err(BatchError::InvalidLength(self.batch_length));
        }
        let invalid = |field, value| Err(BatchError::InvalidHeader { field, value });
        if self.last_offset_delta < 0 {
            return invalid("last offset delta", i64::from(self.last_offset_delta));
        }
        if self.base_offset < 0 || self.base_offset > i64::MAX - (1 << 31) {
            return invalid("base offset", self.base_offset);
        }
        if self.record_count < 0 {
            return invalid("record count", i64::from(self.record_count));
        }
        Ok(())
    }
}

/// Fails unless the whole batch in `bytes` adds up to the checksum in its header.
pub fn verify_crc(bytes: &[u8]) -> Result<(), BatchError> {
    let (needed, left) = (BatchHeader::parse(bytes)?.size(), bytes.len());
    if left < needed {
        return Err(BatchError::Partial { needed, left });
    }
    let stored = u32::from_be_bytes(at(bytes, CRC));
    let computed = crc32c::crc32c(&bytes[ATTRIBUTES..needed]);
    match stored == computed {
        true => Ok(()),
        false => Err(BatchError::CrcMismatch { stored, computed }),
    }
}

/// Gives the batch its place in the partition. Outside the checksum.
pub fn set_base_offset(batch: &mut [u8], offset: i64) {
    put(batch, 0, offset.to_be_bytes());
}

/// Marks the batch with the leadership that appends it. Outside the checksum.
pub fn set_leader_epoch(batch: &mut [u8], epoch: i32) {
    put(batch, LEADER_EPOCH, epoch.to_be_bytes());
}

/// Sets the largest timestamp and whose clock it is from, and the checksum anew. `batch` is exactly
/// one batch.
pub fn set_max_timestamp(batch: &mut [u8], timestamp_ms: i64, of: TimestampType) {
    let attributes = Attributes(i16::from_be_bytes(at(batch, ATTRIBUTES)));
    put(batch, ATTRIBUTES, attributes.with_timestamp_type(of).0.to_be_bytes());
    put(batch, MAX_TIMESTAMP, timestamp_ms.to_be_bytes());
    set_crc(batch);
}

/// Writes the header in front of the records that already stand behind it in `batch`, with length
/// and checksum computed from them.
pub(super) fn write(batch: &mut [u8], header: &BatchHeader) {
    put(batch, 0, header.base_offset.to_be_bytes());
    put(batch, LENGTH, ((batch.len() - LENGTH_PREFIX_BYTES) as i32).to_be_bytes());
    put(batch, LEADER_EPOCH, header.leader_epoch.to_be_bytes());
    put(batch, MAGIC, MAGIC_V2.to_be_bytes());
    put(batch, ATTRIBUTES, header.attributes.0.to_be_bytes());
    put(batch, LAST_OFFSET_DELTA, header.last_offset_delta.to_be_bytes());
    put(batch, BASE_TIMESTAMP, header.base_timestamp.to_be_bytes());
    put(batch, MAX_TIMESTAMP, header.max_timestamp.to_be_bytes());
    put(batch, PRODUCER_ID, header.producer_id.to_be_bytes());
    put(batch, PRODUCER_EPOCH, header.producer_epoch.to_be_bytes());
    put(batch, BASE_SEQUENCE, header.base_sequence.to_be_bytes());
    put(batch, RECORD_COUNT, header.record_count.to_be_bytes());
    set_crc(batch);
}

fn set_crc(batch: &mut [u8]) {
    let crc = crc32c::crc32c(&batch[ATTRIBUTES..]);
    put(batch, CRC, crc.to_be_bytes());
}

/// The field at `place`. The caller has seen that the header is whole.
fn at<const N: usize>(bytes: &[u8], place: usize) -> [u8; N] {
    let field = bytes[place..].first_chunk();
    *field.unwrap_or_else(|| panic!("a header of {} bytes has no field at {place}", bytes.len()))
}

fn put<const N: usize>(bytes: &mut [u8], place: usize, field: [u8; N]) {
    bytes[place..place + N].copy_from_slice(&field);
}
