//! What somebody has changed and not saved. Pure.

use std::collections::BTreeMap;

use ouzel_api::topic_config::{SettingChange, SettingKind, TopicSetting};

/// Wanted values by key; `None` takes the topic's own value away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft(BTreeMap<String, Option<String>>);

/// One line of the difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The setting as it is.
    pub setting: TopicSetting,
    /// The topic's own value afterwards; `None` if it inherits.
    pub own: Option<String>,
}

impl Draft {
    /// Whether nothing is being edited.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wanted of a key: nothing, to inherit (`Some(None)`), or a value.
    pub fn of(&self, key: &str) -> Option<&Option<String>> {
        self.0.get(key)
    }

    /// Wants a value.
    pub fn set(&mut self, key: &str, value: String) {
        self.0.insert(key.to_owned(), Some(value));
    }

    /// Wants what the topic inherits.
    pub fn reset(&mut self, key: &str) {
        self.0.insert(key.to_owned(), None);
    }

    /// Wants nothing of a key.
    pub fn leave(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// What really changes, by key: a value that is in force already, or a reset of what the topic
    /// does not set, changes nothing.
    pub fn changes(&self, settings: &[TopicSetting]) -> Vec<Change> {
        let change = |(key, own): (&String, &Option<String>)| {
            let setting = settings.iter().find(|setting| setting.name == *key)?;
            let same = match own {
                Some(value) => !setting.sensitive && setting.value.as_ref() == Some(value),
                None => !setting.modified,
            };
            (!same).then(|| Change { setting: setting.clone(), own: own.clone() })
        };
        self.0.iter().filter_map(change).collect()
    }

    /// What cannot be sent as it is: the first key, and why.
    pub fn wrong(&self, settings: &[TopicSetting]) -> Option<String> {
        self.changes(settings).iter().find_map(|change| {
            let problem = problem(change.setting.kind, change.own.as_deref()?)?;
            Some(format!("{}: {problem}", change.setting.name))
        })
    }
}

impl Change {
    /// As it is sent: only this key, with the value on which it was decided.
    pub fn to_send(&self) -> SettingChange {
        let was = self.setting.value.clone().filter(|_| !self.setting.sensitive);
        SettingChange { name: self.setting.name.clone(), value: self.own.clone(), was }
    }

    /// The value in force afterwards, as far as it is known.
    pub fn after(&self) -> Option<&str> {
        self.own.as_deref().or(self.setting.inherited.as_deref())
    }
}

/// What is wrong with a value of that type; the cluster decides in the end.
pub fn problem(kind: SettingKind, value: &str) -> Option<&'static str> {
    let value = value.trim();
    let whole =
        |least: i64, most: i64| value.parse().is_ok_and(|n: i64| (least..=most).contains(&n));
    match kind {
        SettingKind::Short if !whole(i16::MIN.into(), i16::MAX.into()) => {
            Some("A whole number of 16 bits.")
        }
        SettingKind::Int if !whole(i32::MIN.into(), i32::MAX.into()) => {
            Some("A whole number of 32 bits.")
        }
        SettingKind::Long if !whole(i64::MIN, i64::MAX) => Some("A whole number."),
        SettingKind::Double if value.parse::<f64>().is_err() => Some("A number."),
        SettingKind::Boolean if !matches!(value, "true" | "false") => Some("true or false."),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(name: &str, value: &str, own: bool) -> TopicSetting {
        TopicSetting {
            name: name.to_owned(),
            value: Some(value.to_owned()),
            inherited: Some("7".to_owned()),
            inherited_from: None,
            source: String::new(),
            modified: own,
            kind: SettingKind::Long,
            sensitive: false,
            read_only: false,
            documentation: None,
        }
    }

    #[test]
    fn only_what_really_changes_is_sent_with_the_value_it_was_decided_on() {
        let settings = [setting("a", "1", true), setting("b", "7", false), setting("c", "3", true)];
        let mut draft = Draft::default();
        draft.set("a", "1".to_owned());
        draft.reset("b");
        assert!(draft.changes(&settings).is_empty());
        draft.set("b", "8".to_owned());
        draft.reset("c");
        draft.set("gone", "1".to_owned());
        let sent: Vec<_> = draft.changes(&settings).iter().map(Change::to_send).collect();
        let text = |text: &str| Some(text.to_owned());
        let wanted = [("b", text("8"), text("7")), ("c", None, text("3"))];
        let wanted =
            wanted.map(|(name, value, was)| SettingChange { name: name.to_owned(), value, was });
        assert_eq!(sent, wanted);
        assert_eq!(draft.changes(&settings)[1].after(), Some("7"));
        draft.leave("b");
        assert_eq!(draft.changes(&settings).len(), 1);
    }

    #[test]
    fn a_value_that_cannot_be_of_its_type_is_named() {
        let settings = [setting("a", "1", true)];
        let mut draft = Draft::default();
        draft.set("a", "soon".to_owned());
        assert_eq!(draft.wrong(&settings).as_deref(), Some("a: A whole number."));
        draft.set("a", "-1".to_owned());
        assert_eq!(draft.wrong(&settings), None);
        assert!(problem(SettingKind::Int, "2147483648").is_some());
        assert!(problem(SettingKind::Boolean, "yes").is_some());
        assert!(problem(SettingKind::Double, "0.5").is_none());
        assert!(problem(SettingKind::List, "anything").is_none());
    }
}
