//! Topics: the list, figures, one topic, creating and deleting.

use ouzel_api::{
    route,
    topics::{CreateTopic, FiguresRequest, FiguresResponse, Topic, TopicConsumers, TopicList},
};

use super::{ClientError, send};

/// All topics of a cluster, without what costs a request to the brokers.
pub async fn list(cluster: String) -> Result<TopicList, ClientError> {
    send::get(&route::topics(&cluster)).await
}

/// Figures of at most [`ouzel_api::topics::FIGURES_MAX`] topics.
pub async fn figures(cluster: String, topics: Vec<String>) -> Result<FiguresResponse, ClientError> {
    send::post(&route::topic_figures(&cluster), &FiguresRequest { topics }).await
}

/// One topic with its partitions.
pub async fn get(cluster: String, topic: String) -> Result<Topic, ClientError> {
    send::get(&route::topic(&cluster, &topic)).await
}

/// The groups that read a topic.
pub async fn consumers(cluster: String, topic: String) -> Result<TopicConsumers, ClientError> {
    send::get(&route::topic_consumers(&cluster, &topic)).await
}

/// Creates a topic.
pub async fn create(cluster: String, topic: CreateTopic) -> Result<(), ClientError> {
    send::act("POST", &route::topics(&cluster), Some(&topic)).await
}

/// Deletes a topic with all its records.
pub async fn delete(cluster: String, topic: String) -> Result<(), ClientError> {
    send::act("DELETE", &route::topic(&cluster, &topic), None::<&()>).await
}
