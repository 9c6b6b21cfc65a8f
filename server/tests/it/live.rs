//! The WebSocket: records as they are produced, credits, and every way a tail ends.

use ouzel::live::SOCKETS;
use ouzel_api::{
    ErrorCode,
    access::CreateRole,
    audit::{AuditPage, Outcome},
    live::{ClientFrame, ServerFrame, TAILS_MAX, WantedTail},
    route,
    search::{Filter, Target, Test},
    session::{Grant, Permission, Role},
    topics::GrowTopic,
};
use ouzel_wire::batch::Codec;

use crate::support::{
    DEADLINE,
    app::{App, console, start},
    http::Client,
    kafka::{CLUSTER, Sample, create, produce, until, value},
    socket::{Heard, Socket},
};

fn tail(tail: u32, topic: &str, credits: u32) -> ClientFrame {
    ClientFrame::Tail(WantedTail {
        tail,
        cluster: CLUSTER.to_owned(),
        topic: topic.to_owned(),
        credits,
        ..WantedTail::default()
    })
}

async fn open() -> (App, Client, Socket) {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "orders", 2).await;
    create(&client, "payments", 1).await;
    let socket = Socket::open(&app, &client).await;
    (app, client, socket)
}

async fn begin(socket: &mut Socket, frame: &ClientFrame) {
    socket.say(frame).await;
    let heard = socket.hear_news().await;
    assert!(matches!(heard, Heard::Frame(ServerFrame::Started { .. })), "{heard:?}");
}

async fn record(socket: &mut Socket) -> String {
    match socket.hear_news().await {
        Heard::Frame(ServerFrame::Record { message, .. }) => message.value.text,
        other => panic!("{other:?}"),
    }
}

async fn stopped(socket: &mut Socket) -> (u32, Option<ErrorCode>) {
    match socket.hear_news().await {
        Heard::Frame(ServerFrame::Stopped { tail, error }) => (tail, error.map(|it| it.code)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_tail_sees_what_is_produced_after_it_began_and_only_what_matches() {
    let (app, _client, mut socket) = open().await;
    produce(&app, "orders", Codec::None, &[value("before")]).await;
    begin(&mut socket, &tail(1, "orders", 100)).await;
    let test = Test::Contains { target: Target::Value, text: "paid".to_owned() };
    let filter = Filter::new(test);
    let filtered = ClientFrame::Tail(WantedTail {
        tail: 2,
        cluster: CLUSTER.to_owned(),
        topic: "orders".to_owned(),
        partitions: Some(vec![1]),
        filters: vec![filter],
        credits: 100,
        ..WantedTail::default()
    });
    begin(&mut socket, &filtered).await;
    let at = |partition, text: &str| Sample { partition: Some(partition), ..value(text) };
    let samples = [at(0, "paid in 0"), at(1, "placed in 1"), at(1, "paid in 1")];
    produce(&app, "orders", Codec::Zstd, &samples).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        match socket.hear_news().await {
            Heard::Frame(ServerFrame::Record { tail, message }) => {
                seen.push((tail, message.value.text));
            }
            other => panic!("{other:?}"),
        }
    }
    seen.sort();
    let text = |tail, text: &str| (tail, text.to_owned());
    let wanted =
        [text(1, "paid in 0"), text(1, "paid in 1"), text(1, "placed in 1"), text(2, "paid in 1")];
    assert_eq!(seen, wanted);
}

#[tokio::test]
async fn a_partition_that_is_added_is_followed_from_its_start() {
    let (app, client, mut socket) = open().await;
    begin(&mut socket, &tail(1, "orders", 100)).await;
    let grow = GrowTopic { partitions: 3, was: Some(2) };
    let reply = client.post(&route::topic_partitions(CLUSTER, "orders"), &grow).await;
    assert_eq!(reply.status, 204, "{}", reply.text());
    // Written before the tail can have noticed.
    let added = Sample { partition: Some(2), ..value("in the new one") };
    produce(&app, "orders", Codec::None, &[added]).await;
    assert_eq!(record(&mut socket).await, "in the new one");
    produce(
        &app,
        "orders",
        Codec::None,
        &[Sample { partition: Some(0), ..value("in an old one") }],
    )
    .await;
    assert_eq!(record(&mut socket).await, "in an old one");
}

#[tokio::test]
async fn without_credits_records_are_counted_and_not_sent() {
    let (app, client, mut socket) = open().await;
    begin(&mut socket, &tail(7, "orders", 2)).await;
    let samples: Vec<Sample> = (0..5).map(|n| value(n.to_string())).collect();
    produce(&app, "orders", Codec::None, &samples).await;
    let mut sent = 0;
    loop {
        match socket.hear().await {
            Heard::Frame(ServerFrame::Record { .. }) => sent += 1,
            Heard::Frame(ServerFrame::Tally { read: 5, matched: 5, dropped: 3, .. }) => break,
            Heard::Frame(ServerFrame::Tally { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(sent, 2);
    socket.say(&ClientFrame::Credit { tail: 7, credits: 1 }).await;
    // Commands are heard in order, so the credit is there before this tail has begun.
    begin(&mut socket, &tail(8, "orders", 0)).await;
    produce(&app, "orders", Codec::None, &[value("after")]).await;
    assert_eq!(record(&mut socket).await, "after");
    socket.say(&ClientFrame::Stop { tail: 7 }).await;
    assert_eq!(stopped(&mut socket).await, (7, None));
    let path = format!("{}?action=messages.tail", route::AUDIT);
    let ended = |page: &AuditPage| page.rows.iter().any(|row| row.outcome == Outcome::Done);
    let page: AuditPage = until(&client, &path, ended).await;
    let row = page.rows.iter().find(|row| row.outcome == Outcome::Done).unwrap();
    assert_eq!(row.result.as_deref(), Some("6 matches of 6 read, 3 not sent"));
}

#[tokio::test]
async fn what_cannot_be_followed_is_refused_by_its_name() {
    let (_app, _client, mut socket) = open().await;
    socket.say(&tail(1, "nowhere", 1)).await;
    assert_eq!(stopped(&mut socket).await, (1, Some(ErrorCode::NotFound)));
    for number in 0..TAILS_MAX as u32 {
        begin(&mut socket, &tail(10 + number, "orders", 1)).await;
    }
    socket.say(&tail(10, "orders", 1)).await;
    assert_eq!(stopped(&mut socket).await, (10, Some(ErrorCode::Conflict)));
    socket.say(&tail(99, "orders", 1)).await;
    assert_eq!(stopped(&mut socket).await, (99, Some(ErrorCode::Busy)));
    // A place that was given up can be taken.
    socket.say(&ClientFrame::Stop { tail: 10 }).await;
    assert_eq!(stopped(&mut socket).await, (10, None));
    begin(&mut socket, &tail(99, "orders", 1)).await;
}

#[tokio::test]
async fn a_deleted_topic_ends_its_tail_and_no_other() {
    let (app, client, mut socket) = open().await;
    create(&client, "short", 1).await;
    begin(&mut socket, &tail(1, "short", 10)).await;
    begin(&mut socket, &tail(2, "orders", 10)).await;
    assert_eq!(client.delete(&route::topic(CLUSTER, "short")).await.status, 204);
    assert_eq!(stopped(&mut socket).await, (1, Some(ErrorCode::NotFound)));
    produce(&app, "orders", Codec::None, &[value("still here")]).await;
    assert_eq!(record(&mut socket).await, "still here");
}

#[tokio::test]
async fn signing_out_closes_the_conversation() {
    let (_app, client, mut socket) = open().await;
    begin(&mut socket, &tail(1, "orders", 10)).await;
    assert_eq!(client.delete(route::SESSION).await.status, 204);
    loop {
        match socket.hear().await {
            Heard::Closed(code) => break assert_eq!(code, 1008),
            Heard::Frame(ServerFrame::Tally { .. } | ServerFrame::Stopped { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_frame_that_cannot_be_read_ends_the_conversation_with_a_reason() {
    let (_app, _client, mut socket) = open().await;
    socket.say_text("{\"frame\": \"tale\"}").await;
    let heard = socket.hear().await;
    assert!(matches!(heard, Heard::Closed(1008)), "{heard:?}");
}

#[tokio::test]
async fn one_user_has_so_many_conversations_and_no_more_until_one_ends() {
    let app = console().await;
    let client = app.administrator().await;
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS.by_user {
        sockets.push(Socket::open(&app, &client).await);
    }
    let refused = Socket::try_open(&app, &client).await.err().expect("there is no place left");
    assert!(refused.starts_with("HTTP/1.1 429") && refused.contains("busy"), "{refused}");
    let other = app.somebody(Role::Administrator).await;
    Socket::open(&app, &other).await;
    sockets.pop();
    let open = async {
        while Socket::try_open(&app, &client).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, open).await.expect("a place becomes free");
}

#[tokio::test]
async fn the_id_of_a_tail_that_was_just_stopped_can_be_taken_at_once() {
    let (app, _client, mut socket) = open().await;
    begin(&mut socket, &tail(1, "orders", 100)).await;
    // Both are heard while the first one still completes its row.
    socket.say(&ClientFrame::Stop { tail: 1 }).await;
    socket.say(&tail(1, "orders", 100)).await;
    let mut heard = (false, false);
    while heard != (true, true) {
        match socket.hear_news().await {
            Heard::Frame(ServerFrame::Stopped { tail: 1, error: None }) if !heard.0 => {
                heard.0 = true;
            }
            Heard::Frame(ServerFrame::Started { tail: 1 }) => heard.1 = true,
            other => panic!("{other:?}"),
        }
    }
    // By the time of this answer the end of the first one has been noticed.
    begin(&mut socket, &tail(2, "payments", 1)).await;
    produce(&app, "orders", Codec::None, &[value("to the second one")]).await;
    assert_eq!(record(&mut socket).await, "to the second one");
}

#[tokio::test]
async fn a_tail_begins_with_the_rights_of_now_and_not_those_of_its_socket() {
    let (app, client, _socket) = open().await;
    let grants = |right| vec![Grant::everywhere(&[Permission::ViewCluster, right])];
    let role = CreateRole { name: "readers".to_owned(), grants: grants(Permission::ReadMessages) };
    assert_eq!(client.post("/api/v1/roles", &role).await.status, 201);
    let reader = app.somebody_of("readers").await;
    let mut socket = Socket::open(&app, &reader).await;
    begin(&mut socket, &tail(1, "orders", 10)).await;
    let less = serde_json::json!({ "grants": grants(Permission::CreateTopic) });
    let changed = client.put("/api/v1/roles/readers", &less).await;
    assert_eq!(changed.status, 204, "{}", changed.text());
    socket.say(&tail(2, "orders", 10)).await;
    assert_eq!(stopped(&mut socket).await, (2, Some(ErrorCode::Forbidden)));
    let path = format!("{}?action=messages.tail", route::AUDIT);
    let page: AuditPage = client.get(&path).await.json();
    assert_eq!(page.rows[0].outcome, Outcome::Denied);
}
