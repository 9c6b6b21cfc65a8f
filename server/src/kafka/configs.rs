//! Settings of topics and brokers: told with their source, changed one by one.

use ouzel_wire::messages::{
    DescribeConfigsRequest, DescribeConfigsResource, DescribeConfigsResourceResult,
    IncrementalAlterConfigsRequest, IncrementalAlterConfigsResource, IncrementalAlterableConfig,
};

use super::{cluster::Cluster, connection::Connection, error::KafkaError};

/// Kafka's number for a topic among the things that have a configuration.
pub(super) const RESOURCE_TOPIC: i8 = 2;
/// And for a broker.
const RESOURCE_BROKER: i8 = 4;

/// What has settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource<'a> {
    /// A topic, by its name.
    Topic(&'a str),
    /// One broker, by its number.
    Broker(i32),
    /// All brokers, as far as they are not told otherwise.
    Brokers,
}

/// How much is told of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Its value and where that comes from.
    Values,
    /// What it would be otherwise, too, and what it means.
    InFull,
}

/// A setting of a topic or a broker.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TopicConfig {
    /// Its name.
    pub name: String,
    /// Its value; none if it is secret, or has none.
    pub value: Option<String>,
    /// Whether it is secret.
    pub sensitive: bool,
    /// Where the value comes from, as Kafka names it.
    pub source: &'static str,
    /// Whether it can only be changed by a restart.
    pub read_only: bool,
}

impl TopicConfig {
    /// Its value, or why none is shown.
    pub fn shown(&self) -> &str {
        match &self.value {
            Some(value) => value,
            None if self.sensitive => "(sensitive)",
            None => "(none)",
        }
    }
}

/// A change of one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigChange {
    /// Its name.
    pub key: String,
    /// What is wanted.
    pub act: ConfigAct,
}

/// What can be wanted of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigAct {
    /// This value.
    Set(String),
    /// Its default.
    Delete,
    /// These words more in its list.
    Append(String),
    /// These words less in its list.
    Subtract(String),
}

impl Resource<'_> {
    fn kind(self) -> i8 {
        match self {
            Resource::Topic(_) => RESOURCE_TOPIC,
            Resource::Broker(_) | Resource::Brokers => RESOURCE_BROKER,
        }
    }

    /// As the protocol names it: all brokers have no name.
    fn name(self) -> String {
        match self {
            Resource::Topic(name) => name.to_owned(),
            Resource::Broker(node) => node.to_string(),
            Resource::Brokers => String::new(),
        }
    }

    fn in_words(self) -> String {
        match self {
            Resource::Topic(name) => format!("the settings of `{name}`"),
            Resource::Broker(node) => format!("the settings of broker {node}"),
            Resource::Brokers => "the settings of all brokers".to_owned(),
        }
    }
}

impl Cluster {
    /// All settings, by name. Of [`Resource::Brokers`] only what they were told while they ran.
    pub async fn configs(&self, of: Resource<'_>) -> Result<Vec<TopicConfig>, KafkaError> {
        Ok(self.described(of, Detail::Values).await?.into_iter().map(config).collect())
    }

    /// All settings as the cluster tells them, by name. A broker is asked itself.
    pub(super) async fn described(
        &self,
        of: Resource<'_>,
        detail: Detail,
    ) -> Result<Vec<DescribeConfigsResourceResult>, KafkaError> {
        let resource = DescribeConfigsResource {
            resource_type: of.kind(),
            resource_name: of.name(),
            configuration_keys: None,
            ..DescribeConfigsResource::default()
        };
        let in_full = detail == Detail::InFull;
        let request = DescribeConfigsRequest {
            resources: vec![resource],
            include_synonyms: in_full,
            include_documentation: in_full,
            ..DescribeConfigsRequest::default()
        };
        let connection = match of {
            Resource::Broker(node) => self.broker(node).await?,
            Resource::Topic(_) | Resource::Brokers => self.any().await?,
        };
        let response = connection.call(&request).await?;
        let result = response.results.into_iter().next().unwrap_or_default();
        if result.error_code != 0 {
            let about = format!("reading {}", of.in_words());
            return Err(KafkaError::refused(about, result.error_code, result.error_message));
        }
        let mut configs = result.configs;
        configs.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(configs)
    }

    /// Changes settings, or with `judge_only` only learns whether they could be changed. All of
    /// them change, or none does.
    pub async fn alter_configs(
        &self,
        of: Resource<'_>,
        changes: &[ConfigChange],
        judge_only: bool,
    ) -> Result<(), KafkaError> {
        let resource = IncrementalAlterConfigsResource {
            resource_type: of.kind(),
            resource_name: of.name(),
            configs: changes.iter().map(alterable).collect(),
            ..IncrementalAlterConfigsResource::default()
        };
        let request = IncrementalAlterConfigsRequest {
            resources: vec![resource],
            validate_only: judge_only,
            ..IncrementalAlterConfigsRequest::default()
        };
        for attempt in 0.. {
            let connection = match of {
                Resource::Broker(node) => self.broker(node).await?,
                Resource::Topic(_) | Resource::Brokers => self.controller().await?,
            };
            let done = alter(&connection, of, &request).await;
            if !self.has_controller_moved(&done, attempt).await? {
                return done;
            }
        }
        unreachable!("the loop above returns at its last attempt")
    }
}

async fn alter(
    connection: &Connection,
    of: Resource<'_>,
    request: &IncrementalAlterConfigsRequest,
) -> Result<(), KafkaError> {
    let response = connection.call(request).await?;
    let result = response.responses.into_iter().next().unwrap_or_default();
    match result.error_code {
        0 => Ok(()),
        code => {
            let about = format!("changing {}", of.in_words());
            Err(KafkaError::refused(about, code, result.error_message))
        }
    }
}

fn config(config: DescribeConfigsResourceResult) -> TopicConfig {
    TopicConfig {
        name: config.name,
        value: config.value.filter(|_| !config.is_sensitive),
        sensitive: config.is_sensitive,
        source: source(config.config_source),
        read_only: config.read_only,
    }
}

fn alterable(change: &ConfigChange) -> IncrementalAlterableConfig {
    let (config_operation, value) = match &change.act {
        ConfigAct::Set(value) => (0, Some(value)),
        ConfigAct::Delete => (1, None),
        ConfigAct::Append(words) => (2, Some(words)),
        ConfigAct::Subtract(words) => (3, Some(words)),
    };
    IncrementalAlterableConfig {
        name: change.key.clone(),
        config_operation,
        value: value.cloned(),
        ..IncrementalAlterableConfig::default()
    }
}

/// Kafka's names for the places that a setting comes from.
pub(super) fn source(number: i8) -> &'static str {
    match number {
        1 => "DYNAMIC_TOPIC_CONFIG",
        2 => "DYNAMIC_BROKER_CONFIG",
        3 => "DYNAMIC_DEFAULT_BROKER_CONFIG",
        4 => "STATIC_BROKER_CONFIG",
        5 => "DEFAULT_CONFIG",
        6 => "DYNAMIC_BROKER_LOGGER_CONFIG",
        7 => "DYNAMIC_CLIENT_METRICS_CONFIG",
        8 => "DYNAMIC_GROUP_CONFIG",
        _ => "UNKNOWN",
    }
}
