//! Clusters that are not ours: librdkafka's mock brokers, which speak other versions than our own
//! broker, spread partitions over three nodes, move leaders and fall down.

use std::time::Duration;

use ouzel_api::{
    ErrorCode,
    brokers::{BrokerList, BrokerPage},
    clusters::Cluster,
    live::{ClientFrame, ServerFrame, WantedTail},
    messages::Message,
    route,
    search::{DoneReason, From, PartitionProgress, Search, SearchEvent},
    topics::{FiguresRequest, FiguresResponse, Topic, TopicList},
};
use ouzel_wire::batch::Codec;
use rdkafka::{
    mocking::MockCluster,
    producer::DefaultProducerContext,
    types::{RDKafkaApiKey, RDKafkaRespErr},
};

use crate::support::{
    app::{App, start},
    http::Client,
    kafka::{Sample, events, produce_to, search, value},
    socket::{Heard, Socket},
};

const PARTITIONS: i32 = 6;
const RECORDS: usize = 600;

/// Three mock brokers with a filled topic, and a console that looks at them.
struct Scene {
    mock: MockCluster<'static, DefaultProducerContext>,
    client: Client,
    cluster: String,
    app: App,
}

async fn scene() -> Scene {
    scene_speaking(&[]).await
}

/// The same with brokers that know these requests only up to a version. They are so from the start:
/// the console connects at once, and asks a connection only once for its versions.
async fn scene_speaking(newest: &[(RDKafkaApiKey, i16)]) -> Scene {
    let mock = MockCluster::new(3).unwrap();
    mock.create_topic("t", PARTITIONS, 3).unwrap();
    // Its newer answers end in a byte that belongs to nothing.
    mock.apiversion(RDKafkaApiKey::Metadata, Some(0), Some(8)).unwrap();
    let brokers = mock.bootstrap_servers();
    let sample = |n: usize| Sample {
        partition: Some(i32::try_from(n).unwrap() % PARTITIONS),
        timestamp_ms: Some(1_700_000_000_000 + i64::try_from(n).unwrap()),
        ..value(format!("{{\"n\": {n}}}"))
    };
    let samples: Vec<Sample> = (0..RECORDS).map(sample).collect();
    produce_to(&brokers, "t", Codec::Lz4, &samples).await;
    for (api, newest) in newest {
        mock.apiversion(*api, Some(0), Some(*newest)).unwrap();
    }
    let app = start(&[("OUZEL_KAFKA", "off"), ("OUZEL_BROKERS", &brokers)]).await;
    let client = app.administrator().await;
    let clusters: Vec<Cluster> = client.get(route::CLUSTERS).await.json();
    Scene { mock, client, cluster: clusters[0].id.clone(), app }
}

impl Scene {
    async fn search(&self, wanted: &Search) -> Vec<SearchEvent> {
        let reply = self.client.post(&route::search(&self.cluster, "t"), wanted).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        events(&reply.body)
    }

    async fn finds_everything(&self) {
        for from in [From::Newest, From::Oldest] {
            let events = self.search(&search(from, 10_000)).await;
            let last = events.last().unwrap();
            let exhausted = SearchEvent::Done { reason: DoneReason::Exhausted, resume: None };
            assert_eq!(*last, exhausted);
            let found = events.iter().filter(|event| matches!(event, SearchEvent::Match { .. }));
            assert_eq!(found.count(), RECORDS);
        }
    }

    async fn messages(&self) -> Option<i64> {
        let asked = FiguresRequest { topics: vec!["t".to_owned()], now: false };
        let path = route::topic_figures(&self.cluster);
        let figures: FiguresResponse = self.client.post(&path, &asked).await.json();
        figures.figures[0].messages
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_on_many_brokers_are_listed_searched_and_read() {
    let scene = scene().await;
    let topics: TopicList = scene.client.get(&route::topics(&scene.cluster)).await.json();
    assert_eq!((topics.topics[0].partitions, topics.topics[0].replication_factor), (6, 3));
    let topic: Topic = scene.client.get(&route::topic(&scene.cluster, "t")).await.json();
    let leaders: std::collections::BTreeSet<_> =
        topic.partitions.iter().map(|it| it.leader).collect();
    assert!(leaders.len() > 1, "{leaders:?}");
    assert!(topic.partitions.iter().all(|it| it.end_offset == Some(100)));
    scene.finds_everything().await;
    let path = route::message(&scene.cluster, "t", 5, 99);
    let message: Message = scene.client.get(&path).await.json();
    assert_eq!(message.value.text, "{\"n\": 599}");
}

#[tokio::test(flavor = "multi_thread")]
async fn older_brokers_are_spoken_to_in_their_own_versions() {
    let older =
        [(RDKafkaApiKey::Fetch, 4), (RDKafkaApiKey::ListOffsets, 1), (RDKafkaApiKey::Metadata, 4)];
    let scene = scene_speaking(&older).await;
    scene.finds_everything().await;
    assert_eq!(scene.messages().await, Some(600));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_moved_is_found_again() {
    let scene = scene().await;
    assert_eq!(scene.messages().await, Some(600));
    for partition in 0..PARTITIONS {
        let topic: Topic = scene.client.get(&route::topic(&scene.cluster, "t")).await.json();
        let leader = topic.partitions[usize::try_from(partition).unwrap()].leader.unwrap();
        scene.mock.partition_leader("t", partition, Some(leader % 3 + 1)).unwrap();
    }
    // The metadata at hand names the old leaders.
    assert_eq!(scene.messages().await, Some(600));
    let moved = RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION;
    scene.mock.request_errors(RDKafkaApiKey::Fetch, &[moved; 3]);
    scene.finds_everything().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_broker_holds_fails_with_its_name_while_the_rest_is_shown() {
    let scene = scene().await;
    let path = route::topic(&scene.cluster, "t");
    let topic: Topic = scene.client.get(&path).await.json();
    let down = topic.partitions[0].leader.unwrap();
    scene.mock.broker_down(down).unwrap();
    let topic: Topic = scene.client.get(&path).await.json();
    let (lost, kept): (Vec<_>, Vec<_>) =
        topic.partitions.iter().partition(|it| it.leader == Some(down));
    assert!(kept.iter().all(|it| it.end_offset == Some(100) && it.error.is_none()));
    assert!(lost.iter().all(|it| it.end_offset.is_none() && it.error.is_some()));
    scene.mock.broker_up(down).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_begins_while_a_broker_is_down_reads_the_rest_and_the_lost_ones_later() {
    let scene = scene().await;
    let topic: Topic = scene.client.get(&route::topic(&scene.cluster, "t")).await.json();
    let down = topic.partitions[0].leader.unwrap();
    let (lost, kept): (Vec<i32>, Vec<i32>) = (0..PARTITIONS).partition(|number| {
        topic.partitions[usize::try_from(*number).unwrap()].leader == Some(down)
    });
    scene.mock.broker_down(down).unwrap();
    for from in [From::Newest, From::Oldest] {
        let events = scene.search(&search(from.clone(), 10_000)).await;
        assert_eq!(found(&events), 100 * kept.len());
        let Some(SearchEvent::Done { reason: DoneReason::Partial, resume }) = events.last() else {
            panic!("{:?}", events.last())
        };
        for part in covered(&events) {
            let is_lost = lost.contains(&part.partition);
            assert_eq!(part.failed.is_some(), is_lost, "{part:?}");
            assert_eq!(part.end - part.start, if is_lost { 0 } else { 100 });
        }
        // As long as it is down, going on says the same, and loses nothing.
        let again = Search { resume: resume.clone(), ..search(from.clone(), 10_000) };
        let events = scene.search(&again).await;
        assert_eq!(found(&events), 0);
        let Some(SearchEvent::Done { reason: DoneReason::Partial, resume }) = events.last() else {
            panic!("{:?}", events.last())
        };
        scene.mock.broker_up(down).unwrap();
        let again = Search { resume: resume.clone(), ..search(from, 10_000) };
        let events = scene.search(&again).await;
        assert_eq!(found(&events), 100 * lost.len());
        let exhausted = SearchEvent::Done { reason: DoneReason::Exhausted, resume: None };
        assert_eq!(events.last(), Some(&exhausted));
        scene.mock.broker_down(down).unwrap();
    }
    // Where that leaves nothing, the search is refused.
    let wanted = Search { partitions: Some(lost), ..search(From::Newest, 10) };
    let refused = scene.client.post(&route::search(&scene.cluster, "t"), &wanted).await;
    assert_eq!((refused.status, refused.code()), (502, ErrorCode::Unreachable));
    scene.mock.broker_up(down).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_follows_the_rest_while_a_broker_is_down_and_all_of_it_afterwards() {
    let scene = scene().await;
    let topic: Topic = scene.client.get(&route::topic(&scene.cluster, "t")).await.json();
    let down = topic.partitions[0].leader.unwrap();
    let led = |it: &&ouzel_api::topics::Partition| it.leader != Some(down);
    let kept = topic.partitions.iter().find(led).unwrap().partition;
    let brokers = scene.mock.bootstrap_servers();
    let write = async |partition, text: &str| {
        let sample = Sample { partition: Some(partition), ..value(text) };
        produce_to(&brokers, "t", Codec::None, &[sample]).await;
    };
    scene.mock.broker_down(down).unwrap();
    let mut socket = Socket::open(&scene.app, &scene.client).await;
    let frame = ClientFrame::Tail(WantedTail {
        tail: 1,
        cluster: scene.cluster.clone(),
        topic: "t".to_owned(),
        credits: 100,
        ..WantedTail::default()
    });
    socket.say(&frame).await;
    let started = socket.hear_news().await;
    assert!(matches!(started, Heard::Frame(ServerFrame::Started { .. })), "{started:?}");
    let lost = |heard: &Heard| match heard {
        Heard::Frame(ServerFrame::Lost { partitions, .. }) => partitions.len(),
        other => panic!("{other:?}"),
    };
    let told = socket.hear_news().await;
    assert!(lost(&told) > 0, "{told:?}");
    write(kept, "meanwhile").await;
    assert_eq!(record(&socket.hear_news().await), "meanwhile");
    scene.mock.broker_up(down).unwrap();
    // One after the other, or all at once.
    while lost(&socket.hear_news().await) > 0 {}
    write(0, "afterwards").await;
    assert_eq!(record(&socket.hear_news().await), "afterwards");
    // And one that goes away in the middle goes on where it was.
    scene.mock.broker_down(down).unwrap();
    while lost(&socket.hear_news().await) == 0 {}
    scene.mock.broker_up(down).unwrap();
    write(0, "again").await;
    let heard = loop {
        match socket.hear_news().await {
            Heard::Frame(ServerFrame::Lost { .. }) => {}
            heard => break heard,
        }
    };
    assert_eq!(record(&heard), "again");
}

fn record(heard: &Heard) -> &str {
    match heard {
        Heard::Frame(ServerFrame::Record { message, .. }) => &message.value.text,
        other => panic!("{other:?}"),
    }
}

fn found(events: &[SearchEvent]) -> usize {
    events.iter().filter(|event| matches!(event, SearchEvent::Match { .. })).count()
}

/// What the last progress tells of each partition.
fn covered(events: &[SearchEvent]) -> &[PartitionProgress] {
    let progress = events.iter().rev().find_map(|event| match event {
        SearchEvent::Progress { progress } => Some(&progress.partitions),
        _ => None,
    });
    progress.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_dies_in_mid_search_costs_its_own_partitions_and_they_can_be_read_later() {
    let scene = scene().await;
    let topic: Topic = scene.client.get(&route::topic(&scene.cluster, "t")).await.json();
    let down = topic.partitions[0].leader.unwrap();
    let slow = |pause| {
        for broker in 1..=3 {
            scene.mock.broker_round_trip_time(broker, pause).unwrap();
        }
    };
    // So slow that no record has come when the search has begun.
    slow(Duration::from_millis(300));
    let path = route::search(&scene.cluster, "t");
    let begun = scene.client.begin(&path, &search(From::Oldest, 10_000)).await;
    scene.mock.broker_down(down).unwrap();
    slow(Duration::ZERO);
    let events = events(&begun.rest().await.body);
    let (mut lost, mut kept) = (0, 0);
    for (part, partition) in covered(&events).iter().zip(&topic.partitions) {
        let is_lost = partition.leader == Some(down);
        *if is_lost { &mut lost } else { &mut kept } += 1;
        assert_eq!(part.failed.is_some(), is_lost, "{part:?}");
        assert_eq!(part.read, if is_lost { 0 } else { 100 });
    }
    assert_eq!(found(&events), 100 * kept);
    let Some(SearchEvent::Done { reason: DoneReason::Partial, resume }) = events.last() else {
        panic!("{:?}", events.last())
    };
    scene.mock.broker_up(down).unwrap();
    let again = Search { resume: resume.clone(), ..search(From::Oldest, 10_000) };
    let events = scene.search(&again).await;
    assert_eq!(found(&events), 100 * lost);
    assert!(matches!(
        events.last(),
        Some(SearchEvent::Done { reason: DoneReason::Exhausted, resume: None })
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_cluster_does_not_offer_is_said_and_hides_nothing_else() {
    let scene = scene().await;
    let reply = scene.client.get(&route::groups(&scene.cluster)).await;
    let error: ouzel_api::ApiError = reply.json();
    assert_eq!((reply.status, error.kafka_error.as_deref()), (502, Some("UNSUPPORTED_VERSION")));
    assert!(error.message.contains("ListGroups"), "{}", error.message);
    assert_eq!(scene.client.get(&route::overview(&scene.cluster)).await.status, 200);
}

#[tokio::test]
async fn three_brokers_share_the_partitions_and_one_without_sizes_says_why() {
    let scene = scene().await;
    let list: BrokerList = scene.client.get(&route::brokers(&scene.cluster)).await.json();
    let ids: Vec<i32> = list.brokers.iter().map(|row| row.id).collect();
    assert_eq!(ids, [1, 2, 3]);
    assert_eq!(list.brokers.iter().map(|row| row.leads).sum::<u32>(), 6);
    for row in &list.brokers {
        assert_eq!((row.leads + row.follows, row.out_of_sync, row.size_bytes), (6, 0, None));
        let why = row.disk_error.as_deref().unwrap();
        assert!(why.contains("does not offer DescribeLogDirs"), "{why}");
    }
    let path = route::broker(&scene.cluster, 2);
    let page: BrokerPage = scene.client.get(&path).await.json();
    let led = page.partitions.iter().filter(|it| it.leads).count();
    assert_eq!((u32::try_from(led).unwrap(), page.partitions.len()), (list.brokers[1].leads, 6));
    assert!(page.folders.is_empty() && page.partitions.iter().all(|it| it.size_bytes.is_none()));
}

#[tokio::test]
async fn a_cluster_that_tells_no_sizes_has_unknown_ones_and_why_and_all_else() {
    let scene = scene().await;
    let page: Topic = scene.client.get(&route::topic(&scene.cluster, "t")).await.json();
    for partition in page.partitions {
        let why = partition.size_error.unwrap();
        assert!(why.contains("does not offer DescribeLogDirs"), "{why}");
        assert_eq!((partition.size_bytes, partition.error), (None, None));
    }
    let asked = FiguresRequest { topics: vec!["t".to_owned()], now: false };
    let path = route::topic_figures(&scene.cluster);
    let figures: FiguresResponse = scene.client.post(&path, &asked).await.json();
    let [it] = &figures.figures[..] else { panic!("{figures:?}") };
    assert_eq!((it.size_bytes, it.messages), (None, Some(i64::try_from(RECORDS).unwrap())));
    assert!(it.size_error.as_deref().is_some_and(|why| why.contains("DescribeLogDirs")));
}
