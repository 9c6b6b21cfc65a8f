//! `ouzel group …`, with rpk's names and flags.

mod delete;
mod describe;
mod list;
mod seek;

use std::collections::BTreeMap;

use clap::Subcommand;
use ouzel_api::Lag;

use super::{
    Failure,
    connect::{ConnectFlags, target},
    output::OutputFlags,
};
use crate::{
    config::Loaded,
    kafka::{Cluster, KafkaError, TopicPartition, groups::Commit},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print all consumer groups
    #[command(visible_alias = "ls")]
    List(list::List),
    /// Print groups with their lag by partition
    Describe(describe::Describe),
    /// Delete groups without members, and what they have committed
    Delete(delete::Delete),
    /// Move what a group has committed
    Seek(seek::Seek),
    /// Delete what a group has committed in some topics
    OffsetDelete(delete::OffsetDelete),
}

pub async fn run(command: Command, loaded: Loaded) -> Result<(), Failure> {
    match command {
        Command::List(asked) => list::run(asked, &loaded).await,
        Command::Describe(asked) => describe::run(asked, &loaded).await,
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

/// The three kinds of lag, never alike.
fn lag(lag: Lag) -> String {
    match lag {
        Lag::NoCommit => "-".to_owned(),
        Lag::Unknown => "unknown".to_owned(),
        Lag::Known { records } => records.to_string(),
    }
}
