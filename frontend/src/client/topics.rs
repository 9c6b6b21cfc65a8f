//! Topics: the list, figures, one topic; creating, changing, emptying and deleting.

use ouzel_api::{
    route,
    topic_config::{ChangeTopicConfig, SettingChange, TopicConfig},
    topics::{
        CreateTopic, FiguresRequest, FiguresResponse, GrowTopic, Topic, TopicConsumers, TopicList,
    },
    trim::{Trim, TrimOffset, TrimPlan, TrimQuestion, Trimmed},
};

use super::{ClientError, send, send::Shown};

/// All topics of a cluster, without what costs a request to the brokers.
pub async fn list(cluster: String) -> Result<TopicList, ClientError> {
    send::get(&route::topics(&cluster)).await
}

/// Figures of at most [`ouzel_api::topics::FIGURES_MAX`] topics.
pub async fn figures(cluster: String, topics: Vec<String>) -> Result<FiguresResponse, ClientError> {
    let asked = FiguresRequest { topics, now: false };
    send::post(&route::topic_figures(&cluster), &asked).await
}

/// The same of this moment: what a person is told before changing or deleting them.
pub async fn figures_now(
    cluster: String,
    topics: Vec<String>,
) -> Result<FiguresResponse, ClientError> {
    let asked = FiguresRequest { topics, now: true };
    send::post(&route::topic_figures(&cluster), &asked).await
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
pub async fn create(cluster: String, topic: CreateTopic) -> Result<Shown, ClientError> {
    send::act_on_cluster("POST", &route::topics(&cluster), Some(&topic)).await
}

/// Deletes a topic with all its records.
pub async fn delete(cluster: String, topic: String) -> Result<Shown, ClientError> {
    send::act_on_cluster("DELETE", &route::topic(&cluster, &topic), None::<&()>).await
}

/// Gives a topic more partitions; `was` is how many were shown.
pub async fn grow(
    cluster: String,
    topic: String,
    (was, partitions): (u32, u32),
) -> Result<Shown, ClientError> {
    let wanted = GrowTopic { partitions, was: Some(was) };
    send::act_on_cluster("POST", &route::topic_partitions(&cluster, &topic), Some(&wanted)).await
}

/// A topic's settings.
pub async fn config(cluster: String, topic: String) -> Result<TopicConfig, ClientError> {
    send::get(&route::topic_config(&cluster, &topic)).await
}

/// Changes some settings; all others stay.
pub async fn change_config(
    cluster: String,
    topic: String,
    changes: Vec<SettingChange>,
) -> Result<Shown, ClientError> {
    let wanted = ChangeTopicConfig { changes };
    send::act_on_cluster("POST", &route::topic_config(&cluster, &topic), Some(&wanted)).await
}

/// What deleting the oldest records would do.
pub async fn trim_plan(
    cluster: String,
    topic: String,
    question: TrimQuestion,
) -> Result<TrimPlan, ClientError> {
    send::post(&route::trim_plan(&cluster, &topic), &question).await
}

/// Deletes what lies before these offsets.
pub async fn trim(
    cluster: String,
    topic: String,
    offsets: Vec<TrimOffset>,
) -> Result<Trimmed, ClientError> {
    send::post(&route::trim(&cluster, &topic), &Trim { offsets }).await
}
