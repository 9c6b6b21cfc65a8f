//! What holds now: what the broker was started with, and what it was told since.

use crate::cluster::{ClusterState, Settings, topic_keys, value_of};
use crate::config::BrokerConfig;

use super::broker_keys::own_key;
use super::synonyms::told_for;

/// What holds now for this broker and for topics that do not say otherwise.
#[derive(Debug, Clone)]
pub struct Live {
    /// The broker's configuration. What cannot change while it runs is as it was at the start.
    pub config: BrokerConfig,
    /// Defaults of topics as far as they were told, under the topics' names for them.
    pub defaults: Settings,
}

impl Live {
    /// From what the broker was started with and what the cluster has agreed on.
    pub fn of(start: &BrokerConfig, state: &ClusterState) -> Live {
        let mut live = Live { config: start.clone(), defaults: Settings::new() };
        let mut told = state.broker_settings().clone();
        told.extend(state.node_settings(start.node_id).cloned().unwrap_or_default());
        live.hear(&told);
        live
    }

    /// The value of a topic's key: its own, or what holds for topics that do not say. Panics for
    /// a key that topics do not have.
    pub fn of_topic<'a>(&'a self, settings: &'a Settings, name: &str) -> &'a str {
        match topic_keys().get(name) {
            Some((_, setting)) => value_of(settings, &self.defaults, setting),
            None => panic!("no topic setting is called `{name}`"),
        }
    }

    /// What a version that knew other keys left behind is passed over.
    fn hear(&mut self, told: &Settings) {
        for (name, value) in told {
            if let Some(tell) = own_key(name).and_then(|key| key.tell) {
                tell(&mut self.config, value);
            }
        }
        for (name, setting) in &topic_keys().all {
            if let Some(value) = setting.default_from.and_then(|from| told_for(from, told)) {
                self.defaults.insert((*name).to_owned(), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_keep_for_so_long_as_brokers_are_told_in_whichever_unit() {
        let none = Settings::new();
        for (key, value, kept) in [
            ("log.retention.hours", "2", "7200000"),
            ("log.retention.minutes", "3", "180000"),
            ("log.retention.ms", "5", "5"),
            ("log.retention.hours", "-1", "-1"),
        ] {
            let mut live = Live { config: BrokerConfig::new(""), defaults: Settings::new() };
            live.hear(&Settings::from([(key.to_owned(), value.to_owned())]));
            assert_eq!(live.of_topic(&none, "retention.ms"), kept, "{key}={value}");
        }
    }
}
