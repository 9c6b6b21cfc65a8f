//! Frames that are cut, lengthened or lie, and values that a version cannot carry.

use std::fmt::Debug;
use std::ops::RangeInclusive;

use bytes::Bytes;
use ouzel_wire::frame::{self, InvalidFrameLength, MAX_FRAME_BYTES, RequestHeader};
use ouzel_wire::messages::*;
use ouzel_wire::{
    ApiKey, DecodeErrorKind, EncodeErrorKind, ErrorCode, Message, Reader, Request, Sampler, Writer,
};

fn encode<M: Message>(message: &M, version: i16) -> Bytes {
    let mut w = Writer::new();
    message.encode(&mut w, version).unwrap();
    w.into_bytes()
}

/// A few values small enough that every prefix of them can be tried.
fn small_samples<M: Message>(version: i16) -> impl Iterator<Item = Bytes> {
    let samples =
        (0..40).map(move |seed| encode(&M::sample(&mut Sampler::new(seed), version), version));
    samples.filter(|bytes| bytes.len() < 2000).take(6)
}

fn refuse_prefixes<M: Message + Debug>(versions: RangeInclusive<i16>) {
    for version in versions {
        for bytes in small_samples::<M>(version) {
            for cut in 0..bytes.len() {
                let mut r = Reader::new(bytes.slice(..cut));
                let wrong = M::decode(&mut r, version).unwrap_err();
                assert!(wrong.at <= cut, "{wrong} lies behind the {cut} bytes there are");
            }
        }
    }
}

#[test]
fn every_prefix_of_every_message_is_an_error() {
    macro_rules! refuse_both {
        ($api:ident, $request:ident, $response:ident) => {
            refuse_prefixes::<$request>(<$request as Request>::VERSIONS);
            refuse_prefixes::<$response>(<$request as Request>::VERSIONS);
        };
    }
    macro_rules! refuse {
        ($payload:ident, $versions:expr) => {
            refuse_prefixes::<$payload>($versions);
        };
    }
    every_api!(refuse_both);
    every_payload!(refuse);
}

#[test]
fn versions_outside_the_described_ones_are_refused_in_both_directions() {
    macro_rules! refuse_both {
        ($api:ident, $request:ident, $response:ident) => {
            let versions = <$request as Request>::VERSIONS;
            for version in [-1, versions.start() - 1, versions.end() + 1, i16::MAX, i16::MIN] {
                let refused = $request::decode(&mut Reader::new(Bytes::new()), version);
                let kind = DecodeErrorKind::UnsupportedVersion { version };
                assert_eq!(refused.unwrap_err().kind, kind);
                let refused = $response::default().encode(&mut Writer::new(), version);
                let kind = EncodeErrorKind::UnsupportedVersion { version };
                assert_eq!(refused.unwrap_err().kind, kind);
            }
        };
    }
    every_api!(refuse_both);
}

#[test]
fn bytes_behind_a_request_are_an_error() {
    let bytes = [&encode(&HeartbeatRequest::default(), 4)[..], &[0]].concat();
    let wrong = frame::decode_request::<HeartbeatRequest>(&mut Reader::new(bytes.into()), 4);
    assert_eq!(wrong.unwrap_err().kind, DecodeErrorKind::TrailingBytes { left: 1 });
}

#[test]
fn an_error_names_the_field_and_the_position() {
    let mut request = HeartbeatRequest { group_id: "g".to_owned(), ..Default::default() };
    request.member_id = "member".to_owned();
    let bytes = encode(&request, 0);
    let wrong = HeartbeatRequest::decode(&mut Reader::new(bytes.slice(..10)), 0).unwrap_err();
    let text = "HeartbeatRequest.member_id at byte 9: needs 6 bytes where 1 are left";
    assert_eq!(wrong.to_string(), text);
}

#[test]
fn a_bounded_message_has_so_many_elements_and_tagged_fields_in_all() {
    let topic = |name: &str| MetadataRequestTopic { name: Some(name.into()), ..Default::default() };
    let mut request = MetadataRequest { topics: Some(vec![topic("t"); 3]), ..Default::default() };
    request.unknown_tagged_fields.insert(70, Bytes::from_static(b"x"));
    let bytes = encode(&request, 12);
    let read = |most| MetadataRequest::decode(&mut Reader::bounded(bytes.clone(), most), 12);
    assert_eq!(read(4).unwrap(), request);
    let wrong = read(3).unwrap_err();
    assert_eq!(wrong.kind, DecodeErrorKind::TooManyInAll { count: 1, left: 0 });
    let wrong = read(2).unwrap_err();
    assert_eq!(wrong.kind, DecodeErrorKind::TooManyInAll { count: 3, left: 2 });
}

#[test]
fn counts_and_lengths_that_the_bytes_cannot_hold_are_refused() {
    // Metadata 12: an array of 2^31 topics in five bytes, which once ended a whole process.
    let huge = Bytes::from_static(&[0xff, 0xff, 0xff, 0xff, 0x07]);
    let wrong = MetadataRequest::decode(&mut Reader::new(huge), 12).unwrap_err();
    assert!(matches!(wrong.kind, DecodeErrorKind::TooManyElements { count: 0x7fff_fffe, .. }));
    let huge = Bytes::from_static(&[0x7f, 0xff, 0xff, 0xff]);
    let wrong = MetadataRequest::decode(&mut Reader::new(huge), 0).unwrap_err();
    assert!(matches!(wrong.kind, DecodeErrorKind::TooManyElements { .. }));
    let negative = Bytes::from_static(&[0xff, 0xff, 0xff, 0xfe]);
    let wrong = MetadataRequest::decode(&mut Reader::new(negative), 1).unwrap_err();
    assert_eq!(wrong.kind, DecodeErrorKind::NegativeLength(-2));
    let null = Bytes::from_static(&[0xff, 0xff, 0xff, 0xff]);
    let wrong = MetadataRequest::decode(&mut Reader::new(null), 0).unwrap_err();
    assert_eq!(wrong.kind, DecodeErrorKind::Null { version: 0 });
    let endless = Bytes::from_static(&[0xff; 6]);
    let wrong = MetadataRequest::decode(&mut Reader::new(endless), 12).unwrap_err();
    assert_eq!(wrong.kind, DecodeErrorKind::VarintOverflow);
    let not_text = Bytes::from_static(&[0, 1, 0xff]);
    let wrong = SaslHandshakeRequest::decode(&mut Reader::new(not_text), 0).unwrap_err();
    assert_eq!(wrong.kind, DecodeErrorKind::InvalidUtf8);
}

#[test]
fn tags_must_rise_and_fill_their_size() {
    let decode = |tags: &'static [u8]| {
        // Group "", generation 0, member "", no instance, then the tagged fields.
        let body = [&[1][..], &[0, 0, 0, 0], &[1], &[0], tags].concat();
        HeartbeatRequest::decode(&mut Reader::new(body.into()), 4)
    };
    let two = decode(&[2, 5, 1, b'x', 6, 0]).unwrap();
    let tags: Vec<_> = two.unknown_tagged_fields.iter().map(|field| field.tag).collect();
    assert_eq!(tags, [5, 6]);
    let wrong = decode(&[2, 5, 1, b'x', 5, 0]).unwrap_err();
    assert_eq!(wrong.kind, DecodeErrorKind::TagOrder { tag: 5, after: 5 });
    let wrong = decode(&[1, 5, 2, b'x']).unwrap_err();
    assert_eq!(wrong.kind, DecodeErrorKind::Truncated { needed: 2, left: 1 });
}

#[test]
fn a_known_tagged_field_must_fill_its_size() {
    // ApiVersions 3: no error, no APIs, no throttle; tag 1 is an int64 that claims nine bytes.
    let body = [&[0, 0, 1, 0, 0, 0, 0, 1, 1, 9][..], &[0; 9]].concat();
    let wrong = ApiVersionsResponse::decode(&mut Reader::new(body.into()), 3).unwrap_err();
    assert_eq!(wrong.kind, DecodeErrorKind::TrailingBytes { left: 1 });
    assert_eq!(wrong.field, "ApiVersionsResponse.finalized_features_epoch");
}

#[test]
fn unknown_tagged_fields_survive_in_every_structure() {
    let mut response = MetadataResponse::default();
    let mut broker = MetadataResponseBroker::default();
    broker.unknown_tagged_fields.insert(77, Bytes::from_static(b"later"));
    response.brokers.push(broker);
    response.unknown_tagged_fields.insert(3, Bytes::from_static(b""));
    response.unknown_tagged_fields.insert(2, Bytes::from_static(b"x"));
    let bytes = encode(&response, 12);
    let read = MetadataResponse::decode(&mut Reader::new(bytes.clone()), 12).unwrap();
    assert_eq!(read, response);
    assert_eq!(encode(&read, 12), bytes);
    let wrong = response.encode(&mut Writer::new(), 8).unwrap_err();
    assert_eq!(wrong.kind, EncodeErrorKind::NotInVersion { version: 8 });
}

#[test]
fn known_and_unknown_tags_are_written_in_one_rising_order() {
    let mut response = ApiVersionsResponse { finalized_features_epoch: 5, ..Default::default() };
    response.zk_migration_ready = true;
    response.unknown_tagged_fields.insert(2, Bytes::from_static(b"?"));
    let bytes = encode(&response, 4);
    let tags = &bytes[7..];
    assert_eq!(tags, [3, 1, 8, 0, 0, 0, 0, 0, 0, 0, 5, 2, 1, b'?', 3, 1, 1]);
    response.unknown_tagged_fields.insert(3, Bytes::new());
    let wrong = response.encode(&mut Writer::new(), 4).unwrap_err();
    assert_eq!(wrong.kind, EncodeErrorKind::DuplicateTag { tag: 3 });
}

#[test]
fn a_field_that_the_version_lacks_is_an_error_unless_it_may_be_left_out() {
    let request = MetadataRequest { allow_auto_topic_creation: false, ..Default::default() };
    let wrong = request.encode(&mut Writer::new(), 3).unwrap_err();
    let text =
        "MetadataRequest.allow_auto_topic_creation: is set, but version 3 has no place for it";
    assert_eq!(wrong.to_string(), text);
    let ignorable = MetadataResponse { throttle_time_ms: 5, ..Default::default() };
    ignorable.encode(&mut Writer::new(), 0).unwrap();
    let all = MetadataRequest { topics: None, ..Default::default() };
    let wrong = all.encode(&mut Writer::new(), 0).unwrap_err();
    assert_eq!(wrong.kind, EncodeErrorKind::Null { version: 0 });
}

#[test]
fn text_too_long_for_its_length_is_refused_in_both_directions() {
    let longest = SaslHandshakeRequest { mechanism: "x".repeat(32767), ..Default::default() };
    encode(&longest, 1);
    let longer = SaslHandshakeRequest { mechanism: "x".repeat(32768), ..Default::default() };
    let wrong = longer.encode(&mut Writer::new(), 1).unwrap_err();
    assert_eq!(wrong.kind, EncodeErrorKind::TooLong { length: 32768, max: 32767 });
    // ListGroups 4: one filter whose compact length is 32769, that is, 32768 bytes.
    let body = [&[2, 0x81, 0x80, 0x02][..], &[b'x'; 32768], &[0]].concat();
    let wrong = ListGroupsRequest::decode(&mut Reader::new(body.into()), 4).unwrap_err();
    assert_eq!(wrong.kind, DecodeErrorKind::TooLong { length: 32768, max: 32767 });
}

#[test]
fn frame_lengths_are_checked_before_anything_is_read() {
    assert_eq!(frame::frame_length([0, 0, 0, 12], MAX_FRAME_BYTES), Ok(12));
    let limit = (MAX_FRAME_BYTES as i32).to_be_bytes();
    assert_eq!(frame::frame_length(limit, MAX_FRAME_BYTES), Ok(MAX_FRAME_BYTES));
    for length in [MAX_FRAME_BYTES as i32 + 1, -1, i32::MIN, i32::MAX] {
        let refused = frame::frame_length(length.to_be_bytes(), MAX_FRAME_BYTES);
        assert_eq!(refused, Err(InvalidFrameLength { length, max: MAX_FRAME_BYTES }));
    }
}

#[test]
fn a_header_of_an_unknown_api_can_be_read_up_to_the_client() {
    let header = [&[0x03, 0xe7, 0, 1][..], &7i32.to_be_bytes(), &[0, 1, b'c', 0xff, 0xff]].concat();
    let mut r = Reader::new(header.into());
    let header = frame::decode_request_header(&mut r).unwrap();
    let (key, client) = (header.api_key, header.client_id.as_deref());
    assert_eq!((key, header.correlation_id, client), (999, 7, Some("c")));
    assert_eq!(ApiKey::from_i16(key), None);
    assert_eq!(r.remaining(), 2);
}

#[test]
fn a_broker_that_refuses_the_version_of_api_versions_is_understood() {
    let refusal = ApiVersionsResponse {
        error_code: ErrorCode::UnsupportedVersion.code(),
        api_keys: vec![ApiVersion { api_key: 18, max_version: 3, ..Default::default() }],
        ..Default::default()
    };
    let frame = frame::encode_response::<ApiVersionsRequest>(0, 1, &refusal).unwrap().concat();
    let frame = Bytes::from(frame).slice(4..);
    let read = frame::decode_response::<ApiVersionsRequest>(frame, 4).unwrap();
    assert_eq!(read, (1, refusal));
}

#[test]
fn large_records_travel_without_a_copy() {
    let records = Bytes::from(vec![7; 100_000]);
    let partition = PartitionData { records: Some(records.clone()), ..Default::default() };
    let topic = FetchableTopicResponse { partitions: vec![partition], ..Default::default() };
    let response = FetchResponse { responses: vec![topic], ..Default::default() };
    let pieces = frame::encode_response::<FetchRequest>(12, 3, &response).unwrap();
    assert!(pieces.iter().any(|piece| piece.as_ptr() == records.as_ptr()));
    let frame = Bytes::from(pieces.concat());
    let length = frame::frame_length(*frame.first_chunk().unwrap(), MAX_FRAME_BYTES).unwrap();
    assert_eq!(length, frame.len() - 4);
    let body = frame.slice(4..);
    let (id, read) = frame::decode_response::<FetchRequest>(body.clone(), 12).unwrap();
    assert_eq!((id, &read), (3, &response));
    let read = read.responses[0].partitions[0].records.clone().unwrap();
    assert!(body.as_ptr_range().contains(&read.as_ptr()), "records were copied on the way in");
}

#[test]
fn a_request_reads_back_with_its_header() {
    let header = RequestHeader {
        api_key: ApiKey::Heartbeat as i16,
        api_version: 4,
        correlation_id: -1,
        client_id: None,
        ..Default::default()
    };
    let request = HeartbeatRequest { generation_id: 3, ..Default::default() };
    let frame = frame::encode_request(&header, &request).unwrap();
    let mut r = Reader::new(frame.slice(4..));
    assert_eq!(frame::decode_request_header(&mut r), Ok(header));
    assert_eq!(frame::decode_request(&mut r, 4), Ok(request));
}

#[test]
fn a_library_that_announces_itself_is_read_byte_for_byte() {
    // ApiVersions 3 as a client sends it: header with client "rdkafka", then its name and version.
    let header = b"\0\0\0\x25\0\x12\0\x03\0\0\0\x01\0\x07rdkafka\0";
    let frame = [&header[..], b"\x0blibrdkafka\x072.10.0\0"].concat();
    let length = frame::frame_length(*frame.first_chunk().unwrap(), MAX_FRAME_BYTES).unwrap();
    assert_eq!(frame.len(), 4 + length);
    let mut r = Reader::new(Bytes::from(frame).slice(4..));
    let header = frame::decode_request_header(&mut r).unwrap();
    assert_eq!((header.api_key, header.api_version), (18, 3));
    let request: ApiVersionsRequest = frame::decode_request(&mut r, 3).unwrap();
    let software = (&request.client_software_name[..], &request.client_software_version[..]);
    assert_eq!(software, ("librdkafka", "2.10.0"));
}
