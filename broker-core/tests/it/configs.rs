//! Settings are changed and told as Kafka does it: durable, judged, with their sources.

use ouzel_wire::ErrorCode;
use ouzel_wire::messages::*;

use crate::support::*;

/// A value's sources, as Kafka numbers them.
const OF_TOPIC: i8 = 1;
const OF_NODE: i8 = 2;
const OF_ALL: i8 = 3;
const AT_START: i8 = 4;
const DEFAULT: i8 = 5;

fn sources(config: &DescribeConfigsResourceResult) -> Vec<(i8, &str, &str)> {
    let synonyms = config.synonyms.iter();
    synonyms.map(|s| (s.source, s.name.as_str(), s.value.as_deref().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_s_settings_change_one_by_one_and_survive_a_restart() {
    let mut test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "t", 1).await;
    let changes = [
        (SET, "retention.ms", Some("1234")),
        (SET, "write.caching", Some("TRUE")),
        (APPEND, "cleanup.policy", Some("compact")),
    ];
    assert_eq!(alter(&mut client, TOPIC, "t", &changes).await, done());
    let changes = [(DELETE, "write.caching", None), (SUBTRACT, "cleanup.policy", Some("delete"))];
    assert_eq!(alter(&mut client, TOPIC, "t", &changes).await, done());
    for _ in 0..2 {
        let retention = described(&mut client, TOPIC, "t", "retention.ms").await;
        let wanted =
            [(OF_TOPIC, "retention.ms", "1234"), (DEFAULT, "log.retention.ms", "604800000")];
        assert_eq!(sources(&retention), wanted);
        assert_eq!((retention.value.as_deref(), retention.config_source), (Some("1234"), OF_TOPIC));
        assert!(!retention.read_only && !retention.is_sensitive);
        assert_eq!(retention.config_type, 5, "a long");
        let policy = described(&mut client, TOPIC, "t", "cleanup.policy").await;
        assert_eq!((policy.value.as_deref(), policy.config_type), (Some("compact"), 7));
        let caching = described(&mut client, TOPIC, "t", "write.caching").await;
        assert_eq!((caching.value.as_deref(), caching.config_source), (Some("false"), DEFAULT));
        drop(client);
        test = test.restart().await;
        client = test.client().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn alter_configs_sets_what_it_names_and_nothing_else() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "t", 1).await;
    let set = [(SET, "retention.ms", Some("1")), (SET, "retention.bytes", Some("2"))];
    assert_eq!(alter(&mut client, TOPIC, "t", &set).await, done());
    let config = |name: &str, value: Option<&str>| AlterableConfig {
        name: name.to_owned(),
        value: value.map(str::to_owned),
        ..Default::default()
    };
    let request = |configs| {
        let resource_name = "t".to_owned();
        let resource = AlterConfigsResource {
            resource_type: TOPIC,
            resource_name,
            configs,
            ..Default::default()
        };
        AlterConfigsRequest { resources: vec![resource], ..Default::default() }
    };
    let answer = client.call(request(vec![config("segment.ms", Some("5"))])).await;
    assert_eq!(answer.responses[0].error_code, NONE);
    let value = async |client: &mut Client, key: &str| {
        described(client, TOPIC, "t", key).await.value.unwrap()
    };
    assert_eq!(value(&mut client, "segment.ms").await, "5");
    assert_eq!(value(&mut client, "retention.ms").await, "604800000");
    assert_eq!(value(&mut client, "retention.bytes").await, "-1");
    for (configs, code) in [
        (vec![config("segment.ms", None)], ErrorCode::InvalidRequest),
        (vec![config("segment.ms", Some("x"))], ErrorCode::InvalidConfig),
        (vec![config("preallocate", Some("true")); 2], ErrorCode::InvalidRequest),
    ] {
        let answer = client.call(request(configs)).await.responses.remove(0);
        assert_eq!(answer.error_code, code.code(), "{answer:?}");
    }
    assert_eq!(value(&mut client, "segment.ms").await, "5", "what is refused changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_set_is_refused_with_key_value_and_what_is_legal() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "t", 1).await;
    let (config, request) = (ErrorCode::InvalidConfig, ErrorCode::InvalidRequest);
    for (name, change, code, words) in [
        (
            "t",
            (SET, "retention.ms", Some("-2")),
            config,
            "`-2` is not a value of `retention.ms`: a whole number of 64 bits, at least -1",
        ),
        ("t", (SET, "compression.type", Some("lzma")), config, "uncompressed, zstd, lz4"),
        ("t", (SET, "retention_ms", Some("1")), config, "is `retention.ms` meant?"),
        ("t", (SET, "remote.storage.enable", Some("true")), config, "only `false`"),
        ("t", (APPEND, "retention.ms", Some("1")), config, "`retention.ms` is not a list"),
        ("t", (APPEND, "cleanup.policy", Some("shred")), config, "compact, delete"),
        (
            "t",
            (SET, "max.compaction.lag.ms", Some("5")),
            config,
            "`min.compaction.lag.ms` = 10 is above `max.compaction.lag.ms` = 5",
        ),
        ("t", (SET, "retention.ms", None), request, "`retention.ms` has no value"),
        ("t", (7, "retention.ms", Some("1")), request, "7 is nothing that can be done"),
        (
            "nowhere",
            (SET, "retention.ms", Some("1")),
            ErrorCode::UnknownTopicOrPartition,
            "no topic is called `nowhere`",
        ),
    ] {
        let lag = [(SET, "min.compaction.lag.ms", Some("10"))];
        assert_eq!(alter(&mut client, TOPIC, "t", &lag).await, done());
        let (got, message) = alter(&mut client, TOPIC, name, &[change]).await;
        assert_eq!(got, code.code(), "{change:?}: {message}");
        assert!(message.contains(words), "{change:?}: {message}");
    }
    let twice = [(SET, "retention.ms", Some("1")), (DELETE, "retention.ms", None)];
    let (got, message) = alter(&mut client, TOPIC, "t", &twice).await;
    assert_eq!(got, request.code());
    assert!(message.contains("`retention.ms` is in the request more than once"), "{message}");
    let all = alter(&mut client, 32, "g", &[(SET, "x", Some("1"))]).await;
    assert_eq!(all.0, request.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_a_topic_that_cannot_be_and_of_one_that_is_not_are_two_things() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    for (name, code) in [
        ("nowhere", ErrorCode::UnknownTopicOrPartition),
        ("a b!", ErrorCode::InvalidTopicException),
        ("..", ErrorCode::InvalidTopicException),
        ("", ErrorCode::InvalidTopicException),
    ] {
        let told = settings(&mut client, TOPIC, name).await;
        assert_eq!(told.error_code, code.code(), "{name}: {:?}", told.error_message);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_asked_for_twice_is_not_changed_and_a_judgement_changes_nothing() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "t", 1).await;
    create(&mut client, "u", 1).await;
    let change = [(SET, "retention.ms", Some("1"))];
    let one = |name: &str| alter_request(TOPIC, name, &change).resources.remove(0);
    let resources = vec![one("t"), one("u"), one("t")];
    let request = IncrementalAlterConfigsRequest { resources, ..Default::default() };
    let answers = client.call(request).await.responses;
    let codes: Vec<i16> = answers.iter().map(|answer| answer.error_code).collect();
    let refused = ErrorCode::InvalidRequest.code();
    assert_eq!(codes, [refused, NONE, refused]);
    let judge = IncrementalAlterConfigsRequest {
        validate_only: true,
        ..alter_request(TOPIC, "t", &change)
    };
    assert_eq!(client.call(judge).await.responses[0].error_code, NONE);
    let retention = described(&mut client, TOPIC, "t", "retention.ms").await;
    assert_eq!(retention.config_source, DEFAULT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_is_told_while_it_runs_and_topics_that_say_nothing_follow() {
    let mut test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "t", 1).await;
    let all = [(SET, "log.retention.ms", Some("7")), (SET, "num.partitions", Some("3"))];
    assert_eq!(alter(&mut client, BROKER, "", &all).await, done());
    let node = [(SET, "log.retention.ms", Some("8"))];
    assert_eq!(alter(&mut client, BROKER, "0", &node).await, done());
    for topic in ["first", "second"] {
        let retention = described(&mut client, TOPIC, "t", "retention.ms").await;
        let wanted = [(OF_NODE, "8"), (OF_ALL, "7"), (DEFAULT, "604800000")];
        assert_eq!(sources(&retention), wanted.map(|(s, v)| (s, "log.retention.ms", v)));
        let shared = settings(&mut client, BROKER, "").await.configs;
        let shared: Vec<_> = shared.iter().map(|c| (c.name.as_str(), c.config_source)).collect();
        assert_eq!(shared, [("log.retention.ms", OF_ALL), ("num.partitions", OF_ALL)]);
        let partitions = described(&mut client, BROKER, "0", "num.partitions").await;
        assert_eq!((partitions.value.as_deref(), partitions.read_only), (Some("3"), false));
        assert_eq!(create(&mut client, topic, -1).await.num_partitions, 3);
        drop(client);
        test = test.restart().await;
        client = test.client().await;
    }
    let back = [(DELETE, "log.retention.ms", None)];
    assert_eq!(alter(&mut client, BROKER, "0", &back).await, done());
    let retention = described(&mut client, TOPIC, "t", "retention.ms").await;
    assert_eq!((retention.value.as_deref(), retention.config_source), (Some("7"), OF_ALL));
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_are_told_for_milliseconds_until_minutes_or_these_themselves_are() {
    let mut test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "t", 1).await;
    let unset = described(&mut client, BROKER, "0", "log.retention.minutes").await;
    assert_eq!((unset.value.as_deref(), sources(&unset)), (None, vec![]));
    let (ms, minutes, hours) = ("log.retention.ms", "log.retention.minutes", "log.retention.hours");
    let default = (DEFAULT, ms, "604800000");
    for (set, value, holds, told) in [
        ((hours, "2"), "7200000", OF_ALL, vec![(OF_ALL, hours, "2"), default]),
        (
            (minutes, "3"),
            "180000",
            OF_ALL,
            vec![(OF_ALL, minutes, "3"), (OF_ALL, hours, "2"), default],
        ),
        (
            (ms, "5"),
            "5",
            OF_ALL,
            vec![(OF_ALL, ms, "5"), (OF_ALL, minutes, "3"), (OF_ALL, hours, "2"), default],
        ),
    ] {
        let change = [(SET, set.0, Some(set.1))];
        assert_eq!(alter(&mut client, BROKER, "", &change).await, done());
        for (kind, name, key) in [(TOPIC, "t", "retention.ms"), (BROKER, "0", ms)] {
            let retention = described(&mut client, kind, name, key).await;
            let got = (retention.value.as_deref(), retention.config_source);
            assert_eq!(got, (Some(value), holds), "{key} after {set:?}");
            assert_eq!(sources(&retention), told, "{key} after {set:?}");
        }
        let own = described(&mut client, BROKER, "0", set.0).await;
        assert_eq!(own.value.as_deref(), Some(set.1), "in its own unit");
        drop(client);
        test = test.restart().await;
        client = test.client().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_without_effect_are_kept_and_told_where_kafka_would_take_them() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let threads = [(SET, "num.io.threads", Some("4"))];
    assert_eq!(alter(&mut client, BROKER, "0", &threads).await, done());
    let kept = described(&mut client, BROKER, "0", "num.io.threads").await;
    assert_eq!((kept.value.as_deref(), kept.config_source, kept.read_only), (Some("4"), 2, false));
    let fixed = described(&mut client, BROKER, "0", "socket.send.buffer.bytes").await;
    assert!(fixed.read_only && fixed.documentation.unwrap().contains("Without effect here"));
    let (code, _) =
        alter(&mut client, BROKER, "0", &[(SET, "socket.send.buffer.bytes", Some("1"))]).await;
    assert_eq!(code, ErrorCode::InvalidRequest.code());
    let listeners = described(&mut client, BROKER, "0", "listeners").await;
    let addr = format!("PLAINTEXT://{}", test.broker.kafka_addr());
    assert_eq!(listeners.value, Some(addr), "the port that was found, not 0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_broker_reads_at_its_start_is_told_and_cannot_be_changed() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let started = described(&mut client, BROKER, "0", "offsets.topic.num.partitions").await;
    assert_eq!((started.value.as_deref(), started.read_only), (Some("2"), true));
    let name = "offsets.topic.num.partitions";
    assert_eq!(sources(&started), [(AT_START, name, "2"), (DEFAULT, name, "16")]);
    let request = ErrorCode::InvalidRequest;
    for (node, change, code, words) in [
        ("", (SET, "node.id", Some("5")), request, "`node.id` cannot be changed while"),
        ("", (DELETE, "node.id", None), request, "`node.id` cannot be changed while"),
        ("1", (SET, "num.partitions", Some("5")), request, "this is node 0, not `1`"),
        ("x", (SET, "num.partitions", Some("5")), request, "this is node 0, not `x`"),
        ("", (SET, "num.partitions", Some("0")), ErrorCode::InvalidConfig, "from 1 to 10000"),
        ("", (SET, "retention.ms", Some("5")), ErrorCode::InvalidConfig, "not a broker setting"),
        (
            "",
            (SET, "group.max.session.timeout.ms", Some("1")),
            ErrorCode::InvalidConfig,
            "is above `group.max.session.timeout.ms` = 1",
        ),
    ] {
        let least = [(SET, "group.min.session.timeout.ms", Some("10"))];
        assert_eq!(alter(&mut client, BROKER, "", &least).await, done());
        let (got, message) = alter(&mut client, BROKER, node, &[change]).await;
        assert_eq!(got, code.code(), "{change:?}: {message}");
        assert!(message.contains(words), "{change:?}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_of_groups_stay_compacted_whoever_asks() {
    let test = TestBroker::start().await;
    let (mut member, _) = join(&test, "g").await;
    let offsets = "__consumer_offsets";
    for change in [(SET, "cleanup.policy", Some("delete")), (DELETE, "cleanup.policy", None)] {
        let (code, message) = alter(&mut member.client, TOPIC, offsets, &[change]).await;
        assert_eq!(code, ErrorCode::InvalidConfig.code());
        assert!(message.contains("must be compacted"), "{message}");
    }
    let bytes = [(SET, "segment.bytes", Some("1048576"))];
    assert_eq!(alter(&mut member.client, TOPIC, offsets, &bytes).await, done());
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_and_brokers_are_listed_as_what_has_settings() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "t", 1).await;
    let list = |resource_types| ListConfigResourcesRequest { resource_types, ..Default::default() };
    let names = |answer: ListConfigResourcesResponse| -> Vec<(i8, String)> {
        assert_eq!(answer.error_code, NONE);
        let all = answer.config_resources.into_iter();
        all.map(|one| (one.resource_type, one.resource_name)).collect()
    };
    let (topic, broker) = ((TOPIC, "t".to_owned()), (BROKER, "0".to_owned()));
    let all = client.call(list(vec![])).await;
    assert_eq!(names(all), [topic.clone(), broker.clone()]);
    let brokers = client.call(list(vec![BROKER, BROKER])).await;
    assert_eq!(names(brokers), [broker]);
    assert_eq!(names(client.call(list(vec![16, 32])).await), []);
    assert_eq!(names(client.call_at(0, list(vec![])).await), []);
    let unknown = client.call(list(vec![TOPIC, 99])).await.error_code;
    assert_eq!(unknown, ErrorCode::UnsupportedVersion.code());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_of_kafka_is_told_with_type_default_and_meaning() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    create(&mut client, "t", 1).await;
    let shown = settings(&mut client, TOPIC, "t").await.configs;
    let names: Vec<&str> = shown.iter().map(|config| config.name.as_str()).collect();
    let missing: Vec<&&str> = KAFKA_S_KEYS.iter().filter(|key| !names.contains(key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    for config in shown.iter().chain(&settings(&mut client, BROKER, "0").await.configs) {
        let words = config.documentation.as_deref().unwrap_or_default();
        assert!(words.contains(" Legal is "), "{}: {words}", config.name);
        assert!(config.config_type > 0, "{config:?}");
        // Without a value there is no default either, as in Kafka.
        let default = config.value.as_ref().map(|_| DEFAULT);
        assert_eq!(config.synonyms.last().map(|s| s.source), default, "{config:?}");
    }
}

/// What Kafka 4.4 lets a topic be set to.
const KAFKA_S_KEYS: &[&str] = &[
    "cleanup.policy",
    "compression.gzip.level",
    "compression.lz4.level",
    "compression.type",
    "compression.zstd.level",
    "delete.retention.ms",
    "errors.deadletterqueue.group.enable",
    "file.delete.delay.ms",
    "flush.messages",
    "flush.ms",
    "follower.replication.throttled.replicas",
    "index.interval.bytes",
    "leader.replication.throttled.replicas",
    "local.retention.bytes",
    "local.retention.ms",
    "max.compaction.lag.ms",
    "max.decompressed.message.bytes",
    "max.message.bytes",
    "message.timestamp.after.max.ms",
    "message.timestamp.before.max.ms",
    "message.timestamp.type",
    "min.cleanable.dirty.ratio",
    "min.compaction.lag.ms",
    "min.insync.replicas",
    "preallocate",
    "remote.copy.lag.bytes",
    "remote.copy.lag.ms",
    "remote.log.copy.disable",
    "remote.log.delete.on.disable",
    "remote.storage.enable",
    "retention.bytes",
    "retention.ms",
    "segment.bytes",
    "segment.index.bytes",
    "segment.jitter.ms",
    "segment.ms",
    "unclean.leader.election.enable",
];
