//! The command line: what can be typed, and the exit code it ends with.
//!
//! Exit codes: 0 it was done; 1 it failed, and standard error says why; 2 it was asked wrongly
//! (flags, or the configuration). One file for each noun; `output.rs` is shared by all.

mod audit;
mod cluster;
mod config;
mod confirm;
mod connect;
mod detail;
mod flags;
mod group;
mod manual;
mod moment;
mod names;
mod options;
pub mod output;
mod places;
mod profile;
mod progress;
mod serve;
mod topic;
mod user;
mod version;

use std::{fmt::Display, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::{
    config::{ConfigError, Loaded, load},
    memory,
    script::worker,
};
use connect::NameFlags;
use flags::{ConsoleFlags, EverywhereFlags, ServeFlags};

/// A Kafka-API streaming platform and web console in one binary.
#[derive(Debug, Parser)]
#[command(name = "ouzel", version, max_term_width = 100)]
#[command(about, long_about = LONG_ABOUT, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    everywhere: EverywhereFlags,
    #[command(flatten)]
    serve: ServeFlags,
    #[command(flatten)]
    name: NameFlags,
    #[command(subcommand)]
    command: Option<Command>,
}

const LONG_ABOUT: &str = "A Kafka-API streaming platform and web console in one binary.\n\n\
    Without a command it starts broker and console on loopback.";

const AFTER_HELP: &str = "Every flag can also be set by an environment variable (--http by \
    OUZEL_HTTP) or in ouzel.toml; flags win over the environment, which wins over the file. \
    `ouzel config show` prints what holds and where it came from.\n\n\
    Exit codes: 0 it was done; 1 it failed; 2 flags or configuration are wrong.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the console alone, for clusters that run elsewhere
    Console(ConsoleFlags),
    /// Create, list, describe, change, enlarge, trim and delete topics, write and print records
    #[command(subcommand)]
    Topic(topic::Command),
    /// Look at consumer groups, move and delete them
    #[command(subcommand)]
    Group(group::Command),
    /// Look at a cluster and its settings, and change them
    #[command(subcommand)]
    Cluster(cluster::Command),
    /// Keep clusters under a name of your own, and choose the one that commands speak to
    #[command(subcommand)]
    Profile(profile::Command),
    /// Make users and set passwords
    #[command(subcommand)]
    User(user::Command),
    /// Check the audit log
    #[command(subcommand)]
    Audit(audit::Command),
    /// Look at the configuration
    #[command(subcommand)]
    Config(config::Command),
    /// Print a script that completes commands and flags in a shell
    Completions(manual::Completions),
    /// Print the manual, or write a page for every command
    Man(manual::Manual),
    /// Print the version
    Version(output::OutputFlags),
}

/// The commands that speak to a cluster.
const SPEAKING: [&str; 3] = ["topic", "group", "cluster"];

/// All that can be typed.
fn command() -> clap::Command {
    let names = |command: &clap::Command| command.get_name().to_owned();
    let all: Vec<String> = Cli::command().get_subcommands().map(names).collect();
    let others = all.into_iter().filter(|name| !SPEAKING.contains(&name.as_str()));
    others.fold(Cli::command(), |command, name| command.mut_subcommand(name, NameFlags::hide))
}

/// Why a command ends with another code than 0.
#[derive(Debug)]
pub enum Failure {
    /// It was asked wrongly: 2.
    Usage(String),
    /// It failed: 1.
    Failed(String),
}

impl Failure {
    /// What failed, in the error's own words.
    pub fn of(error: impl Display) -> Failure {
        Failure::Failed(error.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        Failure::Usage(error.to_string())
    }
}

/// Runs what the arguments of this process ask for.
pub fn main() -> ExitCode {
    // The console starts this for itself, so neither help nor completions know it; and before there
    // are threads, since the process bounds itself.
    if std::env::args_os().nth(1).is_some_and(|first| first == worker::COMMAND) {
        return worker::main();
    }
    memory::settle();
    let cli = match Cli::from_arg_matches(&command().get_matches()) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return exit(Err(Failure::of(format!("cannot start: {error}")))),
    };
    exit(runtime.block_on(run(cli)))
}

fn exit(ended: Result<(), Failure>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Failed(problem)) => {
            eprintln!("error: {problem}");
            ExitCode::from(1)
        }
        Err(Failure::Usage(problem)) => {
            eprintln!("error: {problem}");
            ExitCode::from(2)
        }
    }
}

async fn run(cli: Cli) -> Result<(), Failure> {
    let mut flags = cli.everywhere.0;
    flags.extend(cli.serve.0);
    if !matches!(cli.command, Some(Command::Topic(_) | Command::Group(_) | Command::Cluster(_))) {
        cli.name.expect_none()?;
    }
    match cli.command {
        None => serve::run(load(&flags)?, serve::Parts::All).await,
        Some(Command::Console(more)) => {
            flags.extend(more.0);
            serve::run(load(&flags)?, serve::Parts::ConsoleAlone).await
        }
        Some(Command::Topic(command)) => topic::run(command, quiet(load(&flags)?)?).await,
        Some(Command::Group(command)) => group::run(command, quiet(load(&flags)?)?).await,
        Some(Command::Cluster(command)) => cluster::run(command, quiet(load(&flags)?)?).await,
        Some(Command::Profile(command)) => profile::run(command, &quiet(load(&flags)?)?),
        Some(Command::User(command)) => user::run(command, quiet(load(&flags)?)?).await,
        Some(Command::Audit(command)) => audit::run(command, quiet(load(&flags)?)?).await,
        Some(Command::Config(command)) => config::run(command, &load(&flags)?),
        Some(Command::Completions(asked)) => manual::completions(&asked),
        Some(Command::Man(asked)) => manual::manual(&asked),
        Some(Command::Version(flags)) => version::run(&flags),
    }
}

/// For a command that ends by itself: it logs only what somebody asked for, or what went wrong.
fn quiet(mut loaded: Loaded) -> Result<Loaded, Failure> {
    let asked = loaded.values.get("log.filter");
    if asked.is_none_or(|value| value.source == crate::config::Source::Default) {
        loaded.config.log.filter = "warn".to_owned();
    }
    crate::telemetry::start(&loaded.config.log).map_err(Failure::Usage)?;
    Ok(loaded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn help_tells_of_no_flag_that_has_no_effect() {
        let help = |name: &str| {
            let mut all = command();
            all.build();
            let found = all.find_subcommand_mut(name).expect("a command");
            found.render_long_help().to_string()
        };
        let told = help("console");
        for flag in ["--kafka", "--rpc", "--registry", "--proxy", "--demo", "--profile"] {
            assert!(!told.contains(flag), "{flag} in {told}");
        }
        assert!(told.contains("--http") && told.contains("--brokers"), "{told}");
        assert!(help("topic").contains("--profile") && !help("user").contains("--profile"));
    }

    #[test]
    fn a_flag_may_stand_before_or_after_its_command() -> Result<(), clap::Error> {
        for line in ["ouzel --data d --http off user list", "ouzel --http off user list --data d"] {
            let cli = Cli::try_parse_from(line.split(' '))?;
            let given = |flags: &[(&crate::config::Setting, String)]| {
                flags.iter().map(|(s, text)| format!("{}={text}", s.key)).collect::<Vec<_>>()
            };
            assert_eq!(given(&cli.everywhere.0), ["data=d"]);
            assert_eq!(given(&cli.serve.0), ["http=off"]);
        }
        let cli = Cli::try_parse_from(["ouzel", "--demo", "--kafka", "127.0.0.1:0"])?;
        let demo = cli.serve.0.iter().find(|(setting, _)| setting.key == "demo");
        assert_eq!(demo.map(|(_, text)| text.as_str()), Some("true"));
        Ok(())
    }
}
