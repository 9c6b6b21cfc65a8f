//! A response frame without its length, behind two bytes that choose the request it answers and
//! its version. What is read must be written back to something that reads the same.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use ouzel_wire::frame::{decode_response, encode_response};
use ouzel_wire::messages::*;
use ouzel_wire::{ApiKey, Request, SPOKEN};

fuzz_target!(|input: &[u8]| {
    let [api, version, frame @ ..] = input else { return };
    let spec = SPOKEN[usize::from(*api) % SPOKEN.len()];
    let version = spec.min + i16::from(*version) % (spec.max - spec.min + 1);
    let frame = Bytes::copy_from_slice(frame);
    macro_rules! read_one_of {
        ($($request:ident)+) => {
            $( if spec.key == <$request as Request>::KEY {
                read::<$request>(frame.clone(), version);
            } )+
        };
    }
    read_one_of! {
        ProduceRequest FetchRequest ListOffsetsRequest MetadataRequest OffsetCommitRequest
        OffsetFetchRequest FindCoordinatorRequest JoinGroupRequest HeartbeatRequest
        LeaveGroupRequest SyncGroupRequest DescribeGroupsRequest ListGroupsRequest
        SaslHandshakeRequest ApiVersionsRequest CreateTopicsRequest DeleteTopicsRequest
        InitProducerIdRequest DescribeConfigsRequest CreatePartitionsRequest DeleteGroupsRequest
        DescribeClusterRequest DeleteRecordsRequest OffsetForLeaderEpochRequest
        DescribeLogDirsRequest OffsetDeleteRequest DescribeTopicPartitionsRequest
    }
});

fn read<R: Request>(frame: Bytes, version: i16)
where
    R::Response: PartialEq + std::fmt::Debug,
{
    // A refusal of the version itself is read as version 0, whatever was asked for.
    if R::KEY == ApiKey::ApiVersions && frame.get(4..6) == Some(&[0, 35]) {
        return;
    }
    let Ok((id, response)) = decode_response::<R>(frame, version) else { return };
    let pieces =
        encode_response::<R>(version, id, &response).expect("what was read can be written");
    let again = decode_response::<R>(Bytes::from(pieces.concat()).slice(4..), version);
    assert_eq!(again, Ok((id, response)));
}
