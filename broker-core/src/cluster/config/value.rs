//! Judging values from outside: legal and written the usual way, or refused in plain words.

use thiserror::Error;

use super::Settings;
use super::key::{Keys, Kind, Legal, Setting};

/// Longest value, as in Kafka: older versions of the protocol cannot show a longer one.
const VALUE_BYTES_MAX: usize = i16::MAX as usize;

/// Why a setting is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidSetting {
    /// No such key.
    #[error("`{name}` is not a {whose} setting{}", meant(nearest))]
    Unknown {
        /// What was given.
        name: String,
        /// Whose settings were looked through.
        whose: &'static str,
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
    /// A value that the protocol cannot carry.
    #[error("the value of `{name}` has {bytes} bytes; {VALUE_BYTES_MAX} are allowed")]
    TooLong {
        /// The key.
        name: &'static str,
        /// Bytes that were given.
        bytes: usize,
    },
    /// Words cannot join or leave what is no list.
    #[error("`{name}` is not a list")]
    NotAList {
        /// The key.
        name: &'static str,
    },
    /// Two values that exclude each other.
    #[error("`{lower}` = {least} is above `{upper}` = {most}")]
    Order {
        /// The key that may not be the larger one.
        lower: &'static str,
        /// Its value.
        least: i64,
        /// The key that may not be the smaller one.
        upper: &'static str,
        /// Its value.
        most: i64,
    },
}

fn meant(nearest: &Option<&'static str>) -> String {
    nearest.map(|name| format!("; is `{name}` meant?")).unwrap_or_default()
}

impl InvalidSetting {
    pub(super) fn unknown(keys: &Keys, name: &str) -> InvalidSetting {
        let (name, nearest) = (name.to_owned(), keys.nearest(name));
        InvalidSetting::Unknown { name, whose: keys.whose, nearest }
    }
}

/// Checks settings from outside; what comes back is legal and written the usual way.
pub fn parse_settings<'a>(
    keys: &Keys,
    given: impl Iterator<Item = (&'a str, Option<&'a str>)>,
) -> Result<Settings, InvalidSetting> {
    let mut settings = Settings::new();
    for (name, value) in given {
        let found = keys.get(name);
        let (called, known) = found.ok_or_else(|| InvalidSetting::unknown(keys, name))?;
        let value = value.ok_or_else(|| InvalidSetting::Missing { name: name.to_owned() })?;
        if value.len() > VALUE_BYTES_MAX {
            return Err(InvalidSetting::TooLong { name: called, bytes: value.len() });
        }
        settings.insert(name.to_owned(), known.parse(called, value)?);
    }
    Ok(settings)
}

/// Refuses pairs of values that exclude each other. `value` tells what holds for a key.
pub fn check_together(
    pairs: &[(&'static str, &'static str)],
    value: impl Fn(&str) -> String,
) -> Result<(), InvalidSetting> {
    for &(lower, upper) in pairs {
        let number = |name| value(name).parse::<i64>().unwrap_or(0);
        let (least, most) = (number(lower), number(upper));
        if least > most {
            return Err(InvalidSetting::Order { lower, least, upper, most });
        }
    }
    Ok(())
}

impl Setting {
    /// The value in this text. The error calls the key as the caller does.
    fn parse(&self, called: &'static str, text: &str) -> Result<String, InvalidSetting> {
        let text = text.trim();
        let parsed = match self.kind {
            Kind::Boolean => boolean(text).filter(|word| self.allows(word)),
            Kind::Short => self.whole(text).filter(|n| i16::try_from(*n).is_ok()).map(written),
            Kind::Int => self.whole(text).filter(|n| i32::try_from(*n).is_ok()).map(written),
            Kind::Long => self.whole(text).map(written),
            Kind::Double => self.fraction(text),
            Kind::List => self.list(text),
            Kind::Text | Kind::Class | Kind::Password => self.allows(text).then(|| text.to_owned()),
        };
        parsed.ok_or_else(|| InvalidSetting::Value {
            name: called,
            value: text.to_owned(),
            expected: self.expected(),
        })
    }

    fn whole(&self, text: &str) -> Option<i64> {
        let number: i64 = text.parse().ok()?;
        let legal = match self.legal {
            Legal::AtLeast(min) => number >= min,
            Legal::Within(min, max) => (min..=max).contains(&number),
            Legal::WithinOr(min, max, or) => (min..=max).contains(&number) || number == or,
            _ => true,
        };
        legal.then_some(number)
    }

    fn fraction(&self, text: &str) -> Option<String> {
        let number: f64 = text.parse().ok()?;
        match self.legal {
            Legal::Between(min, max) if !(min..=max).contains(&number) => None,
            _ => Some(text.to_owned()),
        }
    }

    /// A list may be empty, and holds nothing twice.
    fn list(&self, text: &str) -> Option<String> {
        let mut words: Vec<&str> = Vec::new();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        let legal = match self.legal {
            Legal::Replicas => words == ["*"] || words.iter().all(|word| is_replica(word)),
            _ => words.iter().all(|word| self.allows(word)),
        };
        legal.then(|| words.join(","))
    }

    fn allows(&self, word: &str) -> bool {
        match self.legal {
            Legal::OneOf(words) => words.contains(&word),
            _ => true,
        }
    }

    /// What a value may be, in words.
    pub fn expected(&self) -> String {
        let kind = match self.kind {
            Kind::Boolean => "`true` or `false`",
            Kind::Short => "a whole number of 16 bits",
            Kind::Int => "a whole number of 32 bits",
            Kind::Long => "a whole number of 64 bits",
            Kind::Double => "a number",
            Kind::List => "a list with commas",
            Kind::Text | Kind::Password => "a word",
            Kind::Class => "the name of a class",
        };
        match self.legal {
            Legal::Any => kind.to_owned(),
            Legal::AtLeast(min) => format!("{kind}, at least {min}"),
            Legal::Within(min, max) => format!("{kind} from {min} to {max}"),
            Legal::WithinOr(min, max, or) => format!("{kind} from {min} to {max}, or {or}"),
            Legal::Between(min, max) => format!("{kind} from {min} to {max}"),
            Legal::OneOf([only]) => format!("only `{only}`"),
            Legal::OneOf(words) => format!("{kind} of: {}", words.join(", ")),
            Legal::Replicas => "`*`, or a list like 0:1,1:2 of partition:broker".to_owned(),
        }
    }
}

fn boolean(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    matches!(lower.as_str(), "true" | "false").then_some(lower)
}

fn written(number: i64) -> String {
    number.to_string()
}

fn is_replica(word: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    word.split_once(':').is_some_and(|(partition, broker)| number(partition) && number(broker))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::topic_keys;
    use super::*;

    fn parse(name: &str, value: &str) -> Result<String, InvalidSetting> {
        let given = [(name, Some(value))].into_iter();
        parse_settings(topic_keys(), given).map(|mut s| s.remove(name).unwrap())
    }

    #[test]
    fn every_default_is_a_legal_value_and_written_the_usual_way() {
        for (name, setting) in &topic_keys().all {
            assert_eq!(parse(name, setting.default).as_deref(), Ok(setting.default), "{name}");
        }
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
            ("write.caching", "yes"),
            ("compression.gzip.level", "0"),
            ("compression.zstd.level", "23"),
            ("min.cleanable.dirty.ratio", "1.5"),
            ("message.timestamp.type", "createtime"),
            ("leader.replication.throttled.replicas", "x"),
        ] {
            let refused = parse(name, value).unwrap_err().to_string();
            let wanted = format!("`{value}` is not a value of `{name}`: ");
            assert!(refused.starts_with(&wanted), "{refused}");
        }
    }

    #[test]
    fn values_are_kept_as_kafka_understands_them() {
        for (name, value, kept) in [
            ("cleanup.policy", " compact , delete,compact ", "compact,delete"),
            ("cleanup.policy", "", ""),
            ("preallocate", "TRUE", "true"),
            ("compression.gzip.level", "-1", "-1"),
            ("follower.replication.throttled.replicas", "*", "*"),
            ("follower.replication.throttled.replicas", "0:1,1:2", "0:1,1:2"),
        ] {
            assert_eq!(parse(name, value).unwrap(), kept, "{name}");
        }
    }

    #[test]
    fn a_value_that_old_clients_could_not_read_is_refused() {
        let long = "0:1,".repeat(10_000);
        let refused = parse("leader.replication.throttled.replicas", &long).unwrap_err();
        assert!(matches!(refused, InvalidSetting::TooLong { bytes: 40_000, .. }), "{refused}");
    }
}
