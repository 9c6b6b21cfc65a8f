//! Topics and records to look at, through the same doors that users have.

use std::time::Duration;

use futures::{StreamExt, stream::FuturesUnordered};
use ouzel::kafka::{
    Address, Cluster, ClusterSetup,
    member::{Beginning, Member, Membership},
    produce::{Outgoing, Producer},
};
use ouzel_api::{
    clusters::Environment,
    messages::Message,
    route,
    search::{DoneReason, Filter, From, Isolation, Progress, Search, SearchEvent, Test},
    topics::CreateTopic,
};
use ouzel_wire::batch::Codec;
use serde::de::DeserializeOwned;

use super::{DEADLINE, app::App, http::Client};

/// The id of the cluster in every test.
pub const CLUSTER: &str = "embedded";

/// A record to be written.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    pub partition: Option<i32>,
    pub timestamp_ms: Option<i64>,
    pub key: Option<String>,
    pub value: Option<String>,
}

/// A record with this value.
pub fn value(value: impl Into<String>) -> Sample {
    Sample { value: Some(value.into()), ..Sample::default() }
}

/// Creates a topic.
pub async fn create(client: &Client, name: &str, partitions: i32) {
    let wanted = CreateTopic {
        name: name.to_owned(),
        partitions: Some(partitions),
        replication_factor: None,
        configs: Vec::new(),
    };
    let reply = client.post(&route::topics(CLUSTER), &wanted).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
}

/// Writes records and waits until they are on disk.
pub async fn produce(app: &App, topic: &str, codec: Codec, samples: &[Sample]) {
    produce_to(&app.kafka(), topic, codec, samples).await;
}

/// The same on any cluster.
pub async fn produce_to(brokers: &str, topic: &str, codec: Codec, samples: &[Sample]) {
    let producer = Producer::new(brokers, codec).await.unwrap();
    let mut under_way = FuturesUnordered::new();
    for sample in samples {
        let outgoing = Outgoing {
            topic,
            partition: sample.partition,
            timestamp_ms: sample.timestamp_ms,
            key: sample.key.as_deref().map(str::as_bytes),
            value: sample.value.as_deref().map(str::as_bytes),
            headers: &[],
        };
        under_way.push(producer.send(&outgoing).await.unwrap().written());
    }
    while let Some(written) = under_way.next().await {
        written.unwrap();
    }
    producer.close().await;
}

/// The app's own broker as somebody else's client sees it: nothing of it is remembered here.
pub fn outside(app: &App) -> Cluster {
    let port = app.server.kafka.unwrap().port();
    Cluster::new(ClusterSetup {
        id: "same".to_owned(),
        embedded: false,
        environment: Environment::Development,
        bootstrap: vec![Address { host: "127.0.0.1".to_owned(), port }],
        ..ClusterSetup::default()
    })
}

/// Joins a group as a consumer of one topic.
pub async fn join(app: &App, group: &str, topic: &str) -> Member {
    let brokers = app.kafka();
    let wanted = Membership {
        brokers: brokers.as_str().into(),
        group,
        client_id: "tester",
        topics: &[topic],
        beginning: Beginning::Earliest,
        ahead_kbytes: 1024,
        isolation: Isolation::ReadCommitted,
        balancer: None,
    };
    Member::join(wanted).await.unwrap()
}

/// A search from `from` for `limit` matches of everything.
pub fn search(from: From, limit: u32) -> Search {
    Search::new(from, limit)
}

/// The same with one filter.
pub fn with(search: Search, test: Test) -> Search {
    Search { filters: vec![Filter::new(test)], ..search }
}

/// What a search told.
#[derive(Debug)]
pub struct Found {
    pub messages: Vec<Message>,
    pub progress: Progress,
    pub reason: DoneReason,
    pub resume: Option<String>,
}

impl Found {
    /// The times, in the order in which they came.
    pub fn times(&self) -> Vec<i64> {
        self.messages.iter().map(|message| message.timestamp_ms).collect()
    }
}

/// The events of a search in a body of lines.
pub fn events(body: &[u8]) -> Vec<SearchEvent> {
    events_of(body)
}

/// The events in a body of lines.
pub fn events_of<T: DeserializeOwned>(body: &[u8]) -> Vec<T> {
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

/// Searches to the end.
pub async fn find(client: &Client, topic: &str, wanted: &Search) -> Found {
    let reply = client.post(&route::search(CLUSTER, topic), wanted).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let mut found = Found {
        messages: Vec::new(),
        progress: Progress::default(),
        reason: DoneReason::TimeLimit,
        resume: None,
    };
    let mut events = events(&reply.body);
    match events.pop() {
        Some(SearchEvent::Done { reason, resume }) => {
            (found.reason, found.resume) = (reason, resume)
        }
        other => panic!("the last line is {other:?}"),
    }
    for event in events {
        match event {
            SearchEvent::Match { message } => found.messages.push(*message),
            SearchEvent::Progress { progress } => found.progress = progress,
            other => panic!("{other:?} is not the last line"),
        }
    }
    found
}

/// Asks again and again until the answer is as wanted.
pub async fn until<T: DeserializeOwned + std::fmt::Debug>(
    client: &Client,
    path: &str,
    wanted: impl Fn(&T) -> bool,
) -> T {
    let mut last = String::new();
    let asking = async {
        loop {
            let reply = client.get(path).await;
            if reply.status == 200 && wanted(&reply.json()) {
                return reply.json();
            }
            last = reply.text();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    match tokio::time::timeout(DEADLINE, asking).await {
        Ok(answer) => answer,
        Err(_) => panic!("{path} last answered {last}"),
    }
}
