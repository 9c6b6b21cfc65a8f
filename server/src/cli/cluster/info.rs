//! `ouzel cluster info`: the cluster's id, its brokers and its topics.

use clap::Args;
use serde::Serialize;

use super::{ConnectFlags, Failure, Loaded, OutputFlags, target};
use crate::{
    cli::{
        detail::Detail,
        output::{sections, show, table},
    },
    kafka::Metadata,
};

/// What to print.
#[derive(Debug, Args)]
pub struct Info {
    #[command(flatten)]
    sections: Sections,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

/// The sections of text; JSON and YAML hold all three.
#[derive(Debug, Clone, Copy, Default, Args)]
struct Sections {
    /// Print the cluster's id; without -c, -b, -t and -d all sections are printed
    #[arg(short = 'c', long)]
    print_cluster: bool,
    /// Print the brokers
    #[arg(short = 'b', long)]
    print_brokers: bool,
    /// Print the topics
    #[arg(short = 't', long)]
    print_topics: bool,
    /// Print the topics with all their partitions, also in JSON and YAML
    #[arg(short = 'd', long)]
    print_detailed_topics: bool,
    /// Also the topics that the cluster keeps for itself
    #[arg(short = 'i', long)]
    print_internal_topics: bool,
}

#[derive(Serialize)]
struct Shown {
    cluster: Option<String>,
    brokers: Vec<Broker>,
    topics: Topics,
}

#[derive(Serialize)]
struct Broker {
    id: i32,
    host: String,
    port: u16,
    rack: Option<String>,
    is_controller: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Topics {
    Plain(Vec<Topic>),
    Detailed(Vec<Detail>),
}

#[derive(Serialize)]
struct Topic {
    name: String,
    partitions: usize,
    replicas: usize,
    internal: bool,
}

pub async fn run(asked: Info, loaded: &Loaded) -> Result<(), Failure> {
    let target = target(&asked.connect, loaded)?;
    let metadata = target.cluster.fresh_metadata().await.map_err(Failure::of)?;
    let shown = shown(&metadata, asked.sections);
    show(asked.output.format, &shown, |shown| text(shown, asked.sections))
}

fn shown(metadata: &Metadata, asked: Sections) -> Shown {
    let brokers = metadata.brokers.iter().map(|(id, broker)| Broker {
        id: *id,
        host: broker.address.host.clone(),
        port: broker.address.port,
        rack: broker.rack.clone(),
        is_controller: metadata.controller == Some(*id),
    });
    let mut topics = Detail::of(metadata);
    topics.retain(|topic| asked.print_internal_topics || !topic.internal);
    let plain = |topic: &Detail| Topic {
        name: topic.name.clone(),
        partitions: topic.partitions(),
        replicas: topic.replicas,
        internal: topic.internal,
    };
    Shown {
        cluster: metadata.cluster_id.clone(),
        brokers: brokers.collect(),
        topics: match asked.print_detailed_topics {
            true => Topics::Detailed(topics),
            false => Topics::Plain(topics.iter().map(plain).collect()),
        },
    }
}

/// rpk's layout: a star marks the controller.
fn text(shown: &Shown, asked: Sections) -> String {
    let Sections { print_cluster, print_brokers, print_topics, print_detailed_topics, .. } = asked;
    let topics_asked = print_topics || print_detailed_topics;
    let all = !(print_cluster || print_brokers || topics_asked);
    let (topics, is_empty) = match &shown.topics {
        Topics::Plain(topics) => (plain(topics), topics.is_empty()),
        Topics::Detailed(topics) => (Detail::text(topics), topics.is_empty()),
    };
    let id = shown.cluster.clone().unwrap_or_else(|| "unknown".to_owned());
    sections([
        (print_cluster || all, "CLUSTER", id),
        (print_brokers || all, "BROKERS", brokers(&shown.brokers)),
        (topics_asked || all && !is_empty, "TOPICS", topics),
    ])
}

fn brokers(brokers: &[Broker]) -> String {
    let row = |broker: &Broker| {
        let mark = if broker.is_controller { "*" } else { "" };
        let rack = broker.rack.clone().unwrap_or_default();
        vec![format!("{}{mark}", broker.id), broker.host.clone(), broker.port.to_string(), rack]
    };
    table(&["id", "host", "port", "rack"], &brokers.iter().map(row).collect::<Vec<_>>())
}

fn plain(topics: &[Topic]) -> String {
    let row = |topic: &Topic| {
        vec![topic.name.clone(), topic.partitions.to_string(), topic.replicas.to_string()]
    };
    table(&["name", "partitions", "replicas"], &topics.iter().map(row).collect::<Vec<_>>())
}
