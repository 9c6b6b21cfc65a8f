//! Record batches: against an independent writer and reader, changed in place, cut, and bombs.

use bytes::{Bytes, BytesMut};
use kafka_protocol::records as theirs;
use ouzel_wire::batch::*;

fn three_records(builder: BatchBuilder) -> Bytes {
    let mut builder = builder;
    let header: &[(&str, Option<&[u8]>)] = &[("trace", Some(b"7")), ("empty", None)];
    builder
        .push(NewRecord { timestamp: 1000, key: Some(b"k"), value: Some(b"one"), headers: header })
        .push(NewRecord { timestamp: 1005, key: None, value: None, headers: &[] })
        .push(NewRecord {
            timestamp: 990,
            key: Some(b""),
            value: Some(&[b'x'; 70_000]),
            headers: &[],
        });
    builder.build().unwrap()
}

/// Offset, timestamp, key and value.
type Read = (i64, i64, Option<Vec<u8>>, Option<Vec<u8>>);

fn read(bytes: &Bytes) -> Vec<Read> {
    let batch = Batch::parse(bytes).unwrap();
    batch.verify_crc().unwrap();
    let unpacked = batch.unpack(DECOMPRESSED_MAX).unwrap();
    let own = |bytes: Option<&[u8]>| bytes.map(<[u8]>::to_vec);
    let records = batch.records(&unpacked).map(|record| {
        let record = record.unwrap();
        (record.offset, record.timestamp, own(record.key), own(record.value))
    });
    records.collect()
}

#[test]
fn every_codec_brings_back_what_was_put_in() {
    for codec in Codec::ALL {
        let bytes = three_records(BatchBuilder::new().codec(codec).base_offset(40));
        let header = BatchHeader::parse(&bytes).unwrap();
        assert_eq!(header.attributes.codec(), Ok(codec));
        assert_eq!((header.base_timestamp, header.max_timestamp), (1000, 1005));
        assert_eq!((header.last_offset(), header.record_count), (42, 3));
        let records = read(&bytes);
        assert_eq!(records[0], (40, 1000, Some(b"k".to_vec()), Some(b"one".to_vec())));
        assert_eq!(records[1], (41, 1005, None, None));
        assert_eq!(records[2], (42, 990, Some(vec![]), Some(vec![b'x'; 70_000])));
    }
}

#[test]
fn headers_of_records_come_in_order_and_may_be_null() {
    let bytes = three_records(BatchBuilder::new());
    let batch = Batch::parse(&bytes).unwrap();
    let unpacked = batch.unpack(DECOMPRESSED_MAX).unwrap();
    let first = batch.records(&unpacked).next().unwrap().unwrap();
    let headers: Vec<_> = first.headers.map(|header| (header.name(), header.value)).collect();
    assert_eq!(headers, [("trace".into(), Some(&b"7"[..])), ("empty".into(), None)]);
    assert_eq!(first.headers.len(), 2);
}

#[test]
fn kafka_protocol_reads_what_we_write_in_every_codec() {
    for codec in Codec::ALL {
        let builder = BatchBuilder::new().codec(codec).producer(9, 2, 5).leader_epoch(3);
        let mut bytes = three_records(builder.base_offset(100).transactional());
        let set = theirs::RecordBatchDecoder::decode(&mut bytes).unwrap();
        assert_eq!(set.compression as i16, codec.number());
        let [first, second, third] = &set.records[..] else {
            panic!("{} records", set.records.len())
        };
        assert_eq!((first.offset, first.timestamp, first.sequence), (100, 1000, 5));
        assert_eq!((first.producer_id, first.producer_epoch), (9, 2));
        assert_eq!((first.partition_leader_epoch, first.transactional), (3, true));
        assert_eq!(first.headers.len(), 2);
        assert_eq!((second.key.as_ref(), second.value.as_ref()), (None, None));
        assert_eq!((third.offset, third.value.as_ref().unwrap().len()), (102, 70_000));
    }
}

#[test]
fn we_read_what_kafka_protocol_writes_in_every_codec() {
    use theirs::Compression::*;
    for (codec, compression) in Codec::ALL.into_iter().zip([None, Gzip, Snappy, Lz4, Zstd]) {
        let records: Vec<_> = (0..50).map(record_of_theirs).collect();
        let mut bytes = BytesMut::new();
        let options = theirs::RecordEncodeOptions { version: 2, compression };
        theirs::RecordBatchEncoder::encode(&mut bytes, &records, &options).unwrap();
        let read = read(&bytes.freeze());
        assert_eq!(read.len(), 50, "{codec:?}");
        for (place, (offset, timestamp, key, value)) in read.into_iter().enumerate() {
            assert_eq!((offset, timestamp), (place as i64, 5_000 + place as i64), "{codec:?}");
            assert_eq!(key.unwrap(), format!("key {place}").into_bytes());
            assert_eq!(value.unwrap(), vec![place as u8; 3000]);
        }
    }
}

fn record_of_theirs(place: i32) -> theirs::Record {
    theirs::Record {
        transactional: false,
        control: false,
        delete_horizon: false,
        partition_leader_epoch: 0,
        producer_id: -1,
        producer_epoch: -1,
        timestamp_type: theirs::TimestampType::Creation,
        offset: i64::from(place),
        sequence: place,
        timestamp: 5_000 + i64::from(place),
        key: Some(format!("key {place}").into()),
        value: Some(vec![place as u8; 3000].into()),
        headers: Default::default(),
    }
}

#[test]
fn an_unpacked_batch_has_the_bytes_that_kafka_protocol_writes() {
    let records: Vec<_> = (0..20).map(record_of_theirs).collect();
    let mut bytes = BytesMut::new();
    let options =
        theirs::RecordEncodeOptions { version: 2, compression: theirs::Compression::None };
    theirs::RecordBatchEncoder::encode(&mut bytes, &records, &options).unwrap();
    let mut builder = BatchBuilder::new().leader_epoch(0).producer(-1, -1, 0);
    for record in &records {
        builder.push_value(record.timestamp, record.key.as_deref(), record.value.as_ref().unwrap());
    }
    assert_eq!(builder.build().unwrap(), bytes.freeze());
}

#[test]
fn the_broker_sets_its_fields_in_place() {
    let mut bytes = BytesMut::from(&three_records(BatchBuilder::new().codec(Codec::Lz4))[..]);
    set_base_offset(&mut bytes, 1 << 40);
    set_leader_epoch(&mut bytes, 17);
    let bytes_so_far = bytes.clone().freeze();
    verify_crc(&bytes_so_far).unwrap();
    let header = BatchHeader::parse(&bytes_so_far).unwrap();
    assert_eq!((header.base_offset, header.leader_epoch), (1 << 40, 17));
    assert_eq!(header.next_offset(), (1 << 40) + 3);

    set_max_timestamp(&mut bytes, 777, TimestampType::LogAppend);
    let stamped = bytes.clone().freeze();
    assert_eq!(read(&stamped).iter().map(|record| record.1).collect::<Vec<_>>(), [777, 777, 777]);
    assert_eq!(BatchHeader::parse(&stamped).unwrap().attributes.codec(), Ok(Codec::Lz4));

    set_max_timestamp(&mut bytes, 1005, TimestampType::Create);
    assert_eq!(bytes.freeze(), bytes_so_far);
}

#[test]
fn flags_and_sequences_are_told_from_the_header() {
    let bytes = three_records(BatchBuilder::new().producer(1, 0, i32::MAX - 1).transactional());
    let header = BatchHeader::parse(&bytes).unwrap();
    assert!(header.attributes.is_transactional() && !header.attributes.is_control());
    assert_eq!(header.last_sequence(), 0, "sequences start again after the largest number");
    let header = BatchHeader::parse(&three_records(BatchBuilder::new().control())).unwrap();
    assert!(header.attributes.is_control() && !header.attributes.has_delete_horizon());
    assert_eq!(header.last_sequence(), -1);
    let unknown = Attributes(7).codec().unwrap_err();
    assert_eq!(unknown, BatchError::InvalidHeader { field: "codec", value: 7 });
}

#[test]
fn a_record_set_is_cut_into_batches_and_its_torn_tail_is_told() {
    let first = three_records(BatchBuilder::new());
    let second = three_records(BatchBuilder::new().base_offset(3).codec(Codec::Zstd));
    let whole = Bytes::from([&first[..], &second].concat());
    let found: Vec<_> = batches(whole.clone()).map(|batch| batch.unwrap().bytes).collect();
    assert_eq!(found, [first.clone(), second.clone()]);
    for cut in [1, 16, 17, 60, 61, second.len() - 1] {
        let mut torn = batches(whole.slice(..first.len() + cut));
        assert_eq!(torn.next().unwrap().unwrap().bytes, first);
        let tail = torn.next().unwrap();
        assert!(matches!(tail, Err(BatchError::Partial { left, .. }) if left == cut), "{tail:?}");
        assert_eq!((torn.position(), torn.next()), (first.len(), None));
    }
}

#[test]
fn a_changed_byte_anywhere_behind_the_checksum_is_noticed() {
    let bytes = three_records(BatchBuilder::new().codec(Codec::Gzip));
    for place in 21..bytes.len() {
        let mut changed = bytes.to_vec();
        changed[place] ^= 0x10;
        let outcome = verify_crc(&changed);
        assert!(outcome.is_err(), "byte {place} changed unnoticed");
    }
}

#[test]
fn headers_that_cannot_be_are_refused() {
    let good = three_records(BatchBuilder::new());
    let with = |place: usize, field: &[u8]| {
        let mut bytes = good.to_vec();
        bytes[place..place + field.len()].copy_from_slice(field);
        BatchHeader::parse(&bytes).unwrap_err()
    };
    assert_eq!(with(16, &[1]), BatchError::UnsupportedMagic(1));
    assert_eq!(with(8, &48i32.to_be_bytes()), BatchError::InvalidLength(48));
    assert_eq!(with(8, &(-1i32).to_be_bytes()), BatchError::InvalidLength(-1));
    let invalid = |field, value| BatchError::InvalidHeader { field, value };
    assert_eq!(with(23, &[0xff; 4]), invalid("last offset delta", -1));
    assert_eq!(with(57, &[0xff; 4]), invalid("record count", -1));
    assert_eq!(with(0, &i64::MAX.to_be_bytes()), invalid("base offset", i64::MAX));
    assert_eq!(BatchBuilder::new().build(), Err(BatchError::Empty));
}

#[test]
fn records_that_lie_about_themselves_are_refused() {
    let bytes = three_records(BatchBuilder::new());
    let batch = Batch::parse(&bytes).unwrap();
    let unpacked = batch.unpack(DECOMPRESSED_MAX).unwrap();
    let count = |records: &[u8], record_count: i32| {
        let header = BatchHeader { record_count, ..batch.header };
        records_until_error(&header, records)
    };
    assert_eq!(count(&unpacked, 3), (3, None));
    let left = unpacked.len() - read_bytes(&unpacked, 2);
    assert_eq!(count(&unpacked, 2), (2, Some(RecordError::TrailingBytes { left })));
    let at = unpacked.len();
    assert_eq!(count(&unpacked, 4), (3, Some(RecordError::Truncated { index: 3, at })));
    // A record that ends before its headers do, and one with a key longer than itself.
    let truncated = |at| Some(RecordError::Truncated { index: 0, at });
    assert_eq!(count(&[8, 0, 0, 0], 1), (0, Some(invalid(0, "length", 4))));
    assert_eq!(count(&[6, 0, 0, 0], 1), (0, truncated(4)));
    assert_eq!(count(&[4, 0, 0, 0, 0], 1), (0, truncated(3)));
    assert_eq!(count(&[8, 0, 0, 0, 40], 1), (0, Some(invalid(4, "key length", 20))));
    assert_eq!(count(&[12, 0, 0, 0, 1, 1, 90], 1), (0, Some(invalid(6, "header count", 45))));
    assert_eq!(count(&[6, 0, 0, 20], 1), (0, Some(invalid(3, "offset delta", 10))));
}

fn invalid(at: usize, field: &'static str, value: i64) -> RecordError {
    RecordError::Invalid { index: 0, at, field, value }
}

fn records_until_error(header: &BatchHeader, unpacked: &[u8]) -> (usize, Option<RecordError>) {
    let mut good = 0;
    for record in records(header, unpacked) {
        match record {
            Ok(_) => good += 1,
            Err(wrong) => return (good, Some(wrong)),
        }
    }
    (good, None)
}

/// Bytes of the first `count` records; their lengths take one byte.
fn read_bytes(unpacked: &[u8], count: usize) -> usize {
    (0..count).fold(0, |at, _| at + 1 + usize::from(unpacked[at] >> 1))
}

#[test]
fn a_bomb_is_stopped_at_the_limit_in_every_codec() {
    let zeros = vec![0; 20_000_000];
    for codec in [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        let packed = Bytes::from(compress(codec, &zeros).unwrap());
        assert!(packed.len() < 1_000_000, "{codec:?} is no bomb");
        let limit = zeros.len() - 1;
        let refused = decompress(codec, &packed, limit);
        assert_eq!(refused, Err(CompressionError::TooLarge { codec, limit }));
        let refused = decompress(codec, &packed, 1000);
        assert_eq!(refused, Err(CompressionError::TooLarge { codec, limit: 1000 }));
        assert_eq!(decompress(codec, &packed, zeros.len()).unwrap(), zeros);
    }
}

#[test]
fn damaged_packed_records_are_an_error_in_every_codec() {
    let packed_of = |codec| Bytes::from(compress(codec, &[b'a'; 1000]).unwrap());
    for codec in [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        let packed = packed_of(codec);
        let cut = decompress(codec, &packed.slice(..packed.len() / 2), DECOMPRESSED_MAX);
        assert!(matches!(cut, Err(CompressionError::Corrupt { .. })), "{codec:?}: {cut:?}");
        let other = decompress(codec, &Bytes::from_static(b"\x05never packed"), DECOMPRESSED_MAX);
        assert!(matches!(other, Err(CompressionError::Corrupt { .. })), "{codec:?}: {other:?}");
    }
}

#[test]
fn snappy_is_read_with_and_without_xerials_framing() {
    let text = b"the same words again, the same words again".repeat(20_000);
    let framed = Bytes::from(compress(Codec::Snappy, &text).unwrap());
    assert_eq!(&framed[..8], b"\x82SNAPPY\0");
    assert_eq!(decompress(Codec::Snappy, &framed, text.len()).unwrap(), text);
    let raw = Bytes::from(snap::raw::Encoder::new().compress_vec(&text).unwrap());
    assert_eq!(decompress(Codec::Snappy, &raw, text.len()).unwrap(), text);
}

#[test]
fn a_snappy_block_that_claims_too_much_is_not_believed() {
    // A length of 128 MiB in front of no data at all.
    let claim = Bytes::from_static(&[0x80, 0x80, 0x80, 0x40]);
    let refused = decompress(Codec::Snappy, &claim, DECOMPRESSED_MAX);
    assert!(matches!(refused, Err(CompressionError::Corrupt { .. })), "{refused:?}");
}
