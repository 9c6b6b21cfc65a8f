//! Collects the bytes of one frame. Large byte fields are passed on by reference, not copied.
//!
//! Owns the primitive types and the order of the pieces. Which value goes where is `field`'s.

use bytes::{BufMut, Bytes, BytesMut};

use super::error::{EncodeError, EncodeErrorKind};

/// Byte fields from this size on become a segment of their own. Below it a copy is cheaper than
/// one more entry in a vectored write.
const SPLICE_MIN: usize = 4096;

/// Writes values one after the other.
#[derive(Debug, Default)]
pub struct Writer {
    /// Written earlier: a run of small values, then the large field that ended it.
    spliced: Vec<(BytesMut, Bytes)>,
    /// The run being written.
    tail: BytesMut,
    field: &'static str,
    /// Error codes that were written, but for 0.
    errors: Vec<i16>,
}

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes written.
    pub fn len(&self) -> usize {
        let before: usize = self.spliced.iter().map(|(run, large)| run.len() + large.len()).sum();
        before + self.tail.len()
    }

    /// Whether nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Names what is written next, for errors.
    pub fn on(&mut self, field: &'static str) {
        self.field = field;
    }

    /// An error about the current field.
    pub fn error(&self, kind: EncodeErrorKind) -> EncodeError {
        EncodeError { field: self.field, kind }
    }

    /// Bytes as they are, copied.
    pub fn put_slice(&mut self, bytes: &[u8]) {
        self.tail.put_slice(bytes);
    }

    /// Bytes as they are; many are shared instead of copied.
    pub fn put_bytes(&mut self, bytes: &Bytes) {
        if bytes.len() < SPLICE_MIN {
            return self.tail.put_slice(bytes);
        }
        let run = std::mem::take(&mut self.tail);
        self.spliced.push((run, bytes.clone()));
    }

    /// Everything another writer holds.
    pub(crate) fn append(&mut self, other: Writer) {
        self.errors.extend(&other.errors);
        for piece in other.into_segments() {
            self.put_bytes(&piece);
        }
    }

    /// A 16-bit integer, most significant byte first.
    pub fn put_i16(&mut self, value: i16) {
        self.tail.put_i16(value);
    }

    /// A number of the current field. Error codes are noted on the way, except 0.
    pub(super) fn put_number(&mut self, bytes: &[u8]) {
        if let &[high, low] = bytes
            && (high, low) != (0, 0)
            && self.field.ends_with(".error_code")
        {
            self.errors.push(i16::from_be_bytes([high, low]));
        }
        self.tail.put_slice(bytes);
    }

    /// A 32-bit integer, most significant byte first.
    pub fn put_i32(&mut self, value: i32) {
        self.tail.put_i32(value);
    }

    /// A 64-bit integer, most significant byte first.
    pub fn put_i64(&mut self, value: i64) {
        self.tail.put_i64(value);
    }

    /// An unsigned integer in one to five bytes, seven bits each, least significant first.
    pub fn put_uvarint(&mut self, mut value: u32) {
        while value >= 0x80 {
            self.tail.put_u8(value as u8 | 0x80);
            value >>= 7;
        }
        self.tail.put_u8(value as u8);
    }

    /// The error codes that were written so far, but for 0: they are taken out.
    pub(crate) fn take_errors(&mut self) -> Vec<i16> {
        std::mem::take(&mut self.errors)
    }

    /// Overwrites four bytes of the first run, where a length was left open.
    pub(crate) fn patch_start(&mut self, value: i32) {
        let first = match self.spliced.first_mut() {
            Some((run, _)) => run,
            None => &mut self.tail,
        };
        first[..4].copy_from_slice(&value.to_be_bytes());
    }

    /// The bytes in order, in as few pieces as can be had without copying.
    pub fn into_segments(self) -> Vec<Bytes> {
        let mut segments = Vec::with_capacity(self.spliced.len() * 2 + 1);
        for (run, large) in self.spliced {
            segments.extend([run.freeze(), large]);
        }
        segments.push(self.tail.freeze());
        segments.retain(|segment| !segment.is_empty());
        segments
    }

    /// The bytes in one piece; copies if there were large fields.
    pub fn into_bytes(self) -> Bytes {
        if self.spliced.is_empty() {
            return self.tail.freeze();
        }
        let mut whole = BytesMut::with_capacity(self.len());
        for piece in self.into_segments() {
            whole.put_slice(&piece);
        }
        whole.freeze()
    }
}
