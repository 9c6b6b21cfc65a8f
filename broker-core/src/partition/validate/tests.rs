//! What producers may send, and what each wrong batch is told.
#![allow(clippy::unwrap_used)]

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
fn records_with_times_out_of_range_are_named_beside_those_without_a_key() {
    let (key, old) = (Some(&b"k"[..]), NOW_MS - 1001);
    let times = LogConfig { timestamp_before_max_ms: 1000, ..LogConfig::default() };
    let named = |batch: Vec<u8>, config: &LogConfig| {
        let Err(AppendError::InvalidTimestamp { timestamp_ms, records, .. }) =
            checked(batch, config)
        else {
            panic!("accepted");
        };
        assert_eq!(timestamp_ms, old, "the first one");
        records
    };
    let batch = || built(BatchBuilder::new(), &[(NOW_MS, None), (old, key), (-2, None)]);
    let records = named(batch(), &times);
    assert_eq!(records.iter().map(|r| r.index).collect::<Vec<_>>(), [1, 2]);
    assert!(records[0].message.contains("before.max.ms, 1000"), "{records:?}");
    assert!(records[1].message.contains("before 1970"), "{records:?}");
    let both = named(batch(), &LogConfig { cleanup: Cleanup::Compact, ..times });
    let messages: Vec<_> = both.iter().map(|r| (r.index, r.message.contains("key"))).collect();
    assert_eq!(messages, [(0, true), (1, false), (2, true)]);
    let many = built(BatchBuilder::new(), &vec![(old, key); 2 * RECORD_ERRORS_MAX]);
    assert_eq!(named(many, &times).len(), RECORD_ERRORS_MAX);
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
