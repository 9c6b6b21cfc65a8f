//! A record set, as it travels in Produce and Fetch, cut into its batches.

use bytes::Bytes;

use super::compression::{compress_at, decompress_into};
use super::header;
use super::record::Records;
use super::{BatchError, BatchHeader, Codec, HEADER_BYTES, decompress, records, verify_crc};

/// One whole batch, sharing the bytes it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// What its header tells.
    pub header: BatchHeader,
    /// All of it, header first.
    pub bytes: Bytes,
}

impl Batch {
    /// The batch at the start of `bytes`, which may go on behind it.
    pub fn parse(bytes: &Bytes) -> Result<Self, BatchError> {
        let header = BatchHeader::parse(bytes)?;
        let (needed, left) = (header.size(), bytes.len());
        if left < needed {
            return Err(BatchError::Partial { needed, left });
        }
        Ok(Self { header, bytes: bytes.slice(..needed) })
    }

    /// Fails unless the bytes are those that were written.
    pub fn verify_crc(&self) -> Result<(), BatchError> {
        verify_crc(&self.bytes)
    }

    /// The records as they are packed.
    pub fn packed(&self) -> Bytes {
        self.bytes.slice(HEADER_BYTES..)
    }

    /// The records unpacked, at most `limit` bytes of them; read them with [`Batch::records`].
    pub fn unpack(&self, limit: usize) -> Result<Bytes, BatchError> {
        let codec = self.header.attributes.codec()?;
        Ok(decompress(codec, &self.packed(), limit)?)
    }

    /// The same, without memory of its own: in `scratch`, or where they lie if they are not packed.
    pub fn unpack_in<'a>(
        &'a self,
        limit: usize,
        scratch: &'a mut Vec<u8>,
    ) -> Result<&'a [u8], BatchError> {
        let codec = self.header.attributes.codec()?;
        let packed = &self.bytes[HEADER_BYTES..];
        if codec == Codec::None {
            return Ok(packed);
        }
        decompress_into(codec, packed, limit, scratch)?;
        Ok(scratch)
    }

    /// The same batch with its records, unpacked in `unpacked`, packed by another codec; see
    /// [`compress_at`] for levels. Offsets, times and the producer stay.
    pub fn repack(
        &self,
        unpacked: &[u8],
        codec: Codec,
        level: Option<i32>,
    ) -> Result<Self, BatchError> {
        let packed = compress_at(codec, level, unpacked)?;
        let size = HEADER_BYTES + packed.len();
        if i32::try_from(size).is_err() {
            return Err(BatchError::TooLong(size));
        }
        let mut bytes = Vec::with_capacity(size);
        bytes.resize(HEADER_BYTES, 0);
        bytes.extend_from_slice(&packed);
        let attributes = self.header.attributes.with_codec(codec);
        header::write(&mut bytes, &BatchHeader { attributes, ..self.header });
        Self::parse(&bytes.into())
    }

    /// The records in bytes that [`Batch::unpack`] gave.
    pub fn records<'a>(&self, unpacked: &'a [u8]) -> Records<'a> {
        records(&self.header, unpacked)
    }
}

/// Cuts a record set into batches. The last item is an error if something else follows the batches;
/// [`BatchError::Partial`] if it is a batch cut short, which a Fetch answer may end in.
pub fn batches(bytes: Bytes) -> Batches {
    Batches { rest: bytes, read: 0 }
}

/// The batches of a record set; see [`batches`].
#[derive(Debug, Clone)]
pub struct Batches {
    rest: Bytes,
    read: usize,
}

impl Batches {
    /// Bytes of the batches given out so far: where the one to come, or the torn tail, begins.
    pub fn position(&self) -> usize {
        self.read
    }
}

impl Iterator for Batches {
    type Item = Result<Batch, BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let next = Batch::parse(&self.rest);
        match &next {
            Ok(batch) => {
                self.read += batch.bytes.len();
                self.rest = self.rest.slice(batch.bytes.len()..);
            }
            Err(_) => self.rest = Bytes::new(),
        }
        Some(next)
    }
}
