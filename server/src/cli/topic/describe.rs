//! `ouzel topic describe`: a summary, the settings and the partitions of topics.

use clap::Args;
use ouzel_api::topics::{Partition, Topic};
use serde::Serialize;

use super::{ConnectFlags, Failure, Loaded, OutputFlags};
use crate::{
    cli::{
        connect::target,
        detail::list,
        names,
        output::{sections, show, table},
    },
    kafka::{Cluster, TopicConfig},
};

/// What to describe.
#[derive(Debug, Args)]
pub struct Describe {
    /// The topics
    #[arg(required = true)]
    topics: Vec<String>,
    /// TOPICS are regular expressions, of which one must fit a whole name
    #[arg(short, long)]
    regex: bool,
    #[command(flatten)]
    sections: Sections,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

/// The sections of text; JSON and YAML hold everything.
#[derive(Debug, Clone, Copy, Args)]
struct Sections {
    /// Print the summary; without any of these flags, summary and settings are printed
    #[arg(short = 's', long)]
    print_summary: bool,
    /// Print the settings
    #[arg(short = 'c', long)]
    print_configs: bool,
    /// Print the partitions
    #[arg(short = 'p', long)]
    print_partitions: bool,
    /// Print all three
    #[arg(short = 'a', long)]
    print_all: bool,
}

#[derive(Serialize)]
struct Described {
    #[serde(flatten)]
    topic: Topic,
    configs: Vec<TopicConfig>,
}

pub async fn run(asked: Describe, loaded: &Loaded) -> Result<(), Failure> {
    let cluster = target(&asked.connect, loaded)?.cluster;
    let mut topics = Vec::new();
    for name in names::topics(&cluster, &asked.topics, asked.regex).await? {
        topics.push(one(&cluster, &name).await?);
    }
    show(asked.output.format, &topics, |topics| {
        let text = |described| text(described, asked.sections);
        topics.iter().map(text).collect::<Vec<_>>().join("\n\n")
    })
}

async fn one(cluster: &Cluster, name: &str) -> Result<Described, Failure> {
    let topic = cluster.topic_page(name).await.map_err(Failure::of)?;
    let configs = cluster.topic_configs(name).await.map_err(Failure::of)?;
    Ok(Described { topic, configs })
}

/// rpk's three sections.
fn text(Described { topic, configs }: &Described, asked: Sections) -> String {
    let Sections { print_summary, print_configs, print_partitions, print_all } = asked;
    let none = !(print_summary || print_configs || print_partitions || print_all);
    let partitions: Vec<_> = topic.partitions.iter().map(partition).collect();
    let head = ["partition", "leader", "epoch", "replicas", "log-start-offset", "high-watermark"];
    sections([
        (print_summary || print_all || none, "SUMMARY", summary(topic)),
        (print_configs || print_all || none, "CONFIGS", settings(configs)),
        (print_partitions || print_all, "PARTITIONS", table(&head, &partitions)),
    ])
}

fn summary(topic: &Topic) -> String {
    let replicas = topic.partitions.first().map_or(0, |partition| partition.replicas.len());
    let mut lines = vec![
        format!("NAME        {}", topic.name),
        format!("PARTITIONS  {}", topic.partitions.len()),
        format!("REPLICAS    {replicas}"),
    ];
    if topic.internal {
        lines.push("INTERNAL    true".to_owned());
    }
    lines.join("\n")
}

fn settings(configs: &[TopicConfig]) -> String {
    let row = |it: &TopicConfig| vec![it.name.clone(), it.shown().to_owned(), it.source.to_owned()];
    table(&["key", "value", "source"], &configs.iter().map(row).collect::<Vec<_>>())
}

fn partition(partition: &Partition) -> Vec<String> {
    let known = |number: Option<i64>| number.map_or("-".to_owned(), |it| it.to_string());
    vec![
        partition.partition.to_string(),
        known(partition.leader.map(Into::into)),
        known(partition.leader_epoch.map(Into::into)),
        list(&partition.replicas),
        known(partition.start_offset),
        known(partition.end_offset),
    ]
}
