//! `ouzel cluster logdirs`: how large partitions are, broker by broker.

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::{ConnectFlags, Failure, Loaded, OutputFlags, target};
use crate::{
    cli::output::{bytes, show, table},
    kafka::{BrokerLogDirs, Cluster, LogDir},
};

/// What to tell of.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct LogDirs {
    #[command(subcommand)]
    command: Option<Describe>,
    #[command(flatten)]
    asked: Asked,
}

/// rpk's name for the same.
#[derive(Debug, Subcommand)]
enum Describe {
    /// The same as `logdirs` alone, as in rpk
    Describe(Asked),
}

#[derive(Debug, Args)]
struct Asked {
    /// Only this broker
    #[arg(short, long)]
    broker: Option<i32>,
    /// Only these topics
    #[arg(long, value_delimiter = ',')]
    topics: Vec<String>,
    /// Add up the partitions of each topic, folder or broker
    #[arg(long, value_enum, value_name = "COLUMN")]
    aggregate_into: Option<Column>,
    /// The largest first
    #[arg(long)]
    sort_by_size: bool,
    /// Sizes in KiB, MiB and so on
    #[arg(short = 'H', long)]
    human_readable: bool,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

/// A column that is kept when those behind it are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Column {
    /// One line for each broker.
    Broker,
    /// One line for each folder.
    Dir,
    /// One line for each topic in a folder.
    Topic,
}

/// A partition in a folder, or what was added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Row {
    broker: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    dir: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition: Option<i32>,
    size: u64,
    /// Of the folder's file system, where that is what the line is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usable: Option<u64>,
    error: Option<String>,
}

pub async fn run(asked: LogDirs, loaded: &Loaded) -> Result<(), Failure> {
    let asked = match asked.command {
        Some(Describe::Describe(asked)) => asked,
        None => asked.asked,
    };
    let cluster = target(&asked.connect, loaded)?.cluster;
    let topics = partitions_of(&cluster, &asked.topics).await?;
    let mut brokers = cluster.log_dirs(topics.as_deref()).await.map_err(Failure::of)?;
    if let Some(wanted) = asked.broker {
        brokers.retain(|(node, _)| *node == wanted);
        if brokers.is_empty() {
            return Err(Failure::Failed(format!("the cluster lists no broker {wanted}")));
        }
    }
    let failed = brokers.iter().filter(|(_, folders)| folders.is_err()).count();
    let mut rows: Vec<Row> = brokers.into_iter().flat_map(rows).collect();
    rows = added_up(rows, asked.aggregate_into);
    if asked.sort_by_size {
        rows.sort_by_key(|row| std::cmp::Reverse(row.size));
    }
    show(asked.output.format, &rows, |rows| text(rows, &asked))?;
    match failed {
        0 => Ok(()),
        _ => Err(Failure::Failed(format!("{failed} brokers told nothing"))),
    }
}

/// All partitions of the named topics; none if none was named.
async fn partitions_of(
    cluster: &Cluster,
    topics: &[String],
) -> Result<Option<Vec<(String, Vec<i32>)>>, Failure> {
    if topics.is_empty() {
        return Ok(None);
    }
    let mut named = Vec::new();
    for name in topics {
        let topic = cluster.fresh_topic(name).await.map_err(Failure::of)?;
        let numbers = topic.partitions.iter().map(|partition| partition.number).collect();
        named.push((name.clone(), numbers));
    }
    Ok(Some(named))
}

/// A line for each partition; a folder without any has one of its own, for its file system.
fn rows((broker, folders): BrokerLogDirs) -> Vec<Row> {
    let bare = Row {
        broker,
        dir: None,
        topic: None,
        partition: None,
        size: 0,
        total: None,
        usable: None,
        error: None,
    };
    let folders = match folders {
        Ok(folders) => folders,
        Err(error) => return vec![Row { error: Some(error.reason()), ..bare }],
    };
    let folder = |folder: LogDir| {
        let LogDir { path, total_bytes: total, usable_bytes: usable, partitions } = folder;
        let bare = Row { dir: Some(path), total, usable, ..bare.clone() };
        match partitions {
            Err(error) => vec![Row { error: Some(error.reason()), ..bare }],
            Ok(partitions) if partitions.is_empty() => vec![bare],
            Ok(mut partitions) => {
                partitions.sort();
                let row = |(place, size): (crate::kafka::TopicPartition, u64)| Row {
                    topic: Some(place.topic),
                    partition: Some(place.partition),
                    size,
                    ..bare.clone()
                };
                partitions.into_iter().map(row).collect()
            }
        }
    };
    folders.into_iter().flat_map(folder).collect()
}

/// One line for all that agree up to this column.
fn added_up(rows: Vec<Row>, into: Option<Column>) -> Vec<Row> {
    let Some(into) = into else {
        let plain = |row| Row { total: None, usable: None, ..row };
        return rows.into_iter().map(plain).collect();
    };
    let mut sums: Vec<Row> = Vec::new();
    for mut row in rows {
        row.partition = None;
        row.topic = row.topic.filter(|_| into >= Column::Topic);
        row.dir = row.dir.filter(|_| into >= Column::Dir);
        if into != Column::Dir {
            (row.total, row.usable) = (None, None);
        }
        let same = |sum: &&mut Row| {
            (sum.broker, &sum.dir, &sum.topic) == (row.broker, &row.dir, &row.topic)
        };
        match sums.iter_mut().find(same) {
            Some(sum) => {
                sum.size = sum.size.saturating_add(row.size);
                sum.error = sum.error.take().or(row.error);
            }
            None => sums.push(row),
        }
    }
    sums
}

/// What a column shows of a row.
type Cell<'a> = &'a dyn Fn(&Row) -> String;

/// rpk's columns, as far as they are kept; and the room there is, of folders.
fn text(rows: &[Row], asked: &Asked) -> String {
    let kept = asked.aggregate_into;
    let size = |count: u64| match asked.human_readable {
        true => bytes(count),
        false => count.to_string(),
    };
    let known = |count: Option<u64>| count.map_or("-".to_owned(), size);
    let columns: [(&str, bool, Cell<'_>); 8] = [
        ("broker", true, &|row| row.broker.to_string()),
        ("dir", kept.is_none_or(|kept| kept >= Column::Dir), &|row| {
            row.dir.clone().unwrap_or_else(|| "-".to_owned())
        }),
        ("topic", kept.is_none_or(|kept| kept >= Column::Topic), &|row| {
            row.topic.clone().unwrap_or_else(|| "-".to_owned())
        }),
        ("partition", kept.is_none(), &|row| {
            row.partition.map_or("-".to_owned(), |number| number.to_string())
        }),
        ("size", true, &|row| size(row.size)),
        ("total", kept == Some(Column::Dir), &|row| known(row.total)),
        ("usable", kept == Some(Column::Dir), &|row| known(row.usable)),
        ("error", rows.iter().any(|row| row.error.is_some()), &|row| {
            row.error.clone().unwrap_or_default()
        }),
    ];
    let columns: Vec<_> = columns.into_iter().filter(|(_, kept, _)| *kept).collect();
    let head: Vec<&str> = columns.iter().map(|(name, ..)| *name).collect();
    let row = |row: &Row| columns.iter().map(|(_, _, cell)| cell(row)).collect();
    table(&head, &rows.iter().map(row).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(dir: &str, topic: &str, partition: i32, size: u64) -> Row {
        Row {
            broker: 1,
            dir: Some(dir.to_owned()),
            topic: Some(topic.to_owned()),
            partition: Some(partition),
            size,
            total: Some(1000),
            usable: Some(400),
            error: None,
        }
    }

    #[test]
    fn sizes_add_up_into_the_column_that_is_asked_for() {
        let rows = vec![row("/a", "t", 0, 5), row("/a", "t", 1, 7), row("/b", "u", 0, 1)];
        let sizes = |into| -> Vec<u64> {
            added_up(rows.clone(), Some(into)).iter().map(|row| row.size).collect()
        };
        assert_eq!(sizes(Column::Topic), [12, 1]);
        assert_eq!(sizes(Column::Dir), [12, 1]);
        assert_eq!(sizes(Column::Broker), [13]);
        let folders = added_up(rows.clone(), Some(Column::Dir));
        assert_eq!((folders[0].total, folders[0].usable), (Some(1000), Some(400)));
        assert_eq!(folders[0].topic, None);
        assert_eq!(added_up(rows, None).len(), 3);
    }
}
