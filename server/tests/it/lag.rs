//! Groups over time: lag in time, who stands still, the history, and the figures for Prometheus.

use std::time::Duration;

use ouzel_api::{
    ErrorCode, Lag,
    clusters::Overview,
    groups::{Group, GroupList},
    progress::{History, Status, TimeLag},
    route,
    topics::TopicConsumers,
    trim::{Trim, TrimOffset},
};
use ouzel_wire::batch::Codec;
use serde_json::json;
use tokio::time::timeout;

use crate::support::{
    DEADLINE,
    app::{App, start},
    http::Client,
    kafka::{CLUSTER, Sample, create, join, produce, until, value},
};

/// Samples as often as can be set; ten records in `orders`, of which `billing` has read four, and
/// nobody is in the group any more.
async fn scene() -> (App, Client) {
    let app = start(&[("OUZEL_LAG_SAMPLE_SECONDS", "1")]).await;
    let client = app.administrator().await;
    create(&client, "orders", 1).await;
    more(&app, 10).await;
    let member = join(&app, "billing", "orders").await;
    for _ in 0..4 {
        let message = timeout(DEADLINE, member.next()).await.expect("a record").unwrap();
        member.done(&message).unwrap();
    }
    member.leave().await;
    (app, client)
}

async fn more(app: &App, records: usize) {
    let samples: Vec<Sample> = (0..records).map(|n| value(n.to_string())).collect();
    produce(app, "orders", Codec::None, &samples).await;
}

#[tokio::test]
async fn a_group_without_members_that_falls_behind_is_stopped_everywhere() {
    let (app, client) = scene().await;
    let path = route::group(CLUSTER, "billing");
    let is_followed = |group: &Group| group.partitions[0].progress.is_some();
    let group = until::<Group>(&client, &path, is_followed).await;
    let (TimeLag::Known { ms } | TimeLag::AtLeast { ms }) = group.progress.unwrap().time_lag else {
        panic!("nothing is known of the time");
    };
    assert!(ms < 60_000, "{ms}");

    more(&app, 5).await;
    let is_stopped = |group: &Group| {
        group.progress.as_ref().is_some_and(|progress| progress.status == Status::Stopped)
    };
    let group = until::<Group>(&client, &path, is_stopped).await;
    assert_eq!(group.progress.as_ref().unwrap().stuck, 1);
    assert_eq!(group.partitions[0].progress.as_ref().unwrap().status, Status::Stopped);
    // Both go by a reading of their own, which may be older.
    let is_listed = |list: &GroupList| {
        list.groups[0].progress.as_ref().is_some_and(|it| it.status == Status::Stopped)
    };
    until::<GroupList>(&client, &route::groups(CLUSTER), is_listed).await;
    let is_told = |overview: &Overview| {
        !overview.glance.stuck.is_empty() && overview.glance.lag.last() == Some(&11)
    };
    let overview = until::<Overview>(&client, &route::overview(CLUSTER), is_told).await;
    let stuck: Vec<_> =
        overview.glance.stuck.iter().map(|it| (it.group.as_str(), it.status)).collect();
    assert_eq!(stuck, [("billing", Status::Stopped)]);
    assert_eq!(overview.glance.lag.last(), Some(&11));

    // Those who read a topic are told with the time, too.
    let is_behind = |consumers: &TopicConsumers| {
        matches!(consumers.consumers[0].time_lag, Some(TimeLag::Known { ms: 1.. }))
    };
    let path = route::topic_consumers(CLUSTER, "orders");
    let consumers = until::<TopicConsumers>(&client, &path, is_behind).await;
    assert_eq!(consumers.consumers[0].lag, Lag::Known { records: 11 });

    let path = route::group_history(CLUSTER, "billing", 1);
    let history: History = client.get(&path).await.json();
    assert_eq!(history.points.last().and_then(|point| point.lag), Some(11), "{history:?}");
    assert!(history.points.windows(2).all(|pair| pair[0].at_ms < pair[1].at_ms));
    let all: History = client.get(&route::history(CLUSTER, 1)).await.json();
    assert!(all.points.len() >= history.points.len(), "the cluster has a sample each time");
    let figures = client.get("/metrics").await.text();
    for line in [
        r#"ouzel_group_lag_records{cluster="embedded",group="billing"} 11"#,
        r#"ouzel_group_stuck_partitions{cluster="embedded",group="billing"} 1"#,
        r#"ouzel_topic_records{cluster="embedded",topic="orders"} 15"#,
        r#"ouzel_cluster_up{cluster="embedded"} 1"#,
    ] {
        assert!(figures.contains(line), "{line} is not in {figures}");
    }
    assert!(figures.contains(r#"ouzel_topic_bytes{cluster="embedded",topic="orders"} "#));
}

#[tokio::test]
async fn records_deleted_unread_are_told_on_the_overview_and_their_age_is_not_made_up() {
    let (_app, client) = scene().await;
    let behind = |overview: &Overview| overview.glance.lag.last() == Some(&6);
    until::<Overview>(&client, &route::overview(CLUSTER), behind).await;
    let trim = Trim { offsets: vec![TrimOffset { partition: 0, before_offset: 6 }] };
    let reply = client.post(&route::trim(CLUSTER, "orders"), &trim).await;
    assert_eq!(reply.status, 200, "{}", reply.text());

    let is_told = |overview: &Overview| !overview.glance.stuck.is_empty();
    let overview = until::<Overview>(&client, &route::overview(CLUSTER), is_told).await;
    let told = &overview.glance.stuck[0];
    assert_eq!((told.group.as_str(), told.lost, told.stuck), ("billing", 2, 0));
    assert_eq!(told.time_lag, TimeLag::Unknown);
    let group: Group = client.get(&route::group(CLUSTER, "billing")).await.json();
    let progress = group.progress.unwrap();
    assert_eq!((progress.lost, progress.time_lag), (2, TimeLag::Unknown));
    assert_eq!(group.partitions[0].progress.as_ref().unwrap().time_lag, TimeLag::Unknown);
    let figures = client.get("/metrics").await.text();
    let lost = r#"ouzel_group_lost_records{cluster="embedded",group="billing"} 2"#;
    assert!(figures.contains(lost), "{figures}");
    assert!(!figures.contains("ouzel_group_lag_seconds{"), "{figures}");
}

#[tokio::test]
async fn strangers_are_told_no_names_of_groups_and_topics() {
    let (app, client) = scene().await;
    let named = |text: &str| text.contains("billing") || text.contains("orders");
    let is_told = async || named(&client.get("/metrics").await.text());
    timeout(DEADLINE, async {
        while !is_told().await {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("the names are told to whoever is signed in");
    // From this machine, as a proxy asks that does not say for whom.
    let text = app.nobody().get("/metrics").await.text();
    assert!(!named(&text), "{text}");
    assert!(text.contains("ouzel_cluster_up{cluster=\"embedded\"} 1"), "{text}");
}

#[tokio::test]
async fn what_was_seen_outlasts_a_restart_and_nonsense_is_refused() {
    let (app, client) = scene().await;
    let path = route::group_history(CLUSTER, "billing", 720);
    let fine = route::group_history(CLUSTER, "billing", 1);
    let seen = until::<History>(&client, &fine, |history| !history.points.is_empty()).await;
    for hours in ["0", "721", "-1", "x"] {
        let path = format!("/api/v1/clusters/{CLUSTER}/groups/billing/history?hours={hours}");
        assert_eq!(client.get(&path).await.code(), ErrorCode::Invalid, "{hours}");
    }
    // Hourly samples come once an hour: none yet, and that is no error.
    assert_eq!(client.get(&path).await.status, 200);
    let data = app.data().to_str().unwrap().to_owned();
    app.server.stop().await;
    let again = start(&[("OUZEL_DATA", &data)]).await;
    let client = again.administrator().await;
    let history: History = client.get(&fine).await.json();
    let first = seen.points[0].at_ms;
    assert!(history.points.iter().any(|point| point.at_ms == first), "{history:?}");
}

#[tokio::test]
async fn the_lag_in_time_of_a_cluster_that_was_just_added_is_that_of_its_records() {
    let (app, client) = scene().await;
    create(&client, "past", 1).await;
    let minute = 60_000;
    let now_ms = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
    let sample =
        |n: i64| Sample { timestamp_ms: Some(now_ms - 14 * minute + n), ..value(n.to_string()) };
    produce(&app, "past", Codec::None, &(0..60).map(sample).collect::<Vec<_>>()).await;
    let member = join(&app, "late", "past").await;
    for _ in 0..50 {
        let message = timeout(DEADLINE, member.next()).await.expect("a record").unwrap();
        member.done(&message).unwrap();
    }
    member.leave().await;
    let settings = json!({ "id": "new", "bootstrap": [app.kafka()] });
    assert_eq!(client.post(route::CLUSTERS, &settings).await.status, 201);
    let line = r#"ouzel_group_lag_seconds{cluster="new",group="late"} "#;
    let asking = async {
        loop {
            let text = client.get("/metrics").await.text();
            if let Some(told) = text.lines().find_map(|it| it.strip_prefix(line)) {
                break told.parse::<f64>().unwrap();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let told = timeout(DEADLINE, asking).await.expect("it is told");
    assert!((told - 14.0 * 60.0).abs() <= 14.0 * 60.0 / 4.0, "the first that is told: {told}");
}

#[tokio::test]
async fn clusters_that_come_change_and_go_are_watched_and_told_as_they_are_now() {
    let (app, client) = scene().await;
    let broker = app.kafka();
    let is_up = |text: &str| text.contains("ouzel_cluster_up{cluster=\"second\"} 1");
    let is_down = |text: &str| text.contains("ouzel_cluster_up{cluster=\"second\"} 0");
    let figures = async |wanted: &dyn Fn(&str) -> bool| {
        let asking = async {
            while !wanted(&client.get("/metrics").await.text()) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(DEADLINE, asking).await.expect("the figures follow");
    };
    let settings = |broker: &str| json!({ "id": "second", "bootstrap": [broker] });
    assert_eq!(client.post(route::CLUSTERS, &settings(&broker)).await.status, 201);
    figures(&is_up).await;
    let path = route::groups("second");
    until::<GroupList>(&client, &path, |list| {
        list.groups.iter().any(|group| group.group == "billing" && group.progress.is_some())
    })
    .await;
    assert_eq!(client.put(&route::cluster("second"), &settings("127.0.0.1:1")).await.status, 204);
    figures(&is_down).await;
    assert_eq!(client.put(&route::cluster("second"), &settings(&broker)).await.status, 204);
    figures(&is_up).await;
    assert_eq!(client.delete(&route::cluster("second")).await.status, 204);
    figures(&|text| !text.contains("cluster=\"second\"")).await;
}

#[tokio::test]
async fn a_group_whose_history_is_not_kept_for_want_of_room_says_so() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    let path = route::group_history(CLUSTER, "late", 6);
    assert!(!client.get(&path).await.json::<History>().left_out);
    app.tamper(&["WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000)
                  INSERT OR IGNORE INTO lag_series (cluster, kind, group_id)
                  SELECT 'other', 'group', 'g' || n FROM n"])
        .await;
    assert!(client.get(&path).await.json::<History>().left_out);
}
