//! `ouzel group delete` and `ouzel group offset-delete`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{ConnectFlags, Failure, Loaded, OutputFlags, target};
use crate::{
    cli::{
        output::{outcomes, table},
        places::{places_in, topic_and_partitions},
        progress::Progress,
    },
    kafka::{Cluster, KafkaError, TopicPartition},
};

/// Groups to delete.
#[derive(Debug, Args)]
pub struct Delete {
    /// The groups; they must have no members
    #[arg(required = true)]
    groups: Vec<String>,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

#[derive(Serialize)]
struct Deleted {
    group: String,
    status: String,
}

pub async fn delete(asked: Delete, loaded: &Loaded) -> Result<(), Failure> {
    let cluster = target(&asked.connect, loaded)?.cluster;
    let mut progress = Progress::of("groups deleted", Some(asked.groups.len() as u64));
    let (mut rows, mut failed) = (Vec::new(), 0);
    for group in asked.groups {
        let deleted = cluster.delete_group(&group).await;
        progress.add(1);
        if let Err(error @ KafkaError::Unreachable { .. }) = &deleted {
            return Err(Failure::of(error));
        }
        failed += usize::from(deleted.is_err());
        rows.push(Deleted { group, status: status(deleted) });
    }
    drop(progress);
    outcomes(asked.output.format, &rows, failed, "groups", |rows| {
        let row = |it: &Deleted| vec![it.group.clone(), it.status.clone()];
        table(&["group", "status"], &rows.iter().map(row).collect::<Vec<_>>())
    })
}

fn status(done: Result<(), KafkaError>) -> String {
    done.err().map_or("OK".to_owned(), |error| error.reason())
}

/// Commits to delete.
#[derive(Debug, Args)]
pub struct OffsetDelete {
    /// The group; its members may go on if they do not read these topics
    group: String,
    /// A topic, with or without a list of partitions: `orders` or `orders:0,1`
    #[arg(short, long = "topic", value_name = "TOPIC[:PARTITION,…]")]
    #[arg(required_unless_present = "from_file", conflicts_with = "from_file")]
    topics: Vec<String>,
    /// A file with `TOPIC PARTITION` on each line
    #[arg(short, long, value_name = "FILE")]
    from_file: Option<PathBuf>,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

#[derive(Serialize)]
struct Forgotten {
    topic: String,
    partition: i32,
    status: String,
}

pub async fn offset_delete(asked: OffsetDelete, loaded: &Loaded) -> Result<(), Failure> {
    let cluster = target(&asked.connect, loaded)?.cluster;
    let places = match &asked.from_file {
        Some(file) => places_in(file)?,
        None => named(&cluster, &asked.group, &asked.topics).await?,
    };
    let changed = cluster.forget_offsets(&asked.group, &places).await.map_err(Failure::of)?;
    let failed = changed.values().filter(|changed| changed.is_err()).count();
    let rows: Vec<Forgotten> = changed
        .into_iter()
        .map(|(place, done)| Forgotten {
            topic: place.topic,
            partition: place.partition,
            status: status(done),
        })
        .collect();
    outcomes(asked.output.format, &rows, failed, "partitions", |rows| {
        let row =
            |it: &Forgotten| vec![it.topic.clone(), it.partition.to_string(), it.status.clone()];
        table(&["topic", "partition", "status"], &rows.iter().map(row).collect::<Vec<_>>())
    })
}

/// The partitions named by flags. A topic alone stands for those with a commit.
async fn named(
    cluster: &Cluster,
    group: &str,
    topics: &[String],
) -> Result<Vec<TopicPartition>, Failure> {
    let topics: Result<Vec<_>, Failure> =
        topics.iter().map(|text| topic_and_partitions(text)).collect();
    let topics = topics?;
    let mut places = Vec::new();
    let whole = topics.iter().any(|(_, partitions)| partitions.is_none());
    let commits = match whole {
        true => super::commits(cluster, group).await?.unwrap_or_default(),
        false => Default::default(),
    };
    for (topic, partitions) in topics {
        match partitions {
            Some(numbers) => {
                places.extend(numbers.into_iter().map(|n| TopicPartition::new(&topic, n)));
            }
            None => {
                let before = places.len();
                places.extend(commits.keys().filter(|place| place.topic == topic).cloned());
                if places.len() == before {
                    let told = format!("group `{group}` has committed nothing in `{topic}`");
                    return Err(Failure::Failed(told));
                }
            }
        }
    }
    Ok(places)
}
