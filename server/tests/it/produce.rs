//! Writing records: one, a few, one once more, and a file of them.

use std::collections::BTreeSet;

use ouzel_api::{
    ErrorCode,
    audit::{AuditPage, AuditRow, Outcome},
    messages::{Encoding, Message},
    produce::{
        Codec, Content, ImportCheck, ImportEvent, NewHeader, NewRecord, Origin, Produce, Produced,
        RECORDS_MAX, Written,
    },
    route,
    search::From,
    session::Role,
};
use rdkafka::{
    mocking::MockCluster,
    types::{RDKafkaApiKey, RDKafkaRespErr},
};

use crate::support::{
    app::{App, start},
    http::{Client, Reply},
    kafka::{CLUSTER, create, events_of, find, search, until},
};

async fn scene(topic: &str, partitions: i32) -> (App, Client) {
    let app = start(&[]).await;
    let client = app.somebody(Role::Editor).await;
    create(&client, topic, partitions).await;
    (app, client)
}

fn text(text: &str) -> Option<Content> {
    Some(Content::Text(text.to_owned()))
}

fn one(record: NewRecord) -> Produce {
    Produce { records: vec![record], codec: Codec::Zstd, origin: None }
}

async fn write(client: &Client, topic: &str, asked: &Produce) -> Vec<Written> {
    let reply = client.post(&route::records(CLUSTER, topic), asked).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json::<Produced>().records
}

async fn message(client: &Client, topic: &str, at: Written) -> Message {
    client.get(&route::message(CLUSTER, topic, at.partition, at.offset)).await.json()
}

async fn last_row(app: &App, action: &str) -> AuditRow {
    let administrator = app.administrator().await;
    let page: AuditPage =
        administrator.get(&format!("{}?action={action}", route::AUDIT)).await.json();
    page.rows.into_iter().next().expect("a row")
}

async fn post(client: &Client, path: &str, body: &[u8]) -> Reply {
    client.clone().with("content-type", "text/plain").send("POST", path, body).await
}

#[tokio::test]
async fn a_record_is_written_as_it_was_asked_for_and_its_row_says_where() {
    let (app, client) = scene("orders", 3).await;
    let header = |key: &str, value| NewHeader { key: key.to_owned(), value };
    // Long, for librdkafka packs nothing that would not get smaller.
    let value = format!(r#"{{"big":9007199254740993,"pad":"{}"}}"#, "x".repeat(1_000));
    let record = NewRecord {
        partition: Some(2),
        timestamp_ms: Some(1_700_000_000_123),
        key: text("k-1"),
        value: text(&value),
        headers: vec![
            header("trace", text("t")),
            header("trace", Some(Content::Hex("00ff".to_owned()))),
            header("none", None),
        ],
    };
    let written = write(&client, "orders", &one(record)).await;
    assert_eq!(written, [Written { partition: 2, offset: 0 }]);
    let found = message(&client, "orders", written[0]).await;
    assert_eq!((found.timestamp_ms, found.key.text.as_str()), (1_700_000_000_123, "k-1"));
    assert_eq!(found.value.text, value);
    assert_eq!(found.batch.codec, "zstd");
    let headers = found.headers.iter().map(|it| (it.key.as_str(), it.value.encoding));
    let wanted = [("trace", Encoding::Text), ("trace", Encoding::Hex), ("none", Encoding::Null)];
    assert_eq!(headers.collect::<Vec<_>>(), wanted);
    let row = last_row(&app, "messages.produce").await;
    assert_eq!((row.outcome, row.resource.as_deref()), (Outcome::Done, Some("orders")));
    assert_eq!(row.result.as_deref(), Some("1 record: partition 2 at 0"));
}

#[tokio::test]
async fn a_tombstone_has_no_value_and_an_empty_value_is_none() {
    let (_app, client) = scene("state", 1).await;
    let key = || NewRecord { key: text("k"), ..NewRecord::default() };
    let records = vec![key(), NewRecord { value: text(""), ..key() }];
    let asked = Produce { records, codec: Codec::None, origin: None };
    let written = write(&client, "state", &asked).await;
    assert_eq!(written.len(), 2);
    assert_eq!(message(&client, "state", written[0]).await.value.encoding, Encoding::Null);
    assert_eq!(message(&client, "state", written[1]).await.value.encoding, Encoding::Text);
}

#[tokio::test]
async fn a_record_is_written_once_more_without_passing_through_the_browser() {
    let (app, client) = scene("from", 2).await;
    create(&client, "to", 1).await;
    let record = NewRecord {
        partition: Some(1),
        key: Some(Content::Hex("0001".to_owned())),
        value: Some(Content::Base64("AP/+".to_owned())),
        ..NewRecord::default()
    };
    let first = write(&client, "from", &one(record)).await;
    let Written { partition, offset } = first[0];
    let origin = Origin { topic: "from".to_owned(), partition, offset };
    let again =
        NewRecord { key: text("edited"), value: Some(Content::Stored), ..NewRecord::default() };
    let asked = Produce { origin: Some(origin.clone()), ..one(again) };
    let second = write(&client, "to", &asked).await;
    let found = message(&client, "to", second[0]).await;
    assert_eq!((found.key.text.as_str(), found.value.text.as_str()), ("edited", "00fffe"));
    let row = last_row(&app, "messages.replay").await;
    assert!(row.detail.unwrap_or_default().to_string().contains("from"));
    // Telling its key to have no value is an act of another name, wherever the key comes from.
    let tombstone = NewRecord { key: Some(Content::Stored), ..NewRecord::default() };
    let asked_for = Produce { origin: Some(origin.clone()), ..one(tombstone) };
    write(&client, "from", &asked_for).await;
    let row = last_row(&app, "messages.tombstone").await;
    assert_eq!(row.resource.as_deref(), Some("from"));
    let gone = Origin { offset: 99, ..origin };
    let asked = Produce { origin: Some(gone), ..asked };
    let reply = client.post(&route::records(CLUSTER, "to"), &asked).await;
    assert_eq!((reply.status, reply.code()), (404, ErrorCode::NotFound));
}

#[tokio::test]
async fn what_cannot_be_written_is_refused_in_words_and_leaves_a_row() {
    let (app, client) = scene("orders", 1).await;
    let record = |record: NewRecord| one(record);
    let none = || NewRecord { value: text("x"), ..NewRecord::default() };
    for (topic, asked, status, wanted) in [
        ("nowhere", record(none()), 404, "nowhere"),
        ("orders", record(NewRecord { partition: Some(7), ..none() }), 404, "7"),
        ("orders", Produce { records: Vec::new(), ..record(none()) }, 400, "0 records"),
        (
            "orders",
            Produce { records: vec![none(); RECORDS_MAX + 1], ..record(none()) },
            400,
            "1001 records",
        ),
        (
            "orders",
            record(NewRecord { value: Some(Content::Hex("0".to_owned())), ..none() }),
            400,
            "record 1: value: an odd number",
        ),
        ("orders", record(NewRecord { value: Some(Content::Stored), ..none() }), 400, "no origin"),
        ("orders", record(NewRecord { timestamp_ms: Some(-5), ..none() }), 400, "before 1970"),
    ] {
        let reply = client.post(&route::records(CLUSTER, topic), &asked).await;
        assert_eq!(reply.status, status, "{}", reply.text());
        assert!(reply.text().contains(wanted), "{wanted}: {}", reply.text());
        assert_eq!(last_row(&app, "messages.produce").await.outcome, Outcome::Failed);
    }
    let large = NewRecord { value: text(&"x".repeat(2 * 1024 * 1024)), ..none() };
    let asked = Produce { codec: Codec::None, ..one(large) };
    let reply = client.post(&route::records(CLUSTER, "orders"), &asked).await;
    assert_eq!((reply.status, reply.code()), (413, ErrorCode::TooLarge), "{}", reply.text());
}

#[tokio::test]
async fn a_file_with_a_broken_line_70_001_writes_nothing_and_names_it() {
    let (app, client) = scene("import", 3).await;
    let mut body = String::new();
    for n in 1..=70_000 {
        body += &format!("{{\"key\":\"k{n}\",\"value\":{{\"n\":{n}}}}}\n");
    }
    body += "{\"value\": oops}\n";
    let check = format!("{}?format=jsonl", route::import_check(CLUSTER, "import"));
    let checked: ImportCheck = post(&client, &check, body.as_bytes()).await.json();
    assert_eq!((checked.records, checked.broken), (70_000, 1));
    assert_eq!(checked.first_broken[0].line, 70_001);
    assert_eq!(checked.sample[0].key.as_deref(), Some("k1"));
    let run = format!("{}?format=jsonl", route::import(CLUSTER, "import"));
    let reply = post(&client, &run, body.as_bytes()).await;
    assert_eq!((reply.status, reply.code()), (400, ErrorCode::Invalid));
    assert!(reply.text().contains("line 70001"), "{}", reply.text());
    assert_eq!(find(&client, "import", &search(From::Oldest, 10)).await.progress.read, 0);
    let row = last_row(&app, "messages.import").await;
    assert_eq!(row.outcome, Outcome::Failed);
    assert!(row.result.unwrap_or_default().starts_with("nothing was written: line 70001"));
}

#[tokio::test]
async fn a_file_is_written_whole_and_its_row_counts_it() {
    let (app, client) = scene("import", 2).await;
    let mut body = String::from("key,value,partition,header.source\r\n");
    for n in 0..5_000 {
        body += &format!("k{n},\"{{\"\"n\"\":{n}}}\",{},csv\r\n", n % 2);
    }
    let path = format!("{}?format=csv&codec=lz4", route::import(CLUSTER, "import"));
    let reply = post(&client, &path, body.as_bytes()).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let events: Vec<ImportEvent> = events_of(&reply.body);
    let Some(ImportEvent::Done { written: 5_000, partitions }) = events.last() else {
        panic!("{events:?}")
    };
    let counts: Vec<_> = partitions.iter().map(|it| (it.first_offset, it.last_offset)).collect();
    assert_eq!(counts, [(0, 2_499), (0, 2_499)]);
    let found = find(&client, "import", &search(From::Oldest, 10_000)).await;
    assert_eq!(found.messages.len(), 5_000);
    let first = found.messages.iter().find(|it| it.key.text == "k0").expect("the first");
    assert_eq!(first.value.text, "{\"n\":0}");
    assert_eq!(first.headers[0].value.text, "csv");
    let row = last_row(&app, "messages.import").await;
    let wanted = "5000 of 5000 records: partition 0 at 0 to 2499, partition 1 at 0 to 2499";
    assert_eq!((row.outcome, row.result.as_deref()), (Outcome::Done, Some(wanted)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_off_is_gone_on_with_and_nothing_is_sent_twice() {
    let mock = MockCluster::new(1).unwrap();
    mock.create_topic("t", 4, 1).unwrap();
    mock.apiversion(RDKafkaApiKey::Metadata, Some(0), Some(8)).unwrap();
    let app = start(&[("OUZEL_KAFKA", "off"), ("OUZEL_BROKERS", &mock.bootstrap_servers())]).await;
    let client = app.administrator().await;
    let clusters: Vec<ouzel_api::clusters::Cluster> = client.get(route::CLUSTERS).await.json();
    let cluster = &clusters[0].id;
    let body: String = (1..=9_000).map(|n| format!("value-{n}\n")).collect();
    let refused = RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
    let fine = RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR;
    mock.request_errors(RDKafkaApiKey::Produce, &[fine, fine, refused]);
    let path = format!("{}?format=lines", route::import(cluster, "t"));
    let reply = post(&client, &path, body.as_bytes()).await;
    let events: Vec<ImportEvent> = events_of(&reply.body);
    let Some(ImportEvent::Failed { written, left, doubtful: false, error, .. }) = events.last()
    else {
        panic!("{events:?}")
    };
    assert_eq!(error.kafka_error.as_deref(), Some("TOPIC_AUTHORIZATION_FAILED"));
    assert!(*written > 0 && *written < 9_000, "{written}");
    let reply = post(&client, &format!("{path}&only={left}"), body.as_bytes()).await;
    let events: Vec<ImportEvent> = events_of(&reply.body);
    let Some(ImportEvent::Done { written: rest, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!(written + rest, 9_000);
    let found = client.post(&route::search(cluster, "t"), &search(From::Oldest, 10_000)).await;
    let values: Vec<String> = crate::support::kafka::events(&found.body)
        .into_iter()
        .filter_map(|event| match event {
            ouzel_api::search::SearchEvent::Match { message } => Some(message.value.text),
            _ => None,
        })
        .collect();
    assert_eq!(values.len(), 9_000);
    assert_eq!(values.into_iter().collect::<BTreeSet<_>>().len(), 9_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stopped_or_cut_off_names_what_is_left_and_no_record_is_written_twice() {
    let (app, client) = scene("import", 3).await;
    let body: String = (1..=RECORDS).map(|n| format!("value-{n}\n")).collect();
    let path = format!("{}?format=lines", route::import(CLUSTER, "import"));
    let run = |id: &str| route::import_run(CLUSTER, "import", id);
    let begin = |query: String| {
        let (client, path, body) = (client.clone(), format!("{path}&{query}"), body.clone());
        tokio::spawn(async move { post(&client, &path, body.as_bytes()).await })
    };
    let writes = |it: &ImportEvent| matches!(it, ImportEvent::Progress { written: 1.., .. });

    let first = begin("id=first".to_owned());
    until(&client, &run("first"), writes).await;
    assert_eq!(client.delete(&run("first")).await.status, 204);
    let events: Vec<ImportEvent> = events_of(&first.await.unwrap().body);
    let Some(ImportEvent::Stopped { written, left, .. }) = events.last() else {
        panic!("{events:?}")
    };
    assert_eq!(*left, format!("{}-{RECORDS}", written + 1));
    let row = last_row(&app, "messages.import").await;
    let told = format!("stopped, {written} of {RECORDS} records, left are {left}: partition 0");
    assert!(row.result.as_ref().unwrap().starts_with(&told), "{row:?}");
    let again = begin("id=first".to_owned()).await.unwrap();
    assert_eq!((again.status, again.code()), (409, ErrorCode::Conflict));

    let second = begin(format!("id=second&only={left}"));
    until(&client, &run("second"), writes).await;
    second.abort();
    let ended = |it: &ImportEvent| matches!(it, ImportEvent::Stopped { .. });
    let event = until(&client, &run("second"), ended).await;
    let ImportEvent::Stopped { written: more, left, .. } = event else { panic!("{event:?}") };
    assert_eq!(left, format!("{}-{RECORDS}", written + more + 1));

    let events: Vec<ImportEvent> = events_of(&begin(format!("only={left}")).await.unwrap().body);
    let Some(ImportEvent::Done { written: rest, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!(written + more + rest, RECORDS);
    let all = find(&client, "import", &search(From::Oldest, 1)).await.progress.partitions;
    assert_eq!(all.iter().map(|it| it.end - it.start).sum::<i64>(), RECORDS as i64);
}

/// More than are written before somebody can stop it.
const RECORDS: u64 = 400_000;
