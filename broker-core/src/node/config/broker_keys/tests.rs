//! Each key of a broker is whole, and what it says of itself is so.

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
fn every_key_has_all_its_parts() {
    for (name, setting) in &broker_keys().all {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.';
        assert!(name.chars().all(letters) && name.contains('.') || *name == "listeners");
        if !setting.is_none(setting.default) {
            let default = [(*name, Some(setting.default))].into_iter();
            let parsed = parse_settings(broker_keys(), default).unwrap();
            assert_eq!(parsed[*name], setting.default, "{name}: written the usual way");
        }
        assert!(setting.doc.ends_with('.') && setting.doc.len() > 10, "{name}: {}", setting.doc);
        assert!(!setting.expected().is_empty(), "{name}");
    }
}

#[test]
fn what_changes_nothing_says_so_and_why_and_nothing_is_told_of_it() {
    for setting in kept().chain(idle()) {
        let (name, doc) = (setting.name, setting.doc);
        let (_, why) = doc.split_once("ithout effect").unwrap_or_else(|| panic!("{name}"));
        assert!(why.contains(':'), "{name}: {doc}");
        assert!(own_key(name).is_none(), "{name} has an effect after all");
    }
    assert!(kept().all(|setting| can_change(setting.name)));
    assert!(!idle().any(|setting| can_change(setting.name)));
}

#[test]
fn keys_that_clients_tools_and_consoles_read_are_there() {
    for name in [
        "advertised.listeners",
        "auto.create.topics.enable",
        "compression.type",
        "connections.max.idle.ms",
        "default.replication.factor",
        "delete.topic.enable",
        "group.initial.rebalance.delay.ms",
        "listeners",
        "log.dirs",
        "log.retention.bytes",
        "log.retention.hours",
        "log.retention.minutes",
        "log.retention.ms",
        "log.roll.hours",
        "log.roll.ms",
        "log.segment.bytes",
        "max.connections",
        "max.connections.per.ip",
        "message.max.bytes",
        "min.insync.replicas",
        "num.io.threads",
        "num.network.threads",
        "num.partitions",
        "offsets.retention.minutes",
        "offsets.topic.replication.factor",
        "socket.receive.buffer.bytes",
        "socket.request.max.bytes",
        "socket.send.buffer.bytes",
        "transaction.max.timeout.ms",
        "transactional.id.expiration.ms",
        "unclean.leader.election.enable",
    ] {
        assert!(broker_keys().get(name).is_some(), "{name}");
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
