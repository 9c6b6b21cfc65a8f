//! What a topic's keys mean to a person: which belong together, what may stand there, and what a
//! change would do to records. Pure.

use super::draft::Change;
use crate::setting::readable;

/// Settings that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Retention,
    Compaction,
    Messages,
    Durability,
    Segments,
    Tiered,
    Other,
}

/// The groups in the order of the page.
pub const GROUPS: [(Group, &str); 7] = [
    (Group::Retention, "Retention"),
    (Group::Compaction, "Compaction"),
    (Group::Messages, "Messages"),
    (Group::Durability, "Replication and durability"),
    (Group::Segments, "Segments and files"),
    (Group::Tiered, "Tiered storage"),
    (Group::Other, "Other"),
];

/// The first whose beginning fits decides.
const BEGINNINGS: [(&str, Group); 23] = [
    ("cleanup.policy", Group::Retention),
    ("retention.", Group::Retention),
    ("delete.retention.ms", Group::Compaction),
    ("min.cleanable.", Group::Compaction),
    ("min.compaction.", Group::Compaction),
    ("max.compaction.", Group::Compaction),
    ("compaction.", Group::Compaction),
    ("max.message.bytes", Group::Messages),
    ("message.", Group::Messages),
    ("compression.", Group::Messages),
    ("min.insync.replicas", Group::Durability),
    ("unclean.", Group::Durability),
    ("leader.replication.", Group::Durability),
    ("follower.replication.", Group::Durability),
    ("flush.", Group::Durability),
    ("write.caching", Group::Durability),
    ("segment.", Group::Segments),
    ("index.", Group::Segments),
    ("preallocate", Group::Segments),
    ("file.delete.", Group::Segments),
    ("remote.", Group::Tiered),
    ("local.retention.", Group::Tiered),
    ("redpanda.remote.", Group::Tiered),
];

/// The group of a key.
pub fn group_of(key: &str) -> Group {
    let found = BEGINNINGS.iter().find(|(beginning, _)| key.starts_with(beginning));
    found.map_or(Group::Other, |(_, group)| *group)
}

/// The values that a key can have, where they are few. The cluster may know others.
pub fn choices(key: &str) -> &'static [&'static str] {
    match key {
        "cleanup.policy" => &["delete", "compact", "compact,delete"],
        "compression.type" => &["producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"],
        "message.timestamp.type" => &["CreateTime", "LogAppendTime"],
        _ => &[],
    }
}

/// What a change does beyond changing a number; `replicas` is how many copies a partition has.
pub fn warning(change: &Change, replicas: Option<usize>) -> Option<Warning> {
    let (before, after) = (change.setting.value.as_deref()?, change.after()?);
    let number = |text: &str| text.trim().parse::<i64>().ok();
    // Below zero stands for no limit.
    let limit = |text: &str| number(text).map(|n| if n < 0 { i64::MAX } else { n });
    let less = limit(after).zip(limit(before)).is_some_and(|(after, before)| after < before);
    let has = |policy: &str, word: &str| policy.split(',').any(|it| it.trim() == word);
    let joins = |word: &str| has(after, word) && !has(before, word);
    let loss = |text: String| Some(Warning { text, loses: true });
    match change.setting.name.as_str() {
        "retention.ms" if less => loss(format!(
            "Records older than {} are deleted soon.",
            readable("retention.ms", after).unwrap_or_else(|| format!("{after} ms")),
        )),
        "retention.bytes" if less => loss(format!(
            "The oldest records of each partition beyond {} are deleted soon.",
            readable("retention.bytes", after).unwrap_or_else(|| format!("{after} bytes")),
        )),
        "cleanup.policy" if joins("compact") => loss(
            "Of each key only the newest record stays; records without a key are refused.".into(),
        ),
        "cleanup.policy" if joins("delete") => {
            loss("Records beyond the retention are deleted soon, whatever their key.".into())
        }
        "min.insync.replicas" => {
            let replicas = replicas.and_then(|it| i64::try_from(it).ok())?;
            let wanted = number(after).filter(|wanted| *wanted > replicas)?;
            let text = format!(
                "{wanted} copies must confirm each record and a partition has {replicas}: \
                 producers with acks=all will be refused."
            );
            Some(Warning { text, loses: false })
        }
        _ => None,
    }
}

/// What a person must know before saving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// In a sentence.
    pub text: String,
    /// Whether records are lost.
    pub loses: bool,
}

#[cfg(test)]
mod tests {
    use ouzel_api::topic_config::{SettingKind, TopicSetting};

    use super::*;

    #[test]
    fn keys_stand_with_those_that_belong_to_them() {
        assert_eq!(group_of("retention.ms"), Group::Retention);
        assert_eq!(group_of("delete.retention.ms"), Group::Compaction);
        assert_eq!(group_of("local.retention.bytes"), Group::Tiered);
        assert_eq!(group_of("something.new"), Group::Other);
    }

    fn warned(key: &str, before: &str, after: &str) -> Option<bool> {
        let setting = TopicSetting {
            name: key.to_owned(),
            value: Some(before.to_owned()),
            inherited: Some("7".to_owned()),
            inherited_from: None,
            source: String::new(),
            modified: false,
            kind: SettingKind::Unknown,
            sensitive: false,
            read_only: false,
            documentation: None,
        };
        let change = Change { setting, own: Some(after.to_owned()) };
        warning(&change, Some(1)).map(|warning| warning.loses)
    }

    #[test]
    fn a_change_that_loses_records_says_so() {
        assert_eq!(warned("retention.ms", "100", "99"), Some(true));
        assert_eq!(warned("retention.ms", "-1", "99"), Some(true));
        assert_eq!(warned("retention.ms", "99", "-1"), None);
        assert_eq!(warned("cleanup.policy", "delete", "compact,delete"), Some(true));
        assert_eq!(warned("cleanup.policy", "compact,delete", "compact"), None);
        assert_eq!(warned("min.insync.replicas", "1", "2"), Some(false));
        assert_eq!(warned("min.insync.replicas", "2", "1"), None);
    }
}
