//! Reading whole batches of one segment, checked, as they lie on disk.

use bytes::Bytes;
use ouzel_wire::batch::{Batch, BatchHeader, verify_crc};

use super::error::SegmentError;
use super::segment::Segment;
use super::walk::{Located, SEEK_WINDOW_BYTES, Walk};
use crate::buffers;

/// What to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// The first batch is the one that holds this offset, or the first one behind it.
    pub from: i64,
    /// No batch that reaches this offset.
    pub below: i64,
    /// No more bytes than this, unless the first batch alone is longer and `at_least_one`.
    pub bytes_max: usize,
    pub at_least_one: bool,
}

/// The batches of the span that are in this segment; none when it holds nothing from `from` on.
///
/// Each batch's checksum is verified: bytes that rotted on disk are an error here, never an
/// answer. A bad batch behind good ones ends the answer before it; who reads on, meets it.
pub(crate) fn batches(segment: &Segment, span: Span) -> Result<Option<Bytes>, SegmentError> {
    let Some(first) = locate(segment, span.from)? else { return Ok(None) };
    let size = first.header.size();
    if first.header.last_offset() >= span.below || (size > span.bytes_max && !span.at_least_one) {
        return Ok(Some(Bytes::new()));
    }
    let available = usize::try_from(segment.len() - first.position).unwrap_or(usize::MAX);
    let wanted = span.bytes_max.max(size).min(available);
    let mut buffer = buffers::take(wanted);
    let read = &mut buffer.bytes()[..wanted];
    segment.read_exact(read, first.position)?;
    let whole = whole_batches(segment, read, first, span.below)?;
    // What lies behind the high watermark or the limit keeps no memory.
    if whole * 2 < wanted {
        return Ok(Some(Bytes::copy_from_slice(&read[..whole])));
    }
    Ok(Some(buffer.share(whole)))
}

/// The batch that holds `offset`, or the first one behind it; none at the segment's end.
pub(crate) fn locate(segment: &Segment, offset: i64) -> Result<Option<Located>, SegmentError> {
    if segment.len() == 0 {
        return Ok(None);
    }
    // An index that leads astray, or is gone, costs time and nothing else.
    match segment.position_before(offset) {
        Ok(from) if from > 0 => match locate_from(segment, offset, from) {
            Ok(found) => Ok(found),
            Err(_) => locate_from(segment, offset, 0),
        },
        _ => locate_from(segment, offset, 0),
    }
}

fn locate_from(
    segment: &Segment,
    offset: i64,
    position: u64,
) -> Result<Option<Located>, SegmentError> {
    let mut walk = Walk::new(segment, position, SEEK_WINDOW_BYTES)?;
    while let Some(batch) = walk.next()? {
        if batch.header.last_offset() >= offset {
            return Ok(Some(batch));
        }
    }
    Ok(None)
}

/// One whole batch, checked.
pub(crate) fn batch(segment: &Segment, at: Located) -> Result<Batch, SegmentError> {
    let mut buffer = vec![0; at.header.size()];
    segment.read_exact(&mut buffer, at.position)?;
    let header = check(&buffer, at.header.base_offset);
    let header = header.map_err(|why| segment.corrupt(at.position, why))?;
    Ok(Batch { header, bytes: Bytes::from(buffer) })
}

/// Checks the batch at the beginning of `bytes`.
pub(crate) fn check(bytes: &[u8], base_offset: i64) -> Result<BatchHeader, String> {
    let header = BatchHeader::parse(bytes).map_err(|e| e.to_string())?;
    if header.base_offset != base_offset {
        return Err(format!("base offset {} instead of {base_offset}", header.base_offset));
    }
    #[cfg(test)]
    if WITHOUT_CHECKSUMS.get() {
        return Ok(header);
    }
    verify_crc(bytes).map_err(|e| e.to_string())?;
    Ok(header)
}

#[cfg(test)]
thread_local! {
    /// Whether this thread believes every batch, by which tests see that the checksum is needed.
    pub(crate) static WITHOUT_CHECKSUMS: std::cell::Cell<bool> =
        const { std::cell::Cell::new(false) };
}

/// How many bytes of the buffer are whole, good batches below `below`.
fn whole_batches(
    segment: &Segment,
    buffer: &[u8],
    first: Located,
    below: i64,
) -> Result<usize, SegmentError> {
    let (mut at, mut expected) = (0, first.header.base_offset);
    while let Some(header) = whole_header(&buffer[at..]) {
        if header.last_offset() >= below {
            break;
        }
        match check(&buffer[at..], expected) {
            Ok(header) => (at, expected) = (at + header.size(), header.last_offset() + 1),
            Err(why) if at == 0 => return Err(segment.corrupt(first.position, why)),
            Err(_) => break,
        }
    }
    Ok(at)
}

/// The header at the beginning of `bytes`, if the whole batch is there too.
fn whole_header(bytes: &[u8]) -> Option<BatchHeader> {
    BatchHeader::parse(bytes).ok().filter(|header| header.size() <= bytes.len())
}
