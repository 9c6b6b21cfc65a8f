//! Changes of settings, applied purely: what was set before, and what somebody wants.

use super::key::{Keys, Kind, Setting};
use super::value::InvalidSetting;
use super::{Settings, parse_settings};

/// What is wanted of all settings of a topic or a broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alteration {
    /// These are set, and nothing else (AlterConfigs).
    Replace(Vec<(String, String)>),
    /// These change, the others stay (IncrementalAlterConfigs).
    Change(Vec<Change>),
}

/// What is wanted of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name, unchecked.
    pub key: String,
    /// What is wanted.
    pub act: Act,
}

/// What can be wanted of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// It has this value.
    Set(String),
    /// It has its default again. A key that was not set, or does not exist, is no error in Kafka.
    Delete,
    /// These words are in its list too.
    Append(String),
    /// These words are not in its list.
    Subtract(String),
}

impl Alteration {
    /// The keys that are named.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let (replaced, changed): (&[(String, String)], &[Change]) = match self {
            Alteration::Replace(all) => (all.as_slice(), Default::default()),
            Alteration::Change(changes) => (Default::default(), changes.as_slice()),
        };
        let replaced = replaced.iter().map(|(key, _)| key.as_str());
        replaced.chain(changed.iter().map(|change| change.key.as_str()))
    }

    /// What is set afterwards. `inherited` is a key's value where nothing is set.
    pub fn apply(
        &self,
        keys: &Keys,
        before: &Settings,
        inherited: &dyn Fn(&Setting) -> String,
    ) -> Result<Settings, InvalidSetting> {
        match self {
            Alteration::Replace(all) => {
                let all = all.iter().map(|(key, value)| (key.as_str(), Some(value.as_str())));
                parse_settings(keys, all)
            }
            Alteration::Change(changes) => {
                let mut after = before.clone();
                for change in changes {
                    change.apply(keys, &mut after, inherited)?;
                }
                Ok(after)
            }
        }
    }
}

impl Change {
    fn apply(
        &self,
        keys: &Keys,
        settings: &mut Settings,
        inherited: &dyn Fn(&Setting) -> String,
    ) -> Result<(), InvalidSetting> {
        let words = match &self.act {
            Act::Delete => {
                settings.remove(&self.key);
                return Ok(());
            }
            Act::Set(value) => value.clone(),
            Act::Append(words) => {
                let present = self.list(keys, settings, inherited)?;
                let more = split(words).filter(|word| !split(&present).any(|w| w == *word));
                split(&present).chain(more).collect::<Vec<_>>().join(",")
            }
            Act::Subtract(words) => {
                let present = self.list(keys, settings, inherited)?;
                let less = split(&present).filter(|word| !split(words).any(|w| w == *word));
                less.collect::<Vec<_>>().join(",")
            }
        };
        let parsed = parse_settings(keys, [(self.key.as_str(), Some(words.as_str()))].into_iter())?;
        settings.extend(parsed);
        Ok(())
    }

    /// The list as it is now, if the key holds one.
    fn list(
        &self,
        keys: &Keys,
        settings: &Settings,
        inherited: &dyn Fn(&Setting) -> String,
    ) -> Result<String, InvalidSetting> {
        let found = keys.get(&self.key);
        let (name, setting) = found.ok_or_else(|| InvalidSetting::unknown(keys, &self.key))?;
        if setting.kind != Kind::List {
            return Err(InvalidSetting::NotAList { name });
        }
        Ok(settings.get(name).cloned().unwrap_or_else(|| inherited(setting)))
    }
}

fn split(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|word| !word.is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::topic_keys;
    use super::*;

    const POLICY: &str = "cleanup.policy";

    fn settings(given: &[(&str, &str)]) -> Settings {
        given.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn changed(before: &[(&str, &str)], key: &str, act: Act) -> Result<Settings, InvalidSetting> {
        let change = Alteration::Change(vec![Change { key: key.to_owned(), act }]);
        change.apply(topic_keys(), &settings(before), &|setting| setting.default.to_owned())
    }

    #[test]
    fn a_change_touches_its_key_alone_and_a_replacement_all() {
        let before = [("retention.ms", "1"), ("write.caching", "true")];
        let set = changed(&before, "retention.ms", Act::Set("2".to_owned())).unwrap();
        assert_eq!(set, settings(&[("retention.ms", "2"), ("write.caching", "true")]));
        let deleted = changed(&before, "retention.ms", Act::Delete).unwrap();
        assert_eq!(deleted, settings(&[("write.caching", "true")]));
        let replaced = Alteration::Replace(vec![("retention.bytes".to_owned(), "7".to_owned())]);
        let after = replaced.apply(topic_keys(), &settings(&before), &|_| String::new());
        assert_eq!(after.unwrap(), settings(&[("retention.bytes", "7")]));
    }

    #[test]
    fn words_join_and_leave_a_list_that_begins_with_what_is_inherited() {
        let word = |text: &str| text.to_owned();
        let both = changed(&[], POLICY, Act::Append(word("compact"))).unwrap();
        assert_eq!(both, settings(&[(POLICY, "delete,compact")]));
        let twice = changed(&[(POLICY, "compact")], POLICY, Act::Append(word("compact"))).unwrap();
        assert_eq!(twice, settings(&[(POLICY, "compact")]));
        let less = [(POLICY, "compact,delete")];
        let less = changed(&less, POLICY, Act::Subtract(word("delete,shred"))).unwrap();
        assert_eq!(less, settings(&[(POLICY, "compact")]));
        let none = changed(&[], POLICY, Act::Subtract(word("delete"))).unwrap();
        assert_eq!(none, settings(&[(POLICY, "")]));
    }

    #[test]
    fn only_lists_grow_and_only_legal_words_join_them() {
        let refused = |key, act| changed(&[], key, act).unwrap_err().to_string();
        let more = Act::Append("1".to_owned());
        assert_eq!(refused("retention.ms", more.clone()), "`retention.ms` is not a list");
        assert!(refused("retention_ms", more.clone()).contains("`retention.ms`"));
        assert!(refused(POLICY, more).starts_with("`delete,1` is not a value of"));
        assert_eq!(changed(&[], "nonsense", Act::Delete), Ok(Settings::new()));
    }
}
