//! Names and positions that every layer shares.
//!
//! Owns what makes a topic name legal and how a partition's folder is called;
//! knows nothing of what lies behind a name. Offsets stay plain `i64`, as Kafka
//! counts them; what is easily mistaken for an offset has its own type.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Kafka's longest topic name: with a partition number it must fit a file name of 255 bytes.
pub const TOPIC_NAME_BYTES_MAX: usize = 249;

/// A partition's number within its topic.
pub type PartitionId = i32;

/// A legal topic name: safe as a folder name, because nothing else passes [`TopicName::parse`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TopicName(Box<str>);

/// Why a text is no topic name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTopicName {
    /// Nothing was given.
    #[error("a topic name may not be empty")]
    Empty,
    /// `.` and `..` are folders of their own.
    #[error("a topic may not be named '.' or '..'")]
    Folder,
    /// Longer than a file name may be.
    #[error("a topic name has at most {TOPIC_NAME_BYTES_MAX} characters, this one has {got}")]
    TooLong {
        /// The length that was given, in bytes.
        got: usize,
    },
    /// Something beside letters, digits and `. _ -`.
    #[error("a topic name is made of letters, digits, '.', '_' and '-', not of {got:?}")]
    Character {
        /// The first character that is not allowed.
        got: char,
    },
}

impl TopicName {
    /// Checks a name from outside by Kafka's rules.
    pub fn parse(text: &str) -> Result<TopicName, InvalidTopicName> {
        let legal = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if text.is_empty() {
            return Err(InvalidTopicName::Empty);
        }
        if matches!(text, "." | "..") {
            return Err(InvalidTopicName::Folder);
        }
        if let Some(got) = text.chars().find(|c| !legal(c)) {
            return Err(InvalidTopicName::Character { got });
        }
        if text.len() > TOPIC_NAME_BYTES_MAX {
            return Err(InvalidTopicName::TooLong { got: text.len() });
        }
        Ok(TopicName(text.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for TopicName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

// So that a map keyed by names can be asked with the text of a request.
impl std::borrow::Borrow<str> for TopicName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for TopicName {
    type Err = InvalidTopicName;
    fn from_str(text: &str) -> Result<TopicName, InvalidTopicName> {
        TopicName::parse(text)
    }
}

impl TryFrom<String> for TopicName {
    type Error = InvalidTopicName;
    fn try_from(text: String) -> Result<TopicName, InvalidTopicName> {
        TopicName::parse(&text)
    }
}

impl From<TopicName> for String {
    fn from(name: TopicName) -> String {
        name.0.into()
    }
}

/// One partition of one topic; displayed as its folder is called.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicPartition {
    /// The topic.
    pub topic: TopicName,
    /// The partition's number in it.
    pub partition: PartitionId,
}

impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.partition)
    }
}

/// A position in a Raft log, from 1: one per entry, also for entries that take no offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogIndex(pub u64);

impl LogIndex {
    /// The position right behind this one.
    pub fn next(self) -> LogIndex {
        LogIndex(self.0 + 1)
    }
}

impl fmt::Display for LogIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_leave_the_data_folder_is_no_topic_name() {
        for text in ["", ".", "..", "../x", "a/b", "a\0b", "ä", "a b"] {
            assert!(TopicName::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_longest_legal_name_is_249_bytes() {
        assert!(TopicName::parse(&"x".repeat(249)).is_ok());
        assert_eq!(TopicName::parse(&"x".repeat(250)), Err(InvalidTopicName::TooLong { got: 250 }));
    }

    #[test]
    fn a_partition_is_displayed_as_its_folder() {
        let topic = TopicName::parse("orders.eu_1").unwrap();
        assert_eq!(TopicPartition { topic, partition: 3 }.to_string(), "orders.eu_1-3");
    }
}
