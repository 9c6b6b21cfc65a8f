//! The cluster that a command speaks to.

use clap::Args;
use ouzel_api::clusters::Environment;

use super::{Failure, profile};
use crate::{
    config::{HostPort, Listen, Loaded, Source},
    kafka::{Address, Cluster, ClusterSetup},
};

/// Where brokers are, in rpk's other ways of writing it.
#[derive(Debug, Clone, Default, Args)]
pub struct ConnectFlags {
    /// The cluster of this profile (see `ouzel profile`), not of the one in use
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// As in rpk: `-X brokers=HOST:PORT,…` is the same as --brokers
    #[arg(short = 'X', value_name = "KEY=VALUE")]
    options: Vec<String>,
}

/// A cluster, and its brokers as librdkafka wants them.
pub struct Target {
    /// The handle.
    pub cluster: Cluster,
    /// `host:port,host:port`.
    pub brokers: String,
}

/// The brokers of the first that names some: `-X`, --brokers, --profile, the environment or
/// `ouzel.toml`, the profile in use; else the broker that this configuration would start.
pub fn target(flags: &ConnectFlags, loaded: &Loaded) -> Result<Target, Failure> {
    let addresses = match brokers_option(&flags.options)? {
        Some(brokers) => brokers,
        None => named(flags.profile.as_deref(), loaded)?,
    };
    let brokers: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let address = |at: HostPort| Address { host: at.host, port: at.port };
    let cluster = Cluster::new(ClusterSetup {
        id: "command-line".to_owned(),
        embedded: false,
        environment: Environment::default(),
        bootstrap: addresses.into_iter().map(address).collect(),
        ..ClusterSetup::default()
    });
    Ok(Target { cluster, brokers: brokers.join(",") })
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
