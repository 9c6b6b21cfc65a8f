//! `ouzel topic trim-prefix`: deletes the oldest records, after showing what will go.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use clap::Args;
use serde::Serialize;

use super::{
    ConnectFlags, Failure, Loaded, OutputFlags,
    offset::{Begin, Span, Until},
};
use crate::{
    cli::{
        confirm,
        connect::target,
        output::{outcomes, table},
        places::offsets_in,
        progress::Progress,
    },
    kafka::{At, Cluster, Deleted, Offsets, TopicPartition},
};

/// Partitions that are trimmed in one go: each may cost the broker a sync or two, so that a go is
/// about a second on a slow disk.
const PARTITIONS_AT_ONCE: usize = 200;

/// What to delete.
#[derive(Debug, Args)]
pub struct TrimPrefix {
    /// The topic
    #[arg(required_unless_present = "from_file", conflicts_with = "from_file")]
    topic: Option<String>,
    /// Where the partitions begin afterwards: an offset, `end`, or `@TIME` for the first record of
    /// that time or later: seconds or milliseconds since 1970, 2021-03-24, 2021-03-24T10:00:00Z or
    /// -48h
    #[arg(short, long, required_unless_present = "from_file", conflicts_with = "from_file")]
    offset: Option<Span>,
    /// The partitions; all if left out
    #[arg(short, long, value_delimiter = ',', conflicts_with = "from_file")]
    partitions: Vec<i32>,
    /// A file with `TOPIC PARTITION OFFSET` on each line
    #[arg(short, long, value_name = "FILE")]
    from_file: Option<PathBuf>,
    /// Delete without asking
    #[arg(long)]
    no_confirm: bool,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

/// What became of one partition.
#[derive(Serialize)]
struct Trimmed {
    topic: String,
    partition: i32,
    new_start_offset: Option<i64>,
    error: Option<String>,
}

pub async fn run(asked: TrimPrefix, loaded: &Loaded) -> Result<(), Failure> {
    let cluster = target(&asked.connect, loaded)?.cluster;
    let starts = wanted(&cluster, &asked).await?;
    if !asked.no_confirm {
        confirm(&cluster, &starts).await?;
    }
    let deleted = delete(&cluster, &starts).await?;
    let failed = deleted.values().filter(|deleted| deleted.is_err()).count();
    let rows: Vec<Trimmed> = deleted
        .into_iter()
        .map(|(place, deleted)| Trimmed {
            topic: place.topic,
            partition: place.partition,
            new_start_offset: deleted.as_ref().ok().copied(),
            error: deleted.err().map(|error| error.reason()),
        })
        .collect();
    outcomes(asked.output.format, &rows, failed, "partitions", |rows| {
        let row = |it: &Trimmed| {
            let start = it.new_start_offset.map_or("-".to_owned(), |offset| offset.to_string());
            let error = it.error.clone().unwrap_or_default();
            vec![it.topic.clone(), it.partition.to_string(), start, error]
        };
        let head = ["topic", "partition", "new-start-offset", "error"];
        table(&head, &rows.iter().map(row).collect::<Vec<_>>())
    })
}

/// Deletes some partitions at a time, so that whoever waits sees it go on.
async fn delete(
    cluster: &Cluster,
    starts: &BTreeMap<TopicPartition, i64>,
) -> Result<Deleted, Failure> {
    let places: Vec<(TopicPartition, i64)> = starts.clone().into_iter().collect();
    let mut progress = Progress::of("partitions trimmed", Some(places.len() as u64));
    let mut deleted = Deleted::new();
    for some in places.chunks(PARTITIONS_AT_ONCE) {
        let some: BTreeMap<TopicPartition, i64> = some.iter().cloned().collect();
        deleted.extend(cluster.delete_records(&some).await.map_err(Failure::of)?);
        progress.add(some.len() as u64);
    }
    Ok(deleted)
}

/// The offset at which each partition shall begin.
async fn wanted(
    cluster: &Cluster,
    asked: &TrimPrefix,
) -> Result<BTreeMap<TopicPartition, i64>, Failure> {
    if let Some(file) = &asked.from_file {
        return offsets_in(file);
    }
    let (Some(name), Some(span)) = (&asked.topic, asked.offset) else {
        unreachable!("the command line asks for both where there is no file")
    };
    let there = cluster.fresh_topic(name).await.map_err(Failure::of)?.partitions;
    let there: BTreeSet<i32> = there.iter().map(|partition| partition.number).collect();
    let chosen = match asked.partitions.is_empty() {
        true => there.clone(),
        false => asked.partitions.iter().copied().collect(),
    };
    if let Some(missing) = chosen.difference(&there).next() {
        return Err(Failure::Failed(format!("topic `{name}` has no partition {missing}")));
    }
    let places = chosen.into_iter().map(|number| TopicPartition::new(name, number));
    let at = match span {
        Span { begin: Begin::Offset(offset), until: Until::Never } => {
            return Ok(places.map(|place| (place, offset)).collect());
        }
        Span { begin: Begin::End, until: Until::Never } => At::End,
        Span { begin: Begin::Time(ms), until: Until::Never } => At::Time(ms),
        _ => return Err(no_start()),
    };
    let places: Vec<TopicPartition> = places.collect();
    cluster.offsets_or_ends(&places, at).await.map_err(Failure::of)
}

fn no_start() -> Failure {
    Failure::Usage("--offset is an offset, `end` or `@TIME`".to_owned())
}

/// Shows what will go on standard error, where results do not go, and asks; not where nothing will
/// go.
async fn confirm(cluster: &Cluster, starts: &BTreeMap<TopicPartition, i64>) -> Result<(), Failure> {
    let now = cluster.offsets(starts.keys().cloned(), At::Start).await.map_err(Failure::of)?;
    if starts.iter().all(|(place, start)| is_before(&now, place, *start)) {
        eprintln!("there is nothing to delete before these offsets");
        return Ok(());
    }
    let head = ["topic", "partition", "prior-start-offset", "new-start-offset"];
    let row = |(place, start): (&TopicPartition, &i64)| {
        vec![
            place.topic.clone(),
            place.partition.to_string(),
            known(&now, place),
            start.to_string(),
        ]
    };
    let plan = table(&head, &starts.iter().map(row).collect::<Vec<_>>());
    let question = "Delete all records before the new start offsets?";
    confirm::confirm(&plan, question, "nothing was deleted")
}

/// Whether the partition begins there or later already. -1 stands for its end.
fn is_before(offsets: &Offsets, place: &TopicPartition, start: i64) -> bool {
    match offsets.get(place) {
        Some(Ok(Some(found))) => (0..=found.offset).contains(&start),
        _ => false,
    }
}

fn known(offsets: &Offsets, place: &TopicPartition) -> String {
    match offsets.get(place) {
        Some(Ok(Some(found))) => found.offset.to_string(),
        _ => "-".to_owned(),
    }
}
