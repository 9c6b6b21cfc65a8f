//! Where a search begins and ends, what it passes, and how it reads what it finds.

use std::collections::BTreeMap;

use ouzel::kafka::{Cluster, TopicPartition};
use ouzel_api::{
    ErrorCode,
    messages::{Decoder, Encoding, Message},
    route,
    search::{
        Decode, DoneReason, From, Isolation, Operator, Search, Side, Skipped, Target, Test, Until,
    },
};
use ouzel_wire::batch::Codec;

use crate::support::{
    app::{App, start},
    http::Client,
    kafka::{CLUSTER, Sample, create, find, outside, produce, search, value, with},
};

const FIRST_MS: i64 = 1_700_000_000_000;

/// Twenty records in two partitions, a millisecond apart, turn by turn.
async fn filled() -> (App, Client, Cluster) {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "orders", 2).await;
    let sample = |n: i64| Sample {
        partition: Some(i32::try_from(n % 2).unwrap()),
        timestamp_ms: Some(FIRST_MS + n),
        ..value(format!(r#"{{"n": {n}}}"#))
    };
    produce(&app, "orders", Codec::None, &(0..20).map(sample).collect::<Vec<_>>()).await;
    let cluster = outside(&app);
    (app, client, cluster)
}

async fn numbers(client: &Client, wanted: &Search) -> Vec<i64> {
    let found = find(client, "orders", wanted).await;
    assert_eq!(found.reason, DoneReason::Exhausted);
    found.times().into_iter().map(|time| time - FIRST_MS).collect()
}

#[tokio::test]
async fn a_search_ends_at_an_offset_or_a_time_in_either_direction() {
    let (_app, client, _) = filled().await;
    let until = |from: From, until| Search { until, ..search(from, 100) };
    let (offset, time) = (Until::Offset { offset: 2 }, Until::Time { timestamp_ms: FIRST_MS + 5 });
    assert_eq!(numbers(&client, &until(From::Oldest, offset)).await, [0, 1, 2, 3, 4, 5]);
    assert_eq!(numbers(&client, &until(From::Oldest, time)).await, [0, 1, 2, 3, 4, 5]);
    let late = Until::Time { timestamp_ms: FIRST_MS + 17 };
    assert_eq!(numbers(&client, &until(From::Newest, late)).await, [19, 18, 17]);
    let nine = Until::Offset { offset: 9 };
    assert_eq!(numbers(&client, &until(From::Newest, nine)).await, [19, 18]);
    let between = until(From::Time { timestamp_ms: FIRST_MS + 3 }, time);
    assert_eq!(numbers(&client, &between).await, [3, 4, 5]);
    let never = until(From::Oldest, Until::Time { timestamp_ms: 5 });
    assert!(numbers(&client, &never).await.is_empty());
}

#[tokio::test]
async fn a_search_begins_where_a_group_goes_on() {
    let (_app, client, cluster) = filled().await;
    let place = TopicPartition::new("orders", 1);
    let commits = BTreeMap::from([(place, 8)]);
    for (_, done) in cluster.commit_offsets("billing", &commits).await.unwrap() {
        done.unwrap();
    }
    let group = |group: &str| From::Group { group: group.to_owned() };
    let mut found = numbers(&client, &search(group("billing"), 100)).await;
    found.sort_unstable();
    // Nothing was committed for the first partition, so all of it is still to come.
    let wanted: Vec<i64> = (0..20).filter(|n| n % 2 == 0 || *n >= 17).collect();
    assert_eq!(found, wanted);
    let reply = client.post(&route::search(CLUSTER, "orders"), &search(group("none"), 1)).await;
    assert_eq!((reply.status, reply.code()), (404, ErrorCode::NotFound));
}

#[tokio::test]
async fn a_filtered_search_over_a_partition_that_was_emptied_ends_and_says_what_is_missing() {
    let (_app, client, cluster) = filled().await;
    let places = BTreeMap::from([(TopicPartition::new("orders", 0), -1)]);
    for (_, deleted) in cluster.delete_records(&places).await.unwrap() {
        assert_eq!(deleted.unwrap(), 10);
    }
    let nothing = Test::Contains { target: Target::Value, text: "absent".to_owned() };
    for from in [From::Newest, From::Oldest, From::Offset { offset: 3 }] {
        let found = find(&client, "orders", &with(search(from, 100), nothing.clone())).await;
        assert_eq!((found.reason, found.resume), (DoneReason::Exhausted, None));
        let emptied = &found.progress.partitions[0];
        assert_eq!((emptied.start, emptied.end, emptied.read), (10, 10, 0));
    }
    // A link that was made before: its token still names what is gone.
    let first = search(From::Oldest, 1);
    let token = {
        let (_app, client, _) = filled().await;
        find(&client, "orders", &first).await.resume
    };
    let found = find(&client, "orders", &Search { resume: token, limit: 100, ..first }).await;
    assert_eq!(found.reason, DoneReason::Exhausted);
    let skipped = Skipped { missing: 9, ..Skipped::default() };
    // The other partition's first record waited for its turn, and was counted then.
    let counted = (found.progress.read, found.progress.again);
    assert_eq!((counted, found.progress.skipped), ((9, 1), skipped));
}

#[tokio::test]
async fn committed_records_are_all_records_where_nobody_uses_transactions() {
    let (_app, client, _) = filled().await;
    let committed = Search { isolation: Isolation::ReadCommitted, ..search(From::Newest, 100) };
    let found = find(&client, "orders", &committed).await;
    assert_eq!((found.messages.len(), found.reason), (20, DoneReason::Exhausted));
    assert!(found.messages.iter().all(|message| message.transaction.is_none()));
}

#[tokio::test]
async fn a_path_that_names_nothing_finds_nothing_and_is_no_error() {
    let (_app, client, _) = filled().await;
    let path = "no.such[3].field".to_owned();
    let test = Test::Field { of: Side::Value, path, op: Operator::Exists, value: String::new() };
    let found = find(&client, "orders", &with(search(From::Oldest, 100), test)).await;
    assert_eq!((found.progress.read, found.progress.filter_errors), (20, 0));
    assert!(found.messages.is_empty());
}

#[tokio::test]
async fn a_pattern_that_would_explode_is_refused_with_its_reason() {
    let (_app, client, _) = filled().await;
    let pattern = "((a{1,99}){1,99}){1,99}".to_owned();
    let test = Test::Regex { target: Target::Any, pattern };
    let path = route::search(CLUSTER, "orders");
    let reply = client.post(&path, &with(search(From::Oldest, 1), test)).await;
    assert_eq!((reply.status, reply.code()), (400, ErrorCode::Invalid));
    assert!(reply.text().contains("size limit"), "{}", reply.text());
}

#[tokio::test]
async fn a_chosen_decoder_is_used_for_rows_filters_and_one_record() {
    let app = start(&[]).await;
    let client = app.administrator().await;
    create(&client, "counts", 1).await;
    // The bytes of 5 as a number of eight bytes, and a text that is none.
    let samples = [value("\0\0\0\0\0\0\0\u{5}"), value("five")];
    produce(&app, "counts", Codec::None, &samples).await;
    let decode = Decode { key: Decoder::Auto, value: Decoder::I64 };
    let all = Search { decode, ..search(From::Oldest, 10) };
    let found = find(&client, "counts", &all).await;
    let shown: Vec<_> = found.messages.iter().map(|it| it.value.text.as_str()).collect();
    assert_eq!(shown, ["5", "five"]);
    assert_eq!(found.progress.undecodable, 1);
    let first = found.progress.first_undecodable.unwrap();
    assert_eq!(first, "partition 0, offset 1: the value is not i64: 4 bytes are not 8");
    let five = Test::Part { target: Target::Value, op: Operator::Eq, value: "5".to_owned() };
    let found = find(&client, "counts", &with(all, five)).await;
    assert_eq!((found.messages.len(), found.progress.filter_errors), (1, 1));
    let path = format!("{}?value_decoder=hex", route::message(CLUSTER, "counts", 0, 0));
    let message: Message = client.get(&path).await.json();
    assert_eq!((message.value.encoding, message.value.decoder), (Encoding::Hex, Decoder::Hex));
    assert_eq!(message.value.text, "0000000000000005");
}
