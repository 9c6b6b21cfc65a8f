//! A cluster whose brokers fail at the wrong moment.
#![allow(clippy::unwrap_used)]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use ouzel_api::{clusters::Environment, topics::CreateTopic};
use ouzel_wire::{
    ApiKey, Reader, Request,
    frame::{RequestHeader, decode_request, decode_request_header, encode_response},
    messages as wire,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{AGE_MAX_ROUTING, Cluster, ClusterSetup};
use crate::kafka::{Address, KafkaError, groups::snapshot::GroupsSnapshot};

const SERVED: [ApiKey; 5] = [
    ApiKey::ApiVersions,
    ApiKey::Metadata,
    ApiKey::ListGroups,
    ApiKey::OffsetFetch,
    ApiKey::CreateTopics,
];
/// One old version of everything, the first in which Metadata does not create topics.
const VERSION: i16 = 4;

/// Broker 1 of a cluster in which nobody listens for broker 2.
struct Broker {
    port: u16,
    dead: u16,
    /// Answers to Metadata before connections break instead.
    metadata_left: Arc<AtomicUsize>,
    /// Topics that each Metadata asked for; none stands for all.
    asked: std::sync::Mutex<Vec<Option<usize>>>,
}

async fn port() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A cluster, and its one living broker.
async fn cluster(metadata_left: usize) -> (Cluster, Arc<Broker>) {
    let (listener, port) = port().await;
    let (_, dead) = self::port().await;
    let metadata_left = Arc::new(AtomicUsize::new(metadata_left));
    let broker = Arc::new(Broker { port, dead, metadata_left, asked: Default::default() });
    let serving = broker.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let broker = serving.clone();
            tokio::spawn(async move { broker.serve(stream).await });
        }
    });
    let setup = ClusterSetup {
        id: "c".to_owned(),
        embedded: false,
        environment: Environment::Development,
        bootstrap: vec![Address { host: "127.0.0.1".to_owned(), port }],
        ..ClusterSetup::default()
    };
    (Cluster::new(setup), broker)
}

impl Broker {
    /// Until the other side or the script ends it.
    async fn serve(&self, mut stream: TcpStream) -> Option<()> {
        loop {
            let length = stream.read_i32().await.ok()?;
            let mut frame = vec![0; usize::try_from(length).unwrap()];
            stream.read_exact(&mut frame).await.ok()?;
            let mut reader = Reader::new(Bytes::from(frame));
            let header = decode_request_header(&mut reader).unwrap();
            for piece in self.answer(&header, &mut reader)? {
                stream.write_all(&piece).await.ok()?;
            }
        }
    }

    /// The answer, or `None` to break the connection off.
    fn answer(&self, header: &RequestHeader, reader: &mut Reader) -> Option<Vec<Bytes>> {
        match ApiKey::from_i16(header.api_key).unwrap() {
            ApiKey::ApiVersions => Some(encode::<wire::ApiVersionsRequest>(header, &versions())),
            ApiKey::ListGroups => {
                Some(encode::<wire::ListGroupsRequest>(header, &Default::default()))
            }
            ApiKey::CreateTopics => {
                let topics = vec![wire::CreatableTopicResult::default()];
                let response = wire::CreateTopicsResponse { topics, ..Default::default() };
                Some(encode::<wire::CreateTopicsRequest>(header, &response))
            }
            ApiKey::Metadata => {
                let request: wire::MetadataRequest =
                    decode_request::<wire::MetadataRequest>(reader, header.api_version).unwrap();
                self.metadata(header, &request)
            }
            other => panic!("{other:?} was not offered"),
        }
    }

    fn metadata(
        &self,
        header: &RequestHeader,
        asked: &wire::MetadataRequest,
    ) -> Option<Vec<Bytes>> {
        self.asked.lock().unwrap().push(asked.topics.as_ref().map(Vec::len));
        let left = self.metadata_left.load(Ordering::Relaxed).checked_sub(1)?;
        self.metadata_left.store(left, Ordering::Relaxed);
        let broker = |node_id, port: u16| wire::MetadataResponseBroker {
            node_id,
            host: "127.0.0.1".to_owned(),
            port: i32::from(port),
            ..Default::default()
        };
        let topic = |topic: &wire::MetadataRequestTopic| wire::MetadataResponseTopic {
            name: topic.name.clone(),
            partitions: vec![wire::MetadataResponsePartition {
                leader_id: 1,
                ..Default::default()
            }],
            ..Default::default()
        };
        let response = wire::MetadataResponse {
            brokers: vec![broker(1, self.port), broker(2, self.dead)],
            controller_id: 1,
            topics: asked.topics.iter().flatten().map(topic).collect(),
            ..Default::default()
        };
        Some(encode::<wire::MetadataRequest>(header, &response))
    }
}

fn encode<R: Request>(header: &RequestHeader, response: &R::Response) -> Vec<Bytes> {
    encode_response::<R>(header.api_version, header.correlation_id, response).unwrap()
}

fn versions() -> wire::ApiVersionsResponse {
    let api = |key: ApiKey| wire::ApiVersion {
        api_key: key as i16,
        min_version: 0,
        max_version: VERSION,
        ..Default::default()
    };
    wire::ApiVersionsResponse { api_keys: SERVED.map(api).to_vec(), ..Default::default() }
}

#[tokio::test]
async fn a_broker_that_cannot_be_reached_costs_its_own_groups_only() {
    let (cluster, _) = cluster(usize::MAX).await;
    let groups = GroupsSnapshot::read(&cluster).await.unwrap();
    let [(2, KafkaError::Unreachable { .. })] = &groups.missing[..] else {
        panic!("{:?}", groups.missing)
    };
}

#[tokio::test]
async fn a_topic_was_created_even_if_nobody_answers_afterwards() {
    let (cluster, broker) = cluster(1).await;
    let wanted = CreateTopic {
        name: "t".to_owned(),
        partitions: Some(3),
        replication_factor: None,
        configs: Vec::new(),
    };
    cluster.create_topic(&wanted).await.unwrap();
    assert!(broker.asked.lock().unwrap().len() > 1, "the list was to be read again");
    let page = cluster.new_topic_page(&wanted).await;
    assert_eq!((page.name.as_str(), page.partitions.len()), ("t", 3));
    assert!(page.partitions.iter().all(|partition| partition.error.is_some()));
}

#[tokio::test]
async fn a_topic_that_is_asked_for_comes_alone_and_is_kept_for_routing() {
    let (cluster, broker) = cluster(usize::MAX).await;
    assert!(cluster.metadata(AGE_MAX_ROUTING).await.unwrap().topics.is_empty());
    cluster.fresh_topic("t").await.unwrap();
    assert_eq!(cluster.metadata(AGE_MAX_ROUTING).await.unwrap().leader("t", 0), Ok(1));
    assert_eq!(*broker.asked.lock().unwrap(), [None, Some(1)]);
}

#[tokio::test]
async fn whoever_asks_while_all_topics_are_read_shares_the_next_reading() {
    let (cluster, broker) = cluster(usize::MAX).await;
    let asking = (0..20).map(|_| cluster.fresh_metadata());
    for read in futures::future::join_all(asking).await {
        read.unwrap();
    }
    let readings = broker.asked.lock().unwrap().len();
    assert!(readings <= 2, "{readings} readings for twenty at once");
}
