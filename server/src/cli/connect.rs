//! The cluster that a command speaks to.

use clap::{Args, Command};
use ouzel_api::clusters::Environment;

use super::{Failure, options::Options, profile};
use crate::{
    config::{ClusterConfig, HostPort, Listen, Loaded, Source},
    configured,
    kafka::Cluster,
};

/// Which cluster, by a name of it. As in rpk, it may also be said before the command.
#[derive(Debug, Clone, Default, Args)]
pub struct NameFlags {
    /// The cluster of this profile (see `ouzel profile`), not of the one in use
    #[arg(long, value_name = "NAME", global = true)]
    profile: Option<String>,
    /// The cluster of this name in `ouzel.toml`, with its TLS and its user
    #[arg(long, value_name = "NAME", global = true)]
    cluster: Option<String>,
}

impl NameFlags {
    /// A command that speaks to no cluster: its help does not tell of these.
    pub fn hide(command: Command) -> Command {
        let ours = NameFlags::augment_args(Command::new("ours"));
        let hidden = ours.get_arguments().map(|arg| arg.clone().hide(true));
        command.args(hidden.collect::<Vec<_>>())
    }

    /// For such a command: fails if one was given all the same.
    pub fn expect_none(&self) -> Result<(), Failure> {
        let flag = match self {
            NameFlags { profile: Some(_), .. } => "--profile",
            NameFlags { cluster: Some(_), .. } => "--cluster",
            NameFlags { profile: None, cluster: None } => return Ok(()),
        };
        let told = format!("{flag} is for commands that speak to a cluster, and this one does not");
        Err(Failure::Usage(told))
    }
}

/// Where brokers are: a cluster by its name, or in rpk's other ways of writing it.
#[derive(Debug, Clone, Default, Args)]
pub struct ConnectFlags {
    #[command(flatten)]
    name: NameFlags,
    /// As in rpk: brokers, tls.enabled, tls.ca, tls.cert, tls.key, sasl.mechanism, user; the
    /// password stands in pass_file or pass_env
    #[arg(short = 'X', value_name = "KEY=VALUE")]
    options: Vec<String>,
}

/// What a cluster is called that only a command names.
const COMMAND_LINE: &str = "command-line";

/// What a command speaks to.
pub struct Target {
    /// The handle.
    pub cluster: Cluster,
}

/// Where brokers are, and who says so.
struct Said {
    /// What the cluster is called in what goes wrong.
    id: String,
    /// Who says so, for errors.
    by: String,
    brokers: Vec<HostPort>,
    options: Options,
}

impl Said {
    /// Brokers that no profile names.
    fn brokers(by: &str, brokers: Vec<HostPort>) -> Said {
        Said {
            id: COMMAND_LINE.to_owned(),
            by: by.to_owned(),
            brokers,
            options: Options::default(),
        }
    }
}

/// --cluster, or the brokers of the first that names some: `-X`, --brokers, --profile, the
/// environment or `ouzel.toml`, the profile in use; else the broker that this configuration would
/// start. What `-X` says beyond brokers goes before what the profile says.
pub fn target(flags: &ConnectFlags, loaded: &Loaded) -> Result<Target, Failure> {
    let options = Options::read(&flags.options, "-X")?;
    let profile = flags.name.profile.as_deref();
    if let Some(name) = &flags.name.cluster {
        if profile.is_some() {
            let told = "--cluster and --profile name a cluster each";
            return Err(Failure::Usage(told.to_owned()));
        }
        return of_file(name, !options.is_empty(), loaded);
    }
    let Said { id, by, brokers, options: of_profile } =
        match options.brokers().map_err(Failure::Usage)? {
            Some(brokers) => Said::brokers("-X", brokers),
            None => named(profile, loaded)?,
        };
    // Only these two say how brokers are spoken to.
    let by = match (options.without_brokers().is_empty(), of_profile.is_empty()) {
        (true, _) => by,
        (false, true) => "-X".to_owned(),
        (false, false) => format!("-X with {by}"),
    };
    let wrong = |why: String| Failure::Usage(format!("{by}: {why}"));
    let security = options.over(of_profile).security().map_err(wrong)?;
    let environment = Environment::default();
    let cluster = ClusterConfig { brokers, environment, read_only: false, security };
    reach(&id, &by, &cluster)
}

/// A cluster of the file, spoken to as it says there.
fn of_file(name: &str, is_named: bool, loaded: &Loaded) -> Result<Target, Failure> {
    let brokers = loaded.values.get("brokers");
    let by_flag = brokers.is_some_and(|it| matches!(it.source, Source::Flag(_)));
    if is_named || by_flag {
        let told = "--cluster says all of a cluster; -X and --brokers would say it again";
        return Err(Failure::Usage(told.to_owned()));
    }
    let cluster = loaded.config.clusters.get(name);
    let none = || Failure::Failed(format!("the configuration names no cluster `{name}`"));
    reach(name, &format!("cluster `{name}`"), cluster.ok_or_else(none)?)
}

fn reach(id: &str, by: &str, cluster: &ClusterConfig) -> Result<Target, Failure> {
    let setup = configured::setup(id, cluster);
    match &setup.problem {
        Some(problem) => Err(Failure::Failed(format!("{by}: {problem}"))),
        None => Ok(Target { cluster: Cluster::new(setup) }),
    }
}

/// Brokers, and what else their profile says.
fn named(profile: Option<&str>, loaded: &Loaded) -> Result<Said, Failure> {
    let of_profile = |profile::Found { name, by, brokers, options }| {
        let id = name;
        Said { id, by, brokers, options }
    };
    let brokers = &loaded.config.brokers;
    let source = loaded.values.get("brokers").map(|value| &value.source);
    match (profile, source) {
        (Some(_), Some(Source::Flag(_))) => {
            Err(Failure::Usage("--brokers and --profile name a cluster each".to_owned()))
        }
        (Some(name), _) => profile::cluster(name).map(of_profile),
        (None, _) if !brokers.is_empty() => {
            let by = source.map_or_else(String::new, ToString::to_string);
            Ok(Said::brokers(&by, brokers.clone()))
        }
        (None, _) => match profile::cluster_in_use()? {
            Some(found) => Ok(of_profile(found)),
            None => Ok(Said::brokers("kafka", vec![here(loaded.config.kafka)?])),
        },
    }
}

/// The broker that this configuration would start.
fn here(kafka: Listen) -> Result<HostPort, Failure> {
    let Listen::At(address) = kafka else {
        let told = "no broker to ask; name one with --brokers HOST:PORT";
        return Err(Failure::Usage(told.to_owned()));
    };
    let host = match (address.ip().is_unspecified(), address.is_ipv4()) {
        (true, true) => "127.0.0.1".to_owned(),
        (true, false) => "::1".to_owned(),
        (false, _) => address.ip().to_string(),
    };
    Ok(HostPort { host, port: address.port() })
}
