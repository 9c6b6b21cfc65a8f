//! `--demo`: five topics with a past, two groups, and a second start that goes on.

use ouzel::kafka::{Address, Cluster, ClusterSetup};
use ouzel_api::{
    Lag,
    clusters::Environment,
    groups::GroupList,
    messages::Encoding,
    route,
    search::{From, Search},
    topics::TopicList,
};

use crate::support::{
    app::start,
    kafka::{CLUSTER, create, find, search, until},
};

const TOPICS: [&str; 5] = ["customers", "orders", "page-views", "payments", "sensor-frames"];

fn lag(list: &GroupList, group: &str) -> Option<i64> {
    match list.groups.iter().find(|row| row.group == group)?.lag {
        Lag::Known { records } => Some(records),
        Lag::NoCommit | Lag::Unknown => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_an_earlier_start_made_and_did_not_fill_gets_its_past() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "payments", 3).await;
    let broker = app.server.kafka.unwrap();
    let cluster = Cluster::new(ClusterSetup {
        id: "again".to_owned(),
        embedded: false,
        environment: Environment::Development,
        bootstrap: vec![Address { host: broker.ip().to_string(), port: broker.port() }],
    });
    let demo = ouzel::demo::Demo::start(cluster, app.kafka());
    let written = async {
        let oldest = search(From::Oldest, 1);
        while find(&client, "payments", &oldest).await.messages.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        find(&client, "payments", &oldest).await.times()[0]
    };
    let first = tokio::time::timeout(crate::support::DEADLINE, written).await.expect("a past");
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
    assert!(first < now - 24 * 3_600_000, "{first} is not long ago");
    demo.stop().await;
    app.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_with_a_past_goes_on_with_one_group_that_keeps_up_and_one_that_lags() {
    let app = start(&[("OUZEL_DEMO", "true")]).await;
    let client = app.administrator().await;
    let complete = |list: &TopicList| {
        TOPICS.iter().all(|name| list.topics.iter().any(|topic| topic.name == *name))
    };
    until::<TopicList>(&client, &route::topics(CLUSTER), complete).await;
    let settled = |list: &GroupList| {
        lag(list, "orders-billing").is_some_and(|lag| lag < 50)
            && lag(list, "orders-analytics").is_some_and(|lag| lag > 1_000)
    };
    until::<GroupList>(&client, &route::groups(CLUSTER), settled).await;

    let newest = |topic: &'static str, limit| {
        let (client, wanted) = (client.clone(), search(From::Newest, limit));
        async move { find(&client, topic, &wanted).await }
    };
    let payments = newest("payments", 20).await;
    for message in &payments.messages {
        let text = &message.value.text;
        let id = text.strip_prefix("{\"payment_id\":").and_then(|it| it.split(',').next());
        let id: i64 = id.unwrap().parse().unwrap();
        assert!(id > 9_007_199_254_740_992, "{text}");
        assert_eq!(message.value.encoding, Encoding::Json);
    }
    let frames = newest("sensor-frames", 5).await;
    assert!(frames.messages.iter().all(|message| message.value.encoding == Encoding::Hex));

    let before = newest("page-views", 1).await.times()[0];
    let goes_on = Search { limit: 1, ..search(From::Newest, 1) };
    let on = async {
        while find(&client, "page-views", &goes_on).await.times()[0] == before {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(crate::support::DEADLINE, on).await.expect("the shop goes on");
    app.server.stop().await;
}
