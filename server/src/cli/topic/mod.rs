//! `ouzel topic …`, with rpk's names and flags.

pub(super) mod alter;
mod consume;
mod delete;
mod describe;
mod format;
mod grow;
mod input;
mod list;
mod manage;
mod offset;
mod printed;
mod printer;
mod produce;
mod spans;
mod trim;

use clap::Subcommand;

use super::{Failure, connect::ConnectFlags, output::OutputFlags};
use crate::config::Loaded;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create topics
    Create(manage::Create),
    /// Print topics: all, or those that are named
    #[command(visible_alias = "ls")]
    List(list::List),
    /// Print topics with their settings and partitions
    Describe(describe::Describe),
    /// Delete topics and all their records
    Delete(delete::Delete),
    /// Change settings of topics
    #[command(name = "alter-config")]
    AlterConfig(alter::Alter),
    /// Add partitions to topics
    AddPartitions(grow::AddPartitions),
    /// Delete the oldest records of a topic
    #[command(visible_alias = "trim")]
    TrimPrefix(trim::TrimPrefix),
    /// Write records from standard input
    Produce(produce::Produce),
    /// Print records
    Consume(consume::Consume),
}

pub async fn run(command: Command, loaded: Loaded) -> Result<(), Failure> {
    match command {
        Command::Create(create) => manage::create(create, &loaded).await,
        Command::List(asked) => list::run(asked, &loaded).await,
        Command::Describe(asked) => describe::run(asked, &loaded).await,
        Command::Delete(asked) => delete::run(asked, &loaded).await,
        Command::AlterConfig(asked) => alter::run(asked, &loaded).await,
        Command::AddPartitions(asked) => grow::run(asked, &loaded).await,
        Command::TrimPrefix(asked) => trim::run(asked, &loaded).await,
        Command::Produce(produce) => produce::run(produce, &loaded).await,
        Command::Consume(consume) => consume::run(consume, &loaded).await,
    }
}
