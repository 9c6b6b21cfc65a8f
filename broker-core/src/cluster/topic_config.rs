//! What a topic may be set to: every key with its type, default, legal values and meaning.
//!
//! Names, types and defaults are Kafka's, so that tools that copy a topic's settings from one
//! cluster to another work. The meaning says plainly where a setting is kept but has no effect
//! here. What a partition's log does with a value is `node/log_config.rs`.

use std::fmt;

use thiserror::Error;

use super::command::TopicSettings;

/// The type of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits.
    Long,
    /// A number with a fraction.
    Double,
    /// Words with commas between them.
    List,
    /// One word.
    Text,
}

/// What values are legal, beside what the type says.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Legal {
    Any,
    AtLeast(i64),
    Between(f64, f64),
    OneOf(&'static [&'static str]),
}

/// One thing a topic can be set to.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Kafka's name.
    pub name: &'static str,
    /// The name of the broker-wide setting that the default comes from, in Kafka.
    pub broker_name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Its value when nobody sets it.
    pub default: &'static str,
    legal: Legal,
    /// What it does, in a sentence or two.
    pub doc: &'static str,
}

/// Why a setting is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidSetting {
    /// No such key.
    #[error("`{name}` is not a topic setting{}", meant(nearest))]
    Unknown {
        /// What was given.
        name: String,
        /// A key that looks much like it.
        nearest: Option<&'static str>,
    },
    /// The key exists, the value is not one of its own.
    #[error("`{value}` is not a value of `{name}`: {expected}")]
    Value {
        /// The key.
        name: &'static str,
        /// What was given.
        value: String,
        /// What it may be.
        expected: String,
    },
    /// A key without a value.
    #[error("`{name}` has no value")]
    Missing {
        /// The key.
        name: String,
    },
}

fn meant(nearest: &Option<&'static str>) -> String {
    nearest.map(|name| format!("; is `{name}` meant?")).unwrap_or_default()
}

/// The setting of this name.
pub fn setting(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|s| s.name == name)
}

/// The value that holds for a topic: its own or the default.
pub fn value_of<'a>(settings: &'a TopicSettings, setting: &Setting) -> &'a str {
    settings.get(setting.name).map_or(setting.default, String::as_str)
}

/// Checks settings from outside; what comes back is legal and written the usual way.
pub fn parse_settings<'a>(
    given: impl Iterator<Item = (&'a str, Option<&'a str>)>,
) -> Result<TopicSettings, InvalidSetting> {
    let mut settings = TopicSettings::new();
    for (name, value) in given {
        let Some(known) = setting(name) else { return Err(unknown(name)) };
        let value = value.ok_or_else(|| InvalidSetting::Missing { name: name.to_owned() })?;
        let value = known.parse(value)?;
        settings.insert(name.to_owned(), value);
    }
    Ok(settings)
}

fn unknown(name: &str) -> InvalidSetting {
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let looks_like = |s: &&Setting| letters(s.name).eq_ignore_ascii_case(&letters(name));
    let nearest = SETTINGS.iter().find(looks_like).map(|s| s.name);
    InvalidSetting::Unknown { name: name.to_owned(), nearest }
}

impl Setting {
    fn parse(&self, text: &str) -> Result<String, InvalidSetting> {
        let text = text.trim();
        let parsed = match self.kind {
            Kind::Boolean => self.boolean(text),
            Kind::Int => {
                self.whole(text).filter(|n| i32::try_from(*n).is_ok()).map(|n| n.to_string())
            }
            Kind::Long => self.whole(text).map(|n| n.to_string()),
            Kind::Double => self.fraction(text),
            Kind::List => self.list(text),
            Kind::Text => self.is_one_of(text).then(|| text.to_owned()),
        };
        parsed.ok_or_else(|| InvalidSetting::Value {
            name: self.name,
            value: text.to_owned(),
            expected: self.expected().to_string(),
        })
    }

    fn boolean(&self, text: &str) -> Option<String> {
        let lower = text.to_ascii_lowercase();
        (matches!(lower.as_str(), "true" | "false") && self.is_one_of(&lower)).then_some(lower)
    }

    fn whole(&self, text: &str) -> Option<i64> {
        let number: i64 = text.parse().ok()?;
        match self.legal {
            Legal::AtLeast(min) if number < min => None,
            _ => Some(number),
        }
    }

    fn fraction(&self, text: &str) -> Option<String> {
        let number: f64 = text.parse().ok()?;
        match self.legal {
            Legal::Between(min, max) if !(min..=max).contains(&number) => None,
            _ => Some(text.to_owned()),
        }
    }

    fn list(&self, text: &str) -> Option<String> {
        let words: Vec<&str> = text.split(',').map(str::trim).filter(|w| !w.is_empty()).collect();
        let legal = !words.is_empty() && words.iter().all(|word| self.is_one_of(word));
        legal.then(|| words.join(","))
    }

    fn is_one_of(&self, word: &str) -> bool {
        match self.legal {
            Legal::OneOf(words) => words.contains(&word),
            Legal::Any | Legal::AtLeast(_) | Legal::Between(..) => true,
        }
    }

    fn expected(&self) -> impl fmt::Display {
        let kind = match self.kind {
            Kind::Boolean => "`true` or `false`",
            Kind::Int => "a whole number of 32 bits",
            Kind::Long => "a whole number of 64 bits",
            Kind::Double => "a number",
            Kind::List => "a list with commas",
            Kind::Text => "a word",
        };
        match self.legal {
            Legal::Any => kind.to_owned(),
            Legal::AtLeast(min) => format!("{kind}, at least {min}"),
            Legal::Between(min, max) => format!("{kind} from {min} to {max}"),
            Legal::OneOf(words) => format!("{kind} of: {}", words.join(", ")),
        }
    }
}

const fn of(
    name: &'static str,
    broker_name: &'static str,
    (kind, default, legal): (Kind, &'static str, Legal),
    doc: &'static str,
) -> Setting {
    Setting { name, broker_name, kind, default, legal, doc }
}

use Kind::{Boolean, Double, Int, List, Long, Text};
use Legal::{Any, AtLeast, Between, OneOf};

/// Every setting of a topic, by name.
pub const SETTINGS: &[Setting] = &[
    of(
        "cleanup.policy",
        "log.cleanup.policy",
        (List, "delete", OneOf(&["compact", "delete"])),
        "What becomes of old records: `delete` removes whole segments by age and size; `compact` \
         keeps the last record of each key. Compaction does not run yet: a compacted topic keeps \
         everything.",
    ),
    of(
        "compression.type",
        "compression.type",
        (Text, "producer", OneOf(&["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"])),
        "Kept and reported without effect: batches stay as their producer compressed them.",
    ),
    of(
        "delete.retention.ms",
        "log.cleaner.delete.retention.ms",
        (Long, "86400000", AtLeast(0)),
        "How long compaction keeps a deletion visible. Without effect until compaction runs.",
    ),
    of(
        "file.delete.delay.ms",
        "log.segment.delete.delay.ms",
        (Long, "60000", AtLeast(0)),
        "Kept and reported without effect: files are removed at once; readers finish undisturbed.",
    ),
    of(
        "flush.messages",
        "log.flush.interval.messages",
        (Long, "9223372036854775807", AtLeast(1)),
        "Kept and reported without effect: every acknowledged record is on disk, see \
         `write.caching`.",
    ),
    of(
        "flush.ms",
        "log.flush.interval.ms",
        (Long, "9223372036854775807", AtLeast(0)),
        "Kept and reported without effect: every acknowledged record is on disk, see \
         `write.caching`.",
    ),
    of(
        "index.interval.bytes",
        "log.index.interval.bytes",
        (Int, "4096", AtLeast(0)),
        "How many bytes of log lie between two entries of the offset index.",
    ),
    of(
        "max.compaction.lag.ms",
        "log.cleaner.max.compaction.lag.ms",
        (Long, "9223372036854775807", AtLeast(1)),
        "The longest a record stays out of compaction. Without effect until compaction runs.",
    ),
    of(
        "max.message.bytes",
        "message.max.bytes",
        (Int, "1048588", AtLeast(0)),
        "The largest batch of records that is accepted, as it is sent, compressed or not.",
    ),
    of(
        "message.timestamp.after.max.ms",
        "log.message.timestamp.after.max.ms",
        (Long, "3600000", AtLeast(0)),
        "How far in the future a producer's timestamp may lie.",
    ),
    of(
        "message.timestamp.before.max.ms",
        "log.message.timestamp.before.max.ms",
        (Long, "9223372036854775807", AtLeast(0)),
        "How far in the past a producer's timestamp may lie.",
    ),
    of(
        "message.timestamp.type",
        "log.message.timestamp.type",
        (Text, "CreateTime", OneOf(&["CreateTime", "LogAppendTime"])),
        "Whose clock stamps a record: the producer's or the broker's.",
    ),
    of(
        "min.cleanable.dirty.ratio",
        "log.cleaner.min.cleanable.ratio",
        (Double, "0.5", Between(0.0, 1.0)),
        "How much of a log must be uncompacted before compaction starts. Without effect until \
         compaction runs.",
    ),
    of(
        "min.compaction.lag.ms",
        "log.cleaner.min.compaction.lag.ms",
        (Long, "0", AtLeast(0)),
        "The shortest a record stays out of compaction. Without effect until compaction runs.",
    ),
    of(
        "min.insync.replicas",
        "min.insync.replicas",
        (Int, "1", AtLeast(1)),
        "Kept and reported without effect: a write counts once a majority of replicas has it.",
    ),
    of(
        "preallocate",
        "log.preallocate",
        (Boolean, "false", Any),
        "Kept and reported without effect: segment files grow as they are written.",
    ),
    of(
        "retention.bytes",
        "log.retention.bytes",
        (Long, "-1", AtLeast(-1)),
        "How many bytes of a partition are kept at least before the oldest segments are removed; \
         -1 keeps all.",
    ),
    of(
        "retention.ms",
        "log.retention.ms",
        (Long, "604800000", AtLeast(-1)),
        "How long records are kept before their segment is removed; -1 keeps all.",
    ),
    of(
        "segment.bytes",
        "log.segment.bytes",
        (Int, "1073741824", AtLeast(1_048_576)),
        "The size at which a segment is closed and the next one begun.",
    ),
    of(
        "segment.index.bytes",
        "log.index.size.max.bytes",
        (Int, "10485760", AtLeast(4)),
        "The size of an index at which its segment is closed and the next one begun.",
    ),
    of(
        "segment.jitter.ms",
        "log.roll.jitter.ms",
        (Long, "0", AtLeast(0)),
        "Kept and reported without effect: segments are closed when they are due.",
    ),
    of(
        "segment.ms",
        "log.roll.ms",
        (Long, "604800000", AtLeast(1)),
        "The age at which a segment is closed and the next one begun, so that retention can have \
         the old one.",
    ),
    of(
        "unclean.leader.election.enable",
        "unclean.leader.election.enable",
        (Boolean, "false", OneOf(&["false"])),
        "Always false: a replica that lacks acknowledged records never leads.",
    ),
    of(
        "write.caching",
        "write.caching.default",
        (Boolean, "false", Any),
        "`true` answers producers before their records are on disk: faster, and a power cut may \
         lose what was acknowledged.",
    ),
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parse(name: &str, value: &str) -> Result<String, InvalidSetting> {
        parse_settings([(name, Some(value))].into_iter()).map(|mut s| s.remove(name).unwrap())
    }

    #[test]
    fn every_default_is_a_legal_value_and_names_are_sorted() {
        for s in SETTINGS {
            assert_eq!(parse(s.name, s.default).as_deref(), Ok(s.default), "{}", s.name);
        }
        assert!(SETTINGS.is_sorted_by_key(|s| s.name));
    }

    #[test]
    fn a_misspelt_key_is_refused_with_the_key_that_was_meant() {
        let refused = parse("retention_ms", "1").unwrap_err().to_string();
        assert_eq!(refused, "`retention_ms` is not a topic setting; is `retention.ms` meant?");
    }

    #[test]
    fn values_outside_type_or_range_are_refused_with_what_is_legal() {
        for (name, value) in [
            ("retention.ms", "-2"),
            ("retention.ms", "seven days"),
            ("retention.ms", "9223372036854775808"),
            ("segment.bytes", "2147483648"),
            ("segment.bytes", "1048575"),
            ("cleanup.policy", "compact,shred"),
            ("cleanup.policy", ""),
            ("write.caching", "yes"),
            ("min.cleanable.dirty.ratio", "1.5"),
            ("message.timestamp.type", "createtime"),
        ] {
            let refused = parse(name, value).unwrap_err().to_string();
            assert!(
                refused.starts_with(&format!("`{value}` is not a value of `{name}`")),
                "{refused}"
            );
        }
        assert_eq!(parse("cleanup.policy", " compact , delete ").unwrap(), "compact,delete");
    }
}
