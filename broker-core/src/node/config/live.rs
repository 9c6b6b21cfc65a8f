//! What holds now: what the broker was started with, and what it was told since.

use crate::cluster::{ClusterState, Settings, topic_keys, value_of};
use crate::config::BrokerConfig;

use super::broker_keys::{broker_keys, own_key};

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
        live.hear(state.broker_settings());
        if let Some(settings) = state.node_settings(start.node_id) {
            live.hear(settings);
        }
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
    fn hear(&mut self, settings: &Settings) {
        for (name, value) in settings {
            match (own_key(name).map(|key| key.tell), broker_keys().get(name)) {
                (Some(Some(tell)), _) => tell(&mut self.config, value),
                (None, Some((_, setting))) => {
                    self.defaults.insert(setting.name.to_owned(), value.clone());
                }
                (Some(None), _) | (None, None) => {}
            }
        }
    }
}
