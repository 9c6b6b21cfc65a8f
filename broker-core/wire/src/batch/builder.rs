//! New batches from records: for the broker's own topics, the command line and tests.

use bytes::Bytes;

use super::header::{self, Attributes, BatchHeader, HEADER_BYTES, TimestampType};
use super::varint::{put_varint, put_varlong};
use super::{BatchError, Codec, compress};

/// A record to be written.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewRecord<'a> {
    /// Its time in milliseconds since 1970.
    pub timestamp: i64,
    /// The key, if it has one.
    pub key: Option<&'a [u8]>,
    /// The value; none is a tombstone in a compacted topic.
    pub value: Option<&'a [u8]>,
    /// Names and values of its headers.
    pub headers: &'a [(&'a str, Option<&'a [u8]>)],
}

/// Collects records and makes one batch of them.
#[derive(Debug, Clone)]
pub struct BatchBuilder {
    header: BatchHeader,
    codec: Codec,
    transactional: bool,
    control: bool,
    log_append_time: Option<i64>,
    /// The records as written so far.
    records: Vec<u8>,
    /// One record, before its length is known.
    scratch: Vec<u8>,
}

impl Default for BatchBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl BatchBuilder {
    /// A batch at offset 0 that belongs to no producer and is not packed.
    pub fn new() -> Self {
        let header = BatchHeader {
            base_offset: 0,
            batch_length: 0,
            leader_epoch: -1,
            crc: 0,
            attributes: Attributes::default(),
            last_offset_delta: -1,
            base_timestamp: 0,
            max_timestamp: i64::MIN,
            producer_id: -1,
            producer_epoch: -1,
            base_sequence: -1,
            record_count: 0,
        };
        Self {
            header,
            codec: Codec::None,
            transactional: false,
            control: false,
            log_append_time: None,
            records: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Packs the records.
    pub fn codec(mut self, codec: Codec) -> Self {
        self.codec = codec;
        self
    }

    /// The offset of the first record.
    pub fn base_offset(mut self, offset: i64) -> Self {
        self.header.base_offset = offset;
        self
    }

    /// The leadership under which it is appended.
    pub fn leader_epoch(mut self, epoch: i32) -> Self {
        self.header.leader_epoch = epoch;
        self
    }

    /// The idempotent producer that sends it, and the first record's place in its sequence.
    pub fn producer(mut self, id: i64, epoch: i16, base_sequence: i32) -> Self {
        self.header.producer_id = id;
        self.header.producer_epoch = epoch;
        self.header.base_sequence = base_sequence;
        self
    }

    /// Makes it part of the producer's transaction.
    pub fn transactional(mut self) -> Self {
        self.transactional = true;
        self
    }

    /// Makes its records marks instead of data.
    pub fn control(mut self) -> Self {
        self.control = true;
        self
    }

    /// Stamps all records with the time of the append.
    pub fn log_append_time(mut self, timestamp_ms: i64) -> Self {
        self.log_append_time = Some(timestamp_ms);
        self
    }

    /// Adds a record at the next offset.
    pub fn push(&mut self, record: NewRecord<'_>) -> &mut Self {
        let header = &mut self.header;
        if header.record_count == 0 {
            header.base_timestamp = record.timestamp;
        }
        header.record_count += 1;
        header.last_offset_delta += 1;
        header.max_timestamp = header.max_timestamp.max(record.timestamp);
        let timestamp_delta = record.timestamp.wrapping_sub(header.base_timestamp);
        self.scratch.clear();
        self.scratch.push(0);
        put_varlong(&mut self.scratch, timestamp_delta);
        put_varint(&mut self.scratch, header.last_offset_delta);
        put_nullable(&mut self.scratch, record.key);
        put_nullable(&mut self.scratch, record.value);
        put_varint(&mut self.scratch, record.headers.len() as i32);
        for (name, value) in record.headers {
            put_nullable(&mut self.scratch, Some(name.as_bytes()));
            put_nullable(&mut self.scratch, *value);
        }
        put_varint(&mut self.records, self.scratch.len() as i32);
        self.records.extend_from_slice(&self.scratch);
        self
    }

    /// Leaves the next offset without a record, as compaction does.
    pub fn skip(&mut self) -> &mut Self {
        self.header.last_offset_delta += 1;
        self
    }

    /// Adds a record with key and value alone.
    pub fn push_value(&mut self, timestamp: i64, key: Option<&[u8]>, value: &[u8]) -> &mut Self {
        self.push(NewRecord { timestamp, key, value: Some(value), headers: &[] })
    }

    /// Records added so far.
    pub fn record_count(&self) -> usize {
        self.header.record_count as usize
    }

    /// The batch with its checksum, ready to be sent or stored.
    pub fn build(&self) -> Result<Bytes, BatchError> {
        if self.header.record_count == 0 {
            return Err(BatchError::Empty);
        }
        let packed = match self.codec {
            Codec::None => None,
            codec => Some(compress(codec, &self.records)?),
        };
        let payload = packed.as_ref().unwrap_or(&self.records);
        let size = HEADER_BYTES + payload.len();
        if i32::try_from(size.max(self.records.len())).is_err() {
            return Err(BatchError::TooLong(size));
        }
        let mut batch = Vec::with_capacity(size);
        batch.resize(HEADER_BYTES, 0);
        batch.extend_from_slice(payload);
        let attributes = Attributes::new(self.codec, self.transactional, self.control);
        header::write(&mut batch, &BatchHeader { attributes, ..self.header });
        if let Some(timestamp_ms) = self.log_append_time {
            header::set_max_timestamp(&mut batch, timestamp_ms, TimestampType::LogAppend);
        }
        Ok(Bytes::from(batch))
    }
}

fn put_nullable(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        None => put_varint(out, -1),
        Some(bytes) => {
            put_varint(out, bytes.len() as i32);
            out.extend_from_slice(bytes);
        }
    }
}
