//! A topic's settings as its logs obey them, with what brokers are told where it says nothing.

use ouzel_wire::batch::Codec;

use crate::cluster::Settings;
use crate::log::{Cleanup, LogConfig, Repack, TimestampType};

use super::live::Live;

/// What a partition of a topic with these settings does with its files.
pub fn log_config(settings: &Settings, live: &Live) -> LogConfig {
    let text = |name| live.of_topic(settings, name);
    let whole = |name| whole(text(name), name);
    let words: Vec<&str> = text("cleanup.policy").split(',').collect();
    let cleanup = match (words.contains(&"compact"), words.contains(&"delete")) {
        (true, true) => Cleanup::CompactAndDelete,
        (true, false) => Cleanup::Compact,
        (false, true) => Cleanup::Delete,
        (false, false) => Cleanup::Keep,
    };
    let level = |name| i32::try_from(whole(name)).ok();
    let repack = match text("compression.type") {
        "uncompressed" => Some(Repack { codec: Codec::None, level: None }),
        "gzip" => Some(Repack {
            codec: Codec::Gzip,
            // -1 stands for gzip's own choice.
            level: level("compression.gzip.level").filter(|level| *level > 0),
        }),
        "snappy" => Some(Repack { codec: Codec::Snappy, level: None }),
        "lz4" => Some(Repack { codec: Codec::Lz4, level: None }),
        "zstd" => Some(Repack { codec: Codec::Zstd, level: level("compression.zstd.level") }),
        _ => None,
    };
    let timestamp_type = match text("message.timestamp.type") {
        "LogAppendTime" => TimestampType::LogAppendTime,
        _ => TimestampType::CreateTime,
    };
    LogConfig {
        cleanup,
        // -1 stands for no limit.
        retention_ms: Some(whole("retention.ms")).filter(|ms| *ms >= 0),
        retention_bytes: u64::try_from(whole("retention.bytes")).ok(),
        segment_bytes: small(whole("segment.bytes")),
        segment_ms: whole("segment.ms"),
        segment_index_bytes: small(whole("segment.index.bytes")),
        index_interval_bytes: small(whole("index.interval.bytes")),
        message_bytes_max: small(whole("max.message.bytes")),
        timestamp_type,
        timestamp_before_max_ms: whole("message.timestamp.before.max.ms"),
        timestamp_after_max_ms: whole("message.timestamp.after.max.ms"),
        repack,
        unpacked_bytes_max: small(whole("max.decompressed.message.bytes")),
        write_caching: text("write.caching") == "true",
        producer_expiration_ms: live.config.producer_expiration_ms,
    }
}

fn whole(text: &str, name: &str) -> i64 {
    match text.parse() {
        Ok(number) => number,
        Err(_) => panic!("`{name}` was accepted with the value `{text}`"),
    }
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::cluster::{ClusterState, Command, parse_settings, topic_keys};
    use crate::config::BrokerConfig;

    fn live(told: &[(&str, &str)]) -> Live {
        let settings = told.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let mut state = ClusterState::default();
        let told = Command::SetBrokerSettings { node: None, settings: settings.collect() };
        state.apply(&told).unwrap();
        Live::of(&BrokerConfig::new(""), &state)
    }

    fn settings(given: &[(&str, &str)]) -> Settings {
        let given = given.iter().map(|(name, value)| (*name, Some(*value)));
        parse_settings(topic_keys(), given).unwrap()
    }

    #[test]
    fn the_defaults_of_settings_and_of_logs_are_the_same() {
        assert_eq!(log_config(&Settings::new(), &live(&[])), LogConfig::default());
    }

    #[test]
    fn what_is_set_reaches_the_log() {
        let given = settings(&[
            ("cleanup.policy", "compact,delete"),
            ("retention.ms", "-1"),
            ("retention.bytes", "1000"),
            ("write.caching", "true"),
            ("message.timestamp.type", "LogAppendTime"),
            ("compression.type", "zstd"),
            ("compression.zstd.level", "9"),
        ]);
        let config = log_config(&given, &live(&[]));
        assert_eq!(config.cleanup, Cleanup::CompactAndDelete);
        assert_eq!((config.retention_ms, config.retention_bytes), (None, Some(1000)));
        assert!(config.write_caching);
        assert_eq!(config.timestamp_type, TimestampType::LogAppendTime);
        assert_eq!(config.repack, Some(Repack { codec: Codec::Zstd, level: Some(9) }));
    }

    #[test]
    fn a_topic_that_says_nothing_goes_by_what_brokers_are_told() {
        let told = [("log.retention.ms", "5"), ("message.max.bytes", "6")];
        let told = live(&[&told[..], &[("producer.id.expiration.ms", "7")]].concat());
        let config = log_config(&settings(&[("max.message.bytes", "9")]), &told);
        assert_eq!((config.retention_ms, config.message_bytes_max), (Some(5), 9));
        assert_eq!(config.producer_expiration_ms, 7);
    }
}
