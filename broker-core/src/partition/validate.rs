//! Whether records from outside may be appended, by Kafka's rules.
//!
//! Pure: bytes and settings in, batches or a refusal out. What depends on the
//! partition's state, a producer's sequence, is checked later by `producers`.

use bytes::Bytes;
use ouzel_wire::batch::{
    Batch, BatchError, Codec, CompressionError, DECOMPRESSED_MAX, RecordRef,
    TimestampType as StampedBy, batches, set_max_timestamp,
};

use super::Origin;
use super::error::{AppendError, RecordError};
use crate::buffers;
use crate::log::{LogConfig, Repack, TimestampType};

/// Most records that a refusal names one by one: enough to see what is wrong.
const RECORD_ERRORS_MAX: usize = 100;

/// The batches in `bytes`, as they are to be written except for offset and epoch. A producer's
/// records may unpack to `left` bytes, of which they take their share.
pub(crate) fn check(
    bytes: Bytes,
    origin: Origin,
    config: &LogConfig,
    now_ms: i64,
    left: &mut usize,
) -> Result<Vec<Batch>, AppendError> {
    let found: Result<Vec<Batch>, BatchError> = batches(bytes).collect();
    let found = found.map_err(unreadable)?;
    match (origin, found.as_slice()) {
        (_, []) => Err(invalid("there is no batch")),
        (Origin::Client, [one]) => Ok(vec![client_batch(one, config, now_ms, left)?]),
        (Origin::Client, many) => Err(invalid(format!("{} batches instead of one", many.len()))),
        (Origin::Coordinator, _) => Ok(found),
    }
}

fn client_batch(
    batch: &Batch,
    config: &LogConfig,
    now_ms: i64,
    left: &mut usize,
) -> Result<Batch, AppendError> {
    let (size, max) = (batch.bytes.len(), config.message_bytes_max);
    if size > max as usize {
        return Err(AppendError::TooLarge { size, max });
    }
    batch.verify_crc().map_err(unreadable)?;
    header(batch)?;
    let mut scratch = buffers::scratch();
    let unpacked = unpack(batch, config, left, scratch.memory())?;
    let latest = records(batch, unpacked, config, now_ms)?;
    let batch = &repacked(batch, unpacked, config)?;
    Ok(match config.timestamp_type {
        TimestampType::LogAppendTime => stamped(batch, now_ms, StampedBy::LogAppend),
        TimestampType::CreateTime if latest == batch.header.max_timestamp => batch.clone(),
        // Time lookups go by the header, so it must tell the truth.
        TimestampType::CreateTime => stamped(batch, latest, StampedBy::Create),
    })
}

fn header(batch: &Batch) -> Result<(), AppendError> {
    let header = &batch.header;
    let from_offsets = i64::from(header.last_offset_delta) + 1;
    if header.record_count == 0 || i64::from(header.record_count) != from_offsets {
        let count = header.record_count;
        return Err(invalid(format!("{count} records but {from_offsets} offsets")));
    }
    if header.attributes.is_control() {
        return Err(invalid("producers may not write control batches"));
    }
    if header.attributes.is_transactional() {
        return Err(AppendError::Transactional);
    }
    if header.attributes.has_delete_horizon() {
        return Err(invalid("producers may not set a delete horizon"));
    }
    if header.producer_id >= 0 && (header.base_sequence < 0 || header.producer_epoch < 0) {
        let (sequence, epoch) = (header.base_sequence, header.producer_epoch);
        return Err(invalid(format!(
            "an idempotent producer's batch has sequence {sequence} and epoch {epoch}"
        )));
    }
    if header.attributes.timestamp_type() == StampedBy::LogAppend {
        let (timestamp_ms, rule) = (header.max_timestamp, "producers may not stamp for the broker");
        let (rule, records) = (rule.to_owned(), Vec::new());
        return Err(AppendError::InvalidTimestamp { timestamp_ms, rule, records });
    }
    Ok(())
}

/// What cannot be unpacked counts with all that it might have been: it is found out late.
fn unpack<'a>(
    batch: &'a Batch,
    config: &LogConfig,
    left: &mut usize,
    scratch: &'a mut Vec<u8>,
) -> Result<&'a [u8], AppendError> {
    let limit = DECOMPRESSED_MAX.min(config.unpacked_bytes_max as usize).min(*left);
    let unpacked = batch.unpack_in(limit, scratch);
    if batch.header.attributes.codec() != Ok(Codec::None) {
        *left -= unpacked.as_ref().map_or(limit, |bytes| bytes.len());
    }
    unpacked.map_err(unreadable)
}

/// The batch as the topic wants it packed. What came so already stays as it is.
fn repacked(batch: &Batch, unpacked: &[u8], config: &LogConfig) -> Result<Batch, AppendError> {
    let wanted = config.repack.filter(|to| batch.header.attributes.codec() != Ok(to.codec));
    let Some(Repack { codec, level }) = wanted else { return Ok(batch.clone()) };
    let batch = batch.repack(unpacked, codec, level).map_err(unreadable)?;
    let (size, max) = (batch.bytes.len(), config.message_bytes_max);
    match size > max as usize {
        true => Err(AppendError::TooLarge { size, max }),
        false => Ok(batch),
    }
}

/// Goes through the records; returns the largest timestamp.
fn records(
    batch: &Batch,
    unpacked: &[u8],
    config: &LogConfig,
    now_ms: i64,
) -> Result<i64, AppendError> {
    let (mut latest, mut expected) = (NO_TIMESTAMP, batch.header.base_offset);
    let mut faults = Faults::default();
    for record in batch.records(unpacked) {
        let record = record.map_err(|e| invalid(e.to_string()))?;
        if record.offset != expected {
            return Err(invalid(format!("record {} has offset {}", expected, record.offset)));
        }
        let index = (record.offset - batch.header.base_offset) as i32;
        expected += 1;
        latest = latest.max(record.timestamp);
        if record.key.is_none() && config.cleanup.compacts() {
            faults.name(index, || "a compacted topic takes no record without a key".to_owned());
        } else if let Some(bound) = out_of_time(&record, config, now_ms) {
            faults.out_of_time(index, record.timestamp, bound);
        }
    }
    faults.outcome().map(|()| latest)
}

/// Records that may not be there, the first ones by name.
#[derive(Default)]
struct Faults {
    records: Vec<RecordError>,
    /// The first timestamp that is not accepted, and why.
    time: Option<(i64, String)>,
}

impl Faults {
    fn name(&mut self, index: i32, message: impl FnOnce() -> String) {
        if self.records.len() < RECORD_ERRORS_MAX {
            self.records.push(RecordError { index, message: message() });
        }
    }

    fn out_of_time(&mut self, index: i32, timestamp_ms: i64, bound: Bound) {
        self.time.get_or_insert_with(|| (timestamp_ms, bound.rule()));
        self.name(index, || format!("timestamp {timestamp_ms} is not accepted: {}", bound.rule()));
    }

    /// Of both kinds the time is what the whole request is told, as in Kafka.
    fn outcome(self) -> Result<(), AppendError> {
        let Faults { records, time } = self;
        if let Some((timestamp_ms, rule)) = time {
            return Err(AppendError::InvalidTimestamp { timestamp_ms, rule, records });
        }
        match records.is_empty() {
            true => Ok(()),
            false => {
                let message = "records without a key, which a compacted topic needs".to_owned();
                Err(AppendError::InvalidRecord { message, records })
            }
        }
    }
}

/// What a timestamp breaks.
#[derive(Clone, Copy)]
enum Bound {
    Epoch,
    Before(i64),
    After(i64),
}

impl Bound {
    fn rule(self) -> String {
        match self {
            Bound::Epoch => "before 1970".to_owned(),
            Bound::Before(ms) => format!("older than message.timestamp.before.max.ms, {ms}"),
            Bound::After(ms) => format!("further ahead than message.timestamp.after.max.ms, {ms}"),
        }
    }
}

fn out_of_time(record: &RecordRef<'_>, config: &LogConfig, now_ms: i64) -> Option<Bound> {
    let timestamp_ms = record.timestamp;
    if config.timestamp_type == TimestampType::LogAppendTime || timestamp_ms == NO_TIMESTAMP {
        return None;
    }
    let (before, after) = (config.timestamp_before_max_ms, config.timestamp_after_max_ms);
    match timestamp_ms {
        ..0 => Some(Bound::Epoch),
        _ if now_ms.saturating_sub(timestamp_ms) > before => Some(Bound::Before(before)),
        _ if timestamp_ms.saturating_sub(now_ms) > after => Some(Bound::After(after)),
        _ => None,
    }
}

/// What a record without a time has instead.
const NO_TIMESTAMP: i64 = -1;

fn stamped(batch: &Batch, timestamp_ms: i64, by: StampedBy) -> Batch {
    let mut bytes = batch.bytes.to_vec();
    set_max_timestamp(&mut bytes, timestamp_ms, by);
    let parsed = Batch::parse(&bytes.into());
    parsed.unwrap_or_else(|e| panic!("a new timestamp spoils no batch, but: {e}"))
}

fn unreadable(error: BatchError) -> AppendError {
    match error {
        BatchError::InvalidHeader { field: "codec", value } => {
            AppendError::UnknownCodec { codec: value }
        }
        BatchError::Compression(CompressionError::TooLarge { limit, .. }) => {
            AppendError::UnpacksTooLarge { limit }
        }
        BatchError::UnsupportedMagic(_) | BatchError::InvalidHeader { .. } => {
            invalid(error.to_string())
        }
        _ => AppendError::Corrupt(error.to_string()),
    }
}

fn invalid(message: impl Into<String>) -> AppendError {
    AppendError::InvalidRecord { message: message.into(), records: Vec::new() }
}

#[cfg(test)]
mod tests;
