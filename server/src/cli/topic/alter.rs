//! `ouzel topic alter-config`: settings of topics, one by one.

use clap::Args;

use super::{ConnectFlags, Failure, Loaded, OutputFlags, manage::statuses};
use crate::{
    cli::{connect::target, progress::Progress},
    kafka::{ConfigAct, ConfigChange, Resource},
};

/// What to change.
#[derive(Debug, Args)]
pub struct Alter {
    /// The topics
    #[arg(required = true)]
    topics: Vec<String>,
    /// A setting and its new value, such as `retention.ms=3600000`; may be given several times
    #[arg(short, long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// A setting that gets its default again
    #[arg(short, long, value_name = "KEY")]
    delete: Vec<String>,
    /// A setting that holds a list, and words that join it, such as `cleanup.policy=compact`
    #[arg(long, value_name = "KEY=WORDS")]
    append: Vec<String>,
    /// A setting that holds a list, and words that leave it
    #[arg(long, value_name = "KEY=WORDS")]
    subtract: Vec<String>,
    /// Check everything, change nothing
    #[arg(long)]
    dry: bool,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    output: OutputFlags,
}

pub async fn run(asked: Alter, loaded: &Loaded) -> Result<(), Failure> {
    let changes = changes(&asked)?;
    let cluster = target(&asked.connect, loaded)?.cluster;
    let mut progress = Progress::of("topics changed", Some(asked.topics.len() as u64));
    let mut done = Vec::new();
    for topic in &asked.topics {
        let altered = cluster.alter_configs(Resource::Topic(topic), &changes, asked.dry).await;
        progress.add(1);
        done.push((topic.clone(), altered));
    }
    drop(progress);
    statuses(done, asked.output)
}

fn changes(asked: &Alter) -> Result<Vec<ConfigChange>, Failure> {
    let mut changes = Vec::new();
    let acts: [fn(String) -> ConfigAct; 3] =
        [ConfigAct::Set, ConfigAct::Append, ConfigAct::Subtract];
    let given = [&asked.set, &asked.append, &asked.subtract];
    for (texts, act) in given.into_iter().zip(acts) {
        for text in texts {
            let (key, value) = pair(text)?;
            changes.push(ConfigChange { key, act: act(value) });
        }
    }
    let deletions = asked.delete.iter().cloned();
    changes.extend(deletions.map(|key| ConfigChange { key, act: ConfigAct::Delete }));
    match changes.is_empty() {
        true => {
            let told =
                "nothing to change; say --set KEY=VALUE, --delete KEY, --append or --subtract";
            Err(Failure::Usage(told.to_owned()))
        }
        false => Ok(changes),
    }
}

/// The two sides of `KEY=VALUE`.
pub fn pair(text: &str) -> Result<(String, String), Failure> {
    let (key, value) = text.split_once('=').ok_or_else(|| {
        Failure::Usage(format!("`{text}` is not KEY=VALUE, such as cleanup.policy=compact"))
    })?;
    Ok((key.to_owned(), value.to_owned()))
}
