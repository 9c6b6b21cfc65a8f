//! `ouzel cluster …`.

mod config;
mod info;
mod logdirs;

use clap::Subcommand;

use super::{
    Failure,
    connect::{ConnectFlags, target},
    output::OutputFlags,
};
use crate::config::Loaded;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the cluster's id, brokers and topics
    #[command(visible_alias = "metadata")]
    Info(info::Info),
    /// Look at what brokers are told, and tell them more
    #[command(subcommand)]
    Config(config::Command),
    /// Print the size of every partition, broker by broker
    #[command(name = "logdirs")]
    LogDirs(logdirs::LogDirs),
}

pub async fn run(command: Command, loaded: Loaded) -> Result<(), Failure> {
    match command {
        Command::Info(asked) => info::run(asked, &loaded).await,
        Command::Config(command) => config::run(command, &loaded).await,
        Command::LogDirs(asked) => logdirs::run(asked, &loaded).await,
    }
}
