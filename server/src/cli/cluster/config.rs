//! `ouzel cluster config …`: what brokers are told while they run.

use clap::Subcommand;

use crate::{
    cli::{
        Failure,
        connect::{ConnectFlags, Target, target},
        output::{OutputFlags, line, show, table},
        topic::alter::pair,
    },
    config::Loaded,
    kafka::{ConfigAct, ConfigChange, Resource, TopicConfig},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print every setting of a broker, its value and where it comes from
    #[command(visible_alias = "ls")]
    List {
        /// Only settings whose name contains this
        #[arg(long, value_name = "TEXT")]
        filter: Option<String>,
        /// The broker; the controller if left out
        #[arg(long, value_name = "ID")]
        broker: Option<i32>,
        #[command(flatten)]
        connect: ConnectFlags,
        #[command(flatten)]
        output: OutputFlags,
    },
    /// Print the value of one setting
    Get {
        /// The setting
        key: String,
        #[command(flatten)]
        connect: ConnectFlags,
        #[command(flatten)]
        output: OutputFlags,
    },
    /// Change settings of all brokers
    Set {
        /// `KEY VALUE` or `KEY=VALUE…`; an empty value brings the default back
        #[arg(required = true, value_name = "KEY=VALUE")]
        settings: Vec<String>,
        #[command(flatten)]
        connect: ConnectFlags,
    },
    /// Give settings of all brokers their defaults again
    Reset {
        /// The settings
        #[arg(required = true, value_name = "KEY")]
        keys: Vec<String>,
        #[command(flatten)]
        connect: ConnectFlags,
    },
}

pub async fn run(command: Command, loaded: &Loaded) -> Result<(), Failure> {
    match command {
        Command::List { filter, broker, connect, output } => {
            let mut configs = configs(&target(&connect, loaded)?, broker).await?;
            configs.retain(|it| filter.as_deref().is_none_or(|text| it.name.contains(text)));
            show(output.format, &configs, |configs| text(configs))
        }
        Command::Get { key, connect, output } => {
            let configs = configs(&target(&connect, loaded)?, None).await?;
            let config = configs.into_iter().find(|config| config.name == key);
            let config = config
                .ok_or_else(|| Failure::Failed(format!("brokers have no setting `{key}`")))?;
            show(output.format, &config, value)
        }
        Command::Set { settings, connect } => {
            let changes = changes(&settings)?;
            change(&target(&connect, loaded)?, &changes, "changed").await
        }
        Command::Reset { keys, connect } => {
            let reset = |key| ConfigChange { key, act: ConfigAct::Delete };
            let changes: Vec<_> = keys.into_iter().map(reset).collect();
            change(&target(&connect, loaded)?, &changes, "reset").await
        }
    }
}

async fn change(target: &Target, changes: &[ConfigChange], done: &str) -> Result<(), Failure> {
    let altered = target.cluster.alter_configs(Resource::Brokers, changes, false).await;
    altered.map_err(Failure::of)?;
    line(&format!("{} of all brokers {done}", counted(changes.len())))
}

async fn configs(target: &Target, broker: Option<i32>) -> Result<Vec<TopicConfig>, Failure> {
    let metadata = target.cluster.fresh_metadata().await.map_err(Failure::of)?;
    let broker = broker.or(metadata.controller).or(metadata.brokers.keys().next().copied());
    let broker = broker.ok_or_else(|| Failure::Failed("the cluster lists no broker".to_owned()))?;
    target.cluster.configs(Resource::Broker(broker)).await.map_err(Failure::of)
}

/// rpk takes both ways of writing.
fn changes(settings: &[String]) -> Result<Vec<ConfigChange>, Failure> {
    let pairs = match settings {
        [key, value] if !key.contains('=') => vec![(key.clone(), value.clone())],
        _ => settings.iter().map(|text| pair(text)).collect::<Result<_, _>>()?,
    };
    let change = |(key, value): (String, String)| {
        let act = if value.is_empty() { ConfigAct::Delete } else { ConfigAct::Set(value) };
        ConfigChange { key, act }
    };
    Ok(pairs.into_iter().map(change).collect())
}

fn text(configs: &[TopicConfig]) -> String {
    let row = |it: &TopicConfig| {
        let fixed = if it.read_only { "restart" } else { "now" };
        vec![it.name.clone(), value(it), it.source.to_owned(), fixed.to_owned()]
    };
    let rows: Vec<_> = configs.iter().map(row).collect();
    table(&["key", "value", "source", "changes"], &rows)
}

fn value(config: &TopicConfig) -> String {
    config.shown().to_owned()
}

fn counted(settings: usize) -> String {
    match settings {
        1 => "1 setting".to_owned(),
        more => format!("{more} settings"),
    }
}
