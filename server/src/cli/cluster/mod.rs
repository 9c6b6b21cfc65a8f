//! `ouzel cluster …`.

mod logdirs;

use clap::Subcommand;
use serde::Serialize;

use super::{
    Failure,
    connect::{ConnectFlags, target},
    output::{OutputFlags, show, table},
};
use crate::{config::Loaded, kafka::Metadata};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the cluster's id, brokers and topics
    #[command(visible_alias = "metadata")]
    Info {
        #[command(flatten)]
        connect: ConnectFlags,
        #[command(flatten)]
        output: OutputFlags,
    },
    /// Print the size of every partition, broker by broker
    #[command(name = "logdirs")]
    LogDirs(logdirs::LogDirs),
}

#[derive(Serialize)]
struct Info {
    cluster: Option<String>,
    brokers: Vec<Broker>,
    topics: Vec<Topic>,
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
struct Topic {
    name: String,
    partitions: usize,
    replicas: usize,
    internal: bool,
}

pub async fn run(command: Command, loaded: Loaded) -> Result<(), Failure> {
    match command {
        Command::Info { connect, output } => {
            let target = target(&connect, &loaded)?;
            let metadata = target.cluster.fresh_metadata().await.map_err(Failure::of)?;
            show(output.format, &info(&metadata), text)
        }
        Command::LogDirs(asked) => logdirs::run(asked, &loaded).await,
    }
}

fn info(metadata: &Metadata) -> Info {
    let brokers = metadata.brokers.iter().map(|(id, broker)| Broker {
        id: *id,
        host: broker.address.host.clone(),
        port: broker.address.port,
        rack: broker.rack.clone(),
        is_controller: metadata.controller == Some(*id),
    });
    let topics = metadata.topics.iter().map(|(name, topic)| Topic {
        name: name.clone(),
        partitions: topic.partitions.len(),
        replicas: topic.partitions.first().map_or(0, |partition| partition.replicas.len()),
        internal: topic.internal,
    });
    Info {
        cluster: metadata.cluster_id.clone(),
        brokers: brokers.collect(),
        topics: topics.collect(),
    }
}

/// rpk's layout: a star marks the controller.
fn text(info: &Info) -> String {
    let broker = |broker: &Broker| {
        let mark = if broker.is_controller { "*" } else { "" };
        let rack = broker.rack.clone().unwrap_or_default();
        vec![format!("{}{mark}", broker.id), broker.host.clone(), broker.port.to_string(), rack]
    };
    let topic = |topic: &Topic| {
        vec![topic.name.clone(), topic.partitions.to_string(), topic.replicas.to_string()]
    };
    let brokers: Vec<_> = info.brokers.iter().map(broker).collect();
    let topics: Vec<_> = info.topics.iter().map(topic).collect();
    let id = info.cluster.as_deref().unwrap_or("unknown");
    let mut sections = vec![
        format!("CLUSTER\n=======\n{id}"),
        format!("BROKERS\n=======\n{}", table(&["id", "host", "port", "rack"], &brokers)),
    ];
    if !topics.is_empty() {
        let table = table(&["name", "partitions", "replicas"], &topics);
        sections.push(format!("TOPICS\n======\n{table}"));
    }
    sections.join("\n\n")
}
