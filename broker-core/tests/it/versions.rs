//! What is advertised is served, in every version; what is not is answered as Kafka does.

use bytes::Bytes;
use ouzel_wire::frame::{RequestHeader, decode_response, encode_request};
use ouzel_wire::messages::*;
use ouzel_wire::{ApiKey, ErrorCode, Request};

use crate::support::*;

fn greeting() -> ApiVersionsRequest {
    ApiVersionsRequest {
        client_software_name: "it".to_owned(),
        client_software_version: "1.0".to_owned(),
        ..Default::default()
    }
}

async fn advertised(client: &mut Client) -> Vec<ApiVersion> {
    let answer = client.call(greeting()).await;
    assert_eq!(answer.error_code, NONE);
    answer.api_keys
}

/// Asks in every version on one connection, which must outlive it.
async fn in_every_version<R: Request + Clone>(test: &TestBroker, request: R) -> ApiKey {
    let mut client = test.client().await;
    for version in R::VERSIONS {
        let sent = client.send(version, &request).await;
        let frame = client.receive_frame().await;
        let frame = frame.unwrap_or_else(|| panic!("{:?} {version} was not answered", R::KEY));
        let (id, _) = decode_response::<R>(frame, version).unwrap();
        assert_eq!(id, sent, "{:?} {version}", R::KEY);
    }
    R::KEY
}

#[tokio::test(flavor = "multi_thread")]
async fn every_version_that_is_advertised_is_answered() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "orders", 1).await;
    let mut asked = vec![
        in_every_version(&test, produce_request("orders", 0, batch(&["x"]))).await,
        in_every_version(&test, fetch_request("orders", 0)).await,
        in_every_version(&test, ListOffsetsRequest::default()).await,
        in_every_version(&test, MetadataRequest { topics: Some(Vec::new()), ..Default::default() })
            .await,
        in_every_version(&test, OffsetCommitRequest::default()).await,
        in_every_version(
            &test,
            OffsetFetchRequest { topics: Some(Vec::new()), ..Default::default() },
        )
        .await,
        in_every_version(&test, FindCoordinatorRequest::default()).await,
        in_every_version(&test, JoinGroupRequest::default()).await,
        in_every_version(&test, HeartbeatRequest::default()).await,
        in_every_version(&test, LeaveGroupRequest::default()).await,
        in_every_version(&test, SyncGroupRequest::default()).await,
        in_every_version(&test, DescribeGroupsRequest::default()).await,
        in_every_version(&test, ListGroupsRequest::default()).await,
        in_every_version(&test, greeting()).await,
        in_every_version(&test, CreateTopicsRequest::default()).await,
        in_every_version(&test, DeleteTopicsRequest::default()).await,
        in_every_version(&test, InitProducerIdRequest::default()).await,
        in_every_version(&test, DescribeConfigsRequest::default()).await,
        in_every_version(&test, AlterConfigsRequest::default()).await,
        in_every_version(&test, IncrementalAlterConfigsRequest::default()).await,
        in_every_version(&test, ListConfigResourcesRequest::default()).await,
        in_every_version(&test, CreatePartitionsRequest::default()).await,
        in_every_version(&test, DeleteGroupsRequest::default()).await,
        in_every_version(&test, DescribeClusterRequest::default()).await,
        in_every_version(&test, DeleteRecordsRequest::default()).await,
        in_every_version(&test, OffsetForLeaderEpochRequest::default()).await,
        in_every_version(&test, DescribeLogDirsRequest { topics: None, ..Default::default() })
            .await,
        in_every_version(&test, OffsetDeleteRequest::default()).await,
        in_every_version(&test, DescribeTopicPartitionsRequest::default()).await,
    ];
    asked.sort_unstable();
    let mut listed: Vec<i16> = advertised(&mut client).await.iter().map(|v| v.api_key).collect();
    listed.sort_unstable();
    assert_eq!(asked.iter().map(|key| *key as i16).collect::<Vec<_>>(), listed);
}

/// Versions that clients use without asking, or as the highest they know: librdkafka (its
/// INTRODUCTION), sarama (its `isValidVersion`), kafkajs 2.2 (its request folders), and the lowest
/// that clients of Kafka 4 ask for (KIP-896).
const PINNED: &[(ApiKey, &[i16])] = &[
    (ApiKey::Produce, &[3, 7, 10]),
    (ApiKey::Fetch, &[4, 11, 12, 16]),
    (ApiKey::ListOffsets, &[1, 3, 6, 7]),
    (ApiKey::Metadata, &[6, 11, 13]),
    (ApiKey::OffsetCommit, &[2, 5, 8, 9]),
    (ApiKey::OffsetFetch, &[1, 4, 8, 9]),
    (ApiKey::FindCoordinator, &[0, 2]),
    (ApiKey::JoinGroup, &[0, 5, 8]),
    (ApiKey::Heartbeat, &[3]),
    (ApiKey::LeaveGroup, &[1, 3]),
    (ApiKey::SyncGroup, &[3]),
    (ApiKey::DescribeGroups, &[2, 5]),
    (ApiKey::ListGroups, &[2, 4]),
    (ApiKey::ApiVersions, &[0, 2, 3]),
    (ApiKey::CreateTopics, &[2, 3, 4]),
    (ApiKey::DeleteTopics, &[1, 4]),
    (ApiKey::DeleteRecords, &[1, 2]),
    (ApiKey::InitProducerId, &[1, 4]),
    (ApiKey::OffsetForLeaderEpoch, &[2]),
    (ApiKey::DescribeConfigs, &[1, 2]),
    (ApiKey::AlterConfigs, &[1, 2]),
    (ApiKey::DescribeLogDirs, &[1]),
    (ApiKey::CreatePartitions, &[1, 2]),
    (ApiKey::DeleteGroups, &[1, 2]),
    (ApiKey::IncrementalAlterConfigs, &[1]),
    (ApiKey::OffsetDelete, &[0]),
];

#[tokio::test(flavor = "multi_thread")]
async fn versions_that_clients_pin_are_advertised() {
    let test = TestBroker::start().await;
    let listed = advertised(&mut test.client().await).await;
    for (key, versions) in PINNED {
        let ours = listed.iter().find(|it| it.api_key == *key as i16);
        let ours = ours.unwrap_or_else(|| panic!("{key:?} is not advertised"));
        for version in *versions {
            let range = ours.min_version..=ours.max_version;
            assert!(range.contains(version), "{key:?} {version} is not in {range:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_with_something_in_them_fit_every_version() {
    let test = TestBroker::start().await;
    let (mut member, _) = join(&test, "g").await;
    create(&mut member.client, "orders", 1).await;
    assert_eq!(member.sync(&[]).await.error_code, NONE);
    assert_eq!(member.commit("orders", 1, "note").await, NONE);
    let partition = ListOffsetsPartition { timestamp: -1, ..Default::default() };
    let topic = ListOffsetsTopic {
        name: "orders".to_owned(),
        partitions: vec![partition],
        ..Default::default()
    };
    in_every_version(&test, ListOffsetsRequest { topics: vec![topic], ..Default::default() }).await;
    in_every_version(
        &test,
        DescribeGroupsRequest { groups: vec!["g".into(), "none".into()], ..Default::default() },
    )
    .await;
    let resource = DescribeConfigsResource {
        resource_type: 2,
        resource_name: "orders".to_owned(),
        configuration_keys: None,
        ..Default::default()
    };
    let resources = vec![resource];
    in_every_version(
        &test,
        DescribeConfigsRequest { resources, include_synonyms: true, ..Default::default() },
    )
    .await;
    let mut client = test.client().await;
    for version in 0..=13 {
        let named = MetadataRequestTopic { name: Some("orders".to_owned()), ..Default::default() };
        let request = MetadataRequest { topics: Some(vec![named]), ..Default::default() };
        let topic = client.call_at(version, request).await.topics.remove(0);
        assert_eq!((topic.error_code, topic.partitions.len()), (NONE, 1), "version {version}");
    }
    for version in 2..=7 {
        let request = create_request(&format!("t{version}"), 1);
        assert_eq!(client.call_at(version, request).await.topics[0].error_code, NONE);
    }
    for version in 1..=5 {
        let topic_names = vec![format!("t{}", version + 1), "nowhere".to_owned()];
        let request = DeleteTopicsRequest { topic_names, ..Default::default() };
        let codes = client.call_at(version, request).await.responses;
        let unknown = ErrorCode::UnknownTopicOrPartition.code();
        assert_eq!((codes[0].error_code, codes[1].error_code), (NONE, unknown));
    }
}

/// A request without its length, in a version that nobody describes.
fn raw(key: ApiKey, version: i16, body: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    frame.extend_from_slice(&(key as i16).to_be_bytes());
    frame.extend_from_slice(&version.to_be_bytes());
    frame.extend_from_slice(&77_i32.to_be_bytes());
    frame.extend_from_slice(&(-1_i16).to_be_bytes());
    frame.extend_from_slice(body);
    let mut bytes = (frame.len() as i32).to_be_bytes().to_vec();
    bytes.extend_from_slice(&frame);
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_greeting_from_the_future_is_answered_in_version_0_with_what_is_served() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    client.send_bytes(&raw(ApiKey::ApiVersions, 99, b"\x00whatever")).await;
    let frame = client.receive_frame().await.unwrap();
    let (id, answer) = decode_response::<ApiVersionsRequest>(frame, 0).unwrap();
    assert_eq!((id, answer.error_code), (77, ErrorCode::UnsupportedVersion.code()));
    assert_eq!(answer.api_keys, advertised(&mut client).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_greets_says_its_name_and_version_in_letters_that_logs_can_show() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let invalid = ErrorCode::InvalidRequest.code();
    for (name, version, code) in [
        ("apache-kafka-java", "4.4.0-SNAPSHOT", NONE),
        ("a", "1", NONE),
        ("", "1.0", invalid),
        ("it", "", invalid),
        ("-it", "1.0", invalid),
        ("it", "1.0.", invalid),
        ("i t", "1.0", invalid),
        ("it", "1.0\n", invalid),
    ] {
        let greeting = ApiVersionsRequest {
            client_software_name: name.to_owned(),
            client_software_version: version.to_owned(),
            ..Default::default()
        };
        for spoken in [3, 4] {
            let answer = client.call_at(spoken, greeting.clone()).await;
            assert_eq!(answer.error_code, code, "{name:?} {version:?} in version {spoken}");
            assert_eq!(answer.api_keys.is_empty(), code != NONE);
        }
        assert_eq!(client.call_at(2, greeting).await.error_code, NONE, "nothing is said there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_keys_and_versions_end_the_connection() {
    let test = TestBroker::start().await;
    for (key, version) in
        [(ApiKey::Metadata, 14), (ApiKey::Fetch, 3), (ApiKey::Vote, 0), (ApiKey::SaslHandshake, 1)]
    {
        let mut client = test.client().await;
        client.send_bytes(&raw(key, version, &[0; 20])).await;
        assert!(client.receive_frame().await.is_none(), "{key:?} {version}");
    }
    let mut client = test.client().await;
    client.send_bytes(&[0, 0, 0, 20, 0x7f, 0xff, 0, 0]).await;
    assert!(client.receive_frame().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn produce_0_to_2_is_advertised_and_refused_in_its_own_shape() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let produce = advertised(&mut client).await.into_iter().find(|v| v.api_key == 0).unwrap();
    assert_eq!((produce.min_version, produce.max_version), (0, 12));
    let mut body = Vec::new();
    body.extend_from_slice(&1_i16.to_be_bytes());
    body.extend_from_slice(&1000_i32.to_be_bytes());
    body.extend_from_slice(&1_i32.to_be_bytes());
    body.extend_from_slice(b"\x00\x06orders");
    body.extend_from_slice(&1_i32.to_be_bytes());
    body.extend_from_slice(&0_i32.to_be_bytes());
    body.extend_from_slice(b"\x00\x00\x00\x03old");
    for (version, tail) in [(0, 0), (1, 4), (2, 12)] {
        client.send_bytes(&raw(ApiKey::Produce, version, &body)).await;
        let frame = client.receive_frame().await.unwrap();
        let code = ErrorCode::UnsupportedVersion.code().to_be_bytes();
        assert_eq!(frame[..4], 77_i32.to_be_bytes());
        assert_eq!(&frame[8..16], b"\x00\x06orders");
        assert_eq!(frame[24..26], code, "version {version}");
        assert_eq!(frame.len(), 34 + tail, "version {version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_behind_a_request_are_passed_over() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let header =
        RequestHeader { api_key: 3, api_version: 12, correlation_id: 5, ..Default::default() };
    let request = MetadataRequest { topics: Some(Vec::new()), ..Default::default() };
    let mut bytes = encode_request(&header, &request).unwrap().to_vec();
    bytes.extend_from_slice(&[0, 0, 0]);
    let length = (bytes.len() - 4) as i32;
    bytes[..4].copy_from_slice(&length.to_be_bytes());
    client.send_bytes(&bytes).await;
    let frame: Bytes = client.receive_frame().await.unwrap();
    assert_eq!(decode_response::<MetadataRequest>(frame, 12).unwrap().0, 5);
}
