//! Every key of a broker: its own, and those from which topics have their defaults.
//!
//! Names, types and meanings are Kafka's. A key that can be told while the broker runs says how;
//! in Kafka fewer can. The others are shown and refused. Those that change nothing here are in
//! `kept_keys.rs`, `idle_keys.rs` and `unserved/`, those that say the same in another unit in
//! `synonyms.rs`.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::LazyLock;

use crate::cluster::Kind::{Boolean, Int, List, Long, Short};
use crate::cluster::Legal::{Any, AtLeast};
use crate::cluster::{Keys, Kind, Legal, Setting, topic_keys};
use crate::config::BrokerConfig;
use crate::node::topics::OFFSETS_SEGMENT_BYTES;

use super::idle_keys::IDLE;
use super::kept_keys::KEPT;
use super::synonyms::SYNONYMS;
use super::unserved;

/// Of these pairs of keys the first may not have the larger value.
pub const BROKER_ORDER: &[(&str, &str)] = &[
    ("group.min.session.timeout.ms", "group.max.session.timeout.ms"),
    ("log.cleaner.min.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms"),
];

/// What a configuration has for a key.
type Told = fn(&BrokerConfig) -> String;
/// Puts a legal value there.
type Tell = fn(&mut BrokerConfig, &str);

/// One key that is the broker's own.
pub struct BrokerKey {
    pub setting: Setting,
    pub told: Told,
    /// None if that needs a restart.
    pub tell: Option<Tell>,
}

/// All keys of a broker.
pub fn broker_keys() -> &'static Keys {
    static KEYS: LazyLock<Keys> = LazyLock::new(|| {
        let own = OWN.iter().map(|key| (key.setting.name, &key.setting));
        let idle = kept().chain(idle()).map(|setting| (setting.name, setting));
        let synonyms = SYNONYMS.iter().map(|synonym| (synonym.setting.name, &synonym.setting));
        let defaults = topic_keys().all.iter();
        let defaults = defaults.filter_map(|(_, setting)| Some((setting.default_from?, *setting)));
        Keys::new("broker", own.chain(idle).chain(synonyms).chain(defaults))
    });
    &KEYS
}

/// A key of the broker's own that it goes by.
pub fn own_key(name: &str) -> Option<&'static BrokerKey> {
    OWN.iter().find(|key| key.setting.name == name)
}

/// Keys that can be told while the broker runs, and change nothing.
fn kept() -> impl Iterator<Item = &'static Setting> {
    KEPT.iter().chain(unserved::kept())
}

/// Keys that are fixed, and change nothing.
fn idle() -> impl Iterator<Item = &'static Setting> {
    IDLE.iter().chain(unserved::idle())
}

/// Whether it can be told while the broker runs.
pub fn can_change(name: &str) -> bool {
    let is_idle = idle().any(|setting| setting.name == name);
    !is_idle && own_key(name).is_none_or(|key| key.tell.is_some())
}

const fn fixed(
    name: &'static str,
    value: (Kind, &'static str, Legal),
    told: Told,
    doc: &'static str,
) -> BrokerKey {
    BrokerKey { setting: Setting::alone(name, value, doc), told, tell: None }
}

const fn live(
    name: &'static str,
    value: (Kind, &'static str, Legal),
    (told, tell): (Told, Tell),
    doc: &'static str,
) -> BrokerKey {
    BrokerKey { setting: Setting::alone(name, value, doc), told, tell: Some(tell) }
}

/// A value that was checked when it was set.
fn of<T: FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("`{text}` was accepted and is no value"))
}

const MINUTE_MS: i64 = 60_000;

/// How clients are told an address, in Kafka's words.
fn plaintext(address: impl Display) -> String {
    format!("PLAINTEXT://{address}")
}

const OWN: &[BrokerKey] = &[
    fixed(
        "advertised.listeners",
        (List, "", Any),
        |c| match &c.advertised {
            Some((host, port)) => plaintext(format_args!("{host}:{port}")),
            None => String::new(),
        },
        "Where clients are told to connect. Without it each is told the address under which it \
         has reached this broker.",
    ),
    live(
        "auto.create.topics.enable",
        (Boolean, "true", Any),
        (|c| c.auto_create_topics.to_string(), |c, text| c.auto_create_topics = of(text)),
        "Whether a topic comes into being when a client first asks for it.",
    ),
    fixed(
        "broker.id",
        (Int, "0", Any),
        |c| c.node_id.to_string(),
        "This broker's number, under its older name.",
    ),
    fixed(
        "connections.max.idle.ms",
        (Long, "600000", Any),
        |c| c.limits.idle.as_millis().to_string(),
        "How long a connection may be silent.",
    ),
    fixed(
        "default.replication.factor",
        (Int, "1", Any),
        |_| 1.to_string(),
        "Replicas of a topic whose creator does not say.",
    ),
    live(
        "delete.topic.enable",
        (Boolean, "true", Any),
        (|c| c.delete_topics.to_string(), |c, text| c.delete_topics = of(text)),
        "Whether clients may delete topics.",
    ),
    fixed(
        "fetch.max.bytes",
        (Int, "57671680", AtLeast(1024)),
        |c| c.limits.fetch_bytes_max.to_string(),
        "Most bytes that one Fetch returns, its first batch excepted.",
    ),
    fixed(
        "group.coordinator.rebalance.protocols",
        (List, "classic", Any),
        |_| "classic".to_owned(),
        "The kinds of groups that are served.",
    ),
    live(
        "group.initial.rebalance.delay.ms",
        (Int, "3000", AtLeast(0)),
        (
            |c| c.groups.initial_rebalance_delay_ms.to_string(),
            |c, text| c.groups.initial_rebalance_delay_ms = of(text),
        ),
        "How long an empty group waits for company.",
    ),
    live(
        "group.max.session.timeout.ms",
        (Int, "1800000", AtLeast(1)),
        (
            |c| c.groups.session_timeout_ms_max.to_string(),
            |c, text| c.groups.session_timeout_ms_max = of(text),
        ),
        "The longest session timeout that a member may ask for.",
    ),
    live(
        "group.max.size",
        (Int, "5000", AtLeast(1)),
        (|c| c.groups.members_max.to_string(), |c, text| c.groups.members_max = of(text)),
        "Most members of a group. Those that are in stay.",
    ),
    live(
        "group.min.session.timeout.ms",
        (Int, "6000", AtLeast(0)),
        (
            |c| c.groups.session_timeout_ms_min.to_string(),
            |c, text| c.groups.session_timeout_ms_min = of(text),
        ),
        "The shortest session timeout that a member may ask for.",
    ),
    fixed(
        "listeners",
        (List, "PLAINTEXT://127.0.0.1:9092", Any),
        |c| plaintext(c.listen),
        "Where Kafka clients connect.",
    ),
    fixed(
        "log.dir",
        (List, "", Any),
        |c| c.data.display().to_string(),
        "The folder that holds everything, under its older name.",
    ),
    fixed(
        "log.dirs",
        (List, "", Any),
        |c| c.data.display().to_string(),
        "The folder that holds everything.",
    ),
    fixed(
        "log.retention.check.interval.ms",
        (Long, "300000", AtLeast(1)),
        |c| c.retention_check.as_millis().to_string(),
        "How often old segments are looked for.",
    ),
    live(
        "max.connections",
        (Int, "10000", AtLeast(1)),
        (|c| c.limits.connections_max.to_string(), |c, text| c.limits.connections_max = of(text)),
        "Most connections at a time, and never more than half of the files that the process may \
         have open (`ulimit -n`), less a reserve. Those that are open stay.",
    ),
    live(
        "max.connections.per.ip",
        (Int, "2147483647", AtLeast(0)),
        (
            |c| c.limits.connections_per_address_max.to_string(),
            |c, text| c.limits.connections_per_address_max = of(text),
        ),
        "Most connections at a time from one address. Those that are open stay.",
    ),
    fixed(
        "max.incremental.fetch.session.cache.slots",
        (Int, "1000", AtLeast(0)),
        |c| c.limits.fetch_sessions.to_string(),
        "Most consumers that are remembered with what they follow, so that they need not say it \
         in each Fetch.",
    ),
    live(
        "max.request.partition.size.limit",
        (Int, "2000", AtLeast(1)),
        (
            |c| c.limits.partitions_described_max.to_string(),
            |c, text| c.limits.partitions_described_max = of(text),
        ),
        "Most partitions that one answer to DescribeTopicPartitions tells of, whatever a client \
         asks for.",
    ),
    fixed("node.id", (Int, "0", Any), |c| c.node_id.to_string(), "This broker's number."),
    live(
        "num.partitions",
        // Beside Kafka's bound: what a topic may have here.
        (Int, "1", Legal::Within(1, crate::cluster::TOPIC_PARTITIONS_MAX as i64)),
        (|c| c.num_partitions.to_string(), |c, text| c.num_partitions = of(text)),
        "Partitions of a topic whose creator does not say.",
    ),
    live(
        "offset.metadata.max.bytes",
        (Int, "4096", AtLeast(0)),
        (
            |c| c.groups.offset_metadata_bytes_max.to_string(),
            |c, text| c.groups.offset_metadata_bytes_max = of(text),
        ),
        "The longest note that a client may leave with a position.",
    ),
    fixed(
        "offsets.retention.check.interval.ms",
        (Long, "600000", AtLeast(1)),
        |c| c.groups.offsets_check.as_millis().to_string(),
        "How often positions that nobody comes back for are looked for.",
    ),
    live(
        "offsets.retention.minutes",
        (Int, "10080", AtLeast(1)),
        (
            |c| (c.groups.offsets_retention_ms / MINUTE_MS).to_string(),
            |c, text| c.groups.offsets_retention_ms = of::<i64>(text) * MINUTE_MS,
        ),
        "How long positions are kept after their group is empty.",
    ),
    fixed(
        "offsets.topic.num.partitions",
        (Int, "16", AtLeast(1)),
        |c| c.offsets_topic_partitions.to_string(),
        "Partitions of the topic in which groups keep their state, when it is made.",
    ),
    fixed(
        "offsets.topic.replication.factor",
        (Short, "1", AtLeast(1)),
        |_| 1.to_string(),
        "Replicas of the topic in which groups keep their state.",
    ),
    fixed(
        "offsets.topic.segment.bytes",
        (Int, "104857600", AtLeast(1)),
        |_| OFFSETS_SEGMENT_BYTES.to_owned(),
        "The size of a segment of the topic in which groups keep their state, when it is made.",
    ),
    live(
        "producer.id.expiration.ms",
        (Int, "86400000", AtLeast(1)),
        (|c| c.producer_expiration_ms.to_string(), |c, text| c.producer_expiration_ms = of(text)),
        "How long an idempotent producer that writes nothing is remembered.",
    ),
    fixed(
        "queued.max.request.bytes",
        (Long, "536870912", Any),
        |c| c.limits.bytes_in_flight.to_string(),
        "Most bytes of requests that are not answered yet, over all connections.",
    ),
    fixed(
        "socket.request.max.bytes",
        (Int, "104857600", AtLeast(1)),
        |c| c.limits.frame_bytes_max.to_string(),
        "The longest request.",
    ),
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
