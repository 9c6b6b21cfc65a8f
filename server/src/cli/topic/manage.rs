//! `ouzel topic create`, and how it is told what became of several topics.

use clap::Args;
use ouzel_api::topics::{ConfigValue, CreateTopic};
use ouzel_wire::ErrorCode;
use serde::Serialize;

use super::{ConnectFlags, Failure, Loaded, OutputFlags, alter::pair};
use crate::{
    cli::{
        connect::target,
        output::{show, table},
        progress::Progress,
    },
    kafka::KafkaError,
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
    /// Ask the cluster whether it would, and create nothing
    #[arg(short, long)]
    dry: bool,
    /// A topic that exists already is as good as one that is created; it stays as it is
    #[arg(long)]
    if_not_exists: bool,
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
    let what = if asked.dry { "topics checked" } else { "topics created" };
    let mut progress = Progress::of(what, Some(asked.topics.len() as u64));
    let mut done = Vec::new();
    for name in &asked.topics {
        let wanted = CreateTopic {
            name: name.clone(),
            partitions: asked.partitions,
            replication_factor: asked.replicas,
            configs: configs.clone(),
        };
        let created = match asked.dry {
            true => cluster.check_topic(&wanted).await,
            false => cluster.create_topic(&wanted).await,
        };
        progress.add(1);
        let is_there = |error: &KafkaError| error.code() == Some(ErrorCode::TopicAlreadyExists);
        let created = match created {
            Err(error) if asked.if_not_exists && is_there(&error) => Ok(()),
            created => created,
        };
        done.push((name.clone(), created));
    }
    drop(progress);
    statuses(done, asked.output)
}

fn config(text: &str) -> Result<ConfigValue, Failure> {
    let (name, value) = pair(text)?;
    Ok(ConfigValue { name, value })
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
