//! Record sets from a broker, sifted by filters into the stretch they were fetched for.
//!
//! Owns the walk over batches and records: what lies outside the stretch, control records, a tail
//! that was cut. Runs on a thread of its own kind, since unpacking and testing take time; it
//! looks up now and then whether anybody still waits for it.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use ouzel_api::messages::{self, Header, Message, PREVIEW_BYTES_MAX};
use ouzel_wire::batch::{
    self, Batch, BatchError, DECOMPRESSED_MAX, RecordError, RecordRef, TimestampType,
};

use super::{
    decode,
    filter::{Filters, Verdict},
    gather::Hit,
    part::Stretch,
};

/// Why a record set could not be sifted.
#[derive(Debug, thiserror::Error)]
pub enum SiftError {
    /// The first batch alone is larger than what was asked for.
    #[error("the batch at offset {offset} takes {needed} bytes")]
    BatchLarger {
        /// The offset that was asked for.
        offset: i64,
        /// Bytes that it takes.
        needed: usize,
    },
    /// A batch cannot be read.
    #[error("the batch at or after offset {offset} cannot be read: {source}")]
    Batch {
        /// Where to look.
        offset: i64,
        /// What is wrong with it.
        source: BatchError,
    },
    /// A record cannot be read.
    #[error("the batch at offset {base_offset} cannot be read: {source}")]
    Record {
        /// Its first offset.
        base_offset: i64,
        /// What is wrong with it.
        source: RecordError,
    },
}

/// Sifts `records`, as fetched from `stretch.next`, and moves `stretch` on. Returns early, with
/// the stretch not read further than it says, once `abandoned` is set.
pub fn sift(
    records: Bytes,
    stretch: &mut Stretch<Message>,
    filters: &Filters,
    abandoned: &AtomicBool,
) -> Result<(), SiftError> {
    for (whole, batch) in batch::batches(records).enumerate() {
        let batch = match batch {
            Ok(batch) => batch,
            Err(BatchError::Partial { .. }) if whole > 0 => return Ok(()),
            Err(BatchError::Partial { needed, .. }) => {
                return Err(SiftError::BatchLarger { offset: stretch.next, needed });
            }
            Err(source) => return Err(SiftError::Batch { offset: stretch.next, source }),
        };
        if batch.header.base_offset >= stretch.clip.end {
            stretch.next = stretch.clip.end;
        }
        if stretch.next >= stretch.clip.end
            || stretch.gather.is_full()
            || abandoned.load(Ordering::Relaxed)
        {
            return Ok(());
        }
        sift_batch(&batch, stretch, filters)?;
    }
    Ok(())
}

fn sift_batch(
    batch: &Batch,
    stretch: &mut Stretch<Message>,
    filters: &Filters,
) -> Result<(), SiftError> {
    let header = &batch.header;
    let next = header.next_offset().min(stretch.clip.end);
    if next <= stretch.next {
        return Ok(());
    }
    stretch.reaches_down_to(header.base_offset);
    if header.attributes.is_control() || header.record_count == 0 {
        stretch.next = next;
        return Ok(());
    }
    let offset = header.base_offset;
    batch.verify_crc().map_err(|source| SiftError::Batch { offset, source })?;
    let unpacked =
        batch.unpack(DECOMPRESSED_MAX).map_err(|source| SiftError::Batch { offset, source })?;
    if is_inside(batch, stretch) && !filters.can_match(&unpacked) {
        let records = header.record_count.unsigned_abs().into();
        stretch.gather.saw_many(records, first_time(batch), header.max_timestamp);
        stretch.next = next;
        return Ok(());
    }
    sift_records(batch, &unpacked, stretch, filters)
}

/// Whether every record of the batch counts, and its header tells the time of the first.
fn is_inside(batch: &Batch, stretch: &Stretch<Message>) -> bool {
    let header = &batch.header;
    stretch.clip.contains(&header.base_offset)
        && stretch.clip.contains(&header.last_offset())
        && !header.attributes.has_delete_horizon()
}

fn first_time(batch: &Batch) -> i64 {
    match batch.header.attributes.timestamp_type() {
        TimestampType::Create => batch.header.base_timestamp,
        TimestampType::LogAppend => batch.header.max_timestamp,
    }
}

fn sift_records(
    batch: &Batch,
    unpacked: &[u8],
    stretch: &mut Stretch<Message>,
    filters: &Filters,
) -> Result<(), SiftError> {
    let base_offset = batch.header.base_offset;
    for record in batch.records(unpacked) {
        let record = record.map_err(|source| SiftError::Record { base_offset, source })?;
        if record.offset >= stretch.clip.end {
            break;
        }
        if !stretch.clip.contains(&record.offset) {
            continue;
        }
        if stretch.gather.is_full() {
            return Ok(());
        }
        stretch.gather.saw(record.timestamp);
        match filters.judge(&record) {
            Verdict::NoMatch => {}
            Verdict::NotJson(reason) => {
                stretch.gather.not_json(record.offset, || reason.to_string());
            }
            Verdict::Match => {
                let message = message(stretch.partition, batch, &record, PREVIEW_BYTES_MAX);
                stretch.gather.hit(hit(message));
            }
        }
        stretch.next = stretch.next.max(record.offset + 1);
    }
    stretch.next = stretch.next.max(batch.header.next_offset().min(stretch.clip.end));
    Ok(())
}

fn hit(message: Message) -> Hit<Message> {
    let headers = message.headers.iter().map(|header| header.key.len() + header.value.text.len());
    let texts = message.key.text.len() + message.value.text.len() + headers.sum::<usize>();
    Hit {
        offset: message.offset,
        timestamp_ms: message.timestamp_ms,
        weight: size_of::<Message>() + texts,
        record: message,
    }
}

/// A record as the browser shows it, key, value and header values cut after `preview_bytes_max`.
pub fn message(
    partition: i32,
    batch: &Batch,
    record: &RecordRef<'_>,
    preview_bytes_max: usize,
) -> Message {
    let shown = |bytes| decode::payload(bytes, preview_bytes_max);
    let headers: Vec<Header> = record
        .headers
        .map(|header| Header { key: header.name().into_owned(), value: shown(header.value) })
        .collect();
    let length = |bytes: Option<&[u8]>| bytes.map_or(0, <[u8]>::len);
    let header_bytes = record.headers.map(|header| header.key.len() + length(header.value));
    let bytes = length(record.key) + length(record.value) + header_bytes.sum::<usize>();
    Message {
        partition,
        offset: record.offset,
        timestamp_ms: record.timestamp,
        timestamp_type: match batch.header.attributes.timestamp_type() {
            TimestampType::Create => messages::TimestampType::CreateTime,
            TimestampType::LogAppend => messages::TimestampType::LogAppendTime,
        },
        key: shown(record.key),
        value: shown(record.value),
        headers,
        size_bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
        batch: of_batch(batch),
    }
}

fn of_batch(batch: &Batch) -> messages::Batch {
    let header = &batch.header;
    let has_producer = header.producer_id >= 0;
    messages::Batch {
        base_offset: header.base_offset,
        records: header.record_count.unsigned_abs(),
        size_bytes: u32::try_from(batch.bytes.len()).unwrap_or(u32::MAX),
        codec: header.attributes.codec().map_or("unknown", |codec| codec.name()).to_owned(),
        leader_epoch: header.leader_epoch,
        producer_id: has_producer.then_some(header.producer_id),
        producer_epoch: has_producer.then_some(header.producer_epoch),
        base_sequence: has_producer.then_some(header.base_sequence),
        transactional: header.attributes.is_transactional(),
    }
}

#[cfg(test)]
mod tests;
