//! Clusters that people add, over HTTP.

use std::time::Duration;

use ouzel::db::{self, Db};
use ouzel_api::{
    ErrorCode,
    audit::AuditPage,
    cluster_settings::{ClusterSettings, ClusterTest, Step, StepState},
    clusters::{Cluster, ClusterHealth, Origin},
    route,
};
use ouzel_wire::batch::Codec;
use serde_json::{Value, json};

use crate::support::{
    DEADLINE,
    app::{App, start},
    broker::scripted,
    http::Client,
    kafka::{create, join, produce, value},
};

fn settings(id: &str, broker: &str) -> Value {
    json!({ "id": id, "bootstrap": [broker], "label": "Payments", "colour": "violet" })
}

fn with_password(id: &str, broker: &str, password: Value) -> Value {
    let mut settings = settings(id, broker);
    let sasl = json!({ "mechanism": "SCRAM-SHA-512", "user": "anna", "password": password });
    settings["sasl"] = sasl;
    settings
}

fn new(value: &str) -> Value {
    json!({ "kind": "new", "value": value })
}

async fn listed(client: &Client) -> Vec<Cluster> {
    client.get(route::CLUSTERS).await.json()
}

async fn both() -> (App, Client, String) {
    let app = start(&[]).await;
    let client = app.administrator().await;
    let broker = app.kafka();
    (app, client, broker)
}

#[tokio::test]
async fn a_cluster_is_added_used_changed_and_removed_while_everything_runs() {
    let (_app, client, broker) = both().await;
    let added = client.post(route::CLUSTERS, &settings("again", &broker)).await;
    assert_eq!(added.status, 201, "{}", added.text());
    let again = client.post(route::CLUSTERS, &settings("again", &broker)).await;
    assert_eq!(again.code(), ErrorCode::Conflict);
    let row = listed(&client).await.into_iter().find(|it| it.id == "again").unwrap();
    assert_eq!((row.origin, row.label.as_deref()), (Origin::Console, Some("Payments")));
    let health: ClusterHealth = client.get(&route::health("again")).await.json();
    assert_eq!((health.brokers, health.offline), (1, 0));
    let made = client.post(&route::topics("again"), &json!({ "name": "t" })).await;
    assert_eq!(made.status, 201, "{}", made.text());

    let mut changed = settings("again", &broker);
    changed["read_only"] = json!(true);
    assert_eq!(client.put(&route::cluster("again"), &changed).await.status, 204);
    let refused = client.delete(&route::topic("again", "t")).await;
    assert_eq!(refused.code(), ErrorCode::Forbidden);
    assert!(refused.text().contains("read-only"), "{}", refused.text());
    // The same broker by its other name is not.
    assert_eq!(client.delete(&route::topic("embedded", "t")).await.status, 204);

    assert_eq!(client.delete(&route::cluster("again")).await.status, 204);
    assert_eq!(client.get(&route::health("again")).await.code(), ErrorCode::NotFound);
    let page: AuditPage = client.get("/api/v1/audit?action=cluster.&cluster=again").await.json();
    let acts: Vec<_> = page.rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(acts, ["cluster.remove", "cluster.change", "cluster.add"]);
    let detail: Value = serde_json::from_str(page.rows[1].detail.as_ref().unwrap()).unwrap();
    assert_eq!(
        (&detail["before"]["read_only"], &detail["after"]["read_only"]),
        (&json!(false), &json!(true))
    );
}

#[tokio::test]
async fn what_the_configuration_names_is_fixed() {
    let (_app, client, broker) = both().await;
    let path = route::cluster("embedded");
    assert_eq!(client.get(&path).await.code(), ErrorCode::Conflict);
    assert_eq!(client.put(&path, &settings("embedded", &broker)).await.status, 400);
    assert_eq!(client.delete(&path).await.code(), ErrorCode::Conflict);
    assert_eq!(client.post(route::CLUSTERS, &settings("embedded", &broker)).await.status, 400);
    for wrong in
        [json!({ "id": "x", "bootstrap": [] }), json!({ "id": "a/b", "bootstrap": ["a:1"] })]
    {
        let reply = client.post(route::CLUSTERS, &wrong).await;
        assert_eq!(reply.code(), ErrorCode::Invalid, "{wrong}");
    }
}

#[tokio::test]
async fn a_secret_is_written_and_never_read_again() {
    let (app, client, _) = both().await;
    let body = with_password("prod", "127.0.0.1:1", new("s3cret-pass"));
    assert_eq!(client.post(route::CLUSTERS, &body).await.status, 201);
    let shown = client.get(&route::cluster("prod")).await;
    assert!(!shown.text().contains("s3cret"), "{}", shown.text());
    let settings: ClusterSettings = shown.json();
    assert_eq!(format!("{:?}", settings.sasl.unwrap().password), "Some(Kept)");
    // Nor from the files, the audit log included, without the key beside them.
    for entry in std::fs::read_dir(app.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(11).any(|it| it == b"s3cret-pass");
            assert!(!found, "{}", path.display());
        }
    }
    // Kept for its own brokers alone: with others it would go to whoever names them.
    let kept = with_password("prod", "127.0.0.1:1", json!({ "kind": "kept" }));
    assert_eq!(client.put(&route::cluster("prod"), &kept).await.status, 204);
    let stolen = with_password("prod", "127.0.0.1:2", json!({ "kind": "kept" }));
    let refused = client.put(&route::cluster("prod"), &stolen).await;
    assert_eq!(refused.code(), ErrorCode::Invalid);
    assert_eq!(client.post(route::CLUSTER_TEST, &stolen).await.code(), ErrorCode::Invalid);
}

#[tokio::test]
async fn added_clusters_outlive_a_restart_and_one_without_its_key_says_so() {
    let (app, client, broker) = both().await;
    let body = with_password("prod", "127.0.0.1:1", new("s3cret"));
    assert_eq!(client.post(route::CLUSTERS, &body).await.status, 201);
    assert_eq!(client.post(route::CLUSTERS, &settings("plain", &broker)).await.status, 201);
    let data = app.data().to_str().unwrap().to_owned();
    let folder = app.folder;
    app.server.stop().await;
    std::fs::remove_file(folder.path().join("console.key")).unwrap();
    let app = start(&[("OUZEL_KAFKA", "off"), ("OUZEL_DATA", &data)]).await;
    let client = app.administrator().await;
    let ids: Vec<_> = listed(&client).await.into_iter().map(|it| it.id).collect();
    assert_eq!(ids, ["plain", "prod"]);
    let broken = client.get(&route::health("prod")).await;
    assert_eq!((broken.status, broken.code()), (502, ErrorCode::Unreachable));
    assert!(broken.text().contains("its secrets cannot be read"), "{}", broken.text());
    assert!(broken.text().contains("console.key"), "{}", broken.text());
    // A new password mends it as far as that is possible.
    assert_eq!(client.put(&route::cluster("prod"), &body).await.status, 204);
    let reply = client.get(&route::health("prod")).await;
    assert!(!reply.text().contains("secrets"), "{}", reply.text());
    drop(folder);
}

#[tokio::test]
async fn trying_a_cluster_out_names_the_step_that_fails() {
    let (_app, client, broker) = both().await;
    let test = async |body: Value| -> ClusterTest {
        let reply = client.post(route::CLUSTER_TEST, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    };
    let failed = |test: &ClusterTest| {
        let steps = &test.brokers[0].steps;
        steps.iter().find(|it| it.state == StepState::Failed).map(|it| it.step)
    };
    let works = test(settings("new", &broker)).await;
    assert_eq!((failed(&works), works.topics.is_some()), (None, true));
    assert_eq!(failed(&test(settings("new", "no-such-host.invalid:1")).await), Some(Step::Dns));
    assert_eq!(failed(&test(settings("new", "127.0.0.1:1")).await), Some(Step::Tcp));
    let mut by_tls = settings("new", &broker);
    by_tls["tls"] = json!({});
    assert_eq!(failed(&test(by_tls).await), Some(Step::Tls));
    let signed_in = with_password("new", &broker, new("x"));
    assert_eq!(failed(&test(signed_in).await), Some(Step::Sasl));
    let mut no_pem = settings("new", &broker);
    no_pem["tls"] = json!({ "ca": "hello" });
    let refused = client.post(route::CLUSTER_TEST, &no_pem).await;
    assert_eq!(refused.code(), ErrorCode::Invalid);
    let page: AuditPage = client.get("/api/v1/audit?action=cluster.test").await.json();
    assert_eq!(page.rows.len(), 5);
}

#[tokio::test]
async fn a_cluster_of_the_file_whose_secret_cannot_be_read_says_so_and_keeps_nothing_else_back() {
    let folder = tempfile::tempdir().unwrap();
    let (file, password) = (folder.path().join("ouzel.toml"), folder.path().join("password"));
    let broker = start(&[]).await;
    let text = format!(
        "[clusters.prod]\nbrokers = [\"{}\"]\ntls = true\nsasl_mechanism = \"PLAIN\"\n\
         sasl_user = \"anna\"\nsasl_password_file = \"{}\"\n",
        broker.kafka(),
        password.display(),
    );
    std::fs::write(&file, text).unwrap();
    let begin = async || {
        let file = file.to_str().unwrap();
        let app = start(&[("OUZEL_KAFKA", "off"), ("OUZEL_CONFIG", file)]).await;
        let client = app.administrator().await;
        let reply = client.get(&route::health("prod")).await;
        assert_eq!(reply.status, 502);
        (listed(&client).await.remove(0), reply.text())
    };
    let (row, told) = begin().await;
    assert_eq!(row.id, "prod");
    assert!(told.contains("password cannot be read"), "{told}");
    std::fs::write(&password, "hush").unwrap();
    // Now it is tried, and that broker speaks no TLS.
    let (row, told) = begin().await;
    assert_eq!(row.protocol, "SASL_SSL");
    assert!(!told.contains("cannot be read: No such file") && !told.contains("hush"), "{told}");
}

/// What is known of `again` by its past: series of lag, curves, resets.
async fn past(app: &App) -> [usize; 3] {
    let db = Db::open(app.data()).await.unwrap();
    let series = db::lag::series(&db, "again").await.unwrap().len();
    let curves = db::lag::curves(&db, "again").await.unwrap().len();
    let resets = db::resets::of_group(&db, "again", "billing").await.unwrap().len();
    db.close().await;
    [series, curves, resets]
}

#[tokio::test]
async fn a_name_that_means_another_cluster_inherits_nothing_from_the_one_before() {
    let app = start(&[("OUZEL_LAG_SAMPLE_SECONDS", "1")]).await;
    let (client, broker) = (app.administrator().await, app.kafka());
    create(&client, "orders", 1).await;
    produce(&app, "orders", Codec::None, &[value("one")]).await;
    let member = join(&app, "billing", "orders").await;
    // Gone at once: librdkafka lets nobody leave while one is held.
    member.done(&member.next().await.unwrap()).unwrap();
    assert_eq!(client.post(route::CLUSTERS, &settings("again", &broker)).await.status, 201);
    let change = json!({ "topic": "orders", "partition": 0, "before": 1, "after": 0 });
    let earliest = json!({ "kind": "earliest" });
    let wait = json!({ "to": earliest, "changes": [change], "wait_minutes": 15 });
    let asked = client.post(&route::resets("again", "billing"), &wait).await;
    assert_eq!(asked.status, 200, "{}", asked.text());
    let has_series = async {
        while past(&app).await[0] == 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(DEADLINE, has_series).await.expect("it is watched");
    // One of the brokers stays: it is the same cluster.
    let mut both = settings("again", &broker);
    both["bootstrap"] = json!([broker, "127.0.0.1:1"]);
    assert_eq!(client.put(&route::cluster("again"), &both).await.status, 204);
    assert_eq!(past(&app).await[2], 1);

    // Of which nothing can be learnt.
    let other = scripted(None).await;
    other.tell(|script| script.hangs = true);
    let moved = settings("again", &other.address);
    assert_eq!(client.put(&route::cluster("again"), &moved).await.status, 204);
    let page: AuditPage = client.get("/api/v1/audit?action=group.reset_cancel").await.json();
    let row = &page.rows[0];
    assert_eq!((row.cluster.as_deref(), row.resource.as_deref()), (Some("again"), Some("billing")));
    assert!(row.detail.as_ref().unwrap().contains("other brokers"), "{row:?}");
    member.leave().await;
    // Until what watched the one before has written for the last time.
    let is_empty = async {
        while past(&app).await != [0, 0, 0] {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(DEADLINE, is_empty).await.expect("nothing is left");
}
