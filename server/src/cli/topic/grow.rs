//! `ouzel topic add-partitions`.

use clap::Args;

use super::{ConnectFlags, Failure, Loaded, OutputFlags, manage::statuses};
use crate::{
    cli::{connect::target, progress::Progress},
    kafka::{Cluster, KafkaError},
};

/// What to enlarge.
#[derive(Debug, Args)]
pub struct AddPartitions {
    /// The topics
    #[arg(required = true)]
    topics: Vec<String>,
    /// How many partitions to add to each
    #[arg(short, long, value_parser = clap::value_parser!(i32).range(1..))]
    num: i32,
    /// Also where the cluster keeps the topic for itself, as it does `__consumer_offsets`
    #[arg(short, long)]
    force: bool,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

pub async fn run(asked: AddPartitions, loaded: &Loaded) -> Result<(), Failure> {
    let cluster = target(&asked.connect, loaded)?.cluster;
    let mut progress = Progress::of("topics enlarged", Some(asked.topics.len() as u64));
    let mut done = Vec::new();
    for name in &asked.topics {
        done.push((name.clone(), grow(&cluster, name, &asked).await?));
        progress.add(1);
    }
    drop(progress);
    statuses(done, asked.output)
}

/// Fails at once where a flag is missing, and otherwise says what became of the topic.
async fn grow(
    cluster: &Cluster,
    name: &str,
    asked: &AddPartitions,
) -> Result<Result<(), KafkaError>, Failure> {
    let topic = match cluster.fresh_topic(name).await {
        Ok(topic) => topic,
        Err(error) => return Ok(Err(error)),
    };
    if topic.internal && !asked.force {
        let told = format!("the cluster keeps topic `{name}` for itself; --force enlarges it");
        return Err(Failure::Failed(told));
    }
    let present = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
    Ok(cluster.grow_topic(name, present.saturating_add(asked.num)).await)
}
