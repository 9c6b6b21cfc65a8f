//! Filters in JavaScript: what they find, how they fail, and that nothing of them stays behind.

use std::{fs, path::PathBuf, time::Duration};

use ouzel_api::{
    ErrorCode,
    audit::AuditPage,
    live::{ClientFrame, ServerFrame, WantedTail},
    route,
    script::{Outcome, ScriptTried, TryScript},
    search::{Decode, DoneReason, ExportFormat, Filter, From, Search, SearchEvent, Target, Test},
    session::Role,
};
use ouzel_wire::batch::Codec;

use crate::support::{
    DEADLINE,
    app::{App, start},
    http::Client,
    kafka::{CLUSTER, Sample, create, events, events_of, find, produce, search, value, with},
    socket::{Heard, Socket},
};

/// Enough for several batches of several frames.
const RECORDS: i64 = 3_000;
const FIRST_MS: i64 = 1_700_000_000_000;

fn script(source: &str) -> Test {
    Test::Javascript { script: source.to_owned() }
}

/// Two partitions, written turn by turn.
async fn filled() -> (App, Client) {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "orders", 2).await;
    let sample = |n: i64| Sample {
        partition: Some(i32::try_from(n % 2).unwrap()),
        timestamp_ms: Some(FIRST_MS + n),
        key: Some(format!("key-{n}")),
        value: Some(format!(r#"{{"n": {n}, "items": [{{"qty": {}}}]}}"#, n % 10)),
    };
    let samples: Vec<Sample> = (0..RECORDS).map(sample).collect();
    let (first, second) = samples.split_at(samples.len() / 3);
    produce(&app, "orders", Codec::Lz4, first).await;
    produce(&app, "orders", Codec::None, second).await;
    (app, client)
}

/// Children of this process that run scripts; each with the files that it has open.
fn children() -> Vec<(u32, Vec<PathBuf>)> {
    let own = std::process::id().to_string();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let read = |file: &str| fs::read(entry.path().join(file)).unwrap_or_default();
        let status = String::from_utf8_lossy(&read("status")).into_owned();
        let is_ours =
            status.lines().any(|line| line.split_whitespace().eq(["PPid:", own.as_str()]));
        let line = String::from_utf8_lossy(&read("cmdline")).into_owned();
        if is_ours && line.contains("script-worker") {
            let files = fs::read_dir(entry.path().join("fd")).into_iter().flatten().flatten();
            found.push((pid, files.map(|file| file.path()).collect()));
        }
    }
    found
}

fn is_running(pid: u32) -> bool {
    children().iter().any(|(other, _)| *other == pid)
}

async fn until(what: &str, wanted: impl Fn() -> bool) {
    let waiting = async {
        while !wanted() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(DEADLINE, waiting).await.is_ok(), "{what}");
}

#[tokio::test]
async fn a_script_finds_the_same_in_every_direction_and_over_pages() {
    let (_app, client) = filled().await;
    let sevens = script("return value.items.some((item) => item.qty === 7) && offset < 500");
    let wanted: Vec<i64> = (0..1_000).filter(|n| n % 10 == 7).map(|n| FIRST_MS + n).collect();
    let up = find(&client, "orders", &with(search(From::Oldest, 1_000), sevens.clone())).await;
    assert_eq!((up.times(), up.reason), (wanted.clone(), DoneReason::Exhausted));
    assert_eq!((up.progress.read, up.progress.filter_errors), (RECORDS as u64, 0));
    let mut page = with(search(From::Newest, 30), sevens);
    let mut down = Vec::new();
    loop {
        let found = find(&client, "orders", &page).await;
        down.extend(found.times());
        page.resume = found.resume;
        if page.resume.is_none() {
            break;
        }
    }
    assert_eq!(down, wanted.into_iter().rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_script_stands_beside_other_filters_turned_round_and_switched_off() {
    let (_app, client) = filled().await;
    let key = Filter::new(Test::Contains { target: Target::Key, text: "key-12".to_owned() });
    let even = Filter { negate: true, ..Filter::new(script("return value.n % 2 === 1")) };
    let off = Filter { enabled: false, ..Filter::new(script("throw new Error('never')")) };
    let filters = vec![even, off, key];
    let found = find(&client, "orders", &Search { filters, ..search(From::Oldest, 1_000) }).await;
    let is_wanted = |n: &i64| n % 2 == 0 && format!("key-{n}").contains("key-12");
    let wanted: Vec<i64> = (0..RECORDS).filter(is_wanted).map(|n| FIRST_MS + n).collect();
    assert_eq!((found.times(), found.progress.filter_errors), (wanted, 0));
}

#[tokio::test]
async fn what_a_script_throws_is_counted_and_the_first_one_told() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "mixed", 1).await;
    let samples = [value(r#"{"a": {"b": 1}}"#), value("{}"), Sample::default(), value("text")];
    produce(&app, "mixed", Codec::None, &samples).await;
    let wanted = with(search(From::Oldest, 10), script("return value.a.b === 1"));
    let found = find(&client, "mixed", &wanted).await;
    assert_eq!((found.messages.len(), found.progress.filter_errors), (1, 3));
    let first = found.progress.first_filter_error.unwrap();
    assert!(first.starts_with("partition 0, offset 1: TypeError: "), "{first}");
    assert!(first.contains("line 1, column "), "{first}");
}

#[tokio::test]
async fn what_does_not_compile_is_refused_with_its_place_even_switched_off() {
    let (_app, client) = filled().await;
    for enabled in [true, false] {
        let broken = Filter { enabled, ..Filter::new(script("const a = 1;\nreturn a ==== 1;")) };
        let wanted = Search { filters: vec![broken], ..search(From::Oldest, 10) };
        let reply = client.post(&route::search(CLUSTER, "orders"), &wanted).await;
        assert_eq!((reply.status, reply.code()), (400, ErrorCode::Invalid));
        assert!(reply.text().contains("filter 1, line 2, column "), "{}", reply.text());
    }
    for wrong in ["", "  \n", &"x".repeat(5_000)] {
        let wanted = with(search(From::Oldest, 10), script(wrong));
        let reply = client.post(&route::search(CLUSTER, "orders"), &wanted).await;
        assert_eq!((reply.status, reply.code()), (400, ErrorCode::Invalid));
    }
}

#[tokio::test]
async fn a_script_that_reaches_a_limit_ends_the_search_and_the_reason_names_the_record() {
    let (_app, client) = filled().await;
    for (source, reason) in [
        ("while (value.n === 1206) {} return false", "100 ms of processor time"),
        (
            "const all = []; while (value.n === 1206) all.push(new ArrayBuffer(1 << 24)); \
             return false",
            "96 MiB of memory",
        ),
    ] {
        let wanted = with(search(From::Oldest, 10), script(source));
        let reply = client.post(&route::search(CLUSTER, "orders"), &wanted).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let mut all = events(&reply.body);
        let Some(SearchEvent::Failed { error }) = all.pop() else { panic!("{}", reply.text()) };
        assert_eq!(error.code, ErrorCode::Invalid);
        let place = "filter 1 was stopped at partition 0, offset 603: ";
        assert!(error.message.starts_with(place), "{}", error.message);
        assert!(error.message.contains(reason), "{}", error.message);
        let Some(SearchEvent::Progress { progress }) = all.pop() else { panic!("no progress") };
        assert_eq!(progress.partitions[0].covered_to, 603, "what was judged before counts");
    }
}

#[tokio::test]
async fn a_built_in_function_that_does_not_end_is_ended_with_its_process() {
    let (_app, client) = filled().await;
    let source = "const a = []; a[4e9] = 1; return a.join('').length > 1e6";
    let wanted = with(search(From::Oldest, 10), script(source));
    let reply = client.post(&route::search(CLUSTER, "orders"), &wanted).await;
    match events(&reply.body).pop() {
        Some(SearchEvent::Failed { error }) => {
            assert_eq!(error.code, ErrorCode::Invalid, "{}", error.message);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_child_has_nothing_but_its_pipes_and_does_not_outlive_its_tail() {
    let (app, client) = filled().await;
    let before: Vec<u32> = children().into_iter().map(|(pid, _)| pid).collect();
    let mut socket = Socket::open(&app, &client).await;
    let tail = ClientFrame::Tail(WantedTail {
        tail: 1,
        cluster: CLUSTER.to_owned(),
        topic: "orders".to_owned(),
        filters: vec![Filter::new(script("return value.n > 1"))],
        credits: 100,
        ..WantedTail::default()
    });
    socket.say(&tail).await;
    let heard = socket.hear_news().await;
    assert!(matches!(heard, Heard::Frame(ServerFrame::Started { .. })), "{heard:?}");
    let new = || children().into_iter().filter(|(pid, _)| !before.contains(pid));
    let own: Vec<u32> = new().map(|(pid, _)| pid).collect();
    assert!(!own.is_empty(), "the tail has a child");
    // Other tests have children too; one that is just starting still reads its libraries.
    until("a child has more than its pipes", || new().all(|(_, files)| files.len() <= 3)).await;
    let samples = [Sample::default(), value(r#"{"n": 1}"#), value(r#"{"n": 2}"#)];
    produce(&app, "orders", Codec::None, &samples).await;
    let mut news = Vec::new();
    while news.len() < 2 {
        match socket.hear().await {
            Heard::Frame(ServerFrame::Tally { .. }) => {}
            Heard::Frame(frame) => news.push(frame),
            other => panic!("{other:?}"),
        }
    }
    news.sort_by_key(|frame| matches!(frame, ServerFrame::Unjudged { .. }));
    match &news[..] {
        [
            ServerFrame::Record { message, .. },
            ServerFrame::Unjudged { filter_errors: 1, first, .. },
        ] => {
            assert_eq!(message.value.text, r#"{"n": 2}"#);
            assert!(first.contains("TypeError"), "{first}");
        }
        other => panic!("{other:?}"),
    }
    drop(socket);
    // Children of other tests that ran just then end sooner or later too.
    until("a child outlives its tail", || !own.iter().any(|pid| is_running(*pid))).await;
}

#[tokio::test]
async fn an_export_takes_scripts_as_a_search_does() {
    let (_app, client) = filled().await;
    let wanted = with(search(From::Oldest, 1_000), script("return value.n >= 2990"));
    let wanted = serde_json::to_string(&wanted).unwrap();
    let format = serde_json::to_value(ExportFormat::Jsonl).unwrap();
    let path = route::export(CLUSTER, "orders", format.as_str().unwrap(), &wanted);
    let reply = client.get(&path).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(events_of::<serde_json::Value>(&reply.body).len(), 10);
}

#[tokio::test]
async fn a_script_is_tried_on_one_record_and_tells_what_it_wrote() {
    let (app, client) = filled().await;
    let try_it = async |client: &Client, source: &str, offset| {
        let tried = TryScript { script: source.to_owned(), decode: Decode::default() };
        client.post(&route::script(CLUSTER, "orders", 1, offset), &tried).await
    };
    let outcome = async |source: &str| {
        let reply = try_it(&client, source, 3).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json::<ScriptTried>()
    };
    let told = outcome("console.log(key, value); return value.n === 7").await;
    assert_eq!(told.outcome, Outcome::Match);
    assert_eq!(told.log, [r#"key-7 {"n":7,"items":[{"qty":7}]}"#]);
    assert_eq!(outcome("return false").await.outcome, Outcome::NoMatch);
    let Outcome::Error { message } = outcome("return value.a.b").await.outcome else { panic!() };
    assert!(message.starts_with("TypeError: "), "{message}");
    let Outcome::Stopped { message } = outcome("while (true) {}").await.outcome else { panic!() };
    assert!(message.contains("partition 1, offset 3"), "{message}");
    let Outcome::Broken { line, .. } = outcome("return (").await.outcome else { panic!() };
    assert_eq!(line, Some(1));
    assert_eq!(try_it(&client, "return true", 99_999).await.code(), ErrorCode::NotFound);
    assert_eq!(try_it(&client, " ", 3).await.code(), ErrorCode::Invalid);
    let viewer = app.somebody(Role::Viewer).await;
    assert_eq!(try_it(&viewer, "return true", 3).await.status, 200);
    let page: AuditPage = client.get("/api/v1/audit?action=messages.read").await.json();
    let row = page.rows.iter().find(|row| row.user.starts_with("viewer-")).unwrap();
    assert_eq!(row.resource.as_deref(), Some("orders"));
    let detail = row.detail.as_deref().unwrap_or_default();
    assert!(detail.contains("return true"), "{detail}");
}
