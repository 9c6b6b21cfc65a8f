//! The list of everything described; a test runs a macro over it.

/// Runs `$check!(Api, Request, Response)` for every API.
macro_rules! every_api {
    ($check:ident) => {
        every_known_api!($check);
        $check!(StreamsGroupDescribe, StreamsGroupDescribeRequest, StreamsGroupDescribeResponse);
        $check!(
            DescribeShareGroupOffsets,
            DescribeShareGroupOffsetsRequest,
            DescribeShareGroupOffsetsResponse
        );
    };
}

/// The same without those that `kafka-protocol` does not know yet in all versions.
macro_rules! every_known_api {
    ($check:ident) => {
        $check!(Produce, ProduceRequest, ProduceResponse);
        $check!(Fetch, FetchRequest, FetchResponse);
        $check!(ListOffsets, ListOffsetsRequest, ListOffsetsResponse);
        $check!(Metadata, MetadataRequest, MetadataResponse);
        $check!(OffsetCommit, OffsetCommitRequest, OffsetCommitResponse);
        $check!(OffsetFetch, OffsetFetchRequest, OffsetFetchResponse);
        $check!(FindCoordinator, FindCoordinatorRequest, FindCoordinatorResponse);
        $check!(JoinGroup, JoinGroupRequest, JoinGroupResponse);
        $check!(Heartbeat, HeartbeatRequest, HeartbeatResponse);
        $check!(LeaveGroup, LeaveGroupRequest, LeaveGroupResponse);
        $check!(SyncGroup, SyncGroupRequest, SyncGroupResponse);
        $check!(DescribeGroups, DescribeGroupsRequest, DescribeGroupsResponse);
        $check!(ListGroups, ListGroupsRequest, ListGroupsResponse);
        $check!(SaslHandshake, SaslHandshakeRequest, SaslHandshakeResponse);
        $check!(ApiVersions, ApiVersionsRequest, ApiVersionsResponse);
        $check!(CreateTopics, CreateTopicsRequest, CreateTopicsResponse);
        $check!(DeleteTopics, DeleteTopicsRequest, DeleteTopicsResponse);
        $check!(DeleteRecords, DeleteRecordsRequest, DeleteRecordsResponse);
        $check!(InitProducerId, InitProducerIdRequest, InitProducerIdResponse);
        $check!(OffsetForLeaderEpoch, OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse);
        $check!(DescribeConfigs, DescribeConfigsRequest, DescribeConfigsResponse);
        $check!(AlterConfigs, AlterConfigsRequest, AlterConfigsResponse);
        $check!(DescribeLogDirs, DescribeLogDirsRequest, DescribeLogDirsResponse);
        $check!(SaslAuthenticate, SaslAuthenticateRequest, SaslAuthenticateResponse);
        $check!(CreatePartitions, CreatePartitionsRequest, CreatePartitionsResponse);
        $check!(DeleteGroups, DeleteGroupsRequest, DeleteGroupsResponse);
        $check!(
            IncrementalAlterConfigs,
            IncrementalAlterConfigsRequest,
            IncrementalAlterConfigsResponse
        );
        $check!(OffsetDelete, OffsetDeleteRequest, OffsetDeleteResponse);
        $check!(DescribeCluster, DescribeClusterRequest, DescribeClusterResponse);
        $check!(ConsumerGroupDescribe, ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse);
        $check!(ListConfigResources, ListConfigResourcesRequest, ListConfigResourcesResponse);
        $check!(
            DescribeTopicPartitions,
            DescribeTopicPartitionsRequest,
            DescribeTopicPartitionsResponse
        );
        $check!(ShareGroupDescribe, ShareGroupDescribeRequest, ShareGroupDescribeResponse);
    };
}

/// Runs `$check!(Payload, versions)` for every payload that travels inside a message or record.
macro_rules! every_payload {
    ($check:ident) => {
        $check!(ConsumerProtocolSubscription, 0..=3);
        $check!(ConsumerProtocolAssignment, 0..=3);
        $check!(OffsetCommitKey, 0..=1);
        $check!(OffsetCommitValue, 0..=4);
        $check!(GroupMetadataKey, 2..=2);
        $check!(GroupMetadataValue, 0..=4);
    };
}

#[test]
fn the_list_is_everything_spoken() {
    let mut listed = Vec::new();
    macro_rules! collect {
        ($api:ident, $request:ident, $response:ident) => {
            listed.push(ouzel_wire::ApiKey::$api);
        };
    }
    every_api!(collect);
    listed.sort();
    let spoken: Vec<_> = ouzel_wire::SPOKEN.iter().map(|spec| spec.key).collect();
    assert_eq!(listed, spoken);
}
