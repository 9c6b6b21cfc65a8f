//! What holds for all values, tried on many.

use bytes::Bytes;
use ouzel_wire::batch::*;
use ouzel_wire::messages::*;
use ouzel_wire::{Message, Reader, Request, Sampler, Uuid, Writer};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn round_trip<M: Message + PartialEq + std::fmt::Debug>(version: i16, seed: u64) {
    let message = M::sample(&mut Sampler::new(seed), version);
    let mut w = Writer::new();
    message.encode(&mut w, version).unwrap();
    let written = w.len();
    let bytes = w.into_bytes();
    assert_eq!(bytes.len(), written);
    let mut r = Reader::new(bytes);
    assert_eq!(M::decode(&mut r, version).unwrap(), message);
    r.expect_end().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_value_of_every_message_comes_back(seed: u64) {
        macro_rules! both {
            ($api:ident, $request:ident, $response:ident) => {
                for version in <$request as Request>::VERSIONS {
                    round_trip::<$request>(version, seed);
                    round_trip::<$response>(version, seed);
                }
            };
        }
        every_api!(both);
    }

    #[test]
    fn every_id_comes_back_from_its_text(bytes: [u8; 16]) {
        let id = Uuid(bytes);
        prop_assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn every_unsigned_varint_comes_back(number: u32, bits in 0u32..32) {
        let number = number >> bits;
        let mut w = Writer::new();
        w.put_uvarint(number);
        prop_assert_eq!(Reader::new(w.into_bytes()).uvarint(), Ok(number));
    }

    #[test]
    fn every_batch_comes_back(records in vec(any_record(), 1..40), codec in any_codec()) {
        let mut builder = BatchBuilder::new().codec(codec).base_offset(7);
        for record in &records {
            let headers: Vec<_> =
                record.headers.iter().map(|(name, value)| (&name[..], value.as_deref())).collect();
            builder.push(NewRecord {
                timestamp: record.timestamp,
                key: record.key.as_deref(),
                value: record.value.as_deref(),
                headers: &headers,
            });
        }
        let batch = Batch::parse(&builder.build().unwrap()).unwrap();
        batch.verify_crc().unwrap();
        prop_assert_eq!(batch.header.record_count as usize, records.len());
        let unpacked = batch.unpack(DECOMPRESSED_MAX).unwrap();
        let read: Vec<_> = batch.records(&unpacked).map(|record| owned(record.unwrap())).collect();
        prop_assert_eq!(read, records);
    }

    #[test]
    fn whatever_bytes_arrive_nothing_panics(bytes in vec(any::<u8>(), 0..300)) {
        let bytes = Bytes::from(bytes);
        for codec in Codec::ALL {
            let _ = decompress(codec, &bytes, 1 << 20);
        }
        for batch in batches(bytes.clone()).flatten() {
            let _ = batch.verify_crc();
        }
        macro_rules! both {
            ($api:ident, $request:ident, $response:ident) => {
                for version in <$request as Request>::VERSIONS {
                    let _ = $request::decode(&mut Reader::new(bytes.clone()), version);
                    let _ = $response::decode(&mut Reader::new(bytes.clone()), version);
                }
            };
        }
        every_api!(both);
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Owned {
    timestamp: i64,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: Vec<(String, Option<Vec<u8>>)>,
}

fn owned(record: RecordRef<'_>) -> Owned {
    let own = |bytes: Option<&[u8]>| bytes.map(<[u8]>::to_vec);
    let headers = record.headers.map(|header| (header.name().into_owned(), own(header.value)));
    let headers = headers.collect();
    Owned { timestamp: record.timestamp, key: own(record.key), value: own(record.value), headers }
}

fn any_record() -> impl Strategy<Value = Owned> {
    let bytes = || option::of(vec(any::<u8>(), 0..200));
    let headers = vec(("[a-z漢]{0,6}", option::of(vec(any::<u8>(), 0..9))), 0..3);
    let timestamp = -1i64..1 << 50;
    let parts = (timestamp, bytes(), bytes(), headers);
    parts.prop_map(|(timestamp, key, value, headers)| Owned { timestamp, key, value, headers })
}

fn any_codec() -> impl Strategy<Value = Codec> {
    (0..Codec::ALL.len()).prop_map(|place| Codec::ALL[place])
}
