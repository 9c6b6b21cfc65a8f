//! Record sets from a broker, sifted by filters into the stretch they were fetched for.
//!
//! Owns the walk over batches and records: what lies outside the stretch, control records, aborted
//! transactions, a tail that was cut. Runs on a thread of its own kind, since unpacking and testing
//! take time; it looks up now and then whether anybody still waits for it.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use ouzel_api::{
    messages::{self, Header, Message, Payload, Transaction},
    search::{Isolation, Side},
};
use ouzel_wire::batch::{
    self, Batch, BatchError, Batches, DECOMPRESSED_MAX, RecordError, RecordRef, TimestampType,
};

use super::{
    decode::{self, Decoding},
    filter::{Filters, Verdict},
    foresee::{self, Ahead, Foreseen},
    gather::Hit,
    part::Stretch,
    transactions::Transactions,
};
use crate::script::{self, ScriptError};

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
    /// A script reached a limit.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// A record cannot be read.
    #[error("the batch at offset {base_offset} cannot be read: {source}")]
    Record {
        /// Its first offset.
        base_offset: i64,
        /// What is wrong with it.
        source: RecordError,
    },
}

/// How records are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// For people: decoded, each key and value cut after so many bytes.
    Decoded(usize),
    /// For files: whole, as they are.
    Exact,
}

/// What records are tested with.
#[derive(Debug)]
pub struct Sieve<'a> {
    /// What matches.
    pub filters: &'a Filters,
    /// How matches are shown.
    pub shape: Shape,
    /// Which records of transactions count.
    pub isolation: Isolation,
    /// What became of the transactions in the answer.
    pub transactions: Transactions,
    /// What scripts have said of records to come.
    pub foreseen: Foreseen,
    /// Set when nobody waits any more.
    pub abandoned: &'a AtomicBool,
}

impl Sieve<'_> {
    /// Whether records of such a transaction do not count.
    pub fn leaves_out(&self, transaction: Option<Transaction>) -> bool {
        self.isolation == Isolation::ReadCommitted
            && matches!(transaction, Some(Transaction::Aborted | Transaction::Open))
    }

    /// Whether nobody waits any more.
    pub fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed)
    }
}

/// Sifts `records`, as fetched from `stretch.next`, and moves `stretch` on. Returns early, with
/// the stretch not read further than it says, once nobody waits.
pub fn sift(
    records: Bytes,
    stretch: &mut Stretch<Message>,
    sieve: &mut Sieve<'_>,
) -> Result<(), SiftError> {
    let mut batches = batch::batches(records);
    for whole in 0.. {
        let batch = match batches.next() {
            None => return Ok(()),
            Some(Ok(batch)) => batch,
            Some(Err(BatchError::Partial { .. })) if whole > 0 => return Ok(()),
            Some(Err(BatchError::Partial { needed, .. })) => {
                return Err(SiftError::BatchLarger { offset: stretch.next, needed });
            }
            Some(Err(source)) => {
                return Err(SiftError::Batch { offset: stretch.next, source });
            }
        };
        // First: what was not read of the batch before is still to be read.
        if stretch.gather.is_full() || sieve.is_abandoned() {
            return Ok(());
        }
        if batch.header.base_offset >= stretch.clip.end {
            stretch.next = stretch.clip.end;
        }
        if stretch.next >= stretch.clip.end {
            return Ok(());
        }
        sift_batch(&batch, &batches, stretch, sieve)?;
    }
    Ok(())
}

fn sift_batch(
    batch: &Batch,
    upcoming: &Batches,
    stretch: &mut Stretch<Message>,
    sieve: &mut Sieve<'_>,
) -> Result<(), SiftError> {
    let header = &batch.header;
    let transaction = sieve.transactions.of(batch);
    let next = header.next_offset().min(stretch.clip.end);
    if next <= stretch.next {
        return Ok(());
    }
    stretch.reaches_down_to(header.base_offset);
    if header.attributes.is_control() {
        stretch.gather.passed_control(inside(batch, stretch)?);
    } else if sieve.leaves_out(transaction) {
        stretch.gather.passed_aborted(inside(batch, stretch)?);
    } else if header.record_count > 0 {
        return sift_data((batch, transaction), upcoming, stretch, sieve);
    }
    stretch.next = next;
    Ok(())
}

/// Records of the batch that are to be counted. Its header tells, unless the stretch cuts a batch
/// with holes: which of its offsets are holes only its records tell.
fn inside(batch: &Batch, stretch: &Stretch<Message>) -> Result<u64, SiftError> {
    let (header, fresh) = (&batch.header, stretch.gather.fresh());
    let records = u64::from(header.record_count.unsigned_abs());
    let span = |from: i64, to: i64| u64::try_from(to - from).unwrap_or(0);
    let whole = span(header.base_offset, header.next_offset());
    let from = header.base_offset.max(fresh.start);
    let cut = span(from, header.next_offset().min(fresh.end));
    if cut == whole || records >= whole {
        return Ok(records.min(cut));
    }
    let base_offset = header.base_offset;
    let is_inside = |record: Result<RecordRef<'_>, RecordError>| match record {
        Ok(record) => Ok(u64::from(fresh.contains(&record.offset))),
        Err(source) => Err(SiftError::Record { base_offset, source }),
    };
    batch.records(&unpack(batch)?).map(is_inside).sum()
}

pub(super) fn unpack(batch: &Batch) -> Result<Bytes, SiftError> {
    let offset = batch.header.base_offset;
    let failed = |source| SiftError::Batch { offset, source };
    batch.verify_crc().map_err(failed)?;
    batch.unpack(DECOMPRESSED_MAX).map_err(failed)
}

fn sift_data(
    (batch, transaction): (&Batch, Option<Transaction>),
    upcoming: &Batches,
    stretch: &mut Stretch<Message>,
    sieve: &mut Sieve<'_>,
) -> Result<(), SiftError> {
    let header = &batch.header;
    let unpacked = unpack(batch)?;
    if is_inside(batch, stretch) && !sieve.filters.can_match(&unpacked) {
        let records = header.record_count.unsigned_abs().into();
        stretch.gather.saw_many(records, first_time(batch), header.max_timestamp);
        stretch.next = header.next_offset();
        return Ok(());
    }
    sift_records(&Whole { batch, unpacked, transaction, upcoming }, stretch, sieve)
}

/// Whether every record of the batch is to be counted, and its header tells the time of the first.
fn is_inside(batch: &Batch, stretch: &Stretch<Message>) -> bool {
    let (header, fresh) = (&batch.header, stretch.gather.fresh());
    fresh.contains(&header.base_offset)
        && fresh.contains(&header.last_offset())
        && !header.attributes.has_delete_horizon()
}

fn first_time(batch: &Batch) -> i64 {
    match batch.header.attributes.timestamp_type() {
        TimestampType::Create => batch.header.base_timestamp,
        TimestampType::LogAppend => batch.header.max_timestamp,
    }
}

/// A batch with its records unpacked, and those that follow it.
struct Whole<'a> {
    batch: &'a Batch,
    unpacked: Bytes,
    transaction: Option<Transaction>,
    upcoming: &'a Batches,
}

fn sift_records(
    whole: &Whole<'_>,
    stretch: &mut Stretch<Message>,
    sieve: &mut Sieve<'_>,
) -> Result<(), SiftError> {
    let header = &whole.batch.header;
    let has_scripts = sieve.filters.scripts().is_some();
    let mut records = whole.batch.records(&whole.unpacked);
    loop {
        let upcoming = has_scripts.then(|| records.clone());
        let Some(record) = records.next() else { break };
        let base_offset = header.base_offset;
        let record = record.map_err(|source| SiftError::Record { base_offset, source })?;
        if record.offset >= stretch.clip.end {
            break;
        }
        if !stretch.clip.contains(&record.offset) {
            continue;
        }
        // One record can be large enough to take a while.
        if stretch.gather.is_full() || sieve.is_abandoned() {
            return Ok(());
        }
        stretch.gather.saw(record.offset, record.timestamp);
        match sieve.filters.judge(&record) {
            Verdict::NoMatch => {}
            Verdict::Unjudged(unfit) => {
                stretch.gather.unjudged(record.offset, || unfit.to_string());
            }
            Verdict::Match => {
                let ahead = upcoming.map(|records| Ahead { records, batches: whole.upcoming });
                let said = match ahead {
                    Some(ahead) => foresee::verdict(record.offset, ahead, stretch, sieve)?,
                    None => Some(script::Verdict::Match),
                };
                match said {
                    Some(script::Verdict::Match) => take(whole, &record, stretch, sieve),
                    Some(script::Verdict::NoMatch) => {}
                    Some(script::Verdict::Unjudged { reason, .. }) => {
                        stretch.gather.unjudged(record.offset, || reason);
                    }
                    None => return Ok(()),
                }
            }
        }
        stretch.next = stretch.next.max(record.offset + 1);
    }
    stretch.next = stretch.next.max(header.next_offset().min(stretch.clip.end));
    Ok(())
}

fn take(
    whole: &Whole<'_>,
    record: &RecordRef<'_>,
    stretch: &mut Stretch<Message>,
    sieve: &Sieve<'_>,
) {
    let decoding = sieve.filters.decoding();
    let mut message = message(stretch.partition, whole.batch, record, (decoding, sieve.shape));
    message.transaction = whole.transaction;
    if let (Some(reason), Shape::Decoded(_)) = (misread(decoding, &message), sieve.shape) {
        stretch.gather.undecodable(message.offset, || reason);
    }
    stretch.gather.hit(hit(message));
}

/// Why a key or value is not shown as was chosen.
fn misread(decoding: &Decoding, message: &Message) -> Option<String> {
    let sides = [(Side::Key, &message.key, "key"), (Side::Value, &message.value, "value")];
    sides.into_iter().find_map(|(side, payload, name)| {
        let chosen = decoding.chosen(side);
        let first = payload.tried.first().filter(|tried| tried.decoder == chosen)?;
        Some(format!("the {name} is not {}: {}", chosen.name(), first.reason))
    })
}

fn hit(message: Message) -> Hit<Message> {
    let of = |payload: &Payload| payload.text.len() + payload.raw.as_ref().map_or(0, String::len);
    let headers = message.headers.iter().map(|header| header.key.len() + of(&header.value));
    let texts = of(&message.key) + of(&message.value) + headers.sum::<usize>();
    Hit {
        offset: message.offset,
        timestamp_ms: message.timestamp_ms,
        weight: size_of::<Message>() + texts,
        record: message,
    }
}

/// A record as the browser shows it.
pub fn message(
    partition: i32,
    batch: &Batch,
    record: &RecordRef<'_>,
    (decoding, shape): (&Decoding, Shape),
) -> Message {
    let (key, value) = match shape {
        Shape::Exact => (decode::exact(record.key), decode::exact(record.value)),
        Shape::Decoded(bytes_max) => (
            decoding.key(record.key, bytes_max),
            decoding.value(record.key, record.value, bytes_max),
        ),
    };
    let plain = |bytes| match shape {
        Shape::Exact => decode::exact(bytes),
        Shape::Decoded(bytes_max) => decode::plain(bytes, bytes_max),
    };
    let headers: Vec<Header> = record
        .headers
        .map(|header| Header { key: header.name().into_owned(), value: plain(header.value) })
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
        key,
        value,
        headers,
        size_bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
        batch: of_batch(batch),
        transaction: None,
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
