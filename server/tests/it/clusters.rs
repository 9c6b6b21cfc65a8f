//! Clusters that people add, over HTTP.

use ouzel_api::{
    ErrorCode,
    audit::AuditPage,
    cluster_settings::{ClusterSettings, ClusterTest, Step, StepState},
    clusters::{Cluster, ClusterHealth, Origin},
    route,
};
use serde_json::{Value, json};

use crate::support::{
    app::{App, start},
    http::Client,
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
