//! What clients learn of the cluster, and topics that are made on first sight.

use ouzel_wire::messages::{
    DescribeClusterRequest, DescribeGroupsRequest, DescribeTopicPartitionsRequest, MetadataRequest,
    MetadataRequestTopic,
};
use ouzel_wire::{ErrorCode, Uuid};

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_is_made_when_it_is_first_asked_for_and_only_if_wanted() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let unwanted = metadata(&mut client, "orders", false).await;
    assert_eq!(unwanted.error_code, ErrorCode::UnknownTopicOrPartition.code());
    let made = metadata(&mut client, "orders", true).await;
    assert_eq!((made.error_code, made.partitions.len()), (NONE, 1));
    assert_eq!(produce(&mut client, "orders", &["one"]).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_makes_no_topics_makes_none() {
    let test = TestBroker::start_with(|config| config.auto_create_topics = false).await;
    let mut client = test.client().await;
    let refused = metadata(&mut client, "orders", true).await;
    assert_eq!(refused.error_code, ErrorCode::UnknownTopicOrPartition.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_no_topic_may_have_are_refused_and_leave_no_files() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    for name in ["../x", "", ".", "..", "a/b", "a b", "ä", &"x".repeat(250)] {
        let refused = metadata(&mut client, name, true).await;
        assert_eq!(refused.error_code, ErrorCode::InvalidTopicException.code(), "{name:?}");
        let created = client.call(create_request(name, 1)).await.topics.remove(0);
        assert_eq!(created.error_code, ErrorCode::InvalidTopicException.code(), "{name:?}");
    }
    let outside = test.dir.path().parent().unwrap().join("x-0");
    assert!(!outside.exists());
    let folders = std::fs::read_dir(test.dir.path()).unwrap().count();
    assert_eq!(folders, 2, "the lock and the cluster's journal, and nothing else");
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_are_found_by_id() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let id = create(&mut client, "orders", 3).await.topic_id;
    let by_id = |topic_id| MetadataRequestTopic { topic_id, name: None, ..Default::default() };
    let topics = Some(vec![by_id(id), by_id(Uuid([7; 16]))]);
    let answer = client.call(MetadataRequest { topics, ..Default::default() }).await;
    assert_eq!(answer.topics[0].name.as_deref(), Some("orders"));
    assert_eq!(answer.topics[0].partitions.len(), 3);
    assert_eq!(answer.topics[1].error_code, ErrorCode::UnknownTopicId.code());
    assert_eq!(answer.topics[1].name, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_told_the_address_they_came_to_unless_another_is_configured() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let all = MetadataRequest { topics: None, ..Default::default() };
    let broker = client.call(all.clone()).await.brokers.remove(0);
    let reached = test.broker.kafka_addr();
    assert_eq!((broker.host.as_str(), broker.port), ("127.0.0.1", i32::from(reached.port())));
    let configured =
        TestBroker::start_with(|c| c.advertised = Some(("kafka.example".into(), 1234))).await;
    let mut client = configured.client().await;
    let broker = client.call(all).await.brokers.remove(0);
    assert_eq!((broker.host.as_str(), broker.port), ("kafka.example", 1234));
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_ipv4_are_told_such_an_address_though_the_broker_listens_on_ipv6_too() {
    let everywhere = "[::]:0".parse().unwrap();
    if std::net::TcpListener::bind::<std::net::SocketAddr>(everywhere).is_err() {
        return; // This machine has no IPv6.
    }
    let test = TestBroker::start_with(|c| c.listen = everywhere).await;
    let port = test.broker.kafka_addr().port();
    let addr = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let mut client = Client::connect(addr).await;
    let all = MetadataRequest { topics: None, ..Default::default() };
    let broker = client.call(all).await.brokers.remove(0);
    assert_eq!((broker.host.as_str(), broker.port), ("127.0.0.1", i32::from(port)));
    let mut member = Member::on(client, "g", None).await;
    member.learn_id().await;
    member.join().await;
    assert_eq!(member.describe().await.members[0].client_host, "/127.0.0.1");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clusters_id_is_the_same_for_ever() {
    let test = TestBroker::start().await;
    let id = test.broker.cluster_id();
    let mut client = test.client().await;
    let described = client.call(DescribeClusterRequest::default()).await;
    assert_eq!((described.cluster_id.as_str(), described.controller_id), (id.as_str(), 0));
    drop(client);
    let test = test.restart().await;
    assert_eq!(test.broker.cluster_id(), id);
}

#[tokio::test(flavor = "multi_thread")]
async fn controllers_and_what_is_nobody_s_are_asked_for_elsewhere() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    for (endpoint_type, code) in [
        (1, NONE),
        (2, ErrorCode::MismatchedEndpointType.code()),
        (3, ErrorCode::UnsupportedEndpointType.code()),
    ] {
        let request = DescribeClusterRequest { endpoint_type, ..Default::default() };
        let described = client.call(request).await;
        assert_eq!((described.error_code, described.endpoint_type), (code, 1));
        assert_eq!(described.brokers.len(), usize::from(code == NONE));
    }
}

/// What a broker without an authorizer lets everybody do, in Kafka's bits.
const ON_CLUSTER: i32 = 0b1_1111_1010_0000;
const ON_TOPICS: i32 = 0b1101_1111_1000;
const ON_GROUPS: i32 = 0b1101_0100_1000;
const NOT_ASKED: i32 = i32::MIN;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_may_do_is_told_to_whoever_asks() {
    let test = TestBroker::start().await;
    let (mut member, _) = join(&test, "g").await;
    let client = &mut member.client;
    create(client, "orders", 1).await;
    for asks in [true, false] {
        let told = |all: i32| if asks { all } else { NOT_ASKED };
        let request = MetadataRequest {
            topics: Some(["orders", "nowhere"].map(named).to_vec()),
            allow_auto_topic_creation: false,
            include_topic_authorized_operations: asks,
            ..Default::default()
        };
        let topics = client.call(request.clone()).await.topics;
        let topics: Vec<_> = topics.iter().map(|t| t.topic_authorized_operations).collect();
        assert_eq!(topics, [told(ON_TOPICS); 2], "also of one that could be made");
        let request = MetadataRequest {
            include_cluster_authorized_operations: asks,
            topics: Some(Vec::new()),
            ..request
        };
        let older = client.call_at(10, request).await;
        assert_eq!(older.cluster_authorized_operations, told(ON_CLUSTER));
        let request = DescribeClusterRequest {
            include_cluster_authorized_operations: asks,
            ..Default::default()
        };
        assert_eq!(client.call(request).await.cluster_authorized_operations, told(ON_CLUSTER));
        let request = DescribeGroupsRequest {
            groups: vec!["g".to_owned(), "nobody".to_owned()],
            include_authorized_operations: asks,
            ..Default::default()
        };
        let groups = client.call(request).await.groups;
        let groups: Vec<_> = groups.iter().map(|group| group.authorized_operations).collect();
        assert_eq!(groups, [told(ON_GROUPS), NOT_ASKED]);
    }
    // Nobody has to ask here.
    let request = DescribeTopicPartitionsRequest {
        response_partition_limit: 2_000,
        ..DescribeTopicPartitionsRequest::default()
    };
    let pages = client.call(request).await.topics;
    assert!(pages.iter().any(|topic| topic.name.as_deref() == Some("orders")), "{pages:?}");
    assert!(pages.iter().all(|topic| topic.topic_authorized_operations == ON_TOPICS));
}

fn named(name: &str) -> MetadataRequestTopic {
    MetadataRequestTopic { name: Some(name.to_owned()), ..Default::default() }
}
