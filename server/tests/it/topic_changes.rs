//! Topics changed from the console: settings key by key, more partitions, the oldest records gone.
//! Each change is one audit row with what was before and after.

use ouzel_api::{
    ErrorCode,
    audit::{AuditPage, AuditRow, Outcome},
    route,
    session::Role,
    topic_config::{ChangeTopicConfig, SettingChange, SettingKind, TopicConfig, TopicSetting},
    topics::{FiguresRequest, FiguresResponse, GrowTopic, Topic},
    trim::{Trim, TrimOffset, TrimPlan, TrimQuestion, TrimTo, Trimmed},
};
use ouzel_wire::batch::Codec;
use serde_json::{Value, json};

use crate::support::{
    app::{App, start},
    http::{Client, Reply},
    kafka::{CLUSTER, Sample, create, produce, until, value},
};

async fn settings(client: &Client, topic: &str) -> Vec<TopicSetting> {
    let config: TopicConfig = client.get(&route::topic_config(CLUSTER, topic)).await.json();
    assert_eq!(config.unchangeable, None);
    config.settings
}

fn find<'a>(settings: &'a [TopicSetting], name: &str) -> &'a TopicSetting {
    settings.iter().find(|setting| setting.name == name).unwrap()
}

fn to(name: &str, value: Option<&str>, was: Option<&str>) -> SettingChange {
    let text = |text: &str| text.to_owned();
    SettingChange { name: text(name), value: value.map(text), was: was.map(text) }
}

async fn change(client: &Client, topic: &str, changes: Vec<SettingChange>) -> Reply {
    client.post(&route::topic_config(CLUSTER, topic), &ChangeTopicConfig { changes }).await
}

async fn rows(app: &App, action: &str) -> Vec<AuditRow> {
    let path = format!("{}?action={action}", route::AUDIT);
    let page: AuditPage = app.administrator().await.get(&path).await.json();
    page.rows
}

fn detail(row: &AuditRow) -> Value {
    serde_json::from_str(row.detail.as_deref().unwrap()).unwrap()
}

#[tokio::test]
async fn settings_are_told_with_their_source_and_changed_one_by_one() {
    let app = start(&[]).await;
    let client = app.somebody(Role::Editor).await;
    create(&client, "orders", 1).await;
    let before = settings(&client, "orders").await;
    let retention = find(&before, "retention.ms");
    assert_eq!((retention.value.as_deref(), retention.modified), (Some("604800000"), false));
    assert_eq!((retention.kind, retention.source.as_str()), (SettingKind::Long, "DEFAULT_CONFIG"));
    assert!(retention.documentation.as_deref().is_some_and(|text| text.len() > 20));
    let changes = vec![
        to("retention.ms", Some("3600000"), Some("604800000")),
        to("cleanup.policy", Some("compact,delete"), None),
    ];
    let reply = change(&client, "orders", changes).await;
    assert_eq!(reply.status, 204, "{}", reply.text());
    let after = settings(&client, "orders").await;
    let retention = find(&after, "retention.ms");
    assert_eq!((retention.value.as_deref(), retention.modified), (Some("3600000"), true));
    assert_eq!(retention.inherited.as_deref(), Some("604800000"));
    let changed = after.iter().zip(&before).filter(|(a, b)| a != b);
    let changed: Vec<_> = changed.map(|(a, _)| a.name.as_str()).collect();
    assert_eq!(changed, ["cleanup.policy", "retention.ms"]);
    assert_eq!(change(&client, "orders", vec![to("retention.ms", None, None)]).await.status, 204);
    let reset = settings(&client, "orders").await;
    assert!(!find(&reset, "retention.ms").modified);
    assert!(find(&reset, "cleanup.policy").modified);
    let rows = rows(&app, "topic.config").await;
    let told: Vec<Value> = rows.iter().map(detail).collect();
    let wanted = [
        json!({ "before": { "retention.ms": "3600000" }, "after": { "retention.ms": null } }),
        json!({
            "before": { "retention.ms": null, "cleanup.policy": null },
            "after": { "retention.ms": "3600000", "cleanup.policy": "compact,delete" },
        }),
    ];
    assert_eq!(told, wanted);
    assert!(rows.iter().all(|row| row.outcome == Outcome::Done));
}

#[tokio::test]
async fn a_refused_change_changes_nothing_and_says_why() {
    let app = start(&[]).await;
    let client = app.somebody(Role::Editor).await;
    create(&client, "orders", 1).await;
    let before = settings(&client, "orders").await;
    let refused = async |changes| {
        let reply = change(&client, "orders", changes).await;
        (reply.status, reply.code(), reply.text())
    };
    let stale = vec![to("segment.ms", Some("3600000"), Some("1"))];
    let (status, code, told) = refused(stale).await;
    assert_eq!((status, code), (409, ErrorCode::Conflict));
    assert!(told.contains("no longer `1`"), "{told}");
    for wrong in [
        vec![to("segment.ms", Some("3600000"), None), to("retention.ms", Some("soon"), None)],
        vec![to("no.such.key", Some("1"), None)],
        vec![to("segment.ms", Some("1"), None), to("segment.ms", Some("2"), None)],
        vec![],
    ] {
        let (status, code, told) = refused(wrong).await;
        assert_eq!((status, code), (400, ErrorCode::Invalid), "{told}");
    }
    assert_eq!(settings(&client, "orders").await, before);
    let gone = change(&client, "nowhere", vec![to("retention.ms", Some("1"), None)]).await;
    assert_eq!((gone.status, gone.code()), (404, ErrorCode::NotFound));
    // What was malformed was no attempt; what the cluster or somebody else stood against was.
    let rows = rows(&app, "topic.config").await;
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().all(|row| row.outcome == Outcome::Failed));
}

#[tokio::test]
async fn a_topic_grows_from_what_was_shown_and_never_shrinks() {
    let app = start(&[]).await;
    let client = app.somebody(Role::Editor).await;
    create(&client, "orders", 2).await;
    let path = route::topic_partitions(CLUSTER, "orders");
    let grow = async |partitions, was| {
        let reply = client.post(&path, &GrowTopic { partitions, was }).await;
        (reply.status, reply.text())
    };
    assert_eq!(grow(5, Some(3)).await.0, 409);
    assert_eq!(grow(5, Some(2)).await.0, 204);
    let topic: Topic = client.get(&route::topic(CLUSTER, "orders")).await.json();
    assert_eq!(topic.partitions.len(), 5);
    let (status, told) = grow(5, None).await;
    assert_eq!(status, 400, "{told}");
    assert_eq!(grow(3, None).await.0, 400);
    assert_eq!(grow(u32::MAX, None).await.0, 400);
    let rows = rows(&app, "topic.partitions").await;
    let done = rows.iter().find(|row| row.outcome == Outcome::Done).unwrap();
    assert_eq!(
        detail(done),
        json!({ "before": { "partitions": 2 }, "after": { "partitions": 5 } })
    );
}

async fn plan(client: &Client, topic: &str, up_to: TrimTo, partitions: &[i32]) -> TrimPlan {
    let question = TrimQuestion { partitions: partitions.to_vec(), up_to };
    client.post(&route::trim_plan(CLUSTER, topic), &question).await.json()
}

fn offsets(plan: &TrimPlan) -> Vec<TrimOffset> {
    let offset = |part: &ouzel_api::trim::TrimPart| TrimOffset {
        partition: part.partition,
        before_offset: part.before_offset.unwrap(),
    };
    plan.partitions.iter().map(offset).collect()
}

#[tokio::test]
async fn the_plan_counts_what_goes_and_the_act_deletes_exactly_that() {
    let app = start(&[]).await;
    let client = app.somebody(Role::Editor).await;
    create(&client, "orders", 2).await;
    // Young enough for the retention to leave them alone.
    let base = ouzel::clock::now_ms() - 100_000;
    let at = |partition, after_ms| Sample {
        partition: Some(partition),
        timestamp_ms: Some(base + after_ms),
        ..value("x")
    };
    let first = [at(0, 1_000), at(0, 2_000), at(0, 3_000), at(1, 1_500)];
    produce(&app, "orders", Codec::None, &first).await;
    assert_eq!(plan(&client, "orders", TrimTo::End, &[]).await.records, 4);
    assert_eq!(plan(&client, "orders", TrimTo::End, &[1]).await.records, 1);
    assert_eq!(plan(&client, "orders", TrimTo::Offset { offset: 2 }, &[]).await.records, 3);
    assert_eq!(
        plan(&client, "orders", TrimTo::Time { at_ms: base + 2_000 }, &[0]).await.records,
        1
    );
    let missing = TrimQuestion { partitions: vec![7], up_to: TrimTo::End };
    let reply = client.post(&route::trim_plan(CLUSTER, "orders"), &missing).await;
    assert_eq!(reply.code(), ErrorCode::NotFound);
    let shown = plan(&client, "orders", TrimTo::End, &[]).await;
    assert_eq!((shown.refusal.as_deref(), shown.readers.as_deref()), (None, Some(&[][..])));
    // What arrives between the plan and the act stays.
    produce(&app, "orders", Codec::None, &[at(0, 4_000)]).await;
    let trim = Trim { offsets: offsets(&shown) };
    let done: Trimmed = client.post(&route::trim(CLUSTER, "orders"), &trim).await.json();
    let starts: Vec<_> = done.partitions.iter().map(|part| part.start_offset).collect();
    assert_eq!(starts, [Some(3), Some(1)]);
    let topic: Topic = client.get(&route::topic(CLUSTER, "orders")).await.json();
    let left =
        |it: &ouzel_api::topics::Partition| it.end_offset.unwrap() - it.start_offset.unwrap();
    assert_eq!(topic.partitions.iter().map(left).collect::<Vec<_>>(), [1, 0]);
    let rows = rows(&app, "topic.trim").await;
    assert_eq!((rows.len(), rows[0].outcome), (1, Outcome::Done));
    let wanted = json!({
        "partitions": 2,
        "records": 4,
        "before": { "0": 0, "1": 0 },
        "after": { "0": 3, "1": 1 },
    });
    assert_eq!(detail(&rows[0]), wanted);
}

#[tokio::test]
async fn a_trim_that_cannot_be_done_says_why_and_leaves_its_row() {
    let app = start(&[]).await;
    let client = app.somebody(Role::Editor).await;
    create(&client, "orders", 1).await;
    let path = route::trim(CLUSTER, "orders");
    let trim = async |offsets: &[(i32, i64)]| {
        let offset = |(partition, before_offset): &(i32, i64)| TrimOffset {
            partition: *partition,
            before_offset: *before_offset,
        };
        client.post(&path, &Trim { offsets: offsets.iter().map(offset).collect() }).await
    };
    for malformed in [&[][..], &[(0, 1), (0, 2)][..], &[(0, -1)][..]] {
        assert_eq!(trim(malformed).await.code(), ErrorCode::Invalid);
    }
    assert_eq!(trim(&[(3, 0)]).await.code(), ErrorCode::NotFound);
    let beyond = trim(&[(0, 99)]).await;
    assert!(beyond.text().contains("OFFSET_OUT_OF_RANGE"), "{}", beyond.text());
    let compact = vec![to("cleanup.policy", Some("compact"), None)];
    assert_eq!(change(&client, "orders", compact).await.status, 204);
    let shown = plan(&client, "orders", TrimTo::End, &[]).await;
    assert!(shown.refusal.is_some_and(|told| told.contains("`compact`")));
    let refused = trim(&[(0, 0)]).await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    let rows = rows(&app, "topic.trim").await;
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.outcome == Outcome::Failed), "{rows:?}");
}

#[tokio::test]
async fn figures_tell_a_rate_once_there_are_two_readings() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "busy", 1).await;
    let asked = FiguresRequest { topics: vec!["busy".to_owned()], now: false };
    let path = route::topic_figures(CLUSTER);
    let first: FiguresResponse = client.post(&path, &asked).await.json();
    assert_eq!(first.figures[0].rate, None);
    produce(&app, "busy", Codec::None, &[value("x"), value("y")]).await;
    let topic = route::topic(CLUSTER, "busy");
    until(&client, &topic, |it: &Topic| it.partitions[0].end_offset == Some(2)).await;
    let second: FiguresResponse = client.post(&path, &asked).await.json();
    // Two readings within moments say nothing yet; the measuring itself is tested on its own.
    assert!(second.figures[0].rate.is_none_or(|rate| rate.records_in == 2));
}
