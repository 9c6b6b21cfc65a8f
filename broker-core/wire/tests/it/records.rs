//! The payloads of groups, written down byte by byte as they lie in `__consumer_offsets`.

use bytes::Bytes;
use ouzel_wire::frame::{decode_versioned, encode_versioned};
use ouzel_wire::messages::*;
use ouzel_wire::{DecodeErrorKind, Message, Reader, Sampler, Writer};

#[test]
fn a_committed_offset_has_kafkas_bytes() {
    let key = OffsetCommitKey {
        group: "g".to_owned(),
        topic: "ab".to_owned(),
        partition: 3,
        ..Default::default()
    };
    let bytes = encode_versioned(1, &key).unwrap();
    assert_eq!(&bytes[..], b"\0\x01\0\x01g\0\x02ab\0\0\0\x03");
    let value = OffsetCommitValue {
        offset: 258,
        leader_epoch: 4,
        metadata: "m".to_owned(),
        commit_timestamp: 1,
        ..Default::default()
    };
    let bytes = encode_versioned(3, &value).unwrap();
    let expected = b"\0\x03\0\0\0\0\0\0\x01\x02\0\0\0\x04\0\x01m\0\0\0\0\0\0\0\x01";
    assert_eq!(&bytes[..], expected);
    assert_eq!(decode_versioned(bytes, 4), Ok((3, value)));
}

#[test]
fn a_group_has_kafkas_bytes() {
    let key = GroupMetadataKey { group: "g".to_owned(), ..Default::default() };
    assert_eq!(&encode_versioned(2, &key).unwrap()[..], b"\0\x02\0\x01g");
    let member = MemberMetadata {
        member_id: "m".to_owned(),
        client_id: "c".to_owned(),
        client_host: "/h".to_owned(),
        rebalance_timeout: 2,
        session_timeout: 1,
        subscription: Bytes::from_static(b"s"),
        assignment: Bytes::new(),
        ..Default::default()
    };
    let group = GroupMetadataValue {
        protocol_type: "consumer".to_owned(),
        generation: 5,
        protocol: None,
        leader: Some("m".to_owned()),
        current_state_timestamp: 7,
        members: vec![member],
        ..Default::default()
    };
    let expected = [
        &b"\0\x03\0\x08consumer\0\0\0\x05\xff\xff\0\x01m\0\0\0\0\0\0\0\x07\0\0\0\x01"[..],
        b"\0\x01m\xff\xff\0\x01c\0\x02/h\0\0\0\x02\0\0\0\x01\0\0\0\x01s\0\0\0\0",
    ];
    let bytes = encode_versioned(3, &group).unwrap();
    assert_eq!(bytes, expected.concat());
    assert_eq!(decode_versioned(bytes, 4), Ok((3, group)));
}

#[test]
fn payloads_come_back_in_every_version() {
    macro_rules! round_trip {
        ($payload:ident, $versions:expr) => {
            for version in $versions {
                for seed in 0..200 {
                    let payload = $payload::sample(&mut Sampler::new(seed), version);
                    let bytes = encode_versioned(version, &payload).unwrap();
                    let read = decode_versioned(bytes, *$versions.end());
                    assert_eq!(read, Ok((version, payload)), "v{version} seed {seed}");
                }
            }
        };
    }
    every_payload!(round_trip);
}

#[test]
fn a_subscription_from_the_future_is_read_as_far_as_it_is_known() {
    let known = ConsumerProtocolSubscription { topics: vec!["t".to_owned()], ..Default::default() };
    let mut w = Writer::new();
    w.put_i16(9);
    known.encode(&mut w, CONSUMER_PROTOCOL_NEWEST).unwrap();
    w.put_i64(1);
    let read = decode_versioned(w.into_bytes(), CONSUMER_PROTOCOL_NEWEST);
    assert_eq!(read, Ok((9, known)));
}

#[test]
fn a_payload_without_a_sensible_version_is_an_error() {
    let read = decode_versioned::<OffsetCommitKey>(Bytes::from_static(b"\xff\xff"), 1);
    let kind = DecodeErrorKind::UnsupportedVersion { version: -1 };
    assert_eq!(read.unwrap_err().kind, kind);
    let read = decode_versioned::<OffsetCommitKey>(Bytes::from_static(b"\0"), 1);
    assert_eq!(read.unwrap_err().kind, DecodeErrorKind::Truncated { needed: 2, left: 1 });
    let group = GroupMetadataKey::decode(&mut Reader::new(Bytes::new()), 1);
    assert_eq!(group.unwrap_err().kind, DecodeErrorKind::UnsupportedVersion { version: 1 });
}
