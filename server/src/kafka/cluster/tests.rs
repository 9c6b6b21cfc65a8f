//! A cluster whose brokers fail at the wrong moment.
#![allow(clippy::unwrap_used)]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
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
use crate::kafka::{Address, Expected, KafkaError, Shown, groups::snapshot::GroupsSnapshot};

const SERVED: [ApiKey; 6] = [
    ApiKey::ApiVersions,
    ApiKey::Metadata,
    ApiKey::ListGroups,
    ApiKey::OffsetFetch,
    ApiKey::CreateTopics,
    ApiKey::DeleteTopics,
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
    asked: Mutex<Vec<Option<usize>>>,
    trailing: Mutex<Trailing>,
}

/// How metadata follows what the controller has done to topic `late`.
#[derive(Default)]
struct Trailing {
    /// Whether the controller has it.
    there: bool,
    /// Answers that still tell what was before.
    behind: usize,
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
    let broker = Arc::new(Broker {
        port,
        dead,
        metadata_left,
        asked: Mutex::default(),
        trailing: Mutex::default(),
    });
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
            ApiKey::DeleteTopics => {
                self.trailing.lock().unwrap().there = false;
                let responses = vec![wire::DeletableTopicResult::default()];
                let response = wire::DeleteTopicsResponse { responses, ..Default::default() };
                Some(encode::<wire::DeleteTopicsRequest>(header, &response))
            }
            ApiKey::CreateTopics => {
                self.trailing.lock().unwrap().there = true;
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
        let late = wire::MetadataRequestTopic {
            name: Some("late".to_owned()),
            ..wire::MetadataRequestTopic::default()
        };
        let is_told = self.tells_late();
        let listed = asked.topics.is_none().then_some(&late).into_iter();
        let told = asked.topics.iter().flatten().chain(listed);
        let told = told.filter(|topic| is_told || topic.name != late.name);
        let response = wire::MetadataResponse {
            brokers: vec![broker(1, self.port), broker(2, self.dead)],
            controller_id: 1,
            topics: told.map(topic).collect(),
            ..Default::default()
        };
        Some(encode::<wire::MetadataRequest>(header, &response))
    }
}

impl Broker {
    /// Whether metadata tells of `late` this time.
    fn tells_late(&self) -> bool {
        let mut trailing = self.trailing.lock().unwrap();
        let is_behind = trailing.behind > 0;
        trailing.behind = trailing.behind.saturating_sub(1);
        trailing.there != is_behind
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
    let (page, shown) = cluster.new_topic_page(&wanted).await;
    assert!(broker.asked.lock().unwrap().len() > 1, "the list was to be read again");
    assert_eq!((page.name.as_str(), page.partitions.len(), shown), ("t", 3, Shown::NotYet));
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
async fn a_topic_that_was_deleted_is_not_brought_back_by_an_answer_from_before() {
    let (cluster, _) = cluster(usize::MAX).await;
    let asked = Instant::now();
    let before = cluster.read_metadata(Some("t")).await.unwrap();
    cluster.fresh_metadata().await.unwrap();
    cluster.keep_topic(&before, "t", asked);
    assert!(cluster.metadata(AGE_MAX_ROUTING).await.unwrap().topics.is_empty());
    cluster.keep_topic(&before, "t", Instant::now());
    assert!(cluster.metadata(AGE_MAX_ROUTING).await.unwrap().topics.contains_key("t"));
}

fn late() -> CreateTopic {
    CreateTopic {
        name: "late".to_owned(),
        partitions: Some(1),
        replication_factor: None,
        configs: Vec::new(),
    }
}

fn trail(broker: &Broker, there: bool, behind: usize) {
    *broker.trailing.lock().unwrap() = Trailing { there, behind };
}

#[tokio::test]
async fn what_was_made_or_deleted_is_so_in_the_list_that_is_read_next() {
    let (cluster, broker) = cluster(usize::MAX).await;
    let is_listed = async || {
        let listed = cluster.metadata(AGE_MAX_ROUTING).await.unwrap();
        listed.topics.contains_key("late")
    };
    assert!(!is_listed().await);
    trail(&broker, false, 0);
    cluster.create_topic(&late()).await.unwrap();
    trail(&broker, true, 5);
    assert_eq!(cluster.shown(Expected::Topic("late", 1)).await, Shown::Now);
    assert!(is_listed().await);
    cluster.delete_topic("late").await.unwrap();
    // The list is read from a broker that has not heard of it although another one has.
    trail(&broker, false, 6);
    assert_eq!(cluster.shown(Expected::NoTopic("late")).await, Shown::Now);
    assert!(!is_listed().await);
}

#[tokio::test]
async fn what_is_never_shown_is_not_waited_for_without_end() {
    let (cluster, broker) = cluster(usize::MAX).await;
    trail(&broker, true, usize::MAX);
    let waited = cluster.shown_within(Expected::Topic("late", 1), Duration::from_millis(150));
    assert_eq!(waited.await, Shown::NotYet);
    // More partitions than there are is not yet what was asked for.
    trail(&broker, true, 0);
    let waited = cluster.shown_within(Expected::Topic("late", 2), Duration::from_millis(150));
    assert_eq!(waited.await, Shown::NotYet);
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
