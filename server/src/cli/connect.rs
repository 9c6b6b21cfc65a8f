//! The cluster that a command speaks to.

use clap::Args;
use ouzel_api::clusters::Environment;

use super::{Failure, profile};
use crate::{
    config::{HostPort, Listen, Loaded, Source},
    configured,
    kafka::{Address, Cluster, ClusterSetup},
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
    /// As in rpk: `-X brokers=HOST:PORT,…` is the same as --brokers
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
/// start.
pub fn target(flags: &ConnectFlags, loaded: &Loaded) -> Result<Target, Failure> {
    let options = brokers_option(&flags.options)?;
    if let Some(name) = &flags.cluster {
        return of_file(name, options.is_some(), loaded);
    }
    let addresses = match options {
        Some(brokers) => brokers,
        None => named(flags.profile.as_deref(), loaded)?,
    };
    let address = |at: HostPort| Address { host: at.host, port: at.port };
    let cluster = Cluster::new(ClusterSetup {
        id: "command-line".to_owned(),
        embedded: false,
        environment: Environment::default(),
        bootstrap: addresses.into_iter().map(address).collect(),
        ..ClusterSetup::default()
    });
    Ok(Target { cluster })
}

/// A cluster of the file, spoken to as it says there.
fn of_file(name: &str, is_named: bool, loaded: &Loaded) -> Result<Target, Failure> {
    let by_flag =
        loaded.values.get("brokers").is_some_and(|it| matches!(it.source, Source::Flag(_)));
    if is_named || by_flag {
        return Err(Failure::Usage("--cluster and --brokers name a cluster each".to_owned()));
    }
    let cluster = loaded.config.clusters.get(name);
    let none = || Failure::Failed(format!("the configuration names no cluster `{name}`"));
    let setup = configured::setup(name, cluster.ok_or_else(none)?);
    match &setup.problem {
        Some(problem) => Err(Failure::Failed(format!("cluster `{name}`: {problem}"))),
        None => Ok(Target { cluster: Cluster::new(setup) }),
    }
}

fn named(profile: Option<&str>, loaded: &Loaded) -> Result<Vec<HostPort>, Failure> {
    let brokers = &loaded.config.brokers;
    let source = loaded.values.get("brokers").map(|value| &value.source);
    match (profile, source) {
        (Some(_), Some(Source::Flag(_))) => {
            Err(Failure::Usage("--brokers and --profile name a cluster each".to_owned()))
        }
        (Some(name), _) => profile::brokers(name),
        (None, _) if !brokers.is_empty() => Ok(brokers.clone()),
        (None, _) => match profile::brokers_in_use()? {
            Some(brokers) => Ok(brokers),
            None => here(loaded.config.kafka).map(|broker| vec![broker]),
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

fn brokers_option(options: &[String]) -> Result<Option<Vec<HostPort>>, Failure> {
    let mut brokers = None;
    for option in options {
        let list = option.strip_prefix("brokers=").ok_or_else(|| {
            Failure::Usage(format!("-X {option}: only `brokers=HOST:PORT,…` is known"))
        })?;
        let wrong = |wrong: String| Failure::Usage(format!("-X {option}: {wrong}"));
        brokers = Some(HostPort::list(list).map_err(wrong)?);
    }
    Ok(brokers)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::brokers_option;

    #[test]
    fn rpks_option_is_understood_and_others_are_refused() {
        let options = |text: &str| brokers_option(&[text.to_owned()]);
        assert_eq!(options("brokers=a:1,b:2").unwrap().unwrap().len(), 2);
        assert!(options("brokers=a").is_err());
        assert!(options("tls.enabled=true").is_err());
        assert!(brokers_option(&[]).unwrap().is_none());
    }
}
