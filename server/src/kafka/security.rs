//! How a cluster's brokers are spoken to: in the clear or by TLS, as nobody or signed in.

use std::{fmt, sync::Arc};

use ouzel_api::cluster_settings::SaslMechanism;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring},
};

/// How brokers are spoken to. By default in the clear and as nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Security {
    /// By TLS.
    pub tls: Option<Tls>,
    /// Signed in.
    pub sasl: Option<Sasl>,
}

/// Whose certificates are believed, and which one is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// PEM of the authorities that sign brokers; the system's own if none.
    pub ca: Option<String>,
    /// What the console shows of itself, if anything.
    pub identity: Option<Identity>,
}

/// A certificate and its key.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// PEM of the certificate, and of those between it and its authority.
    pub certificate: String,
    /// PEM of its key.
    pub key: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// How a password is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// It is sent.
    Plain,
    /// RFC 5802 with SHA-256.
    ScramSha256,
    /// RFC 5802 with SHA-512.
    ScramSha512,
}

impl From<SaslMechanism> for Mechanism {
    fn from(mechanism: SaslMechanism) -> Mechanism {
        match mechanism {
            SaslMechanism::Plain => Mechanism::Plain,
            SaslMechanism::ScramSha256 => Mechanism::ScramSha256,
            SaslMechanism::ScramSha512 => Mechanism::ScramSha512,
        }
    }
}

impl Mechanism {
    /// As Kafka names it.
    pub fn name(self) -> &'static str {
        match self {
            Mechanism::Plain => "PLAIN",
            Mechanism::ScramSha256 => "SCRAM-SHA-256",
            Mechanism::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

/// Who signs in, and how.
#[derive(Clone, PartialEq, Eq)]
pub struct Sasl {
    /// How.
    pub mechanism: Mechanism,
    /// Who.
    pub user: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Sasl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mechanism, user) = (&self.mechanism, &self.user);
        f.debug_struct("Sasl")
            .field("mechanism", mechanism)
            .field("user", user)
            .finish_non_exhaustive()
    }
}

impl Security {
    /// Kafka's word for it.
    pub fn protocol(&self) -> &'static str {
        match (&self.tls, &self.sasl) {
            (None, None) => "PLAINTEXT",
            (Some(_), None) => "SSL",
            (None, Some(_)) => "SASL_PLAINTEXT",
            (Some(_), Some(_)) => "SASL_SSL",
        }
    }

    /// What is wrong with it, before anything is connected.
    pub fn check(&self) -> Result<(), String> {
        self.tls.as_ref().map_or(Ok(()), |tls| connector(tls).map(|_| ()))
    }

    /// The same for librdkafka.
    pub fn librdkafka(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![("security.protocol", self.protocol().to_owned())];
        if let Some(tls) = &self.tls {
            settings.extend(tls.ca.clone().map(|ca| ("ssl.ca.pem", ca)));
            if let Some(Identity { certificate, key }) = tls.identity.clone() {
                settings.extend([("ssl.certificate.pem", certificate), ("ssl.key.pem", key)]);
            }
        }
        if let Some(sasl) = self.sasl.clone() {
            settings.push(("sasl.mechanism", sasl.mechanism.name().to_owned()));
            settings.extend([("sasl.username", sasl.user), ("sasl.password", sasl.password)]);
        }
        settings
    }
}

/// A cluster's security, ready to be used for each connection. Cheap to clone.
#[derive(Clone, Default)]
pub struct Dialer(Arc<Ready>);

#[derive(Default)]
struct Ready {
    tls: Option<Result<TlsConnector, String>>,
    sasl: Option<Sasl>,
    /// Why nothing can be connected at all.
    problem: Option<String>,
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").field("sasl", &self.0.sasl).finish_non_exhaustive()
    }
}

impl Dialer {
    /// For a cluster that is spoken to so; with a `problem`, nothing is connected and it is told.
    pub fn new(security: &Security, problem: Option<String>) -> Dialer {
        let tls = security.tls.as_ref().map(connector);
        Dialer(Arc::new(Ready { tls, sasl: security.sasl.clone(), problem }))
    }

    /// Why nothing can be connected at all.
    pub fn problem(&self) -> Option<&str> {
        self.0.problem.as_deref()
    }

    /// What TLS is made with; `None` in the clear.
    pub fn tls(&self) -> Option<Result<&TlsConnector, &str>> {
        self.0.tls.as_ref().map(|tls| tls.as_ref().map_err(String::as_str))
    }

    /// Who signs in.
    pub fn sasl(&self) -> Option<&Sasl> {
        self.0.sasl.as_ref()
    }
}

/// The name that a broker's certificate must bear.
pub fn server_name(host: &str) -> Result<ServerName<'static>, String> {
    ServerName::try_from(host.to_owned()).map_err(|_| format!("`{host}` is no name for TLS"))
}

fn connector(tls: &Tls) -> Result<TlsConnector, String> {
    let provider = Arc::new(ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?.with_root_certificates(roots(tls)?);
    let config = match &tls.identity {
        None => builder.with_no_client_auth(),
        Some(Identity { certificate, key }) => {
            let chain = certificates("client certificate", certificate)?;
            let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
                .map_err(|error| format!("the client key cannot be read: {error}"))?;
            let with = builder.with_client_auth_cert(chain, key);
            with.map_err(|error| format!("the client certificate cannot be used: {error}"))?
        }
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

fn roots(tls: &Tls) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    match &tls.ca {
        Some(pem) => {
            for certificate in certificates("CA certificate", pem)? {
                let added = roots.add(certificate);
                added.map_err(|error| format!("the CA certificate cannot be used: {error}"))?;
            }
        }
        None => {
            // Whatever of the system's store cannot be read signs nobody.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                return Err("this system knows no authorities; give a CA certificate".to_owned());
            }
        }
    }
    Ok(roots)
}

fn certificates(what: &str, pem: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match read {
        Ok(none) if none.is_empty() => Err(format!("the {what} holds no PEM certificate")),
        Ok(some) => Ok(some),
        Err(error) => Err(format!("the {what} cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_told_before_anything_is_connected() {
        let with = |ca: &str| Security {
            tls: Some(Tls { ca: Some(ca.to_owned()), identity: None }),
            sasl: None,
        };
        assert_eq!(Security::default().check(), Ok(()));
        for wrong in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
        {
            let told = with(wrong).check().err().unwrap_or_default();
            assert!(told.contains("CA certificate"), "{wrong}: {told}");
        }
    }

    #[test]
    fn secrets_are_not_printed_and_librdkafka_gets_them_all_the_same() {
        let identity = Identity { certificate: "cert".to_owned(), key: "k3y".to_owned() };
        let security = Security {
            tls: Some(Tls { ca: None, identity: Some(identity) }),
            sasl: Some(Sasl {
                mechanism: Mechanism::ScramSha512,
                user: "anna".to_owned(),
                password: "s3cret".to_owned(),
            }),
        };
        let printed = format!("{security:?} {:?}", Dialer::new(&security, None));
        assert!(!printed.contains("k3y") && !printed.contains("s3cret"), "{printed}");
        let settings = security.librdkafka();
        assert!(settings.contains(&("security.protocol", "SASL_SSL".to_owned())));
        assert!(settings.contains(&("sasl.mechanism", "SCRAM-SHA-512".to_owned())));
        assert!(settings.contains(&("sasl.password", "s3cret".to_owned())));
        assert!(settings.contains(&("ssl.key.pem", "k3y".to_owned())));
    }
}
