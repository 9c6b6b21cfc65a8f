//! `ouzel topic delete`: topics that are named, or after a question those whose names fit.

use clap::Args;

use super::{ConnectFlags, Failure, Loaded, OutputFlags, manage::statuses};
use crate::cli::{confirm::confirm, connect::target, names, progress::Progress};

/// What to delete.
#[derive(Debug, Args)]
pub struct Delete {
    /// The topics
    #[arg(required = true)]
    topics: Vec<String>,
    /// TOPICS are regular expressions, of which one must fit a whole name; lists the topics that
    /// will go, and asks
    #[arg(short, long)]
    regex: bool,
    /// Delete what fits without asking
    #[arg(long, visible_alias = "yes")]
    no_confirm: bool,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

pub async fn run(asked: Delete, loaded: &Loaded) -> Result<(), Failure> {
    let cluster = target(&asked.connect, loaded)?.cluster;
    let topics = names::topics(&cluster, &asked.topics, asked.regex).await?;
    if asked.regex && !asked.no_confirm {
        let question = match topics.len() {
            1 => "Delete this topic and all its records?".to_owned(),
            more => format!("Delete these {more} topics and all their records?"),
        };
        confirm(&topics.join("\n"), &question, "nothing was deleted")?;
    }
    let mut progress = Progress::of("topics deleted", Some(topics.len() as u64));
    let mut done = Vec::new();
    for name in topics {
        let deleted = cluster.delete_topic(&name).await;
        progress.add(1);
        done.push((name, deleted));
    }
    drop(progress);
    statuses(done, asked.output)
}
