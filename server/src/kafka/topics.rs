//! Creating, enlarging and deleting topics, and one setting of many. Settings as such are
//! `configs.rs`.

use std::collections::HashMap;

use ouzel_api::topics::{ConfigValue, CreateTopic};
use ouzel_wire::messages::{
    CreatableTopic, CreatableTopicConfig, CreatePartitionsRequest, CreatePartitionsTopic,
    CreateTopicsRequest, DeleteTopicState, DeleteTopicsRequest, DescribeConfigsRequest,
    DescribeConfigsResource,
};

use super::{
    cluster::Cluster,
    configs::{RESOURCE_TOPIC, Resource, TopicConfig},
    connection::{Connection, REQUEST_TIMEOUT},
    error::KafkaError,
};

/// The first version of DeleteTopics that names topics in a list of structures.
const VERSION_DELETE_BY_STATE: i16 = 6;

/// What only the controller does.
enum Change<'a> {
    Create { topic: &'a CreateTopic, judge_only: bool },
    Grow { name: &'a str, partitions: i32 },
    Delete(&'a str),
}

impl Cluster {
    /// Creates a topic. Other brokers may hear of it later: see [`Cluster::shown`].
    pub async fn create_topic(&self, topic: &CreateTopic) -> Result<(), KafkaError> {
        self.at_controller(&Change::Create { topic, judge_only: false }).await
    }

    /// Only learns whether the topic could be created.
    pub async fn check_topic(&self, topic: &CreateTopic) -> Result<(), KafkaError> {
        self.at_controller(&Change::Create { topic, judge_only: true }).await
    }

    /// Gives a topic more partitions, so that there are so many in all; seen later, as above.
    pub async fn grow_topic(&self, name: &str, partitions: i32) -> Result<(), KafkaError> {
        self.at_controller(&Change::Grow { name, partitions }).await
    }

    /// Deletes a topic; its absence is seen later, as above.
    pub async fn delete_topic(&self, name: &str) -> Result<(), KafkaError> {
        self.at_controller(&Change::Delete(name)).await
    }

    /// Makes a change, again if the controller has moved.
    async fn at_controller(&self, change: &Change<'_>) -> Result<(), KafkaError> {
        for attempt in 0.. {
            let connection = self.controller().await?;
            let done = match change {
                Change::Create { topic, judge_only } => {
                    create(&connection, topic, *judge_only).await
                }
                Change::Grow { name, partitions } => grow(&connection, name, *partitions).await,
                Change::Delete(name) => delete(&connection, name).await,
            };
            if !self.has_controller_moved(&done, attempt).await? {
                return done;
            }
        }
        unreachable!("the loop above returns at its last attempt")
    }

    /// All settings of a topic, by name.
    pub async fn topic_configs(&self, name: &str) -> Result<Vec<TopicConfig>, KafkaError> {
        self.configs(Resource::Topic(name)).await
    }

    /// The `cleanup.policy` of each topic; those that could not be read are left out.
    pub async fn cleanup_policies(
        &self,
        topics: &[String],
    ) -> Result<HashMap<String, String>, KafkaError> {
        let resource = |topic: &String| DescribeConfigsResource {
            resource_type: RESOURCE_TOPIC,
            resource_name: topic.clone(),
            configuration_keys: Some(vec!["cleanup.policy".to_owned()]),
            ..DescribeConfigsResource::default()
        };
        let request = DescribeConfigsRequest {
            resources: topics.iter().map(resource).collect(),
            ..DescribeConfigsRequest::default()
        };
        let response = self.any().await?.call(&request).await?;
        let read = response.results.into_iter().filter(|result| result.error_code == 0);
        let policy = read.filter_map(|result| {
            let config = result.configs.into_iter().find(|it| it.name == "cleanup.policy")?;
            Some((result.resource_name, config.value?))
        });
        Ok(policy.collect())
    }
}

async fn create(
    connection: &Connection,
    topic: &CreateTopic,
    judge_only: bool,
) -> Result<(), KafkaError> {
    let config = |config: &ConfigValue| CreatableTopicConfig {
        name: config.name.clone(),
        value: Some(config.value.clone()),
        ..CreatableTopicConfig::default()
    };
    let creatable = CreatableTopic {
        name: topic.name.clone(),
        num_partitions: topic.partitions.unwrap_or(-1),
        replication_factor: topic.replication_factor.unwrap_or(-1),
        configs: topic.configs.iter().map(config).collect(),
        ..CreatableTopic::default()
    };
    let request = CreateTopicsRequest {
        topics: vec![creatable],
        timeout_ms: timeout_ms(),
        validate_only: judge_only,
        ..CreateTopicsRequest::default()
    };
    let response = connection.call(&request).await?;
    let result = response.topics.into_iter().next().unwrap_or_default();
    let about = || format!("creating topic `{}`", topic.name);
    match result.error_code {
        0 => Ok(()),
        code => Err(KafkaError::refused(about(), code, result.error_message)),
    }
}

async fn grow(connection: &Connection, name: &str, partitions: i32) -> Result<(), KafkaError> {
    let topic = CreatePartitionsTopic {
        name: name.to_owned(),
        count: partitions,
        assignments: None,
        ..CreatePartitionsTopic::default()
    };
    let request = CreatePartitionsRequest {
        topics: vec![topic],
        timeout_ms: timeout_ms(),
        ..CreatePartitionsRequest::default()
    };
    let response = connection.call(&request).await?;
    let result = response.results.into_iter().next().unwrap_or_default();
    let about = || format!("adding partitions to topic `{name}`");
    match result.error_code {
        0 => Ok(()),
        code => Err(KafkaError::refused(about(), code, result.error_message)),
    }
}

async fn delete(connection: &Connection, name: &str) -> Result<(), KafkaError> {
    let version = connection.version::<DeleteTopicsRequest>()?;
    let state = DeleteTopicState { name: Some(name.to_owned()), ..Default::default() };
    let by_state = version >= VERSION_DELETE_BY_STATE;
    let request = DeleteTopicsRequest {
        topics: if by_state { vec![state] } else { Vec::new() },
        topic_names: vec![name.to_owned()],
        timeout_ms: timeout_ms(),
        ..DeleteTopicsRequest::default()
    };
    let response = connection.call(&request).await?;
    let result = response.responses.into_iter().next().unwrap_or_default();
    let about = || format!("deleting topic `{name}`");
    match result.error_code {
        0 => Ok(()),
        code => Err(KafkaError::refused(about(), code, result.error_message)),
    }
}

/// How long the controller may take: half of what we wait, so that its own answer arrives.
fn timeout_ms() -> i32 {
    i32::try_from(REQUEST_TIMEOUT.as_millis() / 2).unwrap_or(i32::MAX)
}
