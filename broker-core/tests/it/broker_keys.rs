//! Every key of a Kafka 4.4 broker is told, with Kafka's type and, unless there is a reason, its
//! default.

use std::collections::HashMap;

use ouzel_wire::messages::DescribeConfigsResourceResult;

use crate::support::*;

/// Name, type and default on each line, as Kafka's own `ConfigDef` has them; `-` stands for no
/// value (or, of `log.dir`, for a path) and `""` for an empty one.
const KAFKA_S: &str = include_str!("kafka_4_4_broker_keys.txt");

/// Types, by their numbers on the wire.
const TYPES: [&str; 9] =
    ["boolean", "string", "int", "short", "long", "double", "list", "class", "password"];

/// What differs: it tells what is so here, or bounds what Kafka does not bound, or is a list or a
/// word without a value, which is an empty one there or here.
const OURS: &[&str] = &[
    "advertised.listeners",
    "authorizer.class.name",
    "broker.id",
    "controller.listener.names",
    "early.start.listeners",
    "group.coordinator.rebalance.protocols",
    "group.max.size",
    "inter.broker.listener.name",
    "listener.security.protocol.map",
    "listeners",
    "log.dir",
    "log.dirs",
    "log.flush.interval.ms",
    "log.retention.ms",
    "log.roll.jitter.ms",
    "log.roll.ms",
    "max.connections",
    "max.connections.per.ip.overrides",
    "metric.reporters",
    "node.id",
    "offsets.topic.num.partitions",
    "offsets.topic.replication.factor",
    "process.roles",
    "queued.max.request.bytes",
    "sasl.enabled.mechanisms",
];

fn default(config: &DescribeConfigsResourceResult) -> &str {
    match config.synonyms.last().and_then(|last| last.value.as_deref()) {
        None => "-",
        Some("") => "\"\"",
        Some(value) => value,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_of_kafka_s_brokers_is_told_with_type_and_default() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    let told = settings(&mut client, BROKER, "0").await.configs;
    let told: HashMap<&str, _> = told.iter().map(|one| (one.name.as_str(), one)).collect();
    let mut wrong = Vec::new();
    for line in KAFKA_S.lines() {
        let [name, kind, wanted] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let Some(config) = told.get(name) else {
            wrong.push(format!("{name} is missing"));
            continue;
        };
        let got = (TYPES[config.config_type as usize - 1], default(config));
        if got.0 != kind || (got.1 == wanted) == OURS.contains(&name) {
            wrong.push(format!("{line}, here {got:?}"));
        }
        let is_secret = kind == "password";
        if config.is_sensitive != is_secret || is_secret && config.value.is_some() {
            wrong.push(format!("{name} is a secret: {config:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_what_is_not_served_says_so_and_is_kept_only_where_nobody_would_rely_on_it() {
    let test = TestBroker::start().await;
    let mut client = test.client().await;
    for (name, words) in [
        ("ssl.keystore.location", "there is no TLS yet"),
        ("sasl.oauthbearer.jwks.endpoint.url", "clients do not sign in yet"),
        ("group.share.max.size", "there are no share groups yet"),
        ("quota.window.num", "there are no quotas yet"),
    ] {
        let told = described(&mut client, BROKER, "0", name).await;
        let doc = told.documentation.unwrap_or_default();
        assert!(told.read_only && doc.contains(words), "{name}: {doc}");
        let refused = alter(&mut client, BROKER, "0", &[(SET, name, Some("1"))]).await;
        assert_eq!(refused.0, ouzel_wire::ErrorCode::InvalidRequest.code(), "{refused:?}");
    }
    let kept = "remote.log.manager.copy.max.bytes.per.second";
    assert_eq!(alter(&mut client, BROKER, "0", &[(SET, kept, Some("5"))]).await, done());
    let told = described(&mut client, BROKER, "0", kept).await;
    assert_eq!((told.value.as_deref(), told.read_only), (Some("5"), false));
}
