//! A cursor over one frame. Every step is checked against the bytes that are left.
//!
//! Owns positions and the primitive types. Lengths of strings and arrays are understood in `field`.

use bytes::Bytes;

use super::error::{DecodeError, DecodeErrorKind};

/// Deepest nesting of structures: Kafka's own messages stop at five, so sixteen leaves room for
/// any that come and still keeps the stack small.
const DEPTH_MAX: u8 = 16;

/// Reads values from bytes, front to back. Byte fields are slices of the same buffer, not copies.
#[derive(Debug, Clone)]
pub struct Reader {
    buf: Bytes,
    at: usize,
    /// Where `buf` begins in what the caller handed over, so that errors count from there.
    base: usize,
    depth: u8,
    elements_left: usize,
    field: &'static str,
}

impl Reader {
    /// A reader at the first of `buf`.
    pub fn new(buf: Bytes) -> Self {
        Self::bounded(buf, usize::MAX)
    }

    /// The same for bytes of somebody who is not trusted: of elements of arrays and tagged fields
    /// there may be so many in all. One takes a byte or two, and a hundred once it is read.
    pub fn bounded(buf: Bytes, elements_max: usize) -> Self {
        Self { buf, at: 0, base: 0, depth: 0, elements_left: elements_max, field: "frame" }
    }

    /// Bytes from the start of what was handed to [`Reader::new`].
    pub fn position(&self) -> usize {
        self.base + self.at
    }

    /// Bytes not read yet.
    pub fn remaining(&self) -> usize {
        self.buf.len() - self.at
    }

    /// Names what is read next, for errors.
    pub fn on(&mut self, field: &'static str) {
        self.field = field;
    }

    /// An error about the current field at the current position.
    pub fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError { at: self.position(), field: self.field, kind }
    }

    /// Fails unless everything has been read.
    pub fn expect_end(&self) -> Result<(), DecodeError> {
        match self.remaining() {
            0 => Ok(()),
            left => Err(self.error(DecodeErrorKind::TrailingBytes { left })),
        }
    }

    /// The next `length` bytes, shared with the buffer.
    pub fn take(&mut self, length: usize) -> Result<Bytes, DecodeError> {
        self.require(length)?;
        let taken = self.buf.slice(self.at..self.at + length);
        self.at += length;
        Ok(taken)
    }

    /// All bytes not read yet, shared with the buffer.
    pub fn take_rest(&mut self) -> Bytes {
        let rest = self.buf.slice(self.at..);
        self.at = self.buf.len();
        rest
    }

    /// A reader over the next `length` bytes alone, which this one skips.
    pub(crate) fn within(&mut self, length: usize) -> Result<Reader, DecodeError> {
        let base = self.position();
        let buf = self.take(length)?;
        let Reader { depth, elements_left, field, .. } = *self;
        Ok(Reader { buf, at: 0, base, depth, elements_left, field })
    }

    /// Takes over what `inner`, made by [`Reader::within`], has left to be read.
    pub(crate) fn after(&mut self, inner: &Reader) {
        self.elements_left = inner.elements_left;
    }

    /// Notes that so many elements will be read.
    pub(crate) fn count(&mut self, elements: usize) -> Result<(), DecodeError> {
        let left = self.elements_left.checked_sub(elements);
        let too_many = DecodeErrorKind::TooManyInAll { count: elements, left: self.elements_left };
        self.elements_left = left.ok_or_else(|| self.error(too_many))?;
        Ok(())
    }

    /// The next `length` bytes as text.
    pub(crate) fn text(&mut self, length: usize) -> Result<String, DecodeError> {
        self.require(length)?;
        let bytes = &self.buf[self.at..self.at + length];
        let text = std::str::from_utf8(bytes)
            .map_err(|_| self.error(DecodeErrorKind::InvalidUtf8))?
            .to_owned();
        self.at += length;
        Ok(text)
    }

    /// The next `N` bytes as they are.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let Some(found) = self.buf[self.at..].first_chunk::<N>() else {
            let left = self.remaining();
            return Err(self.error(DecodeErrorKind::Truncated { needed: N, left }));
        };
        let found = *found;
        self.at += N;
        Ok(found)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// A 16-bit integer, most significant byte first.
    pub fn i16(&mut self) -> Result<i16, DecodeError> {
        self.array().map(i16::from_be_bytes)
    }

    /// A 32-bit integer, most significant byte first.
    pub fn i32(&mut self) -> Result<i32, DecodeError> {
        self.array().map(i32::from_be_bytes)
    }

    /// A 64-bit integer, most significant byte first.
    pub fn i64(&mut self) -> Result<i64, DecodeError> {
        self.array().map(i64::from_be_bytes)
    }

    /// An unsigned integer in one to five bytes, seven bits each, least significant first.
    pub fn uvarint(&mut self) -> Result<u32, DecodeError> {
        let mut value = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.u8()?;
            if shift == 28 && byte > 0x0f {
                break;
            }
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.error(DecodeErrorKind::VarintOverflow))
    }

    /// Enters a structure; [`Reader::ascend`] leaves it.
    pub(crate) fn descend(&mut self) -> Result<(), DecodeError> {
        if self.depth == DEPTH_MAX {
            return Err(self.error(DecodeErrorKind::TooDeep { max: DEPTH_MAX }));
        }
        self.depth += 1;
        Ok(())
    }

    /// Leaves the structure entered last.
    pub(crate) fn ascend(&mut self) {
        assert!(self.depth > 0, "left more structures than were entered in {}", self.field);
        self.depth -= 1;
    }

    fn require(&self, needed: usize) -> Result<(), DecodeError> {
        let left = self.remaining();
        if needed <= left {
            return Ok(());
        }
        Err(self.error(DecodeErrorKind::Truncated { needed, left }))
    }
}
