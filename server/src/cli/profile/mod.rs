//! `ouzel profile …`: clusters under names of one's own, with rpk's names for what is done to them.
//!
//! Owns what is said and asked; the file is `store.rs`. Only commands that speak to a cluster look
//! at profiles: what is started goes by the configuration alone.

mod store;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{
    Failure,
    options::Options,
    output::{OutputFlags, line, show, table},
};
use crate::config::{HostPort, Loaded, Source};
use store::{Profile, Store};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Keep a cluster under a name, and use it from now on
    Create(Create),
    /// Print all profiles; the one in use has a star
    #[command(visible_alias = "ls")]
    List(OutputFlags),
    /// Print the name of the profile in use
    Current,
    /// Have commands speak to this profile's cluster where they name no other
    Use {
        /// The profile
        name: String,
    },
    /// Forget a profile; its cluster stays as it is
    Delete {
        /// The profile
        name: String,
    },
}

/// What to keep. The brokers are those of --brokers, or of --set.
#[derive(Debug, Args)]
pub struct Create {
    /// What to call it
    name: String,
    /// As in rpk: brokers, tls.enabled, tls.ca, tls.cert, tls.key, sasl.mechanism, user; the
    /// password stands in pass_file or pass_env
    #[arg(short, long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// What it is, for whoever reads the list
    #[arg(short, long, default_value = "")]
    description: String,
}

/// A profile's cluster.
pub struct Found {
    /// The profile's name.
    pub name: String,
    /// The same with its file, for errors.
    pub by: String,
    /// Where the cluster is.
    pub brokers: Vec<HostPort>,
    /// How it is spoken to.
    pub options: Options,
}

/// Where a profile's cluster is, and how it is spoken to.
pub fn cluster(name: &str) -> Result<Found, Failure> {
    found(&Store::read()?, name)
}

/// The same of the profile in use, if one is.
pub fn cluster_in_use() -> Result<Option<Found>, Failure> {
    let store = Store::read()?;
    store.current().map(|name| found(&store, name)).transpose()
}

fn found(store: &Store, name: &str) -> Result<Found, Failure> {
    let by = store.told(name);
    let wrong = |why| Failure::Usage(format!("{by}: {why}"));
    let (brokers, options) = store.profile(name)?.cluster().map_err(wrong)?;
    Ok(Found { name: name.to_owned(), by, brokers, options })
}

pub fn run(command: Command, loaded: &Loaded) -> Result<(), Failure> {
    let mut store = Store::read()?;
    match command {
        Command::Create(asked) => {
            let (name, profile) = (asked.name.clone(), made(asked, loaded)?);
            store.add(&name, profile)?;
            store.write()?;
            line(&format!("Profile `{name}` was created, and is in use."))
        }
        Command::List(output) => list(&store, output),
        Command::Current => match store.current() {
            Some(name) => line(name),
            None => Err(Failure::Failed("no profile is in use".to_owned())),
        },
        Command::Use { name } => {
            store.choose(&name)?;
            store.write()?;
            line(&format!("Profile `{name}` is in use."))
        }
        Command::Delete { name } => {
            let was_current = store.delete(&name)?;
            store.write()?;
            let rest = if was_current { "; no profile is in use now" } else { "" };
            line(&format!("Profile `{name}` was deleted{rest}."))
        }
    }
}

fn made(asked: Create, loaded: &Loaded) -> Result<Profile, Failure> {
    let set = Options::read(&asked.set, "-s")?;
    let source = loaded.values.get("brokers").map(|value| &value.source);
    let is_typed = matches!(source, Some(Source::Flag(_)));
    let brokers = match set.brokers().map_err(Failure::Usage)? {
        Some(brokers) => brokers,
        None if is_typed => loaded.config.brokers.clone(),
        None => {
            let told = "a profile is of a cluster; name it with --brokers HOST:PORT,…";
            return Err(Failure::Usage(told.to_owned()));
        }
    };
    let options = set.without_brokers();
    options.check().map_err(Failure::Usage)?;
    Ok(Profile::new(asked.description, &brokers, options))
}

/// A profile as it is listed.
#[derive(Serialize)]
struct Listed {
    name: String,
    description: String,
    brokers: Vec<String>,
    current: bool,
}

fn list(store: &Store, output: OutputFlags) -> Result<(), Failure> {
    let listed = |(name, profile): (&String, &Profile)| Listed {
        name: name.clone(),
        description: profile.description.clone(),
        brokers: profile.brokers.clone(),
        current: store.current() == Some(name),
    };
    let rows: Vec<Listed> = store.all().map(listed).collect();
    show(output.format, &rows, |rows| {
        let star = |it: &Listed| if it.current { "*" } else { "" };
        let row = |it: &Listed| {
            let name = format!("{}{}", it.name, star(it));
            vec![name, it.brokers.join(","), it.description.clone()]
        };
        table(&["name", "brokers", "description"], &rows.iter().map(row).collect::<Vec<_>>())
    })
}
