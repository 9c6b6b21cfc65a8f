//! From what somebody typed to a cluster that can be connected to. Pure.

use ouzel_api::{
    cluster_settings::{ClusterSettings, SaslSettings, Secret, TlsSettings},
    clusters::Origin,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    config::{HostPort, check_cluster_name},
    kafka::{
        Address, ClusterSetup,
        security::{Identity, Sasl, Security, Tls},
    },
};

/// Brokers that one cluster may name to begin with; the others are found by asking.
const BROKERS_MAX: usize = 100;
/// Longest label: it stands in narrow places.
const LABEL_CHARS_MAX: usize = 40;
/// Longest certificate or key, with all those between it and its authority.
const PEM_BYTES_MAX: usize = 64 * 1024;
/// Longest name and password.
const SECRET_BYTES_MAX: usize = 1024;

/// What is sealed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// PEM of the client certificate's key.
    #[serde(default)]
    pub key: Option<String>,
    /// The password.
    #[serde(default)]
    pub password: Option<String>,
}

/// Whether these can be the settings of a cluster.
pub fn check(wanted: &ClusterSettings) -> Result<(), String> {
    check_cluster_name(&wanted.id)?;
    let too_long = |what: &str, most: usize| format!("{what} is longer than {most} bytes");
    if wanted.label.as_ref().is_some_and(|label| label.chars().count() > LABEL_CHARS_MAX) {
        return Err(format!("the label is longer than {LABEL_CHARS_MAX} characters"));
    }
    if let Some(TlsSettings { ca, certificate, key }) = &wanted.tls {
        let key = key.as_ref().and_then(given);
        for (what, pem) in [("the CA", ca), ("the certificate", certificate), ("the key", &key)] {
            if pem.as_ref().is_some_and(|pem| pem.len() > PEM_BYTES_MAX) {
                return Err(too_long(what, PEM_BYTES_MAX));
            }
        }
        if certificate.is_some() != tls_key(wanted).is_some() {
            return Err("a client certificate and its key come together".to_owned());
        }
    }
    if let Some(SaslSettings { user, password, .. }) = &wanted.sasl {
        if user.is_empty() || password.is_none() {
            return Err("signing in takes a user and a password".to_owned());
        }
        let password = password.as_ref().and_then(given).unwrap_or_default();
        if user.len().max(password.len()) > SECRET_BYTES_MAX {
            return Err(too_long("user or password", SECRET_BYTES_MAX));
        }
    }
    bootstrap(wanted).map(|_| ())
}

fn bootstrap(wanted: &ClusterSettings) -> Result<Vec<Address>, String> {
    let one = |text: &String| {
        let at: HostPort = text.trim().parse()?;
        Ok(Address { host: at.host, port: at.port })
    };
    match wanted.bootstrap.len() {
        0 => Err("a cluster has at least one broker, as host:port".to_owned()),
        1..=BROKERS_MAX => wanted.bootstrap.iter().map(one).collect(),
        _ => Err(format!("more than {BROKERS_MAX} brokers")),
    }
}

fn tls_key(wanted: &ClusterSettings) -> Option<&Secret> {
    wanted.tls.as_ref()?.key.as_ref()
}

fn password(wanted: &ClusterSettings) -> Option<&Secret> {
    wanted.sasl.as_ref()?.password.as_ref()
}

fn given(secret: &Secret) -> Option<String> {
    match secret {
        Secret::Kept => None,
        Secret::New { value } => Some(value.clone()),
    }
}

/// The secrets from now on: those that were given, and of those that are said to be kept, the ones
/// from before. A password is not kept for brokers that it was not given for: whoever could change
/// the address alone could have it sent to a place of their own.
pub fn keep(
    wanted: &ClusterSettings,
    before: Option<(&ClusterSettings, &Secrets)>,
) -> Result<Secrets, String> {
    let take = |secret: Option<&Secret>, kept: Option<String>, what: &str| match secret {
        None => Ok(None),
        Some(Secret::New { value }) => Ok(Some(value.clone())),
        Some(Secret::Kept) => match kept {
            Some(kept) => Ok(Some(kept)),
            None => Err(format!("the {what} must be given")),
        },
    };
    let kept_key = before.and_then(|(_, secrets)| secrets.key.clone());
    let kept_password = before.and_then(|(_, secrets)| secrets.password.clone());
    let is_kept = matches!(password(wanted), Some(Secret::Kept));
    if is_kept && before.is_some_and(|(settings, _)| leads_elsewhere(wanted, settings)) {
        let told = "the password must be given again when brokers are added or TLS changes";
        return Err(told.to_owned());
    }
    Ok(Secrets {
        key: take(tls_key(wanted), kept_key, "key")?,
        password: take(password(wanted), kept_password, "password")?,
    })
}

fn leads_elsewhere(wanted: &ClusterSettings, before: &ClusterSettings) -> bool {
    let ca = |settings: &ClusterSettings| settings.tls.as_ref().map(|tls| tls.ca.clone());
    let mechanism = |it: &ClusterSettings| it.sasl.as_ref().map(|sasl| sasl.mechanism);
    let others = wanted.bootstrap.iter().any(|it| !before.bootstrap.contains(it));
    others || ca(wanted) != ca(before) || mechanism(wanted) != mechanism(before)
}

/// The cluster of these settings and secrets.
pub fn setup(wanted: &ClusterSettings, secrets: &Secrets) -> Result<ClusterSetup, String> {
    let tls = wanted.tls.as_ref().map(|tls| {
        let pair = tls.certificate.clone().zip(secrets.key.clone());
        let identity = pair.map(|(certificate, key)| Identity { certificate, key });
        Tls { ca: tls.ca.clone(), identity }
    });
    let sasl = wanted.sasl.as_ref().map(|sasl| Sasl {
        mechanism: sasl.mechanism.into(),
        user: sasl.user.clone(),
        password: secrets.password.clone().unwrap_or_default(),
    });
    Ok(ClusterSetup {
        id: wanted.id.clone(),
        embedded: false,
        environment: wanted.environment,
        bootstrap: bootstrap(wanted)?,
        read_only: wanted.read_only,
        label: wanted.label.clone().filter(|label| !label.trim().is_empty()),
        colour: wanted.colour,
        origin: Origin::Console,
        security: Security { tls, sasl },
        problem: None,
    })
}

/// The same, with every secret said to be kept: as it is stored, and as it is shown.
pub fn without_secrets(wanted: &ClusterSettings) -> ClusterSettings {
    let mut shown = wanted.clone();
    let secrets = [
        shown.tls.as_mut().and_then(|tls| tls.key.as_mut()),
        shown.sasl.as_mut().and_then(|sasl| sasl.password.as_mut()),
    ];
    secrets.into_iter().flatten().for_each(|secret| *secret = Secret::Kept);
    shown
}

/// The settings for the audit log: what can be compared, and of secrets only whether they are new.
pub fn told(settings: &ClusterSettings) -> Value {
    let secret = |secret: Option<&Secret>| match secret {
        None => Value::Null,
        Some(Secret::Kept) => json!("kept"),
        Some(Secret::New { .. }) => json!("new"),
    };
    let size = |pem: &Option<String>| pem.as_ref().map(|pem| format!("{} bytes", pem.len()));
    let tls = settings.tls.as_ref();
    let sasl = settings.sasl.as_ref();
    json!({
        "brokers": settings.bootstrap,
        "environment": settings.environment,
        "label": settings.label,
        "colour": settings.colour,
        "read_only": settings.read_only,
        "tls": tls.is_some(),
        "ca": tls.and_then(|tls| size(&tls.ca)),
        "certificate": tls.and_then(|tls| size(&tls.certificate)),
        "key": secret(tls_key(settings)),
        "sasl": sasl.map(|sasl| sasl.mechanism),
        "user": sasl.map(|sasl| sasl.user.clone()),
        "password": secret(password(settings)),
    })
}

#[cfg(test)]
mod tests {
    use ouzel_api::cluster_settings::SaslMechanism;

    use super::*;

    fn settings(broker: &str, password: Secret) -> ClusterSettings {
        ClusterSettings {
            id: "prod".to_owned(),
            bootstrap: vec![broker.to_owned()],
            environment: Default::default(),
            label: None,
            colour: None,
            read_only: false,
            tls: None,
            sasl: Some(SaslSettings {
                mechanism: SaslMechanism::Plain,
                user: "anna".to_owned(),
                password: Some(password),
            }),
        }
    }

    fn new(value: &str) -> Secret {
        Secret::New { value: value.to_owned() }
    }

    #[test]
    fn a_password_is_kept_for_its_brokers_and_for_no_others() {
        let before = settings("a:1", Secret::Kept);
        let stored = Secrets { key: None, password: Some("s3cret".to_owned()) };
        let kept = |wanted: &ClusterSettings| keep(wanted, Some((&before, &stored)));
        assert_eq!(kept(&before).map(|it| it.password).ok().flatten().as_deref(), Some("s3cret"));
        assert!(kept(&settings("evil:1", Secret::Kept)).is_err());
        let given = kept(&settings("evil:1", new("other"))).map(|it| it.password);
        assert_eq!(given.ok().flatten().as_deref(), Some("other"));
        assert!(keep(&before, None).is_err());
        let tls = ClusterSettings { tls: Some(TlsSettings::default()), ..before.clone() };
        assert!(kept(&tls).is_err());
    }

    #[test]
    fn what_is_stored_and_told_holds_no_secret() {
        let wanted = settings("a:1", new("s3cret"));
        let stored = serde_json::to_string(&without_secrets(&wanted)).unwrap_or_default();
        assert!(!stored.contains("s3cret") && stored.contains("kept"), "{stored}");
        let told = told(&wanted).to_string();
        assert!(!told.contains("s3cret") && told.contains("new"), "{told}");
    }

    #[test]
    fn what_cannot_be_a_cluster_is_told() {
        let good = || settings("a:1", new("x"));
        assert_eq!(check(&good()), Ok(()));
        let wrong = [
            ClusterSettings { id: "a/b".to_owned(), ..good() },
            ClusterSettings { id: "embedded".to_owned(), ..good() },
            ClusterSettings { bootstrap: Vec::new(), ..good() },
            ClusterSettings { bootstrap: vec!["a".to_owned()], ..good() },
            ClusterSettings { label: Some("x".repeat(41)), ..good() },
            ClusterSettings {
                tls: Some(TlsSettings {
                    certificate: Some("x".to_owned()),
                    ..TlsSettings::default()
                }),
                ..good()
            },
        ];
        for settings in wrong {
            assert!(check(&settings).is_err(), "{settings:?}");
        }
    }
}
