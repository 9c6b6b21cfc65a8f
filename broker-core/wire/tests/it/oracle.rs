//! Byte for byte against the `kafka-protocol` crate, which is generated from Kafka's own schemas.
//!
//! Equal bytes could hide two swapped fields of one type, so values are compared by name as well.

use std::fmt::Debug;
use std::ops::RangeInclusive;

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages as theirs;
use kafka_protocol::protocol::{Decodable, Encodable};
use ouzel_wire::frame::{self, RequestHeader};
use ouzel_wire::{
    EncodeError, EncodeErrorKind, ErrorCode, Message, Reader, Request, Sampler, Writer,
    messages as ours,
};

use crate::debug_tree::Tree;

/// Made-up values of each message and version.
const SAMPLES: u64 = 40;

fn encode<M: Message>(message: &M, version: i16) -> Bytes {
    let mut w = Writer::new();
    message.encode(&mut w, version).unwrap();
    w.into_bytes()
}

fn decode<M: Message>(bytes: &Bytes, version: i16) -> M {
    let mut r = Reader::new(bytes.clone());
    let message = M::decode(&mut r, version).unwrap();
    r.expect_end().unwrap();
    message
}

fn encode_theirs(message: &impl Encodable, version: i16) -> Bytes {
    let mut bytes = BytesMut::new();
    message.encode(&mut bytes, version).unwrap();
    bytes.freeze()
}

fn decode_theirs<T: Decodable>(bytes: &Bytes, version: i16) -> T {
    let mut rest = bytes.clone();
    let message = T::decode(&mut rest, version).unwrap();
    assert!(rest.is_empty(), "they left {} bytes", rest.len());
    message
}

fn compare<O, T>(name: &str, versions: RangeInclusive<i16>)
where
    O: Message + Default + Debug + PartialEq,
    T: Encodable + Decodable + Default + Debug,
{
    for version in versions {
        let at = format!("{name} v{version}");
        let default = encode(&O::default(), version);
        assert_eq!(default, encode_theirs(&T::default(), version), "{at}");
        assert_eq!(decode::<O>(&default, version), O::default(), "{at}");
        for seed in 0..SAMPLES {
            let at = format!("{at} seed {seed}");
            let sample = O::sample(&mut Sampler::new(seed), version);
            let bytes = encode(&sample, version);
            let read: T = decode_theirs(&bytes, version);
            Tree::of(&sample).assert_within(&Tree::of(&read), &at);
            let written = encode_theirs(&read, version);
            assert_eq!(bytes, written, "{at}");
            assert_eq!(decode::<O>(&written, version), sample, "{at}");
        }
    }
}

#[test]
fn every_message_in_every_version_has_the_bytes_that_kafka_protocol_has() {
    macro_rules! compare_both {
        ($api:ident, $request:ident, $response:ident) => {
            let versions = <ours::$request as Request>::VERSIONS;
            compare::<ours::$request, theirs::$request>(stringify!($request), versions.clone());
            compare::<ours::$response, theirs::$response>(stringify!($response), versions);
        };
    }
    every_known_api!(compare_both);
}

/// Tagged fields that matter where they are set: an older version without them is refused here as
/// in Kafka, while over there they vanish.
const DROPPED_THERE: [&str; 3] =
    ["FetchRequest.replica_state", "PartitionData.diverging_epoch", "PartitionData.snapshot_id"];

/// Values of one version written in all others: both refuse, or both write the same bytes.
fn compare_across<O, T>(name: &str, versions: RangeInclusive<i16>)
where
    O: Message,
    T: Encodable + Decodable,
{
    for (from, to) in versions.clone().flat_map(|from| versions.clone().map(move |to| (from, to))) {
        for seed in 0..SAMPLES {
            let sample = O::sample(&mut Sampler::new(seed).without_unknown_tags(), from);
            let theirs: T = decode_theirs(&encode(&sample, from), from);
            let (mut w, mut bytes) = (Writer::new(), BytesMut::new());
            let ours = sample.encode(&mut w, to).map(|()| w.into_bytes());
            let theirs = theirs.encode(&mut bytes, to).map(|()| bytes.freeze());
            match ours {
                Err(wrong) if DROPPED_THERE.contains(&wrong.field) => {}
                // They write null where the version has none.
                Err(EncodeError { kind: EncodeErrorKind::Null { .. }, .. }) => {}
                ours => {
                    let at = format!("{name} v{from} written as v{to}, seed {seed}");
                    let same = ours.as_ref().ok() == theirs.as_ref().ok();
                    assert!(same, "{at}: {:?}, {:?}", ours.err(), theirs.err());
                }
            }
        }
    }
}

#[test]
fn fields_that_a_version_lacks_are_left_out_or_refused_as_in_kafka_protocol() {
    macro_rules! compare_both {
        ($api:ident, $request:ident, $response:ident) => {
            let (name, versions) = (stringify!($api), <ours::$request as Request>::VERSIONS);
            compare_across::<ours::$request, theirs::$request>(name, versions.clone());
            compare_across::<ours::$response, theirs::$response>(name, versions);
        };
    }
    every_known_api!(compare_both);
}

#[test]
fn consumer_payloads_have_the_bytes_that_kafka_protocol_has() {
    use ours::{ConsumerProtocolAssignment as Assignment, ConsumerProtocolSubscription as Sub};
    compare::<Sub, theirs::ConsumerProtocolSubscription>("subscription", 0..=3);
    compare::<Assignment, theirs::ConsumerProtocolAssignment>("assignment", 0..=3);
}

#[test]
fn requests_have_the_headers_that_kafka_protocol_has() {
    macro_rules! header {
        ($api:ident, $request:ident, $response:ident) => {
            for version in <ours::$request as Request>::VERSIONS {
                let name = "kcat ß".to_owned();
                compare_header::<ours::$request>(theirs::ApiKey::$api, version, Some(name));
                compare_header::<ours::$request>(theirs::ApiKey::$api, version, None);
                let flexible = theirs::ApiKey::$api.response_header_version(version) > 0;
                compare_response_header::<ours::$request>(version, flexible);
            }
        };
    }
    every_known_api!(header);
}

fn compare_header<R: Request + Default>(
    key: theirs::ApiKey,
    version: i16,
    client_id: Option<String>,
) {
    let header = RequestHeader {
        api_key: R::KEY as i16,
        api_version: version,
        correlation_id: 7,
        client_id: client_id.clone(),
        ..RequestHeader::default()
    };
    let frame = frame::encode_request(&header, &R::default()).unwrap();
    let theirs = theirs::RequestHeader::default()
        .with_request_api_key(key as i16)
        .with_request_api_version(version)
        .with_correlation_id(7)
        .with_client_id(client_id.map(Into::into));
    let header_bytes = encode_theirs(&theirs, key.request_header_version(version));
    let body = encode(&R::default(), version);
    let length = (header_bytes.len() + body.len()) as i32;
    let expected = [&length.to_be_bytes()[..], &header_bytes, &body].concat();
    assert_eq!(frame, expected, "{key:?} v{version}");

    let mut r = Reader::new(frame.slice(4..));
    assert_eq!(frame::decode_request_header(&mut r).unwrap(), header);
    assert_eq!(r.remaining(), body.len());
}

fn compare_response_header<R: Request>(version: i16, flexible: bool)
where
    R::Response: Default,
{
    let response = R::Response::default();
    let pieces = frame::encode_response::<R>(version, 9, &response).unwrap();
    let body = encode(&response, version);
    let tags: &[u8] = if flexible { &[0] } else { &[] };
    let length = (4 + tags.len() + body.len()) as i32;
    let expected = [&length.to_be_bytes()[..], &9i32.to_be_bytes(), tags, &body].concat();
    assert_eq!(pieces.concat(), expected, "{:?} v{version}", R::KEY);
}

#[test]
fn nested_structures_have_the_defaults_that_kafka_protocol_has() {
    macro_rules! same_default {
        ($($module:ident: $($name:ident)+;)+) => { $($(
            let default = theirs::$module::$name::default();
            let ours = Tree::of(&ours::$name::default());
            ours.assert_within(&Tree::of(&default), stringify!($name));
        )+)+ };
    }
    same_default! {
        api_versions_response: ApiVersion SupportedFeatureKey FinalizedFeatureKey;
        metadata_request: MetadataRequestTopic;
        metadata_response: MetadataResponseBroker MetadataResponseTopic MetadataResponsePartition;
        produce_request: TopicProduceData;
        produce_response: TopicProduceResponse PartitionProduceResponse BatchIndexAndErrorMessage
            LeaderIdAndEpoch NodeEndpoint;
        fetch_request: ReplicaState FetchTopic FetchPartition ForgottenTopic;
        fetch_response: FetchableTopicResponse EpochEndOffset LeaderIdAndEpoch SnapshotId
            AbortedTransaction NodeEndpoint;
        list_offsets_request: ListOffsetsTopic ListOffsetsPartition;
        list_offsets_response: ListOffsetsTopicResponse ListOffsetsPartitionResponse;
        create_topics_request: CreatableTopic CreatableReplicaAssignment CreatableTopicConfig;
        create_topics_response: CreatableTopicResult CreatableTopicConfigs;
        delete_topics_request: DeleteTopicState;
        delete_topics_response: DeletableTopicResult;
        describe_configs_request: DescribeConfigsResource;
        describe_configs_response: DescribeConfigsResult DescribeConfigsResourceResult
            DescribeConfigsSynonym;
        alter_configs_request: AlterConfigsResource AlterableConfig;
        alter_configs_response: AlterConfigsResourceResponse;
        incremental_alter_configs_response: AlterConfigsResourceResponse;
        list_config_resources_response: ConfigResource;
        describe_cluster_response: DescribeClusterBroker;
        find_coordinator_response: Coordinator;
        join_group_request: JoinGroupRequestProtocol;
        join_group_response: JoinGroupResponseMember;
        sync_group_request: SyncGroupRequestAssignment;
        leave_group_request: MemberIdentity;
        leave_group_response: MemberResponse;
        offset_commit_request: OffsetCommitRequestTopic OffsetCommitRequestPartition;
        offset_commit_response: OffsetCommitResponseTopic OffsetCommitResponsePartition;
        offset_fetch_request: OffsetFetchRequestTopic OffsetFetchRequestGroup
            OffsetFetchRequestTopics;
        offset_fetch_response: OffsetFetchResponseTopic OffsetFetchResponsePartition
            OffsetFetchResponseGroup OffsetFetchResponseTopics OffsetFetchResponsePartitions;
        list_groups_response: ListedGroup;
        describe_groups_response: DescribedGroup DescribedGroupMember;
        create_partitions_request: CreatePartitionsTopic CreatePartitionsAssignment;
        create_partitions_response: CreatePartitionsTopicResult;
        delete_groups_response: DeletableGroupResult;
        offset_for_leader_epoch_request: OffsetForLeaderTopic OffsetForLeaderPartition;
        offset_for_leader_epoch_response: OffsetForLeaderTopicResult;
        delete_records_request: DeleteRecordsTopic DeleteRecordsPartition;
        delete_records_response: DeleteRecordsTopicResult DeleteRecordsPartitionResult;
        describe_log_dirs_request: DescribableLogDirTopic;
        describe_log_dirs_response: DescribeLogDirsResult DescribeLogDirsTopic
            DescribeLogDirsPartition;
        describe_topic_partitions_request: TopicRequest Cursor;
        describe_topic_partitions_response: Cursor DescribeTopicPartitionsResponseTopic
            DescribeTopicPartitionsResponsePartition;
        offset_delete_request: OffsetDeleteRequestTopic OffsetDeleteRequestPartition;
        offset_delete_response: OffsetDeleteResponseTopic OffsetDeleteResponsePartition;
    }
    // The one whose name Fetch has taken.
    let theirs = theirs::offset_for_leader_epoch_response::EpochEndOffset::default();
    let ours = Tree::of(&ours::LeaderEpochEndOffset::default());
    ours.assert_within(&Tree::of(&theirs), "LeaderEpochEndOffset");
}

/// Errors that Kafka made retriable later than the table over there was written.
const RETRIABLE_SINCE: [ErrorCode; 1] = [ErrorCode::ConcurrentTransactions];

#[test]
fn errors_have_the_numbers_and_the_hopes_that_kafka_protocol_gives_them() {
    use kafka_protocol::error::ResponseError;
    let mut differ = Vec::new();
    for &error in ErrorCode::ALL {
        match ResponseError::try_from_code(error.code()) {
            None | Some(ResponseError::Unknown(_)) => continue,
            Some(theirs) => {
                let name = error.name().replace('_', "").to_lowercase();
                assert_eq!(format!("{theirs:?}").to_lowercase(), name);
                differ.extend((theirs.is_retriable() != error.is_retriable()).then_some(error));
            }
        }
    }
    assert_eq!(differ, RETRIABLE_SINCE);
}
