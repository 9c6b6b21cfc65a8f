//! What a search finds, as a file.

use ouzel_api::{
    ErrorCode,
    audit::{AuditPage, Outcome},
    exports::{Export, ExportList, ExportState},
    messages::PREVIEW_BYTES_MAX,
    route,
    search::{EXPORT_MATCHES_MAX, From, Search, Target, Test},
    session::Role,
};
use ouzel_wire::batch::Codec;
use serde_json::Value;

use crate::support::{
    app::{App, create_user, start},
    http::{Client, Reply},
    kafka::{CLUSTER, Sample, create, produce, search, until, value, with},
};

async fn filled() -> (App, Client) {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "orders", 2).await;
    let large = "x".repeat(2 * PREVIEW_BYTES_MAX);
    let at = |n: i32, sample| Sample {
        partition: Some(n % 2),
        timestamp_ms: Some(1_700_000_000_000 + i64::from(n)),
        ..sample
    };
    let json = "{\"n\": 1e400,\n\"n\": \"a,b\"}";
    let samples =
        [at(0, value(json)), at(1, value(large)), at(2, Sample::default()), at(3, value("last"))];
    produce(&app, "orders", Codec::Zstd, &samples).await;
    (app, client)
}

async fn export(client: &Client, format: &str, wanted: &Search) -> Reply {
    let wanted = serde_json::to_string(wanted).unwrap();
    client.get(&route::export(CLUSTER, "orders", format, &wanted)).await
}

#[tokio::test]
async fn every_record_comes_whole_and_exactly_as_it_was_written() {
    let (_app, client) = filled().await;
    let reply = export(&client, "jsonl", &search(From::Oldest, 100)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header("content-disposition"), Some("attachment; filename=\"orders.jsonl\""));
    let lines: Vec<Value> =
        reply.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let values: Vec<&Value> = lines.iter().map(|line| &line["value"]).collect();
    assert_eq!(values[0], "{\"n\": 1e400,\n\"n\": \"a,b\"}");
    assert_eq!(values[1].as_str().unwrap().len(), 2 * PREVIEW_BYTES_MAX);
    assert_eq!((values[2], values[3]), (&Value::Null, &Value::from("last")));
    let csv = export(&client, "csv", &search(From::Newest, 2)).await.text();
    let rows: Vec<&str> = csv.split_terminator("\r\n").collect();
    assert_eq!(rows.len(), 3, "{csv}");
    assert!(rows[1].starts_with("1,1,1700000000003,,null,last,text,[],"), "{csv}");
}

#[tokio::test]
async fn an_export_is_a_row_of_the_audit_log_with_its_count() {
    let (_app, client) = filled().await;
    let test = Test::Contains { target: Target::Value, text: "last".to_owned() };
    assert_eq!(export(&client, "csv", &with(search(From::Oldest, 9), test)).await.status, 200);
    let path = format!("{}?action=messages.export", route::AUDIT);
    let ended = |page: &AuditPage| page.rows.iter().all(|row| row.outcome != Outcome::Begun);
    let page: AuditPage = until(&client, &path, ended).await;
    let [row] = &page.rows[..] else { panic!("{page:?}") };
    assert_eq!((row.outcome, row.resource.as_deref()), (Outcome::Done, Some("orders")));
    assert_eq!(row.result.as_deref(), Some("1 match of 4 read; all read"));
    assert!(row.detail.as_ref().unwrap().contains("\"format\":\"csv\""), "{row:?}");
}

#[tokio::test]
async fn what_cannot_be_exported_is_refused_before_a_file_begins() {
    let (_app, client) = filled().await;
    let too_many = search(From::Oldest, EXPORT_MATCHES_MAX + 1);
    let reply = export(&client, "jsonl", &too_many).await;
    assert_eq!((reply.status, reply.code()), (400, ErrorCode::Invalid));
    assert!(reply.text().contains("between 1 and 1000000000"), "{}", reply.text());
    assert_eq!(
        export(&client, "jsonl", &search(From::Oldest, EXPORT_MATCHES_MAX)).await.status,
        200
    );
    let path = route::export(CLUSTER, "orders", "jsonl", "{");
    assert_eq!(client.get(&path).await.status, 400);
    let wanted = serde_json::to_string(&search(From::Oldest, 1)).unwrap();
    let path = route::export(CLUSTER, "orders", "xlsx", &wanted);
    assert_eq!(client.get(&path).await.status, 400);
}

async fn told(client: &Client) -> Vec<Export> {
    let list: ExportList = client.get(&route::exports(CLUSTER, "orders")).await.json();
    list.exports
}

#[tokio::test]
async fn how_an_export_went_is_told_to_its_person_alone() {
    let (app, client) = filled().await;
    let other = app.somebody(Role::Editor).await;
    assert_eq!(told(&client).await, []);
    let file = export(&client, "csv", &search(From::Oldest, 100)).await;
    let [it] = &told(&client).await[..] else { panic!("not one export") };
    assert_eq!((it.read, it.matched, it.per_mille), (4, 4, Some(1000)));
    assert_eq!((it.bytes, &it.state), (file.body.len() as u64, &ExportState::Done));
    assert_eq!(told(&other).await, []);
    let path = route::export_run(CLUSTER, "orders", &it.id);
    assert_eq!(other.delete(&path).await.code(), ErrorCode::NotFound);
    // What has ended is put away.
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(told(&client).await, []);
    assert_eq!(client.delete(&path).await.code(), ErrorCode::NotFound);
}

#[tokio::test]
async fn an_export_that_does_not_begin_says_why_to_the_page_that_only_started_a_download() {
    let (_app, client) = filled().await;
    let too_many = search(From::Oldest, EXPORT_MATCHES_MAX + 1);
    assert_eq!(export(&client, "jsonl", &too_many).await.status, 400);
    let [it] = &told(&client).await[..] else { panic!("not one export") };
    let ExportState::Failed { message } = &it.state else { panic!("{it:?}") };
    assert!(message.contains("between 1 and 1000000000"), "{message}");
}

#[tokio::test]
async fn an_export_that_is_cancelled_breaks_off_and_its_audit_row_says_so() {
    let (app, client) = filled().await;
    let path = long(&app).await;
    let file = client.begin_get(&path).await;
    let [it] = &told(&client).await[..] else { panic!("not one export") };
    assert_eq!(it.state, ExportState::Running);
    assert_eq!(client.delete(&route::export_run(CLUSTER, "orders", &it.id)).await.status, 204);
    assert_eq!(told(&client).await[0].state, ExportState::Cancelled);
    assert!(!file.comes_whole().await, "what was cancelled looks whole");
    let path = format!("{}?action=messages.export", route::AUDIT);
    let ended = |page: &AuditPage| page.rows.iter().all(|row| row.outcome != Outcome::Begun);
    let page: AuditPage = until(&client, &path, ended).await;
    let [row] = &page.rows[..] else { panic!("{page:?}") };
    assert_eq!(row.outcome, Outcome::Failed);
    assert!(row.result.as_ref().unwrap().ends_with("; cancelled"), "{row:?}");
}

/// The path of an export of more than sockets and buffers hold, so that the server waits for
/// whoever reads the file.
async fn long(app: &App) -> String {
    let large = value("x".repeat(900_000));
    for _ in 0..24 {
        produce(app, "orders", Codec::None, std::slice::from_ref(&large)).await;
    }
    let wanted = serde_json::to_string(&search(From::Oldest, 1_000)).unwrap();
    route::export(CLUSTER, "orders", "jsonl", &wanted)
}

#[tokio::test]
async fn disabling_a_user_breaks_off_what_is_exported_by_session_and_by_token() {
    let (app, client) = filled().await;
    let path = long(&app).await;
    let user = create_user(&client, "anna", "viewer").await;
    let anna = app.sign_in("anna", &user.password).await;
    let own = serde_json::json!({ "old": user.password, "new": "a long one" });
    assert_eq!(anna.post("/api/v1/me/password", &own).await.status, 204);
    let program = app.token(&anna, None).await;
    let files = [anna.begin_get(&path).await, program.begin_get(&path).await];
    let out = serde_json::json!({ "role": "viewer", "disabled": true });
    assert_eq!(client.put(&route::user("anna"), &out).await.status, 204);
    for file in files {
        assert!(!file.comes_whole().await, "what was broken off looks whole");
    }
    let path = format!("{}?action=messages.export", route::AUDIT);
    let ended = |page: &AuditPage| page.rows.iter().all(|row| row.outcome != Outcome::Begun);
    let page: AuditPage = until(&client, &path, ended).await;
    assert_eq!(page.rows.len(), 2);
    for row in page.rows {
        assert_eq!(row.outcome, Outcome::Failed);
        assert!(row.result.as_ref().unwrap().ends_with("has ended"), "{row:?}");
    }
}
