//! Waiting until a change is seen: the controller answers before every broker knows of it.
//!
//! Owns how long an act waits for that. Whoever reads right after it then reads what was done, and
//! where that lasts too long is told so; the act itself is over before.

use std::time::Duration;

use ouzel_api::topic_config::{SettingChange, TopicConfig};
use tokio::time::{sleep, timeout};

use super::{Cluster, KafkaError, Metadata};

/// Longest time that an answer is held back until the cluster shows what was done. Metadata trails
/// the controller by milliseconds; what takes seconds is behind, and nobody waits longer for a
/// button.
const SHOWN_WITHIN: Duration = Duration::from_secs(4);
/// How often one looks meanwhile: below what a person notices, and few requests.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Whether the brokers that are asked show already what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "what is not shown yet has to be told"]
pub enum Shown {
    /// Whoever reads now sees it.
    Now,
    /// The cluster has accepted it, and shows it later.
    NotYet,
}

/// What is to be seen.
#[derive(Debug, Clone, Copy)]
pub enum Expected<'a> {
    /// A topic with so many partitions at least.
    Topic(&'a str, usize),
    /// No such topic.
    NoTopic(&'a str),
    /// Changes of a topic's settings, which were as in the configuration before.
    Config(&'a str, &'a TopicConfig, &'a [SettingChange]),
}

impl Cluster {
    /// Waits until the brokers that are asked show a change that was made; lists that are read from
    /// now on have it, too.
    pub async fn shown(&self, expected: Expected<'_>) -> Shown {
        self.shown_within(expected, SHOWN_WITHIN).await
    }

    /// The same for so long.
    pub(super) async fn shown_within(&self, expected: Expected<'_>, most: Duration) -> Shown {
        let looking = async {
            loop {
                match self.shows(expected).await {
                    Ok(true) => return Shown::Now,
                    Ok(false) => sleep(LOOK_EVERY).await,
                    // A cluster that cannot be asked shows nothing, and is not waited for.
                    Err(_) => return Shown::NotYet,
                }
            }
        };
        timeout(most, looking).await.unwrap_or(Shown::NotYet)
    }

    async fn shows(&self, expected: Expected<'_>) -> Result<bool, KafkaError> {
        let (name, least) = match expected {
            Expected::Topic(name, least) => (name, Some(least)),
            Expected::NoTopic(name) => (name, None),
            Expected::Config(name, before, changes) => {
                let now = self.topic_config(name).await?;
                return Ok(changes.iter().all(|change| is_in_force(change, before, &now)));
            }
        };
        // The one topic first: of ten thousand the others are not asked for again and again.
        match self.fresh_topic(name).await {
            Ok(_) | Err(KafkaError::NoTopic { .. }) => {}
            Err(error) => return Err(error),
        }
        let kept = self.metadata(Duration::MAX).await?;
        if !is_met(&kept, name, least) {
            return Ok(false);
        }
        let read = self.fresh_metadata().await?;
        Ok(is_met(&read, name, least))
    }
}

/// Whether there is a topic with so many partitions at least; without a number, whether there is
/// none.
fn is_met(metadata: &Metadata, name: &str, least: Option<usize>) -> bool {
    match (least, metadata.topics.get(name)) {
        (Some(least), Some(topic)) => topic.partitions.len() >= least,
        (Some(_), None) => false,
        (None, found) => found.is_none(),
    }
}

/// Whether `now` has a change. Brokers may write a value otherwise than it was given (`a, b` for
/// `a,b`): one that differs from the one before has been taken.
fn is_in_force(change: &SettingChange, before: &TopicConfig, now: &TopicConfig) -> bool {
    let find = |config: &TopicConfig| {
        let found = config.settings.iter().find(|setting| setting.name == change.name);
        found.map(|setting| (setting.modified, setting.value.clone()))
    };
    let (Some(now), before) = (find(now), find(before)) else { return false };
    match &change.value {
        None => !now.0,
        Some(wanted) => {
            let is_wanted = now.1.as_ref().is_none_or(|value| alike(value, wanted));
            now.0 && (is_wanted || before.is_some_and(|before| before != now))
        }
    }
}

fn alike(one: &str, other: &str) -> bool {
    let letters = |text: &str| {
        let plain = text.chars().filter(|c| !c.is_whitespace());
        plain.flat_map(char::to_lowercase).collect::<String>()
    };
    letters(one) == letters(other)
}

#[cfg(test)]
mod tests {
    use ouzel_api::topic_config::{SettingChange, SettingKind, TopicConfig, TopicSetting};

    use super::is_in_force;

    fn config(value: &str, modified: bool) -> TopicConfig {
        let setting = TopicSetting {
            name: "cleanup.policy".to_owned(),
            value: Some(value.to_owned()),
            inherited: None,
            inherited_from: None,
            source: String::new(),
            modified,
            kind: SettingKind::List,
            sensitive: false,
            read_only: false,
            documentation: None,
        };
        TopicConfig { settings: vec![setting], unchangeable: None, read_at_ms: 0 }
    }

    #[test]
    fn a_setting_is_in_force_once_the_topic_itself_says_it_however_it_is_written() {
        let to = |value: Option<&str>| {
            let value = value.map(str::to_owned);
            SettingChange { name: "cleanup.policy".to_owned(), value, was: None }
        };
        let inherited = config("delete", false);
        let wanted = to(Some("compact, DELETE"));
        assert!(!is_in_force(&wanted, &inherited, &inherited));
        assert!(is_in_force(&wanted, &inherited, &config("compact,delete", true)));
        // The same value, but said by the topic.
        assert!(!is_in_force(&to(Some("delete")), &inherited, &inherited));
        assert!(is_in_force(&to(Some("delete")), &inherited, &config("delete", true)));
        // Another value of its own is there until the change arrives.
        let own = config("compact", true);
        assert!(!is_in_force(&to(Some("delete")), &own, &own));
        assert!(!is_in_force(&to(None), &own, &own));
        assert!(is_in_force(&to(None), &own, &inherited));
    }
}
