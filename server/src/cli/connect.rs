//! The cluster that a command speaks to.

use clap::Args;
use ouzel_api::clusters::Environment;

use super::Failure;
use crate::{
    config::{HostPort, Listen, Loaded},
    kafka::{Address, Cluster, ClusterSetup},
};

/// Where brokers are, in rpk's other way of writing it.
#[derive(Debug, Clone, Default, Args)]
pub struct ConnectFlags {
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

/// The brokers of `-X`, else of --brokers, else the one that this configuration would start.
pub fn target(flags: &ConnectFlags, loaded: &Loaded) -> Result<Target, Failure> {
    let config = &loaded.config;
    let addresses = match (brokers_option(&flags.options)?, &config.brokers, config.kafka) {
        (Some(brokers), ..) => brokers,
        (None, brokers, _) if !brokers.is_empty() => brokers.clone(),
        (None, _, Listen::At(address)) => {
            let ip = match (address.ip().is_unspecified(), address.is_ipv4()) {
                (true, true) => "127.0.0.1".to_owned(),
                (true, false) => "::1".to_owned(),
                (false, _) => address.ip().to_string(),
            };
            vec![HostPort { host: ip, port: address.port() }]
        }
        (None, _, Listen::Off) => {
            let told = "no broker to ask; name one with --brokers HOST:PORT";
            return Err(Failure::Usage(told.to_owned()));
        }
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

fn brokers_option(options: &[String]) -> Result<Option<Vec<HostPort>>, Failure> {
    let mut brokers = None;
    for option in options {
        let list = option.strip_prefix("brokers=").ok_or_else(|| {
            Failure::Usage(format!("-X {option}: only `brokers=HOST:PORT,…` is known"))
        })?;
        let parsed: Result<Vec<HostPort>, String> = list.split(',').map(str::parse).collect();
        brokers = Some(parsed.map_err(|wrong| Failure::Usage(format!("-X {option}: {wrong}")))?);
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
