//! Searching a topic: what is found, in which order, and how a search ends.

use crate::support::{
    app::{App, start},
    http::Client,
    kafka::{CLUSTER, Sample, create, events, find, produce, search, until, value, with},
};
use ouzel_api::{
    ErrorCode,
    audit::{AuditPage, Outcome},
    messages::{Encoding, Message, PREVIEW_BYTES_MAX},
    route,
    search::{DoneReason, From, Operator, Search, SearchEvent, Side, Skipped, Target, Test},
};
use ouzel_wire::batch::Codec;
use std::time::{Duration, Instant};

/// Enough for several batches and stretches in each partition.
const RECORDS: i64 = 4_000;
/// The time of the first record.
const FIRST_MS: i64 = 1_700_000_000_000;

/// A topic of four partitions, written turn by turn, a record each millisecond.
async fn filled() -> (App, Client) {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "orders", 4).await;
    let sample = |n: i64| Sample {
        partition: Some(i32::try_from(n % 4).unwrap()),
        timestamp_ms: Some(FIRST_MS + n),
        key: Some(format!("key-{n}")),
        value: Some(format!(r#"{{"n": {n}, "big": {}, "s": "x"}}"#, 9_007_199_254_740_992 + n)),
    };
    let samples: Vec<Sample> = (0..RECORDS).map(sample).collect();
    // Two codecs, so that a search reads both.
    let (first, second) = samples.split_at(samples.len() / 2);
    produce(&app, "orders", Codec::Zstd, first).await;
    produce(&app, "orders", Codec::None, second).await;
    (app, client)
}

fn field(path: &str, op: Operator, value: &str) -> Test {
    Test::Field { of: Side::Value, path: path.to_owned(), op, value: value.to_owned() }
}

fn contains(target: Target, text: &str) -> Test {
    Test::Contains { target, text: text.to_owned() }
}

#[tokio::test]
async fn newest_first_is_by_time_across_partitions_and_goes_on_from_its_token() {
    let (_app, client) = filled().await;
    let mut wanted = search(From::Newest, 700);
    let mut times = Vec::new();
    loop {
        let found = find(&client, "orders", &wanted).await;
        times.extend(found.times());
        assert!(times.len() <= RECORDS as usize, "something came twice");
        wanted.resume = found.resume;
        if wanted.resume.is_none() {
            assert_eq!(found.reason, DoneReason::Exhausted);
            break;
        }
        assert_eq!((found.reason, found.messages.len()), (DoneReason::Limit, 700));
    }
    assert_eq!(times, (0..RECORDS).rev().map(|n| FIRST_MS + n).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_limit_that_the_last_record_meets_has_read_everything() {
    let (_app, client) = filled().await;
    for from in [From::Oldest, From::Newest] {
        let whole = find(&client, "orders", &search(from.clone(), RECORDS as u32)).await;
        assert_eq!(whole.messages.len(), RECORDS as usize);
        assert_eq!((whole.reason, whole.resume), (DoneReason::Exhausted, None));
        let short = find(&client, "orders", &search(from, RECORDS as u32 - 1)).await;
        assert_eq!((short.reason, short.resume.is_some()), (DoneReason::Limit, true));
    }
}

#[tokio::test]
async fn upwards_a_search_begins_at_the_start_an_offset_or_a_time() {
    let (_app, client) = filled().await;
    let oldest = find(&client, "orders", &search(From::Oldest, 5)).await;
    assert_eq!(oldest.times(), (0..5).map(|n| FIRST_MS + n).collect::<Vec<_>>());
    let from = search(From::Offset { offset: 998 }, 100);
    let last = find(&client, "orders", &from).await;
    assert_eq!(last.messages.len(), 8, "two of each partition's thousand");
    assert!(last.messages.iter().all(|message| message.offset >= 998));
    let time = From::Time { timestamp_ms: FIRST_MS + RECORDS - 3 };
    let late = find(&client, "orders", &search(time, 100)).await;
    assert_eq!(late.times(), (RECORDS - 3..RECORDS).map(|n| FIRST_MS + n).collect::<Vec<_>>());
    let never = From::Time { timestamp_ms: FIRST_MS + 10 * RECORDS };
    assert_eq!(find(&client, "orders", &search(never, 1)).await.reason, DoneReason::Exhausted);
    let one = Search { partitions: Some(vec![2]), ..search(From::Oldest, 10_000) };
    let found = find(&client, "orders", &one).await;
    assert!(found.messages.len() == 1_000 && found.messages.iter().all(|it| it.partition == 2));
}

#[tokio::test]
async fn filters_find_exactly_what_they_name_and_every_record_counts_as_read() {
    let (_app, client) = filled().await;
    for (filter, wanted) in [
        (field("big", Operator::Eq, "9007199254740993"), vec![1]),
        (field("n", Operator::Ge, "3997.5"), vec![3998, 3999]),
        (contains(Target::Key, "key-123"), {
            let mut all = vec![123];
            all.extend(1230..1240);
            all
        }),
        (
            Test::Regex { target: Target::Any, pattern: r#""n": 17\d[05],"#.to_owned() },
            (1700..1800).filter(|n| n % 5 == 0).collect(),
        ),
        (contains(Target::Value, "key-1"), vec![]),
    ] {
        let wanted: Vec<i64> = wanted.iter().map(|n| FIRST_MS + n).collect();
        let found = find(&client, "orders", &with(search(From::Oldest, 500), filter)).await;
        assert_eq!(found.times(), wanted);
        assert_eq!(found.reason, DoneReason::Exhausted);
        let progress = &found.progress;
        assert_eq!((progress.read, progress.matched), (RECORDS as u64, wanted.len() as u64));
        assert!(
            progress.partitions.iter().all(|it| (it.covered_from, it.covered_to) == (0, 1_000))
        );
    }
}

#[tokio::test]
async fn what_is_not_json_is_counted_and_the_first_one_named() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "mixed", 1).await;
    let samples = [value("{\"a\": 1}"), value("plain"), value("{\"a\":"), Sample::default()];
    produce(&app, "mixed", Codec::None, &samples).await;
    let exists = with(search(From::Oldest, 10), field("a", Operator::Exists, ""));
    let found = find(&client, "mixed", &exists).await;
    assert_eq!((found.messages.len(), found.progress.filter_errors), (1, 2));
    let first = found.progress.first_filter_error.unwrap();
    assert!(first.starts_with("partition 0, offset 1: not JSON"), "{first}");
}

#[tokio::test]
async fn an_empty_topic_is_read_at_once_and_leaves_nothing_to_go_on_from() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "empty", 3).await;
    for from in [From::Newest, From::Oldest, From::Offset { offset: 7 }] {
        let found = find(&client, "empty", &search(from, 10)).await;
        assert_eq!((found.reason, found.resume), (DoneReason::Exhausted, None));
        assert_eq!(found.progress.partitions.len(), 3);
    }
}

#[tokio::test]
async fn a_search_that_cannot_be_is_refused_before_it_begins() {
    let (_app, client) = filled().await;
    let refused = async |topic: &str, wanted: Search| {
        let reply = client.post(&route::search(CLUSTER, topic), &wanted).await;
        (reply.status, reply.code())
    };
    let newest = || search(From::Newest, 10);
    let token = find(&client, "orders", &newest()).await.resume;
    let invalid = (400, ErrorCode::Invalid);
    assert_eq!(refused("orders", search(From::Newest, 0)).await, invalid);
    assert_eq!(refused("orders", search(From::Newest, 10_001)).await, invalid);
    assert_eq!(refused("orders", with(newest(), field("a..b", Operator::Eq, "1"))).await, invalid);
    let foreign = Search { resume: token.clone(), ..search(From::Oldest, 10) };
    assert_eq!(refused("orders", foreign).await, invalid);
    let broken = Search { resume: Some("AAAA".to_owned()), ..newest() };
    assert_eq!(refused("orders", broken).await, invalid);
    let missing = (404, ErrorCode::NotFound);
    assert_eq!(refused("nowhere", newest()).await, missing);
    let partitions = Search { partitions: Some(vec![0, 4]), ..newest() };
    assert_eq!(refused("orders", partitions).await, missing);
}

#[tokio::test]
async fn a_record_larger_than_any_stretch_is_found_cut_and_can_be_read_whole() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "large", 1).await;
    let large = format!("{{\"pad\": \"{}\"}}", "ä".repeat(450_000));
    produce(&app, "large", Codec::None, &[value("small"), value(&large), value("small")]).await;
    let found = find(&client, "large", &search(From::Newest, 10)).await;
    let message = &found.messages[1];
    assert_eq!(message.value.encoding, Encoding::Json);
    assert!(message.value.truncated && message.value.text.len() <= PREVIEW_BYTES_MAX);
    assert_eq!(message.value.size_bytes as usize, large.len());
    let path = route::message(CLUSTER, "large", 0, 1);
    let whole: Message = client.get(&path).await.json();
    assert_eq!(whole.value.text, large);
    let file = client.get(&format!("{path}?download=value")).await;
    assert_eq!(file.body, large.as_bytes());
    assert_eq!(file.header("content-type"), Some("application/octet-stream"));
    let missing = client.get(&route::message(CLUSTER, "large", 0, 3)).await;
    assert_eq!((missing.status, missing.code()), (404, ErrorCode::NotFound));
}

#[tokio::test]
async fn partitions_that_are_left_out_of_answers_are_read_to_their_ends() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    let (partitions, records) = (8, 3);
    create(&client, "wide", partitions).await;
    // Larger than what a search asks for at first: each answer has room for one of the partitions.
    let pad = "x".repeat(700_000);
    let sample = |n: i32| Sample {
        partition: Some(n % partitions),
        timestamp_ms: Some(FIRST_MS + i64::from(n)),
        ..value(format!("{n} {pad}"))
    };
    let samples: Vec<Sample> = (0..partitions * records).map(sample).collect();
    produce(&app, "wide", Codec::None, &samples).await;
    let nothing = contains(Target::Value, "not there");
    let found = find(&client, "wide", &with(search(From::Oldest, 10), nothing)).await;
    assert_eq!(found.reason, DoneReason::Exhausted);
    assert_eq!(found.progress.read, (partitions * records) as u64);
}

/// More than sockets and channels hold, so that a search waits for its reader.
async fn bulky(app: &App, client: &Client) {
    create(client, "bulky", 2).await;
    let text = "x".repeat(30_000);
    let samples: Vec<Sample> = (0..1_500).map(|n| value(format!("{n} {text}"))).collect();
    produce(app, "bulky", Codec::Zstd, &samples).await;
}

#[tokio::test]
async fn leaving_ends_a_search_and_completes_its_audit_row_with_the_count() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    bulky(&app, &client).await;
    let path = route::search(CLUSTER, "bulky");
    // Nobody reads on: of itself it would never come to its end.
    let begun = client.begin(&path, &search(From::Oldest, 10_000)).await;
    let left = Instant::now();
    drop(begun);
    let path = format!("{}?action=messages.search", route::AUDIT);
    let ended = |page: &AuditPage| page.rows.iter().all(|row| row.outcome != Outcome::Begun);
    let row = until(&client, &path, ended).await.rows.remove(0);
    // A tenth of a second on a machine with nothing else to do.
    let took = left.elapsed();
    assert!(took < Duration::from_secs(2), "it went on for {took:?}");
    assert_eq!(row.outcome, Outcome::Done);
    let result = row.result.unwrap();
    assert!(result.contains("stopped early") && result.contains("matches of"), "{result}");
}

#[tokio::test]
async fn signing_out_ends_a_search_and_its_audit_row_says_why() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    bulky(&app, &client).await;
    let path = route::search(CLUSTER, "bulky");
    let begun = client.begin(&path, &search(From::Oldest, 10_000)).await;
    assert_eq!(client.delete(route::SESSION).await.status, 204);
    let last = events(&begun.rest().await.body).pop();
    assert!(!matches!(last, Some(SearchEvent::Done { .. })), "{last:?}");
    let path = format!("{}?action=messages.search", route::AUDIT);
    let ended = |page: &AuditPage| page.rows.iter().all(|row| row.outcome != Outcome::Begun);
    let client = app.administrator().await;
    let row = until(&client, &path, ended).await.rows.remove(0);
    let result = row.result.unwrap();
    assert!(result.starts_with("stopped early") && result.ends_with("has ended"), "{result}");
}

#[tokio::test]
async fn every_line_of_progress_tells_where_to_go_on_should_the_connection_break() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    bulky(&app, &client).await;
    let wanted = search(From::Oldest, 10_000);
    let id = |message: &Message| (message.partition, message.offset);
    let reply = client.post(&route::search(CLUSTER, "bulky"), &wanted).await;
    let mut before = Vec::new();
    let mut tried = 0;
    for event in events(&reply.body) {
        match event {
            SearchEvent::Match { message } => before.push(id(&message)),
            SearchEvent::Progress { progress } if progress.resume.is_some() && tried < 2 => {
                tried += 1;
                let rest = Search { resume: progress.resume, ..wanted.clone() };
                let rest = find(&client, "bulky", &rest).await;
                assert_eq!(progress.read + rest.progress.read, 1_500, "each is counted once");
                let mut all = before.clone();
                all.extend(rest.messages.iter().map(id));
                all.sort_unstable();
                all.dedup();
                assert_eq!((all.len(), before.len() + rest.messages.len()), (1_500, 1_500));
            }
            _ => {}
        }
    }
    assert_eq!(before.len(), 1_500);
    assert!(tried > 0, "no line tells where to go on");
}

#[tokio::test]
async fn a_search_that_goes_on_counts_what_it_reads_again_no_second_time() {
    let (_app, client) = filled().await;
    for from in [From::Oldest, From::Newest] {
        let mut wanted = search(from, 700);
        let (mut read, mut again) = (0, 0);
        loop {
            let found = find(&client, "orders", &wanted).await;
            read += found.progress.read;
            again += found.progress.again;
            assert_eq!(found.progress.skipped, Skipped::default());
            wanted.resume = found.resume;
            if wanted.resume.is_none() {
                break;
            }
        }
        assert_eq!(read, RECORDS as u64);
        assert!(again > 0, "nothing was read a second time, so this shows nothing");
    }
}

#[tokio::test]
async fn a_topic_deleted_in_the_midst_of_a_search_ends_it_with_a_last_line() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    bulky(&app, &client).await;
    let path = route::search(CLUSTER, "bulky");
    let begun = client.begin(&path, &search(From::Oldest, 10_000)).await;
    assert_eq!(client.delete(&route::topic(CLUSTER, "bulky")).await.status, 204);
    match events(&begun.rest().await.body).pop() {
        Some(SearchEvent::Failed { error }) => assert_eq!(error.code, ErrorCode::NotFound),
        Some(SearchEvent::Done { reason, .. }) => assert_eq!(reason, DoneReason::Exhausted),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_was_searched_is_in_the_audit_log_before_the_answer_comes() {
    let (_app, client) = filled().await;
    let filter = contains(Target::Key, "key-77");
    find(&client, "orders", &with(search(From::Newest, 3), filter)).await;
    let page: AuditPage =
        client.get(&format!("{}?action=messages.search", route::AUDIT)).await.json();
    let [row] = &page.rows[..] else { panic!("{page:?}") };
    assert_eq!((row.cluster.as_deref(), row.resource.as_deref()), (Some(CLUSTER), Some("orders")));
    assert!(row.detail.as_ref().unwrap().contains("key-77"));
    assert!(row.result.as_ref().unwrap().starts_with("3 matches of"), "{row:?}");
}
