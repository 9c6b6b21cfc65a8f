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
        return Err(AppendError::InvalidTimestamp { timestamp_ms, rule: rule.to_owned() });
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
    let (mut latest, mut keyless, mut expected) = (-1, Vec::new(), batch.header.base_offset);
    for record in batch.records(unpacked) {
        let record = record.map_err(|e| invalid(e.to_string()))?;
        if record.offset != expected {
            return Err(invalid(format!("record {} has offset {}", expected, record.offset)));
        }
        expected += 1;
        in_time(&record, config, now_ms)?;
        latest = latest.max(record.timestamp);
        let index = (record.offset - batch.header.base_offset) as i32;
        if record.key.is_none() && config.cleanup.compacts() && keyless.len() < RECORD_ERRORS_MAX {
            let message = "a compacted topic takes no record without a key".to_owned();
            keyless.push(RecordError { index, message });
        }
    }
    if !keyless.is_empty() {
        let message = "records without a key, which a compacted topic needs".to_owned();
        return Err(AppendError::InvalidRecord { message, records: keyless });
    }
    Ok(latest)
}

fn in_time(record: &RecordRef<'_>, config: &LogConfig, now_ms: i64) -> Result<(), AppendError> {
    let timestamp_ms = record.timestamp;
    if config.timestamp_type == TimestampType::LogAppendTime || timestamp_ms == NO_TIMESTAMP {
        return Ok(());
    }
    let (before, after) = (config.timestamp_before_max_ms, config.timestamp_after_max_ms);
    let rule = if timestamp_ms < 0 {
        "before 1970".to_owned()
    } else if now_ms.saturating_sub(timestamp_ms) > before {
        format!("older than message.timestamp.before.max.ms, {before}")
    } else if timestamp_ms.saturating_sub(now_ms) > after {
        format!("further ahead than message.timestamp.after.max.ms, {after}")
    } else {
        return Ok(());
    };
    Err(AppendError::InvalidTimestamp { timestamp_ms, rule })
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
#[allow(clippy::unwrap_used)]
mod tests {
    use ouzel_wire::batch::{BatchBuilder, NewRecord};

    use super::*;
    use crate::log::Cleanup;

    const NOW_MS: i64 = 1_700_000_000_000;

    fn built(builder: BatchBuilder, records: &[(i64, Option<&[u8]>)]) -> Vec<u8> {
        let mut builder = builder;
        for &(timestamp, key) in records {
            builder.push(NewRecord { timestamp, key, value: Some(b"value"), headers: &[] });
        }
        builder.build().unwrap().to_vec()
    }

    fn two(builder: BatchBuilder) -> Vec<u8> {
        built(builder, &[(NOW_MS, None), (NOW_MS - 5, Some(b"k"))])
    }

    /// Changes a header field and makes the checksum right again.
    fn with(mut bytes: Vec<u8>, at: usize, field: &[u8]) -> Vec<u8> {
        bytes[at..at + field.len()].copy_from_slice(field);
        let crc = crc32c::crc32c(&bytes[21..]);
        bytes[17..21].copy_from_slice(&crc.to_be_bytes());
        bytes
    }

    fn checked(bytes: Vec<u8>, config: &LogConfig) -> Result<Batch, AppendError> {
        checked_within(bytes, config, &mut { usize::MAX })
    }

    fn checked_within(
        bytes: Vec<u8>,
        config: &LogConfig,
        left: &mut usize,
    ) -> Result<Batch, AppendError> {
        let checked = check(bytes.into(), Origin::Client, config, NOW_MS, left);
        checked.map(|mut batches| batches.remove(0))
    }

    #[track_caller]
    fn refused(bytes: Vec<u8>, words: &str) {
        let error = checked(bytes, &LogConfig::default()).unwrap_err();
        assert!(matches!(error, AppendError::InvalidRecord { .. }), "{error:?}");
        assert!(error.to_string().contains(words), "{error}");
    }

    #[test]
    fn a_good_batch_passes_as_it_came_with_every_codec() {
        for codec in Codec::ALL {
            let bytes = two(BatchBuilder::new().codec(codec));
            let batch = checked(bytes.clone(), &LogConfig::default()).unwrap();
            assert_eq!(batch.bytes, bytes, "{codec:?}");
        }
    }

    #[test]
    fn what_is_not_exactly_one_batch_is_refused() {
        let one = two(BatchBuilder::new());
        refused(Vec::new(), "no batch");
        refused([one.clone(), one.clone()].concat(), "2 batches");
        for cut in 1..one.len() {
            let error = checked(one[..cut].to_vec(), &LogConfig::default());
            assert!(matches!(error, Err(AppendError::Corrupt(_))), "{cut}: {error:?}");
        }
    }

    #[test]
    fn every_flipped_bit_behind_the_checksum_is_found() {
        let one = two(BatchBuilder::new());
        for bit in 17 * 8..one.len() * 8 {
            let mut bytes = one.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            checked(bytes, &LogConfig::default()).unwrap_err();
        }
    }

    #[test]
    fn headers_that_do_not_fit_their_records_are_refused() {
        let one = || two(BatchBuilder::new());
        refused(with(one(), 57, &3i32.to_be_bytes()), "3 records but 2 offsets");
        refused(with(one(), 23, &2i32.to_be_bytes()), "2 records but 3 offsets");
        let three = with(one(), 57, &3i32.to_be_bytes());
        refused(with(three, 23, &2i32.to_be_bytes()), "record");
        refused(two(BatchBuilder::new().control()), "control");
        refused(two(BatchBuilder::new().producer(7, 0, -1)), "sequence -1");
        refused(with(one(), 16, &[1]), "format 1");
        refused(with(one(), 21, &(1i16 << 6).to_be_bytes()), "horizon");
    }

    #[test]
    fn an_unknown_codec_and_a_transaction_have_errors_of_their_own() {
        let one = with(two(BatchBuilder::new()), 21, &7i16.to_be_bytes());
        let refused = checked(one, &LogConfig::default());
        assert_eq!(refused, Err(AppendError::UnknownCodec { codec: 7 }));
        let part = two(BatchBuilder::new().producer(7, 0, 0).transactional());
        assert_eq!(checked(part, &LogConfig::default()), Err(AppendError::Transactional));
    }

    #[test]
    fn packed_records_take_from_what_is_left_and_no_more_than_that() {
        let packed = || two(BatchBuilder::new().codec(Codec::Gzip));
        let config = LogConfig::default();
        let mut left = 1000;
        checked_within(packed(), &config, &mut left).unwrap();
        let size = 1000 - left;
        assert!(size > 0);
        checked_within(two(BatchBuilder::new()), &config, &mut left).unwrap();
        assert_eq!(left, 1000 - size, "what is not packed costs nothing");
        left = size - 1;
        let refused = checked_within(packed(), &config, &mut left);
        assert_eq!(refused, Err(AppendError::UnpacksTooLarge { limit: size - 1 }));
        assert_eq!(left, 0);
    }

    #[test]
    fn a_batch_over_the_limit_is_too_large() {
        let one = two(BatchBuilder::new());
        let size = one.len();
        let limit = |message_bytes_max| LogConfig { message_bytes_max, ..LogConfig::default() };
        checked(one.clone(), &limit(size as u32)).unwrap();
        let max = size as u32 - 1;
        assert_eq!(checked(one, &limit(max)), Err(AppendError::TooLarge { size, max }));
    }

    #[test]
    fn a_compacted_topic_names_the_records_without_a_key() {
        let config = LogConfig { cleanup: Cleanup::Compact, ..LogConfig::default() };
        let Err(AppendError::InvalidRecord { records, .. }) =
            checked(two(BatchBuilder::new()), &config)
        else {
            panic!("accepted");
        };
        assert_eq!(records.iter().map(|r| r.index).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn times_outside_the_topic_s_range_are_refused() {
        let config = LogConfig {
            timestamp_before_max_ms: 1000,
            timestamp_after_max_ms: 500,
            ..LogConfig::default()
        };
        let at = |timestamp| checked(built(BatchBuilder::new(), &[(timestamp, None)]), &config);
        for good in [NOW_MS - 1000, NOW_MS + 500, NO_TIMESTAMP] {
            at(good).unwrap();
        }
        for bad in [NOW_MS - 1001, NOW_MS + 501, -2] {
            let error = at(bad).unwrap_err();
            assert!(matches!(error, AppendError::InvalidTimestamp { .. }), "{bad}: {error:?}");
        }
        let stamped = two(BatchBuilder::new().log_append_time(NOW_MS));
        let error = checked(stamped, &LogConfig::default()).unwrap_err();
        assert!(matches!(error, AppendError::InvalidTimestamp { .. }), "{error:?}");
    }

    #[test]
    fn a_header_that_lies_about_its_largest_time_is_put_right() {
        let lying = with(two(BatchBuilder::new()), 35, &(NOW_MS + 1000).to_be_bytes());
        let batch = checked(lying, &LogConfig::default()).unwrap();
        assert_eq!(batch.header.max_timestamp, NOW_MS);
        batch.verify_crc().unwrap();
    }

    #[test]
    fn a_topic_s_codec_packs_what_came_otherwise_and_leaves_the_rest_alone() {
        for came in Codec::ALL {
            for codec in Codec::ALL {
                let repack = Some(Repack { codec, level: None });
                let config = LogConfig { repack, ..LogConfig::default() };
                let bytes = two(BatchBuilder::new().codec(came).producer(7, 1, 3));
                let batch = checked(bytes.clone(), &config).unwrap();
                assert_eq!(batch.header.attributes.codec(), Ok(codec), "{came:?}");
                assert_eq!(batch.bytes == bytes, came == codec, "{came:?} to {codec:?}");
                batch.verify_crc().unwrap();
                let (header, unpacked) = (batch.header, batch.unpack(1000).unwrap());
                assert_eq!((header.producer_id, header.base_sequence), (7, 3));
                let times: Vec<i64> =
                    batch.records(&unpacked).map(|record| record.unwrap().timestamp).collect();
                assert_eq!(times, [NOW_MS, NOW_MS - 5]);
            }
        }
    }

    #[test]
    fn what_is_too_large_once_the_broker_has_unpacked_it_is_refused() {
        let mut builder = BatchBuilder::new().codec(Codec::Zstd);
        builder.push_value(NOW_MS, None, &[7; 5000]);
        let packed = builder.build().unwrap();
        let repack = Some(Repack { codec: Codec::None, level: None });
        let config = LogConfig { message_bytes_max: 1000, ..LogConfig::default() };
        checked(packed.to_vec(), &config).unwrap();
        let refused = checked(packed.to_vec(), &LogConfig { repack, ..config });
        assert!(matches!(refused, Err(AppendError::TooLarge { max: 1000, .. })), "{refused:?}");
    }

    #[test]
    fn a_topic_s_own_limit_of_unpacking_holds() {
        let packed = || two(BatchBuilder::new().codec(Codec::Lz4));
        let limit = |unpacked_bytes_max| LogConfig { unpacked_bytes_max, ..LogConfig::default() };
        checked(packed(), &limit(1000)).unwrap();
        let refused = checked(packed(), &limit(10));
        assert_eq!(refused, Err(AppendError::UnpacksTooLarge { limit: 10 }));
    }

    #[test]
    fn with_the_broker_s_time_the_batch_is_stamped() {
        let timestamp_type = TimestampType::LogAppendTime;
        let config = LogConfig { timestamp_type, ..LogConfig::default() };
        let batch = checked(built(BatchBuilder::new(), &[(5, None)]), &config).unwrap();
        assert_eq!(batch.header.max_timestamp, NOW_MS);
        assert_eq!(batch.header.attributes.timestamp_type(), StampedBy::LogAppend);
        batch.verify_crc().unwrap();
    }
}
