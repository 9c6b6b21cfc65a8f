//! A setting that was changed is obeyed at once, by partitions that are open already.

use std::time::Duration;

use bytes::Bytes;
use ouzel_wire::ErrorCode;
use ouzel_wire::batch::{Batch, BatchBuilder, Codec, TimestampType, batches};
use ouzel_wire::messages::*;

use crate::support::*;

/// Records are looked through so often in these tests.
const SOON: Duration = Duration::from_millis(20);

async fn set(client: &mut Client, key: &str, value: &str) {
    assert_eq!(alter(client, TOPIC, "t", &[(SET, key, Some(value))]).await, done(), "{key}");
}

async fn unset(client: &mut Client, key: &str) {
    assert_eq!(alter(client, TOPIC, "t", &[(DELETE, key, None)]).await, done(), "{key}");
}

/// A broker with the topic `t`, which has been written to.
async fn opened() -> (TestBroker, Client) {
    let test = TestBroker::start_with(|config| config.retention_check = SOON).await;
    let mut client = test.client().await;
    create(&mut client, "t", 1).await;
    produce(&mut client, "t", &["before"]).await;
    (test, client)
}

async fn send(client: &mut Client, records: Bytes) -> PartitionProduceResponse {
    produced(client.call(produce_request("t", 0, records)).await)
}

fn at(timestamp_ms: i64) -> Bytes {
    let mut builder = BatchBuilder::new();
    builder.push_value(timestamp_ms, None, b"x");
    builder.build().unwrap()
}

fn packed(codec: Codec, bytes: usize) -> Bytes {
    let mut builder = BatchBuilder::new().codec(codec);
    builder.push_value(now_ms(), None, &vec![b'x'; bytes]);
    builder.build().unwrap()
}

/// The last batch, as it lies there.
async fn last_batch(client: &mut Client) -> Batch {
    let fetched = fetch(client, "t", 0).await;
    let last = batches(fetched.records.unwrap()).last().unwrap().unwrap();
    last.verify_crc().unwrap();
    last
}

fn files(test: &TestBroker, ending: &str) -> usize {
    let all = std::fs::read_dir(test.dir.path().join("t-0")).unwrap();
    let names = all.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(ending)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_s_time_stamps_records_from_the_change_on() {
    let (_test, mut client) = opened().await;
    set(&mut client, "message.timestamp.type", "LogAppendTime").await;
    let before = now_ms();
    let answer = send(&mut client, at(5)).await;
    assert_eq!(answer.error_code, NONE);
    let stamp = answer.log_append_time_ms;
    assert!((before..=now_ms()).contains(&stamp), "{stamp}");
    let batch = last_batch(&mut client).await;
    assert_eq!(batch.header.attributes.timestamp_type(), TimestampType::LogAppend);
    assert_eq!(batch.header.max_timestamp, stamp);
    unset(&mut client, "message.timestamp.type").await;
    assert_eq!(send(&mut client, at(5)).await.log_append_time_ms, -1);
    let batch = last_batch(&mut client).await;
    assert_eq!(batch.header.attributes.timestamp_type(), TimestampType::Create);
    assert_eq!(batch.header.max_timestamp, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn times_too_far_from_now_are_refused_as_the_topic_says() {
    let (_test, mut client) = opened().await;
    let (old, ahead) = (now_ms() - 60_000, now_ms() + 600_000);
    assert_eq!(send(&mut client, at(old)).await.error_code, NONE);
    assert_eq!(send(&mut client, at(ahead)).await.error_code, NONE);
    set(&mut client, "message.timestamp.before.max.ms", "1000").await;
    set(&mut client, "message.timestamp.after.max.ms", "1000").await;
    for (time, key) in [(old, "before.max.ms"), (ahead, "after.max.ms")] {
        let refused = send(&mut client, at(time)).await;
        assert_eq!(refused.error_code, ErrorCode::InvalidTimestamp.code());
        assert!(refused.error_message.unwrap().contains(key));
        let named: Vec<i32> = refused.record_errors.iter().map(|e| e.batch_index).collect();
        assert_eq!(named, [0], "clients tell which records it was");
    }
    assert_eq!(send(&mut client, at(now_ms())).await.error_code, NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_batch_is_the_topic_s_else_the_broker_s() {
    let (_test, mut client) = opened().await;
    let two = packed(Codec::None, 2000);
    assert_eq!(send(&mut client, two.clone()).await.error_code, NONE);
    let least = [(SET, "message.max.bytes", Some("1000"))];
    assert_eq!(alter(&mut client, BROKER, "", &least).await, done());
    let refused = send(&mut client, two.clone()).await;
    assert_eq!(refused.error_code, ErrorCode::MessageTooLarge.code());
    set(&mut client, "max.message.bytes", "3000").await;
    assert_eq!(send(&mut client, two).await.error_code, NONE);
    set(&mut client, "max.decompressed.message.bytes", "3000").await;
    assert_eq!(send(&mut client, packed(Codec::Zstd, 2000)).await.error_code, NONE);
    let refused = send(&mut client, packed(Codec::Zstd, 4000)).await;
    assert_eq!(refused.error_code, ErrorCode::MessageTooLarge.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_packed_as_the_topic_says() {
    let (_test, mut client) = opened().await;
    for (wanted, codec) in [
        ("gzip", Codec::Gzip),
        ("snappy", Codec::Snappy),
        ("lz4", Codec::Lz4),
        ("zstd", Codec::Zstd),
        ("uncompressed", Codec::None),
    ] {
        set(&mut client, "compression.type", wanted).await;
        for came in Codec::ALL {
            assert_eq!(send(&mut client, packed(came, 3000)).await.error_code, NONE);
            let batch = last_batch(&mut client).await;
            assert_eq!(batch.header.attributes.codec(), Ok(codec), "{came:?} to {wanted}");
            let unpacked = batch.unpack(1 << 20).unwrap();
            let record = batch.records(&unpacked).next().unwrap().unwrap();
            assert_eq!(record.value.unwrap(), [b'x'; 3000]);
        }
    }
    unset(&mut client, "compression.type").await;
    assert_eq!(send(&mut client, packed(Codec::Lz4, 3000)).await.error_code, NONE);
    let kept = last_batch(&mut client).await.header.attributes.codec();
    assert_eq!(kept, Ok(Codec::Lz4), "as its producer packed it");
}

#[tokio::test(flavor = "multi_thread")]
async fn levels_make_batches_smaller() {
    let (_test, mut client) = opened().await;
    let mut builder = BatchBuilder::new();
    for number in 0..3000u32 {
        let value = format!("order {number} of customer {}", number.wrapping_mul(2_654_435_761));
        builder.push_value(now_ms(), None, value.as_bytes());
    }
    let records = builder.build().unwrap();
    for (codec, key, least, most) in [
        ("gzip", "compression.gzip.level", "1", "9"),
        ("zstd", "compression.zstd.level", "-50", "19"),
    ] {
        set(&mut client, "compression.type", codec).await;
        let mut sizes = Vec::new();
        for level in [least, most] {
            set(&mut client, key, level).await;
            assert_eq!(send(&mut client, records.clone()).await.error_code, NONE);
            sizes.push(last_batch(&mut client).await.bytes.len());
        }
        assert!(sizes[1] < sizes[0], "{codec}: {sizes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn segments_end_by_size_by_age_and_by_their_index() {
    let (test, mut client) = opened().await;
    let big = packed(Codec::None, 600_000);
    for _ in 0..3 {
        assert_eq!(send(&mut client, big.clone()).await.error_code, NONE);
    }
    assert_eq!(files(&test, ".log"), 1);
    set(&mut client, "segment.bytes", "1048576").await;
    assert_eq!(send(&mut client, big.clone()).await.error_code, NONE);
    assert_eq!(files(&test, ".log"), 2, "by size");
    set(&mut client, "segment.ms", "1000").await;
    assert_eq!(send(&mut client, at(now_ms() + 5000)).await.error_code, NONE);
    assert_eq!(files(&test, ".log"), 3, "by age");
    set(&mut client, "index.interval.bytes", "0").await;
    set(&mut client, "segment.index.bytes", "24").await;
    for _ in 0..6 {
        assert_eq!(send(&mut client, at(now_ms() + 5000)).await.error_code, NONE);
    }
    assert!(files(&test, ".log") > 3, "by index: {}", files(&test, ".log"));
    assert_eq!(fetch(&mut client, "t", 0).await.high_watermark, 12, "and nothing is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_is_as_dense_as_the_topic_says() {
    let (test, mut client) = opened().await;
    let index = || std::fs::metadata(test.dir.path().join("t-0/00000000000000000000.index"));
    let length = index().unwrap().len();
    for _ in 0..5 {
        produce(&mut client, "t", &["x"]).await;
    }
    assert_eq!(index().unwrap().len(), length, "five small batches are no 4096 bytes");
    set(&mut client, "index.interval.bytes", "0").await;
    for _ in 0..5 {
        produce(&mut client, "t", &["x"]).await;
    }
    assert_eq!(index().unwrap().len(), length + 5 * 8, "an entry for each batch");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_retention_no_longer_keeps_goes_after_a_change() {
    let (test, mut client) = opened().await;
    set(&mut client, "segment.bytes", "1048576").await;
    let big = packed(Codec::None, 600_000);
    for _ in 0..6 {
        assert_eq!(send(&mut client, big.clone()).await.error_code, NONE);
    }
    assert_eq!(files(&test, ".log"), 6);
    set(&mut client, "retention.bytes", "1300000").await;
    eventually_some(async || (files(&test, ".log") == 3).then_some(())).await;
    assert_eq!(list_offset(&mut client, "t", -2).await, 4);
    let all = [(SET, "log.retention.ms", Some("1"))];
    assert_eq!(alter(&mut client, BROKER, "", &all).await, done());
    eventually_some(async || (list_offset(&mut client, "t", -2).await == 7).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn compaction_is_taken_and_wants_keys() {
    let (_test, mut client) = opened().await;
    set(&mut client, "cleanup.policy", "compact").await;
    let refused = send(&mut client, at(now_ms())).await;
    assert_eq!(refused.error_code, ErrorCode::InvalidRecord.code());
    let policy = described(&mut client, TOPIC, "t", "cleanup.policy").await;
    assert!(policy.documentation.unwrap().contains("Compaction does not run yet"));
    set(&mut client, "cleanup.policy", "").await;
    assert_eq!(send(&mut client, at(now_ms())).await.error_code, NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_come_into_being_as_the_broker_is_told_to() {
    let (_test, mut client) = opened().await;
    let off = [(SET, "auto.create.topics.enable", Some("false"))];
    assert_eq!(alter(&mut client, BROKER, "", &off).await, done());
    let unknown = ErrorCode::UnknownTopicOrPartition.code();
    assert_eq!(metadata(&mut client, "new", true).await.error_code, unknown);
    let on = [(DELETE, "auto.create.topics.enable", None), (SET, "num.partitions", Some("4"))];
    assert_eq!(alter(&mut client, BROKER, "", &on).await, done());
    assert_eq!(metadata(&mut client, "new", false).await.error_code, unknown);
    let made = metadata(&mut client, "new", true).await;
    assert_eq!((made.error_code, made.partitions.len()), (NONE, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_go_by_what_the_broker_is_told() {
    let (test, mut client) = opened().await;
    let (mut member, joined) = join(&test, "g").await;
    assert_eq!(joined.error_code, NONE);
    let told = [
        (SET, "group.max.size", Some("1")),
        (SET, "group.min.session.timeout.ms", Some("20000")),
        (SET, "offset.metadata.max.bytes", Some("3")),
    ];
    assert_eq!(alter(&mut client, BROKER, "", &told).await, done());
    let too_short = client.call(join_request("g")).await.error_code;
    assert_eq!(too_short, ErrorCode::InvalidSessionTimeout.code());
    let longer = JoinGroupRequest { session_timeout_ms: 20_000, ..join_request("g") };
    assert_eq!(client.call(longer).await.error_code, ErrorCode::GroupMaxSizeReached.code());
    assert_eq!(member.sync(&[(&member.id.clone(), b"all")]).await.error_code, NONE);
    let long = member.commit("t", 1, "long note").await;
    assert_eq!(long, ErrorCode::OffsetMetadataTooLarge.code());
    assert_eq!(member.commit("t", 1, "abc").await, NONE, "who is in stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_connections_than_the_broker_is_told_are_refused() {
    let (test, mut client) = opened().await;
    let one = [(SET, "max.connections", Some("1"))];
    assert_eq!(alter(&mut client, BROKER, "0", &one).await, done());
    let mut second = test.client().await;
    assert_eq!(second.receive_frame().await, None);
    let back = [(DELETE, "max.connections", None)];
    assert_eq!(alter(&mut client, BROKER, "0", &back).await, done());
    let mut third = test.client().await;
    assert_eq!(read_all(&mut third, "t").await, ["before"]);
}

/// As Apache Kafka 4.4 does, seen there: it asks for no more replicas than the partition has.
#[tokio::test(flavor = "multi_thread")]
async fn more_replicas_in_sync_than_there_are_are_asked_of_nobody() {
    let (_test, mut client) = opened().await;
    set(&mut client, "min.insync.replicas", "2").await;
    assert_eq!(produce(&mut client, "t", &["acknowledged by all"]).await, 1);
    let told = described(&mut client, TOPIC, "t", "min.insync.replicas").await;
    assert!(told.documentation.unwrap().contains("never more are asked for than there are"));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_connections_of_one_address_than_the_broker_is_told_are_refused() {
    let (test, mut client) = opened().await;
    let two = [(SET, "max.connections.per.ip", Some("2"))];
    assert_eq!(alter(&mut client, BROKER, "0", &two).await, done());
    let mut second = test.client().await;
    assert_eq!(read_all(&mut second, "t").await, ["before"]);
    let mut third = test.client().await;
    assert_eq!(third.receive_frame().await, None);
    drop(second);
    // Its place is free as soon as the broker has seen that it left.
    eventually_some(async || {
        let mut next = test.client().await;
        next.send(9, &MetadataRequest::default()).await;
        next.receive_frame().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_stay_while_the_broker_is_told_to_delete_none() {
    let (_test, mut client) = opened().await;
    let no = [(SET, "delete.topic.enable", Some("false"))];
    assert_eq!(alter(&mut client, BROKER, "", &no).await, done());
    assert_eq!(delete(&mut client, "t").await, ErrorCode::TopicDeletionDisabled.code());
    let names = DeleteTopicsRequest { topic_names: vec!["t".to_owned()], ..Default::default() };
    let old = client.call_at(2, names).await.responses.remove(0);
    assert_eq!(old.error_code, ErrorCode::InvalidRequest.code(), "it knew no better one");
    assert_eq!(read_all(&mut client, "t").await, ["before"]);
    let back = [(DELETE, "delete.topic.enable", None)];
    assert_eq!(alter(&mut client, BROKER, "", &back).await, done());
    assert_eq!(delete(&mut client, "t").await, NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_producer_that_was_silent_for_longer_than_the_broker_is_told_is_a_new_one() {
    let (_test, mut client) = opened().await;
    let sent = |sequence| {
        let mut builder = BatchBuilder::new().producer(7, 0, sequence);
        builder.push_value(now_ms(), None, b"one");
        produce_request("t", 0, builder.build().unwrap())
    };
    assert_eq!(produced(client.call(sent(0)).await).error_code, NONE);
    let gap = produced(client.call(sent(9)).await).error_code;
    assert_eq!(gap, ErrorCode::OutOfOrderSequenceNumber.code(), "it is known");
    let soon = [(SET, "producer.id.expiration.ms", Some("1"))];
    assert_eq!(alter(&mut client, BROKER, "", &soon).await, done());
    eventually_some(async || {
        let answer = produced(client.call(sent(9)).await);
        (answer.error_code == NONE).then_some(())
    })
    .await;
    assert_eq!(list_offset(&mut client, "t", -1).await, 3);
}
