//! Every key of a broker: its own, and those from which topics have their defaults.
//!
//! Names, types and meanings are Kafka's. A key that can be told while the broker runs says how;
//! in Kafka fewer can. The others are shown and refused.

use std::str::FromStr;
use std::sync::LazyLock;

use crate::cluster::Kind::{Boolean, Int, List, Long, Text};
use crate::cluster::Legal::{Any, AtLeast};
use crate::cluster::{Keys, Kind, Legal, Setting, topic_keys};
use crate::config::BrokerConfig;

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
        let defaults = topic_keys().all.iter();
        let defaults = defaults.filter_map(|(_, setting)| Some((setting.default_from?, *setting)));
        Keys::new("broker", own.chain(defaults))
    });
    &KEYS
}

/// A key that is the broker's own; none for one that gives topics their default.
pub fn own_key(name: &str) -> Option<&'static BrokerKey> {
    OWN.iter().find(|key| key.setting.name == name)
}

/// Whether it takes effect while the broker runs.
pub fn can_change(name: &str) -> bool {
    own_key(name).is_none_or(|key| key.tell.is_some())
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

const OWN: &[BrokerKey] = &[
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
        "log.dirs",
        (Text, "", Any),
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
mod tests {
    use super::*;
    use crate::cluster::parse_settings;

    #[test]
    fn the_table_s_defaults_are_the_configuration_s_and_no_name_stands_twice() {
        let config = BrokerConfig::new("");
        for key in OWN {
            assert_eq!((key.told)(&config), key.setting.default, "{}", key.setting.name);
        }
        let names: Vec<_> = broker_keys().all.iter().map(|(name, _)| *name).collect();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
    }

    #[test]
    fn what_can_be_told_is_in_the_configuration_afterwards() {
        for key in OWN {
            let Some(tell) = key.tell else { continue };
            let name = key.setting.name;
            let other = if key.setting.kind == Boolean { "false" } else { "77" };
            let given = [(name, Some(other))].into_iter();
            let parsed = parse_settings(broker_keys(), given).unwrap();
            let mut config = BrokerConfig::new("");
            tell(&mut config, &parsed[name]);
            assert_eq!((key.told)(&config), other, "{name}");
        }
    }

    #[test]
    fn a_topic_s_default_goes_by_the_broker_s_name() {
        let refused = parse_settings(broker_keys(), [("log.retention.ms", Some("x"))].into_iter());
        let words = refused.unwrap_err().to_string();
        assert!(words.starts_with("`x` is not a value of `log.retention.ms`"), "{words}");
        let unknown = parse_settings(broker_keys(), [("retention.ms", Some("1"))].into_iter());
        let words = unknown.unwrap_err().to_string();
        assert_eq!(words, "`retention.ms` is not a broker setting");
    }
}
