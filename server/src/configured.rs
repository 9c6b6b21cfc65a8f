//! A cluster that the configuration names, ready to be connected to: its secrets are read here.
//!
//! One that cannot be read keeps its cluster from being connected to, and nothing else.

use ouzel_api::clusters::Origin;

use crate::{
    config::{ClusterConfig, HostPort, Reference, SecurityConfig},
    kafka::{
        Address, ClusterSetup,
        security::{Identity, Sasl, Security, Tls},
    },
};

/// The cluster of this name in the file.
pub fn setup(name: &str, cluster: &ClusterConfig) -> ClusterSetup {
    let address = |at: &HostPort| Address { host: at.host.clone(), port: at.port };
    let (security, problem) = match security(&cluster.security) {
        Ok(security) => (security, None),
        Err(problem) => (Security::default(), Some(problem)),
    };
    ClusterSetup {
        id: name.to_owned(),
        embedded: false,
        environment: cluster.environment,
        bootstrap: cluster.brokers.iter().map(address).collect(),
        read_only: cluster.read_only,
        origin: Origin::File,
        security,
        problem,
        ..ClusterSetup::default()
    }
}

fn security(config: &SecurityConfig) -> Result<Security, String> {
    let tls = config.tls.as_ref().map(|tls| {
        let identity = tls.identity.as_ref().map(|(certificate, key)| {
            Ok::<_, String>(Identity { certificate: certificate.read()?, key: key.read()? })
        });
        let ca = tls.ca.as_ref().map(Reference::read).transpose()?;
        Ok::<_, String>(Tls { ca, identity: identity.transpose()? })
    });
    let sasl = config.sasl.as_ref().map(|sasl| {
        let password = sasl.password.read()?;
        Ok::<_, String>(Sasl {
            mechanism: sasl.mechanism.into(),
            user: sasl.user.clone(),
            password,
        })
    });
    let security = Security { tls: tls.transpose()?, sasl: sasl.transpose()? };
    security.check()?;
    Ok(security)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ouzel_api::cluster_settings::SaslMechanism;

    use super::{ClusterConfig, Reference, SecurityConfig, setup};
    use crate::config::{SaslConfig, TlsConfig};

    fn cluster(password: Reference) -> ClusterConfig {
        let mechanism = SaslMechanism::ScramSha256;
        ClusterConfig {
            brokers: vec!["a:1".parse().unwrap()],
            environment: Default::default(),
            read_only: false,
            security: SecurityConfig {
                tls: Some(TlsConfig::default()),
                sasl: Some(SaslConfig { mechanism, user: "anna".to_owned(), password }),
            },
        }
    }

    #[test]
    fn a_cluster_of_the_file_is_spoken_to_as_it_says_and_tells_what_it_lacks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        let missing = setup("prod", &cluster(Reference::File(path.clone())));
        assert!(missing.problem.unwrap().contains("password cannot be read"));
        assert_eq!(missing.bootstrap.len(), 1);
        std::fs::write(&path, "hush").unwrap();
        let there = setup("prod", &cluster(Reference::File(path)));
        assert_eq!((there.problem, there.security.protocol()), (None, "SASL_SSL"));
        assert_eq!(there.security.sasl.unwrap().password, "hush");
    }
}
