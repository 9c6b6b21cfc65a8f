//! Topics partition by partition, as metadata tells them: for `topic list` and `cluster info`.

use serde::Serialize;

use super::output::table;
use crate::kafka::Metadata;

/// A topic and its partitions.
#[derive(Debug, Serialize)]
pub struct Detail {
    /// Its name.
    pub name: String,
    /// Whether the cluster keeps it for itself.
    pub internal: bool,
    /// Copies of the first partition.
    pub replicas: usize,
    partitions: Vec<Partition>,
}

#[derive(Debug, Serialize)]
struct Partition {
    partition: i32,
    leader: Option<i32>,
    epoch: Option<i32>,
    replicas: Vec<i32>,
    in_sync: Vec<i32>,
}

impl Detail {
    /// All topics, by name.
    pub fn of(metadata: &Metadata) -> Vec<Detail> {
        let topics = metadata.topics.iter().map(|(name, topic)| Detail {
            name: name.clone(),
            internal: topic.internal,
            replicas: topic.partitions.first().map_or(0, |first| first.replicas.len()),
            partitions: topic.partitions.iter().map(partition).collect(),
        });
        topics.collect()
    }

    /// How many partitions it has.
    pub fn partitions(&self) -> usize {
        self.partitions.len()
    }

    /// rpk's layout: a line for each topic, and under it a table of its partitions.
    pub fn text(topics: &[Detail]) -> String {
        topics.iter().map(Detail::section).collect::<Vec<_>>().join("\n\n")
    }

    fn section(&self) -> String {
        let known = |number: Option<i32>| number.map_or("-".to_owned(), |it| it.to_string());
        let row = |it: &Partition| {
            let (leader, epoch) = (known(it.leader), known(it.epoch));
            vec![it.partition.to_string(), leader, epoch, list(&it.replicas), list(&it.in_sync)]
        };
        let head = ["partition", "leader", "epoch", "replicas", "in-sync"];
        let rows = table(&head, &self.partitions.iter().map(row).collect::<Vec<_>>());
        let count = self.partitions.len();
        let internal = if self.internal { " (internal)" } else { "" };
        let title =
            format!("{}{internal}, {count} partitions, {} replicas", self.name, self.replicas);
        [title]
            .into_iter()
            .chain(rows.lines().map(|row| format!("    {row}")))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

fn partition(partition: &crate::kafka::Partition) -> Partition {
    Partition {
        partition: partition.number,
        leader: partition.leader,
        epoch: partition.leader_epoch,
        replicas: partition.replicas.clone(),
        in_sync: partition.in_sync.clone(),
    }
}

/// Node ids as rpk writes them: `[1 2 3]`.
pub fn list(nodes: &[i32]) -> String {
    let nodes: Vec<String> = nodes.iter().map(ToString::to_string).collect();
    format!("[{}]", nodes.join(" "))
}
