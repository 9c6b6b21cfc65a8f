//! Changing what is set: first in the state, durably, then where it is obeyed.

use std::sync::Arc;

use thiserror::Error;

use crate::cluster::{
    Alteration, Command, InvalidSetting, ProposeError, Setting, Settings, TOPIC_ORDER, Topic,
    check_together, topic_keys, value_of,
};
use crate::node::{Node, OFFSETS_TOPIC};

use super::broker_keys::{BROKER_ORDER, broker_keys, can_change, own_key};
use super::live::Live;
use super::log_config::log_config;

/// Why nothing was changed.
#[derive(Debug, Error)]
pub enum AlterError {
    /// No such topic.
    #[error("no topic is called `{name}`")]
    UnknownTopic {
        /// What was asked for.
        name: String,
    },
    /// No such broker here.
    #[error("this is node {node_id}, not `{asked}`")]
    NotThisNode {
        /// What this one is.
        node_id: i32,
        /// What was asked for.
        asked: String,
    },
    /// A key is none, or has no such value.
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    /// The broker reads it at its start only.
    #[error("`{name}` cannot be changed while the broker runs")]
    ReadOnly {
        /// The key.
        name: String,
    },
    /// Without it committed positions would be deleted when they are old.
    #[error("`{OFFSETS_TOPIC}` must be compacted: it is where groups keep their positions")]
    MustCompact,
    /// The state cannot be changed.
    #[error(transparent)]
    Propose(#[from] ProposeError),
}

impl Node {
    /// Changes what is set for topics, each of them named once; an outcome for each. All is
    /// durable, at the price of one change, and obeyed by their logs when this returns. With
    /// `judge_only` nothing changes. Blocks.
    pub fn alter_topics(
        &self,
        asked: &[(String, Alteration)],
        judge_only: bool,
    ) -> Vec<Result<(), AlterError>> {
        let _gate = self.gate.lock();
        let live = self.live();
        let altered = |(name, to): &(String, Alteration)| self.altered(name, to, &live);
        let altered: Vec<Result<Option<Topic>, AlterError>> = asked.iter().map(altered).collect();
        if judge_only {
            return altered.into_iter().map(|judged| judged.map(drop)).collect();
        }
        let commands: Vec<Command> = altered.iter().flatten().flatten().map(set).collect();
        let mut proposed = self.cluster.propose_all(&commands).into_iter();
        let obey = |altered: Result<Option<Topic>, AlterError>| {
            let Some(topic) = altered? else { return Ok(()) };
            proposed.next().expect("one outcome for each command")?;
            let Topic { name, settings, .. } = &topic;
            tracing::info!(topic = %name, ?settings, "topic `{name}` has new settings");
            self.obey(&topic, &live);
            Ok(())
        };
        altered.into_iter().map(obey).collect()
    }

    /// The topic with its new settings, unless these are what it has.
    fn altered(
        &self,
        name: &str,
        to: &Alteration,
        live: &Live,
    ) -> Result<Option<Topic>, AlterError> {
        let topic = self.cluster.state().topic(name).cloned();
        let Some(topic) = topic else {
            return Err(AlterError::UnknownTopic { name: name.to_owned() });
        };
        let inherited = |key: &Setting| value_of(&Settings::new(), &live.defaults, key).to_owned();
        let settings = to.apply(topic_keys(), &topic.settings, &inherited)?;
        check_topic(&settings, live)?;
        if name == OFFSETS_TOPIC && !log_config(&settings, live).cleanup.compacts() {
            return Err(AlterError::MustCompact);
        }
        Ok((settings != topic.settings).then_some(Topic { settings, ..topic }))
    }

    /// Changes what this node, or without a number every one, is told while it runs; durable and
    /// obeyed by every log when this returns. With `judge_only` nothing changes. Blocks.
    pub fn alter_broker(
        &self,
        node: Option<i32>,
        asked: &Alteration,
        judge_only: bool,
    ) -> Result<(), AlterError> {
        if let Some(fixed) = asked.keys().find(|key| !can_change(key)) {
            return Err(AlterError::ReadOnly { name: fixed.to_owned() });
        }
        let _gate = self.gate.lock();
        let (own, shared) = {
            let state = self.cluster.state();
            (
                node.and_then(|node| state.node_settings(node).cloned()),
                state.broker_settings().clone(),
            )
        };
        let (before, above) = match node {
            None => (shared, Settings::new()),
            Some(_) => (own.unwrap_or_default(), shared),
        };
        let inherited = |key: &Setting| {
            let name = key.default_from.unwrap_or(key.name);
            above.get(name).map_or(key.default, String::as_str).to_owned()
        };
        let settings = asked.apply(broker_keys(), &before, &inherited)?;
        self.check_broker(&settings)?;
        if judge_only || settings == before {
            return Ok(());
        }
        self.cluster.propose(&Command::SetBrokerSettings { node, settings: settings.clone() })?;
        tracing::info!(?node, ?settings, "the broker has new settings");
        self.hear();
        Ok(())
    }

    fn check_broker(&self, settings: &Settings) -> Result<(), InvalidSetting> {
        check_together(BROKER_ORDER, |name| match (settings.get(name), own_key(name)) {
            (Some(value), _) => value.clone(),
            (None, Some(key)) => (key.told)(&self.live().config),
            (None, None) => {
                let found = broker_keys().get(name);
                found.map(|(_, key)| key.default.to_owned()).unwrap_or_default()
            }
        })
    }

    /// Goes by what the state says now.
    fn hear(&self) {
        let before = self.live();
        let live = Arc::new(Live::of(&self.config, &self.cluster.state()));
        *self.live.write() = live.clone();
        let same_producers =
            before.config.producer_expiration_ms == live.config.producer_expiration_ms;
        if before.defaults == live.defaults && same_producers {
            return;
        }
        let topics: Vec<Topic> = self.cluster.state().topics().cloned().collect();
        topics.iter().for_each(|topic| self.obey(topic, &live));
    }

    fn obey(&self, topic: &Topic, live: &Live) {
        let config = log_config(&topic.settings, live);
        for partition in self.held.of(&topic.name, topic.id) {
            partition.set_config(config);
        }
    }
}

fn set(topic: &Topic) -> Command {
    Command::SetTopicSettings { id: topic.id, settings: topic.settings.clone() }
}

/// Whether a topic's settings go together.
pub fn check_topic(settings: &Settings, live: &Live) -> Result<(), InvalidSetting> {
    check_together(TOPIC_ORDER, |name| {
        let found = topic_keys().get(name);
        found.map(|(_, key)| value_of(settings, &live.defaults, key).to_owned()).unwrap_or_default()
    })
}
