//! `ouzel group …`, with rpk's names and flags.

mod delete;
mod seek;

use std::collections::BTreeMap;

use clap::Subcommand;
use ouzel_api::{
    Lag,
    groups::{Group, GroupRow},
};

use super::{
    Failure,
    connect::{ConnectFlags, target},
    output::{OutputFlags, show, table},
};
use crate::{
    config::Loaded,
    kafka::{
        Cluster, KafkaError, TopicPartition,
        groups::{Commit, snapshot},
    },
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print all consumer groups
    #[command(visible_alias = "ls")]
    List {
        #[command(flatten)]
        connect: ConnectFlags,
        #[command(flatten)]
        output: OutputFlags,
    },
    /// Print groups with their lag by partition
    Describe {
        /// The groups
        #[arg(required = true)]
        groups: Vec<String>,
        #[command(flatten)]
        connect: ConnectFlags,
        #[command(flatten)]
        output: OutputFlags,
    },
    /// Delete groups without members, and what they have committed
    Delete(delete::Delete),
    /// Move what a group has committed
    Seek(seek::Seek),
    /// Delete what a group has committed in some topics
    OffsetDelete(delete::OffsetDelete),
}

pub async fn run(command: Command, loaded: Loaded) -> Result<(), Failure> {
    match command {
        Command::List { connect, output } => {
            let cluster = target(&connect, &loaded)?.cluster;
            let groups = cluster.groups(snapshot::AGE_MAX).await.map_err(Failure::of)?;
            for warning in groups.warnings() {
                eprintln!("warning: {warning}");
            }
            show(output.format, &groups.rows(), |rows| list(rows))
        }
        Command::Describe { groups, connect, output } => {
            let cluster = target(&connect, &loaded)?.cluster;
            let mut described = Vec::with_capacity(groups.len());
            for group in &groups {
                described.push(cluster.group(group).await.map_err(Failure::of)?);
            }
            show(output.format, &described, |groups| {
                groups.iter().map(describe).collect::<Vec<_>>().join("\n\n")
            })
        }
        Command::Delete(asked) => delete::delete(asked, &loaded).await,
        Command::Seek(asked) => seek::run(asked, &loaded).await,
        Command::OffsetDelete(asked) => delete::offset_delete(asked, &loaded).await,
    }
}

/// What a group has committed; none if there is no such group.
async fn commits(
    cluster: &Cluster,
    group: &str,
) -> Result<Option<BTreeMap<TopicPartition, i64>>, Failure> {
    let Some(state) = cluster.group_state(group).await.map_err(Failure::of)? else {
        return Ok(None);
    };
    let read = state.commits.map_err(Failure::of)?.into_iter();
    let offset = |(place, commit): (TopicPartition, Result<Commit, KafkaError>)| {
        Ok((place, commit.map_err(Failure::of)?.offset))
    };
    read.map(offset).collect::<Result<_, _>>().map(Some)
}

fn list(rows: &[GroupRow]) -> String {
    let row = |row: &GroupRow| {
        let known = |number: Option<u32>| number.map_or("-".to_owned(), |it| it.to_string());
        vec![row.group.clone(), row.state.clone(), known(row.members), lag(row.lag)]
    };
    table(&["group", "state", "members", "total-lag"], &rows.iter().map(row).collect::<Vec<_>>())
}

/// The three kinds of lag, never alike.
fn lag(lag: Lag) -> String {
    match lag {
        Lag::NoCommit => "-".to_owned(),
        Lag::Unknown => "unknown".to_owned(),
        Lag::Known { records } => records.to_string(),
    }
}

/// rpk's layout.
fn describe(group: &Group) -> String {
    let coordinator = group.coordinator.map_or("-".to_owned(), |id| id.to_string());
    let head = [
        ("GROUP", group.group.clone()),
        ("COORDINATOR", coordinator),
        ("STATE", group.state.clone()),
        ("BALANCER", group.assignor.clone()),
        ("MEMBERS", group.members.len().to_string()),
        ("TOTAL-LAG", lag(group.lag)),
    ];
    let mut lines: Vec<String> = head
        .iter()
        .map(|(name, value)| format!("{name:<12} {value}").trim_end().to_owned())
        .collect();
    if !group.partitions.is_empty() {
        lines.push(String::new());
        lines.push(partitions(group));
    }
    lines.join("\n")
}

fn partitions(group: &Group) -> String {
    let head = [
        "topic",
        "partition",
        "current-offset",
        "log-start-offset",
        "log-end-offset",
        "lag",
        "member-id",
        "client-id",
        "host",
    ];
    let offset = |offset: Option<i64>| offset.map_or("-".to_owned(), |offset| offset.to_string());
    let rows = group.partitions.iter().map(|row| {
        vec![
            row.topic.clone(),
            row.partition.to_string(),
            offset(row.committed),
            offset(row.start_offset),
            offset(row.end_offset),
            lag(row.lag),
            row.member_id.clone().unwrap_or_default(),
            row.client_id.clone().unwrap_or_default(),
            row.host.clone().unwrap_or_default(),
        ]
    });
    table(&head, &rows.collect::<Vec<_>>())
}
