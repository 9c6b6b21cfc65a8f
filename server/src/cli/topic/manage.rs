//! Creating, describing and deleting topics.

use clap::Args;
use ouzel_api::topics::{ConfigValue, CreateTopic, Topic};
use serde::Serialize;

use super::{ConnectFlags, Failure, Loaded, OutputFlags, alter::pair};
use crate::{
    cli::{
        connect::target,
        output::{show, table},
    },
    kafka::{KafkaError, TopicConfig},
};

/// What to create.
#[derive(Debug, Args)]
pub struct Create {
    /// The topics
    #[arg(required = true)]
    topics: Vec<String>,
    /// Partitions of each; the cluster's default if left out
    #[arg(short, long, value_parser = clap::value_parser!(i32).range(1..))]
    partitions: Option<i32>,
    /// Replicas of each partition; the cluster's default if left out
    #[arg(short, long, value_parser = clap::value_parser!(i16).range(1..))]
    replicas: Option<i16>,
    /// A setting that differs from its default, such as `cleanup.policy=compact`
    #[arg(short = 'c', long = "topic-config", value_name = "KEY=VALUE")]
    configs: Vec<String>,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

/// What became of one topic.
#[derive(Serialize)]
struct Status {
    topic: String,
    status: String,
}

pub async fn create(asked: Create, loaded: &Loaded) -> Result<(), Failure> {
    let configs: Vec<ConfigValue> =
        asked.configs.iter().map(|text| config(text)).collect::<Result<_, _>>()?;
    let cluster = target(&asked.connect, loaded)?.cluster;
    let mut done = Vec::new();
    for name in &asked.topics {
        let wanted = CreateTopic {
            name: name.clone(),
            partitions: asked.partitions,
            replication_factor: asked.replicas,
            configs: configs.clone(),
        };
        done.push((name.clone(), cluster.create_topic(&wanted).await));
    }
    statuses(done, asked.output)
}

fn config(text: &str) -> Result<ConfigValue, Failure> {
    let (name, value) = pair(text)?;
    Ok(ConfigValue { name, value })
}

pub async fn delete(
    topics: &[String],
    connect: &ConnectFlags,
    output: OutputFlags,
    loaded: &Loaded,
) -> Result<(), Failure> {
    let cluster = target(connect, loaded)?.cluster;
    let mut done = Vec::new();
    for name in topics {
        done.push((name.clone(), cluster.delete_topic(name).await));
    }
    statuses(done, output)
}

/// One line per topic; fails if one of them failed, and at once if no broker answered at all.
pub fn statuses(
    done: Vec<(String, Result<(), KafkaError>)>,
    output: OutputFlags,
) -> Result<(), Failure> {
    if let Some((_, Err(error @ KafkaError::Unreachable { .. }))) = done.first() {
        return Err(Failure::of(error));
    }
    let failed = done.iter().filter(|(_, done)| done.is_err()).count();
    let total = done.len();
    let status = |(topic, done): (String, Result<(), KafkaError>)| Status {
        topic,
        status: done.err().map_or("OK".to_owned(), |error| error.reason()),
    };
    let statuses: Vec<Status> = done.into_iter().map(status).collect();
    show(output.format, &statuses, |statuses| {
        let row = |it: &Status| vec![it.topic.clone(), it.status.clone()];
        table(&["topic", "status"], &statuses.iter().map(row).collect::<Vec<_>>())
    })?;
    match failed {
        0 => Ok(()),
        _ => Err(Failure::Failed(format!("{failed} of {total} topics failed"))),
    }
}

#[derive(Serialize)]
struct Described {
    #[serde(flatten)]
    topic: Topic,
    configs: Vec<TopicConfig>,
}

pub async fn describe(
    name: &str,
    connect: &ConnectFlags,
    output: OutputFlags,
    loaded: &Loaded,
) -> Result<(), Failure> {
    let cluster = target(connect, loaded)?.cluster;
    let topic = cluster.topic_page(name).await.map_err(Failure::of)?;
    let configs = cluster.topic_configs(name).await.map_err(Failure::of)?;
    show(output.format, &Described { topic, configs }, described)
}

/// rpk's three sections.
fn described(described: &Described) -> String {
    let Described { topic, configs } = described;
    let replicas = topic.partitions.first().map_or(0, |partition| partition.replicas.len());
    let mut summary = vec![
        format!("NAME        {}", topic.name),
        format!("PARTITIONS  {}", topic.partitions.len()),
        format!("REPLICAS    {replicas}"),
    ];
    if topic.internal {
        summary.push("INTERNAL    true".to_owned());
    }
    let config = |it: &TopicConfig| {
        let value = it.value.clone().unwrap_or_else(|| "(sensitive)".to_owned());
        vec![it.name.clone(), value, it.source.to_owned()]
    };
    let configs: Vec<_> = configs.iter().map(config).collect();
    let partitions: Vec<_> = topic.partitions.iter().map(partition).collect();
    let head = ["partition", "leader", "epoch", "replicas", "log-start-offset", "high-watermark"];
    [
        format!("SUMMARY\n=======\n{}", summary.join("\n")),
        format!("CONFIGS\n=======\n{}", table(&["key", "value", "source"], &configs)),
        format!("PARTITIONS\n==========\n{}", table(&head, &partitions)),
    ]
    .join("\n\n")
}

fn partition(partition: &ouzel_api::topics::Partition) -> Vec<String> {
    let known = |number: Option<i64>| number.map_or("-".to_owned(), |it| it.to_string());
    let replicas: Vec<String> = partition.replicas.iter().map(ToString::to_string).collect();
    vec![
        partition.partition.to_string(),
        known(partition.leader.map(Into::into)),
        known(partition.leader_epoch.map(Into::into)),
        format!("[{}]", replicas.join(" ")),
        known(partition.start_offset),
        known(partition.end_offset),
    ]
}
