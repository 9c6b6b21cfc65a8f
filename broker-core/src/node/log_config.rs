//! A topic's settings as its logs obey them.

use crate::cluster::{TopicSettings, setting, value_of};
use crate::log::{Cleanup, LogConfig, TimestampType};

/// What a partition of a topic with these settings does with its files.
pub(super) fn log_config(settings: &TopicSettings) -> LogConfig {
    let text = |name| text(settings, name);
    let whole = |name| whole(settings, name);
    let words: Vec<&str> = text("cleanup.policy").split(',').collect();
    let cleanup = match (words.contains(&"compact"), words.contains(&"delete")) {
        (true, true) => Cleanup::CompactAndDelete,
        (true, false) => Cleanup::Compact,
        (false, _) => Cleanup::Delete,
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
        write_caching: text("write.caching") == "true",
        ..LogConfig::default()
    }
}

fn text<'a>(settings: &'a TopicSettings, name: &str) -> &'a str {
    match setting(name) {
        Some(setting) => value_of(settings, setting),
        None => panic!("no topic setting is called `{name}`"),
    }
}

fn whole(settings: &TopicSettings, name: &str) -> i64 {
    let text = text(settings, name);
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
    use crate::cluster::parse_settings;

    #[test]
    fn the_defaults_of_settings_and_of_logs_are_the_same() {
        assert_eq!(log_config(&TopicSettings::new()), LogConfig::default());
    }

    #[test]
    fn what_is_set_reaches_the_log() {
        let given = [
            ("cleanup.policy", "compact,delete"),
            ("retention.ms", "-1"),
            ("retention.bytes", "1000"),
            ("write.caching", "true"),
            ("message.timestamp.type", "LogAppendTime"),
        ];
        let given = given.iter().map(|(name, value)| (*name, Some(*value)));
        let config = log_config(&parse_settings(given).unwrap());
        assert_eq!(config.cleanup, Cleanup::CompactAndDelete);
        assert_eq!((config.retention_ms, config.retention_bytes), (None, Some(1000)));
        assert!(config.write_caching);
        assert_eq!(config.timestamp_type, TimestampType::LogAppendTime);
    }
}
