//! Judging values from outside: legal and written the usual way, or refused in plain words.

use std::fmt;

use thiserror::Error;

use crate::cluster::command::TopicSettings;

use super::key::{Kind, Legal, Setting};
use super::topic_keys::{SETTINGS, setting};

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
