//! Fetch sessions (KIP-227) as a client sees them: named once, then only what is new.

use std::time::Duration;

use ouzel_wire::messages::*;
use ouzel_wire::{ErrorCode, Uuid};

use crate::support::*;

/// A reader with its session.
struct Reader {
    client: Client,
    topic: Uuid,
    session: i32,
    epoch: i32,
}

impl Reader {
    async fn new(test: &TestBroker, topic: Uuid) -> Reader {
        Reader { client: test.client().await, topic, session: 0, epoch: 0 }
    }

    fn request(&self, asks: &[(i32, i64)], forgotten: &[i32]) -> FetchRequest {
        let partition = |&(partition, fetch_offset): &(i32, i64)| FetchPartition {
            partition,
            fetch_offset,
            partition_max_bytes: 1 << 20,
            ..Default::default()
        };
        let asked = FetchTopic {
            topic_id: self.topic,
            partitions: asks.iter().map(partition).collect(),
            ..Default::default()
        };
        let gone = ForgottenTopic {
            topic_id: self.topic,
            partitions: forgotten.to_vec(),
            ..Default::default()
        };
        FetchRequest {
            max_bytes: 1 << 24,
            min_bytes: 1,
            session_id: self.session,
            session_epoch: self.epoch,
            topics: if asks.is_empty() { vec![] } else { vec![asked] },
            forgotten_topics_data: if forgotten.is_empty() { vec![] } else { vec![gone] },
            ..Default::default()
        }
    }

    /// One turn; returns the partitions that are told, with their records.
    async fn turn(&mut self, asks: &[(i32, i64)], forgotten: &[i32]) -> Vec<(i32, Vec<String>)> {
        let request = self.request(asks, forgotten);
        let response = self.client.call(request).await;
        assert_eq!(response.error_code, NONE);
        self.session = response.session_id;
        self.epoch += 1;
        let partitions = response.responses.into_iter().flat_map(|topic| topic.partitions);
        partitions.map(|one| (one.partition_index, values(one.records))).collect()
    }

    async fn error(&mut self, request: FetchRequest) -> i16 {
        let response = self.client.call(request).await;
        assert_eq!((response.session_id, response.responses.len()), (0, 0));
        response.error_code
    }
}

async fn produce_to(client: &mut Client, topic: &str, partition: i32, value: &str) {
    let request = produce_request(topic, partition, batch(&[value]));
    assert_eq!(produced(client.call(request).await).error_code, NONE);
}

fn told(told: &[(i32, &[&str])]) -> Vec<(i32, Vec<String>)> {
    let owned = |values: &[&str]| values.iter().map(|v| (*v).to_owned()).collect();
    told.iter().map(|(partition, values)| (*partition, owned(values))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_named_once_and_then_told_only_what_is_new() {
    let test = TestBroker::start().await;
    let mut producer = test.client().await;
    let topic = create(&mut producer, "orders", 3).await.topic_id;
    let mut reader = Reader::new(&test, topic).await;
    let all = reader.turn(&[(0, 0), (1, 0), (2, 0)], &[]).await;
    assert_eq!(all, told(&[(0, &[]), (1, &[]), (2, &[])]));
    assert!(reader.session > 0);
    assert_eq!(reader.turn(&[], &[]).await, []);
    produce_to(&mut producer, "orders", 1, "one").await;
    assert_eq!(reader.turn(&[], &[]).await, told(&[(1, &["one"])]));
    assert_eq!(reader.turn(&[], &[]).await, told(&[(1, &["one"])]), "its offset has not moved");
    assert_eq!(reader.turn(&[(1, 1)], &[]).await, []);
    produce_to(&mut producer, "orders", 2, "two").await;
    assert_eq!(reader.turn(&[], &[2]).await, [], "forgotten");
    assert_eq!(reader.turn(&[(2, 1)], &[]).await, told(&[(2, &[])]), "and named anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_waits_for_any_partition_of_its_session() {
    let test = TestBroker::start().await;
    let mut producer = test.client().await;
    let topic = create(&mut producer, "orders", 3).await.topic_id;
    let mut reader = Reader::new(&test, topic).await;
    reader.turn(&[(0, 0), (1, 0), (2, 0)], &[]).await;
    let patient = FetchRequest { max_wait_ms: 120_000, ..reader.request(&[], &[]) };
    reader.client.send(FETCH_NEWEST, &patient).await;
    produce_to(&mut producer, "orders", 2, "news").await;
    let (_, response) = reader.client.receive::<FetchRequest>(FETCH_NEWEST).await;
    assert_eq!(response.session_id, reader.session);
    let answer = fetched(response);
    assert_eq!((answer.partition_index, values(answer.records)), (2, vec!["news".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_cannot_go_on_says_why() {
    let test = TestBroker::start().await;
    let mut producer = test.client().await;
    let topic = create(&mut producer, "orders", 1).await.topic_id;
    let mut reader = Reader::new(&test, topic).await;
    reader.turn(&[(0, 0)], &[]).await;
    let good = reader.request(&[], &[]);
    let ahead = FetchRequest { session_epoch: 2, ..good.clone() };
    let stranger = FetchRequest { session_id: good.session_id ^ 1, ..good.clone() };
    assert_eq!(reader.error(ahead).await, ErrorCode::InvalidFetchSessionEpoch.code());
    assert_eq!(reader.error(stranger).await, ErrorCode::FetchSessionIdNotFound.code());
    let by_name = reader.client.call_at(FETCH_BY_NAME, good.clone()).await;
    assert_eq!(by_name.error_code, ErrorCode::FetchSessionTopicIdError.code());
    assert_eq!(reader.turn(&[], &[]).await, [], "none of that has hurt the session");
    // The last request of a session ends it.
    let last = FetchRequest { session_epoch: -1, ..reader.request(&[], &[]) };
    assert_eq!(reader.client.call(last).await.session_id, 0);
    let gone = reader.request(&[], &[]);
    assert_eq!(reader.error(gone).await, ErrorCode::FetchSessionIdNotFound.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_version_with_sessions_keeps_one() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let id = create(&mut client, "orders", 1).await.topic_id;
    for version in 7..=FETCH_NEWEST {
        let mut opening = FetchRequest { session_epoch: 0, ..fetch_request("orders", 0) };
        if version > FETCH_BY_NAME {
            opening.topics[0].topic_id = id;
        }
        let opened = client.call_at(version, opening).await;
        assert!(opened.session_id > 0, "version {version}");
        let next = FetchRequest {
            session_id: opened.session_id,
            session_epoch: 1,
            topics: vec![],
            ..fetch_request("orders", 0)
        };
        let answer = client.call_at(version, next).await;
        assert_eq!((answer.error_code, answer.session_id), (NONE, opened.session_id));
        assert_eq!(answer.responses, [], "version {version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_for_a_session_there_is_none_and_all_is_told() {
    let test = TestBroker::start_with(|config| config.limits.fetch_sessions = 1).await;
    let mut producer = test.client().await;
    let topic = create(&mut producer, "orders", 1).await.topic_id;
    let mut first = Reader::new(&test, topic).await;
    first.turn(&[(0, 0)], &[]).await;
    let mut second = Reader::new(&test, topic).await;
    assert_eq!(second.turn(&[(0, 0)], &[]).await, told(&[(0, &[])]));
    assert_eq!(second.session, 0);
    assert_eq!(first.turn(&[], &[]).await, [], "the first one keeps its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_goes_is_told_in_a_session() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let topic = create(&mut client, "orders", 1).await.topic_id;
    let mut reader = Reader::new(&test, topic).await;
    reader.turn(&[(0, 0)], &[]).await;
    assert_eq!(delete(&mut client, "orders").await, NONE);
    let again = reader.request(&[], &[]);
    let answer = fetched(reader.client.call(again).await);
    assert_eq!(answer.error_code, ErrorCode::UnknownTopicId.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_answer_leaves_the_rest_for_first_next_time() {
    let test = TestBroker::start().await;
    let mut producer = test.client().await;
    let topic = create(&mut producer, "orders", 3).await.topic_id;
    for partition in 0..3 {
        produce_to(&mut producer, "orders", partition, "x").await;
    }
    let mut reader = Reader::new(&test, topic).await;
    let (mut asks, mut order) = (vec![(0, 0), (1, 0), (2, 0)], Vec::new());
    for _ in 0..3 {
        // Room for one batch.
        let request = FetchRequest { max_bytes: 1, ..reader.request(&asks, &[]) };
        let response = tokio::time::timeout(Duration::from_secs(30), reader.client.call(request));
        let response = response.await.unwrap();
        (reader.session, reader.epoch) = (response.session_id, reader.epoch + 1);
        let partitions = response.responses.into_iter().flat_map(|topic| topic.partitions);
        let gave = partitions.filter(|one| one.records.as_ref().is_some_and(|r| !r.is_empty()));
        order.extend(gave.map(|one| one.partition_index));
        asks.clear();
    }
    assert_eq!(order, [0, 1, 2], "though no offset has moved");
}
