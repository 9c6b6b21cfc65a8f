//! One act on one topic, and what it is called.

use ouzel_api::{
    topic_config::{SettingChange, TopicSetting},
    trim::{TrimQuestion, TrimTo},
};

use super::super::partitions::{failures, offsets};
use crate::{
    client::{self, ClientError, Shown},
    format::counted,
};

/// What can be done to several topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Delete,
    Empty,
    Config,
}

/// The same with what was chosen for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Delete,
    Empty,
    /// `None` takes the topic's own value away.
    Config {
        key: String,
        value: Option<String>,
    },
}

impl Kind {
    /// The button that begins it.
    pub fn verb(self) -> &'static str {
        match self {
            Kind::Delete => "Delete",
            Kind::Empty => "Empty",
            Kind::Config => "Change",
        }
    }

    /// Whether records are lost.
    pub fn loses(self) -> bool {
        self != Kind::Config
    }
}

impl Act {
    /// Does it to one topic; tells in a few words what was done, or why not.
    pub async fn perform(&self, cluster: String, topic: String) -> Result<String, String> {
        let done = match self {
            Act::Delete => {
                client::topics::delete(cluster, topic).await.map(|shown| told(shown, "deleted"))
            }
            Act::Empty => return empty(cluster, topic).await,
            Act::Config { key, value } => {
                return configure(cluster, topic, (key, value.clone())).await;
            }
        };
        done.map_err(|error| error.message())
    }
}

/// A row has room for a few words only.
fn told(shown: Shown, done: &str) -> String {
    match shown {
        Shown::Now => done.to_owned(),
        Shown::NotYet => format!("{done}, not shown yet"),
    }
}

async fn empty(cluster: String, topic: String) -> Result<String, String> {
    let question = TrimQuestion { partitions: Vec::new(), up_to: TrimTo::End };
    let told = |error: ClientError| error.message();
    let plan =
        client::topics::trim_plan(cluster.clone(), topic.clone(), question).await.map_err(told)?;
    if let Some(refusal) = plan.refusal {
        return Err(refusal);
    }
    let unread = plan.partitions.iter().find_map(|part| part.error.clone());
    if let Some(error) = unread {
        return Err(format!("Not all partitions could be read. {error}"));
    }
    let wanted = offsets(&plan);
    if wanted.is_empty() {
        return Ok("was empty".to_owned());
    }
    let answer = client::topics::trim(cluster, topic, wanted).await.map_err(told)?;
    match failures(&answer) {
        failed if failed.is_empty() => {
            Ok(counted(plan.records, "record deleted", "records deleted"))
        }
        failed => Err(failed.join(" ")),
    }
}

async fn configure(
    cluster: String,
    topic: String,
    (key, value): (&str, Option<String>),
) -> Result<String, String> {
    let told = |error: ClientError| error.message();
    let config = client::topics::config(cluster.clone(), topic.clone()).await.map_err(told)?;
    if let Some(reason) = config.unchangeable {
        return Err(reason);
    }
    let setting = config.settings.into_iter().find(|setting| setting.name == key);
    let setting = setting.ok_or_else(|| format!("There is no setting {key} here."))?;
    match change(&setting, value) {
        None => Ok("was so already".to_owned()),
        Some((change, text)) => {
            let changed = client::topics::change_config(cluster, topic, vec![change]);
            Ok(self::told(changed.await.map_err(told)?, &text))
        }
    }
}

/// The change and what it is in words; none if it is so already.
fn change(setting: &TopicSetting, value: Option<String>) -> Option<(SettingChange, String)> {
    let is_so = match &value {
        Some(value) => setting.modified && setting.value.as_ref() == Some(value),
        None => !setting.modified,
    };
    if is_so {
        return None;
    }
    let shown = |value: Option<&String>| match value {
        _ if setting.sensitive => "secret".to_owned(),
        Some(value) => value.clone(),
        None => "its default".to_owned(),
    };
    let after = value.as_ref().or(setting.inherited.as_ref());
    let text = format!("{} → {}", shown(setting.value.as_ref()), shown(after));
    let was = setting.value.clone().filter(|_| !setting.sensitive);
    Some((SettingChange { name: setting.name.clone(), value, was }, text))
}

#[cfg(test)]
mod tests {
    use ouzel_api::topic_config::{SettingKind, TopicSetting};

    use super::change;

    #[test]
    fn a_topic_that_has_the_value_already_is_left_alone() {
        let setting = |value: &str, modified| TopicSetting {
            name: "retention.ms".to_owned(),
            value: Some(value.to_owned()),
            inherited: Some("7".to_owned()),
            inherited_from: None,
            source: String::new(),
            modified,
            kind: SettingKind::Long,
            sensitive: false,
            read_only: false,
            documentation: None,
        };
        let text = |setting: &TopicSetting, value: Option<&str>| {
            change(setting, value.map(str::to_owned)).map(|(_, text)| text)
        };
        assert_eq!(text(&setting("5", true), Some("5")), None);
        assert_eq!(text(&setting("7", false), None), None);
        assert_eq!(text(&setting("7", false), Some("7")).as_deref(), Some("7 → 7"));
        assert_eq!(text(&setting("5", true), Some("6")).as_deref(), Some("5 → 6"));
        assert_eq!(text(&setting("5", true), None).as_deref(), Some("5 → 7"));
    }
}
