//! A request frame without its length: the header says what follows. What is read must be written
//! back to something that reads the same.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use ouzel_wire::frame::{decode_request, decode_request_header};
use ouzel_wire::messages::*;
use ouzel_wire::{ApiKey, Reader, Request, Writer};

fuzz_target!(|frame: &[u8]| {
    let mut r = Reader::new(Bytes::copy_from_slice(frame));
    let Ok(header) = decode_request_header(&mut r) else { return };
    let Some(key) = ApiKey::from_i16(header.api_key) else { return };
    let version = header.api_version;
    match key {
        ApiKey::Produce => read::<ProduceRequest>(r, version),
        ApiKey::Fetch => read::<FetchRequest>(r, version),
        ApiKey::ListOffsets => read::<ListOffsetsRequest>(r, version),
        ApiKey::Metadata => read::<MetadataRequest>(r, version),
        ApiKey::OffsetCommit => read::<OffsetCommitRequest>(r, version),
        ApiKey::OffsetFetch => read::<OffsetFetchRequest>(r, version),
        ApiKey::FindCoordinator => read::<FindCoordinatorRequest>(r, version),
        ApiKey::JoinGroup => read::<JoinGroupRequest>(r, version),
        ApiKey::Heartbeat => read::<HeartbeatRequest>(r, version),
        ApiKey::LeaveGroup => read::<LeaveGroupRequest>(r, version),
        ApiKey::SyncGroup => read::<SyncGroupRequest>(r, version),
        ApiKey::DescribeGroups => read::<DescribeGroupsRequest>(r, version),
        ApiKey::ListGroups => read::<ListGroupsRequest>(r, version),
        ApiKey::SaslHandshake => read::<SaslHandshakeRequest>(r, version),
        ApiKey::ApiVersions => read::<ApiVersionsRequest>(r, version),
        ApiKey::CreateTopics => read::<CreateTopicsRequest>(r, version),
        ApiKey::DeleteTopics => read::<DeleteTopicsRequest>(r, version),
        ApiKey::DeleteRecords => read::<DeleteRecordsRequest>(r, version),
        ApiKey::InitProducerId => read::<InitProducerIdRequest>(r, version),
        ApiKey::OffsetForLeaderEpoch => read::<OffsetForLeaderEpochRequest>(r, version),
        ApiKey::DescribeConfigs => read::<DescribeConfigsRequest>(r, version),
        ApiKey::AlterConfigs => read::<AlterConfigsRequest>(r, version),
        ApiKey::DescribeLogDirs => read::<DescribeLogDirsRequest>(r, version),
        ApiKey::CreatePartitions => read::<CreatePartitionsRequest>(r, version),
        ApiKey::DeleteGroups => read::<DeleteGroupsRequest>(r, version),
        ApiKey::IncrementalAlterConfigs => {
            read::<IncrementalAlterConfigsRequest>(r, version);
        }
        ApiKey::OffsetDelete => read::<OffsetDeleteRequest>(r, version),
        ApiKey::DescribeCluster => read::<DescribeClusterRequest>(r, version),
        ApiKey::ListConfigResources => read::<ListConfigResourcesRequest>(r, version),
        ApiKey::DescribeTopicPartitions => read::<DescribeTopicPartitionsRequest>(r, version),
        _ => {}
    }
});

fn read<R: Request + PartialEq + std::fmt::Debug>(mut r: Reader, version: i16) {
    let Ok(request) = decode_request::<R>(&mut r, version) else { return };
    let mut w = Writer::new();
    request.encode(&mut w, version).expect("what was read can be written");
    let again = decode_request::<R>(&mut Reader::new(w.into_bytes()), version);
    assert_eq!(again.as_ref(), Ok(&request));
}
