//! `ouzel group seek`: moves what a group without members has committed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    str::FromStr,
};

use clap::Args;
use serde::Serialize;

use super::{ConnectFlags, Failure, Loaded, OutputFlags, commits, target};
use crate::{
    cli::{
        output::{outcomes, table},
        places::offsets_in,
        progress::Progress,
    },
    kafka::{At, Cluster, KafkaError, TopicPartition},
};

/// Partitions that are moved in one go: each go is one write to the coordinator's log, and between
/// two of them whoever waits is told.
const PARTITIONS_AT_ONCE: usize = 1_000;

/// Where to.
#[derive(Debug, Args)]
pub struct Seek {
    /// The group; it must have no members
    group: String,
    /// To the `start` or `end` of partitions, or to the first record of a time or later: seconds,
    /// milliseconds or nanoseconds since 1970
    #[arg(long, value_name = "WHERE", required_unless_present_any = ["to_group", "to_file"])]
    #[arg(conflicts_with_all = ["to_group", "to_file"])]
    to: Option<To>,
    /// To where another group is
    #[arg(long, value_name = "GROUP", conflicts_with = "to_file")]
    to_group: Option<String>,
    /// To offsets in a file, with `TOPIC PARTITION OFFSET` on each line
    #[arg(long, value_name = "FILE")]
    to_file: Option<PathBuf>,
    /// Only in these topics
    #[arg(long, value_delimiter = ',')]
    topics: Vec<String>,
    /// Also in topics of --topics that the group has committed nothing in
    #[arg(long, requires = "topics")]
    allow_new_topics: bool,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

/// A place in every partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct To(At);

/// Numbers below are seconds, numbers below the next are milliseconds, and all others are
/// nanoseconds: each reads as a time after 1973, whatever the unit.
const SECONDS_BELOW: i64 = 100_000_000_000;
const MILLISECONDS_BELOW: i64 = 100_000_000_000_000;

impl FromStr for To {
    type Err = String;

    fn from_str(text: &str) -> Result<To, String> {
        match text.trim_start_matches('@') {
            "start" => Ok(To(At::Start)),
            "end" => Ok(To(At::End)),
            time => match time.parse::<i64>() {
                Ok(seconds @ 0..SECONDS_BELOW) => Ok(To(At::Time(seconds * 1000))),
                Ok(milliseconds @ SECONDS_BELOW..MILLISECONDS_BELOW) => {
                    Ok(To(At::Time(milliseconds)))
                }
                Ok(nanoseconds @ MILLISECONDS_BELOW..) => Ok(To(At::Time(nanoseconds / 1_000_000))),
                _ => Err(format!("`{text}` is not start, end or a time")),
            },
        }
    }
}

/// What became of one partition.
#[derive(Serialize)]
struct Moved {
    topic: String,
    partition: i32,
    prior_offset: Option<i64>,
    current_offset: Option<i64>,
    error: Option<String>,
}

pub async fn run(asked: Seek, loaded: &Loaded) -> Result<(), Failure> {
    let cluster = target(&asked.connect, loaded)?.cluster;
    let known = prior(&cluster, &asked.group).await?;
    // A group comes into being by its first commit; by a slip of the pen it should not.
    if known.is_none() && asked.to.is_some() && !asked.allow_new_topics {
        return Err(no_group(&asked.group));
    }
    let prior = known.unwrap_or_default();
    let wanted = wanted(&cluster, &asked, &prior).await?;
    if wanted.is_empty() {
        return Err(nothing(&asked));
    }
    let changed = commit(&cluster, &asked.group, &wanted).await?;
    let failed = changed.values().filter(|changed| changed.is_err()).count();
    let row = |(place, done): (TopicPartition, Result<(), _>)| {
        let prior_offset = prior.get(&place).copied();
        let current = if done.is_ok() { wanted.get(&place).copied() } else { prior_offset };
        Moved {
            prior_offset,
            current_offset: current,
            error: done.err().map(|error: KafkaError| error.reason()),
            topic: place.topic,
            partition: place.partition,
        }
    };
    let rows: Vec<Moved> = changed.into_iter().map(row).collect();
    outcomes(asked.output.format, &rows, failed, "partitions", moved)
}

/// Moves some partitions at a time, so that whoever waits sees it go on.
async fn commit(
    cluster: &Cluster,
    group: &str,
    wanted: &BTreeMap<TopicPartition, i64>,
) -> Result<BTreeMap<TopicPartition, Result<(), KafkaError>>, Failure> {
    let places: Vec<(&TopicPartition, &i64)> = wanted.iter().collect();
    let mut progress = Progress::of("partitions moved", Some(places.len() as u64));
    let mut changed = BTreeMap::new();
    for some in places.chunks(PARTITIONS_AT_ONCE) {
        let some: BTreeMap<_, _> =
            some.iter().map(|(place, at)| ((*place).clone(), **at)).collect();
        changed.extend(cluster.commit_offsets(group, &some).await.map_err(Failure::of)?);
        progress.add(some.len() as u64);
    }
    Ok(changed)
}

fn no_group(group: &str) -> Failure {
    Failure::Failed(format!(
        "there is no group `{group}`; --topics with --allow-new-topics begins one"
    ))
}

fn nothing(asked: &Seek) -> Failure {
    let Seek { group, to_group, to_file, .. } = asked;
    let why = match (to_group, to_file) {
        (Some(other), _) => format!("group `{other}` has committed nothing"),
        (_, Some(file)) => format!("{} names no offset", file.display()),
        _ => format!("group `{group}` has committed nothing"),
    };
    let topics = if asked.topics.is_empty() { "" } else { " in these topics" };
    Failure::Failed(format!("{why}{topics}, so there is nowhere to move `{group}` to"))
}

fn moved(rows: &[Moved]) -> String {
    let offset = |offset: Option<i64>| offset.map_or("-".to_owned(), |offset| offset.to_string());
    let row = |it: &Moved| {
        vec![
            it.topic.clone(),
            it.partition.to_string(),
            offset(it.prior_offset),
            offset(it.current_offset),
            it.error.clone().unwrap_or_default(),
        ]
    };
    let head = ["topic", "partition", "prior-offset", "current-offset", "error"];
    table(&head, &rows.iter().map(row).collect::<Vec<_>>())
}

/// What the group has committed until now; none if there is no such group. Members would go on
/// where they are and commit over it.
async fn prior(
    cluster: &Cluster,
    group: &str,
) -> Result<Option<BTreeMap<TopicPartition, i64>>, Failure> {
    let state = cluster.group_state(group).await.map_err(Failure::of)?;
    let members = state.as_ref().and_then(|state| state.described.as_ref().ok());
    if members.is_some_and(|described| !described.members.is_empty()) {
        let told = format!("group `{group}` has members; it can be moved when they are gone");
        return Err(Failure::Failed(told));
    }
    commits(cluster, group).await
}

async fn wanted(
    cluster: &Cluster,
    asked: &Seek,
    prior: &BTreeMap<TopicPartition, i64>,
) -> Result<BTreeMap<TopicPartition, i64>, Failure> {
    let chosen = |topic: &str| asked.topics.is_empty() || asked.topics.iter().any(|t| t == topic);
    let mut wanted = match (&asked.to_group, &asked.to_file, asked.to) {
        (Some(other), ..) => {
            let there = commits(cluster, other).await?;
            there.ok_or_else(|| Failure::Failed(format!("there is no group `{other}`")))?
        }
        (None, Some(file), _) => offsets_in(file)?,
        (None, None, Some(To(at))) => {
            let topics = topics(asked, prior)?;
            return ends(cluster, &topics, at).await;
        }
        (None, None, None) => unreachable!("the command line asks for one of them"),
    };
    wanted.retain(|place, _| chosen(&place.topic));
    Ok(wanted)
}

/// The topics to move in: those with commits, or those that were named.
fn topics(
    asked: &Seek,
    prior: &BTreeMap<TopicPartition, i64>,
) -> Result<BTreeSet<String>, Failure> {
    let committed: BTreeSet<String> = prior.keys().map(|place| place.topic.clone()).collect();
    if asked.topics.is_empty() {
        return Ok(committed);
    }
    let named: BTreeSet<String> = asked.topics.iter().cloned().collect();
    match named.difference(&committed).next() {
        Some(new) if !asked.allow_new_topics => Err(Failure::Failed(format!(
            "group `{}` has committed nothing in `{new}`; --allow-new-topics moves it there",
            asked.group
        ))),
        _ => Ok(named),
    }
}

/// That place in every partition of these topics.
async fn ends(
    cluster: &Cluster,
    topics: &BTreeSet<String>,
    at: At,
) -> Result<BTreeMap<TopicPartition, i64>, Failure> {
    let mut places = Vec::new();
    for name in topics {
        let topic = cluster.fresh_topic(name).await.map_err(Failure::of)?;
        places.extend(topic.partitions.iter().map(|p| TopicPartition::new(name, p.number)));
    }
    cluster.offsets_or_ends(&places, at).await.map_err(Failure::of)
}

#[cfg(test)]
mod tests {
    use super::{At, To};

    #[test]
    fn a_time_is_read_in_the_unit_that_makes_sense() {
        let read = |text: &str| text.parse::<To>().map(|to| to.0).ok();
        assert_eq!(read("start"), Some(At::Start));
        assert_eq!(read("end"), Some(At::End));
        for text in ["1700000000", "@1700000000000", "1700000000000000000"] {
            assert_eq!(read(text), Some(At::Time(1_700_000_000_000)), "{text}");
        }
        for wrong in ["", "soon", "-1", "1.5"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
