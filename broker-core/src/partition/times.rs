//! Finding records by their timestamps, which need not be in order.

use ouzel_wire::batch::DECOMPRESSED_MAX;

use super::PartitionOffsets;
use super::error::ReadError;
use super::shared::Shared;
use crate::log::{self, Located, SCAN_WINDOW_BYTES, Segment, SegmentError, Segments, Walk};

/// An offset and a timestamp.
type Found = Option<(i64, i64)>;

impl Shared {
    pub fn offset_for_time(&self, timestamp_ms: i64) -> Result<Found, ReadError> {
        let (segments, offsets) = self.readable()?;
        self.in_range(offsets.log_start, first_from(&segments, offsets, timestamp_ms))
    }

    pub fn max_timestamp(&self) -> Result<Found, ReadError> {
        let (segments, offsets) = self.readable()?;
        self.in_range(offsets.log_start, latest(&segments, offsets))
    }
}

fn first_from(
    segments: &Segments,
    offsets: PartitionOffsets,
    time: i64,
) -> Result<Found, SegmentError> {
    for segment in segments.iter() {
        if segment.largest()?.is_none_or(|largest| largest.timestamp < time) {
            continue;
        }
        let from = segment.offset_before_time(time)?.map_or(segment.base(), |before| before + 1);
        if let Some(found) = first_in(segment, from.max(offsets.log_start), offsets, time)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The first record at `from` or behind it that is at `time` or later.
fn first_in(
    segment: &Segment,
    from: i64,
    offsets: PartitionOffsets,
    time: i64,
) -> Result<Found, SegmentError> {
    let Some(first) = log::locate(segment, from)? else { return Ok(None) };
    let mut walk = Walk::new(segment, first.position, SCAN_WINDOW_BYTES)?;
    while let Some(batch) = walk.next()?.filter(|b| below(b, offsets)) {
        if batch.header.max_timestamp >= time {
            let wanted = |offset, at| offset >= from && at >= time;
            if let Some(found) = record_in(segment, batch, wanted)? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// The first of the records with the largest timestamp.
fn latest(segments: &Segments, offsets: PartitionOffsets) -> Result<Found, SegmentError> {
    let mut best: Option<(&Segment, Located)> = None;
    for (at, segment) in segments.iter().enumerate() {
        let end = segments.get(at + 1).map_or(offsets.log_end, |next| next.base());
        let whole = segment.base() >= offsets.log_start && end <= offsets.high_watermark;
        let found = if whole { latest_known(segment)? } else { latest_walked(segment, offsets)? };
        let later = |b: &Located| {
            best.is_none_or(|(_, known)| b.header.max_timestamp > known.header.max_timestamp)
        };
        if let Some(batch) = found.filter(later) {
            best = Some((segment, batch));
        }
    }
    let Some((segment, batch)) = best else { return Ok(None) };
    let wanted = |offset, at| offset >= offsets.log_start && at == batch.header.max_timestamp;
    record_in(segment, batch, wanted)
}

fn latest_known(segment: &Segment) -> Result<Option<Located>, SegmentError> {
    match segment.largest()? {
        Some(largest) => log::locate(segment, largest.offset),
        None => Ok(None),
    }
}

/// Of a segment that readers may see only in part.
fn latest_walked(
    segment: &Segment,
    offsets: PartitionOffsets,
) -> Result<Option<Located>, SegmentError> {
    let mut best: Option<Located> = None;
    let Some(first) = log::locate(segment, offsets.log_start)? else { return Ok(None) };
    let mut walk = Walk::new(segment, first.position, SCAN_WINDOW_BYTES)?;
    while let Some(batch) = walk.next()?.filter(|b| below(b, offsets)) {
        let time = batch.header.max_timestamp;
        if time >= 0 && best.is_none_or(|known| time > known.header.max_timestamp) {
            best = Some(batch);
        }
    }
    Ok(best)
}

fn below(batch: &Located, offsets: PartitionOffsets) -> bool {
    batch.header.last_offset() < offsets.high_watermark
}

fn record_in(
    segment: &Segment,
    at: Located,
    wanted: impl Fn(i64, i64) -> bool,
) -> Result<Found, SegmentError> {
    let bad = |why: &dyn std::fmt::Display| segment.corrupt(at.position, why.to_string());
    let batch = log::batch(segment, at)?;
    let unpacked = batch.unpack(DECOMPRESSED_MAX).map_err(|e| bad(&e))?;
    for record in batch.records(&unpacked) {
        let record = record.map_err(|e| bad(&e))?;
        if wanted(record.offset, record.timestamp) {
            return Ok(Some((record.offset, record.timestamp)));
        }
    }
    Ok(None)
}
