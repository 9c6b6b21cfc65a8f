//! The account of every setting: what it is, what it was told, by whom, and what would hold
//! otherwise.

use crate::cluster::{Setting, Settings, Topic, topic_keys};
use crate::config::BrokerConfig;
use crate::node::Node;

use super::broker_keys::{broker_keys, can_change, own_key};
use super::synonyms::{SYNONYMS, synonyms_of};

/// Who said that a value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It was set for the topic.
    Topic,
    /// This node was told while it ran.
    Node,
    /// All nodes were told while they ran.
    Cluster,
    /// The broker was started with it.
    Start,
    /// Nobody did.
    Default,
}

/// A value and where it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The key's name there.
    pub name: &'static str,
    /// The value there.
    pub value: String,
    /// Where that is.
    pub source: Source,
}

/// One setting of a topic or a broker.
#[derive(Debug, Clone)]
pub struct Described {
    /// Its name.
    pub name: &'static str,
    /// Its type, legal values and meaning.
    pub setting: &'static Setting,
    /// Whether it can only be changed by a restart.
    pub read_only: bool,
    /// What it was told, never empty; the first one holds.
    pub told: Vec<Told>,
}

impl Described {
    /// The value that holds; none where there is none.
    pub fn value(&self) -> Option<String> {
        let Told { name, value, .. } = &self.told[0];
        let synonym = SYNONYMS.iter().find(|s| s.setting.name == *name && self.name != *name);
        let value = synonym.map_or_else(|| value.clone(), |synonym| synonym.in_ms(value));
        (!self.setting.is_none(&value)).then_some(value)
    }

    /// Who said so.
    pub fn source(&self) -> Source {
        self.told[0].source
    }
}

/// Whether somebody wants to know of a key.
pub type Wanted<'a> = &'a dyn Fn(&str) -> bool;

impl Node {
    /// The wanted settings of a topic.
    pub fn describe_topic(&self, topic: &Topic, wanted: Wanted<'_>) -> Vec<Described> {
        let told = self.told();
        let one = |&(name, setting): &(&'static str, &'static Setting)| {
            let own = topic.settings.get(name).cloned();
            let own = own.map(|value| Told { name, value, source: Source::Topic });
            let inherited = match setting.default_from {
                Some(from) => told.of_broker(from, setting),
                None => vec![default_of(name, setting)],
            };
            let told = own.into_iter().chain(inherited).collect();
            Described { name, setting, read_only: false, told }
        };
        topic_keys().all.iter().filter(|(name, _)| wanted(name)).map(one).collect()
    }

    /// The wanted settings of this broker.
    pub fn describe_broker(&self, wanted: Wanted<'_>) -> Vec<Described> {
        let told = self.told();
        let one = |&(name, setting): &(&'static str, &'static Setting)| Described {
            name,
            setting,
            read_only: !can_change(name),
            told: told.of_broker(name, setting),
        };
        broker_keys().all.iter().filter(|(name, _)| wanted(name)).map(one).collect()
    }

    /// What all brokers were told while they ran, and nothing else, as Kafka has it.
    pub fn describe_brokers(&self, wanted: Wanted<'_>) -> Vec<Described> {
        let told = self.told().cluster;
        let one = |(name, value): (&String, &String)| {
            let (name, setting) = broker_keys().get(name).filter(|(name, _)| wanted(name))?;
            let told = vec![Told { name, value: value.clone(), source: Source::Cluster }];
            Some(Described { name, setting, read_only: false, told })
        };
        told.iter().filter_map(one).collect()
    }

    fn told(&self) -> ToldBrokers<'_> {
        let state = self.cluster.state();
        let node = state.node_settings(self.config.node_id).cloned().unwrap_or_default();
        ToldBrokers { node, cluster: state.broker_settings().clone(), start: &self.config }
    }
}

/// What brokers were told, by whom.
struct ToldBrokers<'a> {
    node: Settings,
    cluster: Settings,
    start: &'a BrokerConfig,
}

impl ToldBrokers<'_> {
    /// A broker's setting, what holds first.
    fn of_broker(&self, name: &'static str, setting: &'static Setting) -> Vec<Told> {
        let names = std::iter::once(name).chain(synonyms_of(name).map(|s| s.setting.name));
        let since = names.flat_map(|name| {
            let since = [(&self.node, Source::Node), (&self.cluster, Source::Cluster)];
            since.into_iter().filter_map(move |(settings, source)| {
                Some(Told { name, value: settings.get(name)?.clone(), source })
            })
        });
        let start = own_key(name).map(|key| (key.told)(self.start));
        let start = start.filter(|value| *value != setting.default);
        let start = start.map(|value| Told { name, value, source: Source::Start });
        since.chain(start).chain([default_of(name, setting)]).collect()
    }
}

fn default_of(name: &'static str, setting: &'static Setting) -> Told {
    Told { name, value: setting.default.to_owned(), source: Source::Default }
}
