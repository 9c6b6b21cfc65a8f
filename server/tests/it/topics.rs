//! Topics: made, listed, measured, deleted, and what is refused.

use std::collections::BTreeMap;

use ouzel::kafka::TopicPartition;
use ouzel_api::{
    ApiError, ErrorCode, Lag,
    audit::{AuditPage, Outcome},
    clusters::{Cluster, Overview},
    route,
    session::Role,
    topics::{
        ConfigValue, CreateTopic, FIGURES_MAX, FiguresRequest, FiguresResponse, Topic, TopicList,
    },
};
use ouzel_wire::batch::Codec;

use crate::support::{
    app::start,
    kafka::{CLUSTER, Sample, create, outside, produce, value},
};

fn wanted(name: &str) -> CreateTopic {
    CreateTopic {
        name: name.to_owned(),
        partitions: Some(2),
        replication_factor: None,
        configs: Vec::new(),
    }
}

#[tokio::test]
async fn a_topic_is_made_listed_shown_and_deleted() {
    let app = start(&[]).await;
    let client = app.somebody(Role::Editor).await;
    let config = ConfigValue { name: "cleanup.policy".into(), value: "compact".into() };
    let wanted = CreateTopic { configs: vec![config], ..wanted("profiles") };
    let made = client.post(&route::topics(CLUSTER), &wanted).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made: Topic = made.json();
    assert_eq!((made.partitions.len(), made.cleanup_policy.as_deref()), (2, Some("compact")));
    let list: TopicList = client.get(&route::topics(CLUSTER)).await.json();
    let row = list.topics.iter().find(|row| row.name == "profiles").unwrap();
    assert_eq!((row.partitions, row.replication_factor, row.offline), (2, 1, 0));
    let path = route::topic(CLUSTER, "profiles");
    let shown: Topic = client.get(&path).await.json();
    assert_eq!(shown.id, made.id);
    let ends = |it: &ouzel_api::topics::Partition| (it.start_offset, it.end_offset);
    assert!(shown.partitions.iter().all(|it| ends(it) == (Some(0), Some(0))));
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(client.get(&path).await.code(), ErrorCode::NotFound);
    let list: TopicList = client.get(&route::topics(CLUSTER)).await.json();
    assert!(list.topics.iter().all(|row| row.name != "profiles"));
}

#[tokio::test]
async fn refusals_say_what_is_wrong_and_leave_their_rows() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "orders", 1).await;
    let refused = async |wanted: CreateTopic| {
        let reply = client.post(&route::topics(CLUSTER), &wanted).await;
        let error: ouzel_api::ApiError = reply.json();
        (reply.status, error.code, error.message)
    };
    let (status, code, told) = refused(wanted("orders")).await;
    assert_eq!((status, code), (409, ErrorCode::Conflict));
    assert!(told.contains("TOPIC_ALREADY_EXISTS"), "{told}");
    let (status, code, told) = refused(wanted("../x")).await;
    assert_eq!((status, code), (400, ErrorCode::Invalid), "{told}");
    let odd = ConfigValue { name: "retention.mss".into(), value: "1".into() };
    let (status, ..) = refused(CreateTopic { configs: vec![odd], ..wanted("odd") }).await;
    assert_eq!(status, 400);
    let replicas = CreateTopic { replication_factor: Some(3), ..wanted("three") };
    assert_eq!(refused(replicas).await.0, 400);
    let gone = client.delete(&route::topic(CLUSTER, "nowhere")).await;
    assert_eq!((gone.status, gone.code()), (404, ErrorCode::NotFound));
    let page: AuditPage = client.get(&format!("{}?action=topic.", route::AUDIT)).await.json();
    let failed = page.rows.iter().filter(|row| row.outcome == Outcome::Failed).count();
    assert_eq!((page.rows.len(), failed), (6, 5));
}

#[tokio::test]
async fn a_viewer_may_look_and_not_touch() {
    let app = start(&[]).await;
    let client = app.somebody(Role::Viewer).await;
    let reply = client.post(&route::topics(CLUSTER), &wanted("x")).await;
    assert_eq!((reply.status, reply.code()), (403, ErrorCode::Forbidden));
    let reply = client.delete(&route::topic(CLUSTER, "x")).await;
    assert_eq!((reply.status, reply.code()), (403, ErrorCode::Forbidden));
    assert_eq!(client.get(&route::topics(CLUSTER)).await.status, 200);
}

#[tokio::test]
async fn figures_and_overview_count_what_was_written() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "busy", 3).await;
    create(&client, "quiet", 1).await;
    let late = Sample { timestamp_ms: Some(1_700_000_000_123), ..value("x") };
    let early = Sample { timestamp_ms: Some(1_600_000_000_000), ..value("y") };
    produce(&app, "busy", Codec::Gzip, &[late, early.clone(), early]).await;
    let topics = ["quiet", "nowhere", "busy"].map(str::to_owned).to_vec();
    let path = route::topic_figures(CLUSTER);
    let figures: FiguresResponse =
        client.post(&path, &FiguresRequest { topics, now: false }).await.json();
    let [quiet, busy] = &figures.figures[..] else { panic!("{figures:?}") };
    assert_eq!(
        (quiet.name.as_str(), quiet.messages, quiet.last_written_ms),
        ("quiet", Some(0), None)
    );
    assert_eq!((busy.messages, busy.last_written_ms), (Some(3), Some(1_700_000_000_123)));
    assert_eq!((busy.cleanup_policy.as_deref(), busy.groups), (Some("delete"), Some(0)));
    assert_eq!(busy.worst_lag, Lag::NoCommit);
    let page: Topic = client.get(&route::topic(CLUSTER, "busy")).await.json();
    let sizes: Vec<u64> = page.partitions.iter().map(|it| it.size_bytes.unwrap()).collect();
    // Which of them hold a record is the producer's choice.
    assert!(sizes.iter().any(|size| *size > 0), "{sizes:?}");
    assert_eq!((busy.size_bytes, busy.size_error.as_deref()), (Some(sizes.iter().sum()), None));
    assert_eq!(quiet.size_bytes, Some(0));
    let topics = vec!["x".to_owned(); FIGURES_MAX + 1];
    assert_eq!(
        client.post(&path, &FiguresRequest { topics, now: false }).await.code(),
        ErrorCode::Invalid
    );
    let overview: Overview = client.get(&route::overview(CLUSTER)).await.json();
    assert_eq!((overview.topics, overview.partitions), (2, 4));
    assert_eq!(overview.largest_topics[0].messages, 3);
    assert!(overview.offline_partitions.is_empty());
}

#[tokio::test]
async fn the_cluster_that_was_asked_for_comes_first_then_ours_then_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ouzel.toml");
    let clusters = "[clusters.zeta]\nbrokers = \"127.0.0.1:1\"\n\
                    [clusters.alpha]\nbrokers = \"127.0.0.1:1\"\n";
    std::fs::write(&file, clusters).unwrap();
    let file = file.to_str().unwrap();
    let asked = ("OUZEL_BROKERS", "127.0.0.1:1");
    for (variables, wanted) in [
        (vec![("OUZEL_CONFIG", file)], vec!["embedded", "alpha", "zeta"]),
        (vec![("OUZEL_CONFIG", file), asked], vec!["default", "embedded", "alpha", "zeta"]),
        (
            vec![("OUZEL_CONFIG", file), asked, ("OUZEL_KAFKA", "off")],
            vec!["default", "alpha", "zeta"],
        ),
    ] {
        let app = start(&variables).await;
        let client = app.administrator().await;
        let clusters: Vec<Cluster> = client.get(route::CLUSTERS).await.json();
        let ids: Vec<_> = clusters.iter().map(|cluster| cluster.id.as_str()).collect();
        assert_eq!(ids, wanted);
    }
}

#[tokio::test]
async fn a_cluster_that_is_down_is_one_clear_error_and_hides_no_other() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let app = start(&[("OUZEL_BROKERS", &closed.to_string())]).await;
    let client = app.administrator().await;
    let clusters: Vec<Cluster> = client.get(route::CLUSTERS).await.json();
    let down = clusters.iter().find(|cluster| !cluster.embedded).unwrap();
    for path in [route::overview(&down.id), route::topics(&down.id), route::groups(&down.id)] {
        let reply = client.get(&path).await;
        let error: ouzel_api::ApiError = reply.json();
        assert_eq!((reply.status, error.code), (502, ErrorCode::Unreachable), "{path}");
        assert!(error.message.contains(&closed.to_string()), "{}", error.message);
    }
    assert_eq!(client.get(&route::topics(CLUSTER)).await.status, 200);
    assert_eq!(client.get(&route::topics("nowhere")).await.code(), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_body_that_is_not_understood_is_answered_in_the_callers_words() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    let path = route::topics("embedded");
    let told = async |body: &serde_json::Value| -> String {
        let answer = client.post(&path, body).await;
        assert_eq!(answer.code(), ErrorCode::Invalid);
        let error: ApiError = answer.json();
        error.message
    };
    let missing = told(&serde_json::json!({})).await;
    assert!(missing.starts_with("the body: missing field `name`"), "{missing}");
    let wrong = told(&serde_json::json!({ "name": 7, "partitions": 1 })).await;
    assert!(wrong.starts_with("the body: ") && wrong.contains("expected a string"), "{wrong}");
}

#[tokio::test]
async fn who_is_about_to_delete_a_topic_is_told_of_a_commit_of_this_moment() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "busy", 1).await;
    let path = route::topic_figures(CLUSTER);
    let asked = |now| FiguresRequest { topics: vec!["busy".to_owned()], now };
    let before: FiguresResponse = client.post(&path, &asked(false)).await.json();
    assert_eq!(before.figures[0].groups, Some(0));
    let commits = BTreeMap::from([(TopicPartition::new("busy", 0), 0)]);
    outside(&app).commit_offsets("readers", &commits).await.unwrap();
    let told: FiguresResponse = client.post(&path, &asked(true)).await.json();
    assert_eq!(told.figures[0].groups, Some(1));
}
