//! `--demo`: five topics with a past, two groups, and a second start that goes on.

use ouzel::{
    demo::Demo,
    kafka::{Address, Cluster, ClusterSetup},
};
use ouzel_api::{
    Lag,
    clusters::Environment,
    groups::GroupList,
    messages::Encoding,
    route,
    search::{From, Search},
    topics::{FiguresRequest, FiguresResponse, TopicFigures, TopicList},
};
use ouzel_wire::batch::Codec;

use crate::support::{
    app::{App, start},
    http::Client,
    kafka::{CLUSTER, Sample, create, find, produce, search, until, value},
};

const TOPICS: [&str; 5] = ["customers", "orders", "page-views", "payments", "sensor-frames"];

fn lag(list: &GroupList, group: &str) -> Option<i64> {
    match list.groups.iter().find(|row| row.group == group)?.lag {
        Lag::Known { records } => Some(records),
        Lag::NoCommit | Lag::Unknown => None,
    }
}

/// The demonstration as another start of it would begin, on the broker of this one.
fn demonstrate(app: &App) -> Demo {
    let broker = app.server.kafka.unwrap();
    let cluster = Cluster::new(ClusterSetup {
        id: "again".to_owned(),
        embedded: false,
        environment: Environment::Development,
        bootstrap: vec![Address { host: broker.ip().to_string(), port: broker.port() }],
        ..ClusterSetup::default()
    });
    Demo::start(cluster, app.kafka())
}

fn now_ms() -> i64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64
}

/// The time of the first or last record, once there is one that fits.
async fn time(client: &Client, topic: &str, from: From, fits: impl Fn(i64) -> bool) -> i64 {
    let wanted = search(from, 1);
    let read = async {
        loop {
            match find(client, topic, &wanted).await.times().first() {
                Some(time) if fits(*time) => break *time,
                _ => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
            }
        }
    };
    tokio::time::timeout(crate::support::DEADLINE, read).await.expect("a record in time")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_an_earlier_start_made_and_did_not_fill_gets_its_past() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "payments", 3).await;
    let demo = demonstrate(&app);
    let first = time(&client, "payments", From::Oldest, |_| true).await;
    assert!(first < now_ms() - 24 * 3_600_000, "{first} is not long ago");
    demo.stop().await;
    app.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_that_an_earlier_start_began_to_write_is_completed_and_not_told_twice() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "payments", 3).await;
    let cut_off = now_ms() - 48 * 3_600_000;
    let last = Sample { timestamp_ms: Some(cut_off), ..value("the last before the end") };
    produce(&app, "payments", Codec::None, &[last]).await;
    let demo = demonstrate(&app);
    time(&client, "payments", From::Newest, |time| time > now_ms() - 3_600_000).await;
    let topics = vec!["payments".to_owned()];
    let path = route::topic_figures(CLUSTER);
    let figures: FiguresResponse =
        client.post(&path, &FiguresRequest { topics, now: false }).await.json();
    let records = figures.figures[0].messages.unwrap();
    assert!(records > 1_000, "two days have more than {records} payments");
    assert_eq!(time(&client, "payments", From::Oldest, |_| true).await, cut_off);
    demo.stop().await;
    app.server.stop().await;
}

/// The figures of `orders`, read once each 100 ms until they fit.
async fn orders(client: &Client, fits: impl Fn(&TopicFigures) -> bool) -> TopicFigures {
    let path = route::topic_figures(CLUSTER);
    let read = async {
        loop {
            let topics = vec!["orders".to_owned()];
            let reply = client.post(&path, &FiguresRequest { now: false, topics }).await;
            let mut figures = reply.json::<FiguresResponse>().figures;
            match figures.pop().filter(|figures| fits(figures)) {
                Some(figures) => break figures,
                None => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
            }
        }
    };
    tokio::time::timeout(crate::support::DEADLINE, read).await.expect("figures in time")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_of_a_shop_is_in_no_rate_though_somebody_looks_while_it_is_written() {
    let app = start(&[("OUZEL_DEMO", "true"), ("OUZEL_LAG_SAMPLE_SECONDS", "1")]).await;
    let client = app.administrator().await;
    let analytics = |list: &GroupList| lag(list, "orders-analytics").is_some_and(|lag| lag > 1_000);
    // From the first record on, as a page that is open meanwhile does.
    orders(&client, |figures| figures.messages.is_some_and(|records| records > 0)).await;
    let filled = orders(&client, |_| true).await;
    until::<GroupList>(&client, &route::groups(CLUSTER), analytics).await;
    let rate = orders(&client, |figures| figures.rate.is_some()).await.rate.unwrap();
    let per_second = rate.records_in as f64 * 1000.0 / rate.over_ms as f64;
    assert!(per_second < 30.0, "{per_second} a second, after {:?}: {rate:?}", filled.messages);
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
