//! The cluster that a command speaks to.

use clap::Args;
use ouzel_api::clusters::Environment;

use super::{Failure, options::Options, profile};
use crate::{
    config::{ClusterConfig, HostPort, Listen, Loaded, Source},
    configured,
    kafka::Cluster,
};

/// Where brokers are: a cluster of the file, or in rpk's other ways of writing it.
#[derive(Debug, Clone, Default, Args)]
pub struct ConnectFlags {
    /// The cluster of this profile (see `ouzel profile`), not of the one in use
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The cluster of this name in `ouzel.toml`, with its TLS and its user
    #[arg(long, value_name = "NAME", conflicts_with = "profile")]
    cluster: Option<String>,
    /// As in rpk: brokers, tls.enabled, tls.ca, tls.cert, tls.key, sasl.mechanism, user; the
    /// password stands in pass_file or pass_env
    #[arg(short = 'X', value_name = "KEY=VALUE")]
    options: Vec<String>,
}

/// What a command speaks to.
pub struct Target {
    /// The handle.
    pub cluster: Cluster,
}

/// --cluster, or the brokers of the first that names some: `-X`, --brokers, --profile, the
/// environment or `ouzel.toml`, the profile in use; else the broker that this configuration would
/// start. What `-X` says beyond brokers goes before what the profile says.
pub fn target(flags: &ConnectFlags, loaded: &Loaded) -> Result<Target, Failure> {
    let options = Options::read(&flags.options, "-X")?;
    if let Some(name) = &flags.cluster {
        return of_file(name, !options.is_empty(), loaded);
    }
    let (brokers, said) = match options.brokers().map_err(Failure::Usage)? {
        Some(brokers) => (brokers, Options::default()),
        None => named(flags.profile.as_deref(), loaded)?,
    };
    let security = options.over(said).security().map_err(Failure::Usage)?;
    let environment = Environment::default();
    let cluster = ClusterConfig { brokers, environment, read_only: false, security };
    reach("command-line", &cluster)
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
    reach(name, cluster.ok_or_else(none)?)
}

fn reach(name: &str, cluster: &ClusterConfig) -> Result<Target, Failure> {
    let setup = configured::setup(name, cluster);
    match &setup.problem {
        Some(problem) => Err(Failure::Failed(format!("cluster `{name}`: {problem}"))),
        None => Ok(Target { cluster: Cluster::new(setup) }),
    }
}

/// Brokers, and what else their profile says.
fn named(profile: Option<&str>, loaded: &Loaded) -> Result<(Vec<HostPort>, Options), Failure> {
    let brokers = &loaded.config.brokers;
    let source = loaded.values.get("brokers").map(|value| &value.source);
    match (profile, source) {
        (Some(_), Some(Source::Flag(_))) => {
            Err(Failure::Usage("--brokers and --profile name a cluster each".to_owned()))
        }
        (Some(name), _) => profile::cluster(name),
        (None, _) if !brokers.is_empty() => Ok((brokers.clone(), Options::default())),
        (None, _) => match profile::cluster_in_use()? {
            Some(found) => Ok(found),
            None => Ok((vec![here(loaded.config.kafka)?], Options::default())),
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
