//! A broker that answers as a test tells it to: one group, and whatever its coordinator says.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use ouzel_wire::{
    ApiKey, Reader, Request,
    frame::{RequestHeader, decode_request, decode_request_header, encode_response},
    messages as wire,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const SERVED: [ApiKey; 8] = [
    ApiKey::ApiVersions,
    ApiKey::ListOffsets,
    ApiKey::Metadata,
    ApiKey::FindCoordinator,
    ApiKey::ListGroups,
    ApiKey::DescribeGroups,
    ApiKey::OffsetFetch,
    ApiKey::OffsetCommit,
];
/// One old version of everything, in which most requests are about one thing.
const VERSION: i16 = 4;

/// The only group that it knows.
pub const GROUP: &str = "scripted";

/// What it says.
#[derive(Debug, Default)]
pub struct Script {
    /// The state of [`GROUP`]; none: there is no such group.
    pub group: Option<&'static str>,
    /// Answers to the next commits; none is left: it is done.
    pub refusals: VecDeque<i16>,
    /// What was committed on `orders-0`.
    pub commits: Vec<i64>,
    /// Where broker 2 listens, which leads `orders-1`.
    pub second: Option<u16>,
    /// Whether it says which versions there are, and then nothing any more.
    pub hangs: bool,
}

/// A broker with a script.
#[derive(Clone)]
pub struct Scripted {
    pub address: String,
    pub port: u16,
    script: Arc<Mutex<Script>>,
}

/// Begins with a group in this state, which has committed offset 4 of `orders-0`.
pub async fn scripted(group: Option<&'static str>) -> Scripted {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = Script { group, commits: vec![4], ..Script::default() };
    let script = Arc::new(Mutex::new(script));
    let broker = Scripted { address: format!("127.0.0.1:{port}"), port, script };
    let serving = broker.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let broker = serving.clone();
            tokio::spawn(async move { broker.serve(stream).await });
        }
    });
    broker
}

/// The address of somebody who takes every connection and never says a word, as long as the
/// listener is held.
pub async fn silent() -> (TcpListener, String) {
    // The system accepts for whoever listens.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

impl Scripted {
    /// Changes the script, or looks into it.
    pub fn tell<T>(&self, with: impl FnOnce(&mut Script) -> T) -> T {
        with(&mut self.script.lock().unwrap())
    }

    async fn serve(&self, mut stream: TcpStream) -> Option<()> {
        loop {
            let length = stream.read_i32().await.ok()?;
            let mut frame = vec![0; usize::try_from(length).unwrap()];
            stream.read_exact(&mut frame).await.ok()?;
            let mut reader = Reader::new(Bytes::from(frame));
            let header = decode_request_header(&mut reader).unwrap();
            if self.tell(|script| script.hangs) && header.api_key != ApiKey::ApiVersions as i16 {
                continue;
            }
            for piece in self.answer(&header, &mut reader) {
                stream.write_all(&piece).await.ok()?;
            }
        }
    }

    fn answer(&self, header: &RequestHeader, reader: &mut Reader) -> Vec<Bytes> {
        let group_id = || GROUP.to_owned();
        let group = self.tell(|script| script.group);
        match ApiKey::from_i16(header.api_key).unwrap() {
            ApiKey::ApiVersions => encode::<wire::ApiVersionsRequest>(header, &versions()),
            ApiKey::Metadata => encode::<wire::MetadataRequest>(header, &self.metadata()),
            ApiKey::FindCoordinator => {
                let response = wire::FindCoordinatorResponse { node_id: 1, ..Default::default() };
                encode::<wire::FindCoordinatorRequest>(header, &response)
            }
            ApiKey::ListGroups => {
                let listed = group.map(|state| wire::ListedGroup {
                    group_id: group_id(),
                    group_state: state.to_owned(),
                    ..Default::default()
                });
                let groups = listed.into_iter().collect();
                let response = wire::ListGroupsResponse { groups, ..Default::default() };
                encode::<wire::ListGroupsRequest>(header, &response)
            }
            ApiKey::DescribeGroups => {
                let described = wire::DescribedGroup {
                    group_id: group_id(),
                    group_state: group.unwrap_or("Dead").to_owned(),
                    ..Default::default()
                };
                let groups = vec![described];
                let response = wire::DescribeGroupsResponse { groups, ..Default::default() };
                encode::<wire::DescribeGroupsRequest>(header, &response)
            }
            ApiKey::ListOffsets => {
                let version = header.api_version;
                let asked = decode_request::<wire::ListOffsetsRequest>(reader, version).unwrap();
                encode::<wire::ListOffsetsRequest>(header, &offsets(asked))
            }
            ApiKey::OffsetFetch => encode::<wire::OffsetFetchRequest>(header, &self.committed()),
            ApiKey::OffsetCommit => {
                let version = header.api_version;
                let asked = decode_request::<wire::OffsetCommitRequest>(reader, version).unwrap();
                encode::<wire::OffsetCommitRequest>(header, &self.commit(&asked))
            }
            other => panic!("{other:?} was not offered"),
        }
    }

    fn metadata(&self) -> wire::MetadataResponse {
        let ports = [Some(self.port), self.tell(|script| script.second)];
        let nodes = (1..).zip(ports.into_iter().flatten());
        let broker = |(node_id, port): (i32, u16)| wire::MetadataResponseBroker {
            node_id,
            host: "127.0.0.1".to_owned(),
            port: i32::from(port),
            ..Default::default()
        };
        let partition = |(node, _): (i32, u16)| wire::MetadataResponsePartition {
            partition_index: node - 1,
            leader_id: node,
            replica_nodes: vec![node],
            isr_nodes: vec![node],
            ..Default::default()
        };
        let orders = wire::MetadataResponseTopic {
            name: Some("orders".to_owned()),
            partitions: nodes.clone().map(partition).collect(),
            ..Default::default()
        };
        wire::MetadataResponse {
            brokers: nodes.map(broker).collect(),
            controller_id: 1,
            topics: vec![orders],
            ..Default::default()
        }
    }

    fn committed(&self) -> wire::OffsetFetchResponse {
        let committed_offset = self.tell(|script| *script.commits.last().unwrap());
        let partitions =
            vec![wire::OffsetFetchResponsePartition { committed_offset, ..Default::default() }];
        let name = "orders".to_owned();
        let topics =
            vec![wire::OffsetFetchResponseTopic { name, partitions, ..Default::default() }];
        wire::OffsetFetchResponse { topics, ..Default::default() }
    }

    fn commit(&self, asked: &wire::OffsetCommitRequest) -> wire::OffsetCommitResponse {
        let error_code = self.tell(|script| {
            let code = script.refusals.pop_front().unwrap_or_default();
            let wanted = asked.topics[0].partitions[0].committed_offset;
            script.commits.extend((code == 0).then_some(wanted));
            code
        });
        let partitions =
            vec![wire::OffsetCommitResponsePartition { error_code, ..Default::default() }];
        let name = "orders".to_owned();
        let topics =
            vec![wire::OffsetCommitResponseTopic { name, partitions, ..Default::default() }];
        wire::OffsetCommitResponse { topics, ..Default::default() }
    }
}

/// Everything ends at 7, and begins there, too.
fn offsets(asked: wire::ListOffsetsRequest) -> wire::ListOffsetsResponse {
    let partition = |it: wire::ListOffsetsPartition| wire::ListOffsetsPartitionResponse {
        partition_index: it.partition_index,
        offset: 7,
        ..Default::default()
    };
    let topic = |it: wire::ListOffsetsTopic| wire::ListOffsetsTopicResponse {
        name: it.name,
        partitions: it.partitions.into_iter().map(partition).collect(),
        ..Default::default()
    };
    let topics = asked.topics.into_iter().map(topic).collect();
    wire::ListOffsetsResponse { topics, ..Default::default() }
}

fn encode<R: Request>(header: &RequestHeader, response: &R::Response) -> Vec<Bytes> {
    encode_response::<R>(header.api_version, header.correlation_id, response).unwrap()
}

fn versions() -> wire::ApiVersionsResponse {
    let api = |key: ApiKey| wire::ApiVersion {
        api_key: key as i16,
        min_version: 0,
        max_version: if key == ApiKey::FindCoordinator { VERSION - 1 } else { VERSION },
        ..Default::default()
    };
    wire::ApiVersionsResponse { api_keys: SERVED.map(api).to_vec(), ..Default::default() }
}
