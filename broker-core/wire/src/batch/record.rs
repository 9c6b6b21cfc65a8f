//! Records borrowed from the unpacked bytes of a batch. Nothing is copied or allocated.

use std::borrow::Cow;

use super::varint::Cursor;
use super::{BatchHeader, RecordError, TimestampType};

/// Fewest bytes of a header: two lengths.
const HEADER_BYTES_MIN: usize = 2;

/// One record.
#[derive(Debug, Clone, Copy)]
pub struct RecordRef<'a> {
    /// Its offset in the partition.
    pub offset: i64,
    /// Its time in milliseconds since 1970; the batch's if the broker stamps records.
    pub timestamp: i64,
    /// The key; none if null.
    pub key: Option<&'a [u8]>,
    /// The value; none if null, which is a tombstone in a compacted topic.
    pub value: Option<&'a [u8]>,
    /// The headers.
    pub headers: Headers<'a>,
}

/// A header of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderRef<'a> {
    /// Its name; meant to be text, but nothing forces a producer.
    pub key: &'a [u8],
    /// Its value; none if null.
    pub value: Option<&'a [u8]>,
}

impl<'a> HeaderRef<'a> {
    /// The name as text, with marks where it is none.
    pub fn name(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.key)
    }
}

/// The headers of a record, in order.
#[derive(Debug, Clone, Copy)]
pub struct Headers<'a> {
    left: usize,
    cursor: Cursor<'a>,
}

impl<'a> Iterator for Headers<'a> {
    type Item = HeaderRef<'a>;

    fn next(&mut self) -> Option<HeaderRef<'a>> {
        self.left = self.left.checked_sub(1)?;
        // They were all read once when the record was, so none fails here.
        read_header(&mut self.cursor).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Headers<'_> {}

/// The records of a batch, from its unpacked bytes. After an error nothing follows.
pub fn records<'a>(header: &BatchHeader, unpacked: &'a [u8]) -> Records<'a> {
    Records { header: *header, cursor: Cursor::new(unpacked), next: 0, done: false }
}

/// The records of a batch; see [`records`].
#[derive(Debug, Clone)]
pub struct Records<'a> {
    header: BatchHeader,
    cursor: Cursor<'a>,
    next: usize,
    done: bool,
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<RecordRef<'a>, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        if self.next == self.header.record_count as usize {
            self.done = true;
            let left = self.cursor.left();
            return (left > 0).then_some(Err(RecordError::TrailingBytes { left }));
        }
        let record = self.read().map_err(|wrong| wrong.in_record(self.next));
        self.done = record.is_err();
        self.next += 1;
        Some(record)
    }
}

impl<'a> Records<'a> {
    fn read(&mut self) -> Result<RecordRef<'a>, Wrong> {
        let start = self.cursor.at;
        let length = number(&mut self.cursor)?;
        let length = usize::try_from(length).map_err(|_| Wrong::new(start, "length", length))?;
        if length > self.cursor.left() {
            return Err(Wrong::new(start, "length", length as i64));
        }
        let end = self.cursor.at + length;
        let mut body = Cursor { bytes: &self.cursor.bytes[..end], at: self.cursor.at };
        let record = self.read_body(&mut body)?;
        if body.left() > 0 {
            return Err(Wrong::new(body.at, "bytes after the headers", body.left() as i64));
        }
        self.cursor.at = end;
        Ok(record)
    }

    fn read_body(&self, body: &mut Cursor<'a>) -> Result<RecordRef<'a>, Wrong> {
        // The attributes of a record are unused.
        body.byte().ok_or(Wrong::end(body))?;
        let at = body.at;
        let timestamp_delta = body.varlong().ok_or(Wrong::end(body))?;
        let timestamp = self.timestamp(timestamp_delta);
        let timestamp = timestamp.ok_or(Wrong::new(at, "timestamp delta", timestamp_delta))?;
        let at = body.at;
        let delta = number(body)?;
        if !(0..=i64::from(self.header.last_offset_delta)).contains(&delta) {
            return Err(Wrong::new(at, "offset delta", delta));
        }
        let key = nullable(body, "key length")?;
        let value = nullable(body, "value length")?;
        let headers = read_headers(body)?;
        Ok(RecordRef { offset: self.header.base_offset + delta, timestamp, key, value, headers })
    }

    fn timestamp(&self, delta: i64) -> Option<i64> {
        match self.header.attributes.timestamp_type() {
            TimestampType::Create => self.header.base_timestamp.checked_add(delta),
            TimestampType::LogAppend => Some(self.header.max_timestamp),
        }
    }
}

/// What was wrong, before it is known in which record.
#[derive(Debug, Clone, Copy)]
enum Wrong {
    End { at: usize },
    Value { at: usize, field: &'static str, value: i64 },
}

impl Wrong {
    fn end(cursor: &Cursor<'_>) -> Self {
        Self::End { at: cursor.at }
    }

    fn new(at: usize, field: &'static str, value: i64) -> Self {
        Self::Value { at, field, value }
    }

    fn in_record(self, index: usize) -> RecordError {
        match self {
            Self::End { at } => RecordError::Truncated { index, at },
            Self::Value { at, field, value } => RecordError::Invalid { index, at, field, value },
        }
    }
}

fn read_headers<'a>(body: &mut Cursor<'a>) -> Result<Headers<'a>, Wrong> {
    let at = body.at;
    let count = number(body)?;
    let left = match usize::try_from(count) {
        Ok(left) if left <= body.left() / HEADER_BYTES_MIN => left,
        _ => return Err(Wrong::new(at, "header count", count)),
    };
    let headers = Headers { left, cursor: *body };
    for _ in 0..left {
        read_header(body)?;
    }
    Ok(headers)
}

fn read_header<'a>(body: &mut Cursor<'a>) -> Result<HeaderRef<'a>, Wrong> {
    let at = body.at;
    let key = nullable(body, "header key length")?;
    let key = key.ok_or(Wrong::new(at, "header key length", -1))?;
    Ok(HeaderRef { key, value: nullable(body, "header value length")? })
}

fn nullable<'a>(body: &mut Cursor<'a>, field: &'static str) -> Result<Option<&'a [u8]>, Wrong> {
    let at = body.at;
    let length = number(body)?;
    if length == -1 {
        return Ok(None);
    }
    let bytes = usize::try_from(length).ok().and_then(|length| body.take(length));
    bytes.map(Some).ok_or(Wrong::new(at, field, length))
}

fn number(cursor: &mut Cursor<'_>) -> Result<i64, Wrong> {
    let read = cursor.varint();
    read.map(i64::from).ok_or(Wrong::end(cursor))
}
