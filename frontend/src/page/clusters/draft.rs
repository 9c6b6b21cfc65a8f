//! A cluster's settings while they are written. Secrets are only ever written: one that is there
//! already is kept unless another is typed.

use leptos::prelude::*;
use ouzel_api::{
    cluster_settings::{ClusterSettings, SaslMechanism, SaslSettings, Secret, TlsSettings},
    clusters::{Cluster, Colour, Environment},
};

/// The settings, field by field. Cheap to copy.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Draft {
    /// It is there already and keeps its name.
    pub exists: bool,
    pub id: RwSignal<String>,
    pub label: RwSignal<String>,
    pub brokers: RwSignal<String>,
    pub environment: RwSignal<String>,
    pub colour: RwSignal<String>,
    pub read_only: RwSignal<bool>,
    pub tls: RwSignal<bool>,
    pub ca: RwSignal<String>,
    pub certificate: RwSignal<String>,
    /// Typed anew; empty keeps the one that is there.
    pub key: RwSignal<String>,
    pub has_key: bool,
    /// The mechanism, or empty for nobody.
    pub mechanism: RwSignal<String>,
    pub user: RwSignal<String>,
    /// Typed anew; empty keeps the one that is there.
    pub password: RwSignal<String>,
    pub has_password: bool,
}

/// The mechanisms as they are shown.
pub const MECHANISMS: [(&str, SaslMechanism); 3] = [
    ("PLAIN", SaslMechanism::Plain),
    ("SCRAM-SHA-256", SaslMechanism::ScramSha256),
    ("SCRAM-SHA-512", SaslMechanism::ScramSha512),
];

/// The environments as they are shown.
pub const ENVIRONMENTS: [(&str, Environment); 3] = [
    ("development", Environment::Development),
    ("staging", Environment::Staging),
    ("production", Environment::Production),
];

impl Draft {
    /// A cluster that is to be added.
    pub fn new() -> Draft {
        let settings = ClusterSettings {
            id: String::new(),
            bootstrap: Vec::new(),
            environment: Environment::default(),
            label: None,
            colour: None,
            read_only: false,
            tls: None,
            sasl: None,
        };
        Draft { exists: false, ..Draft::of(&settings) }
    }

    /// A cluster of which only the list is known, because the configuration says what it is.
    pub fn bare(cluster: &Cluster) -> Draft {
        Draft::of(&ClusterSettings {
            id: cluster.id.clone(),
            bootstrap: cluster.bootstrap.clone(),
            environment: cluster.environment,
            label: cluster.label.clone(),
            colour: cluster.colour,
            read_only: cluster.read_only,
            tls: None,
            sasl: None,
        })
    }

    /// A cluster that is there.
    pub fn of(settings: &ClusterSettings) -> Draft {
        let text = |text: Option<&String>| RwSignal::new(text.cloned().unwrap_or_default());
        let (tls, sasl) = (settings.tls.as_ref(), settings.sasl.as_ref());
        let name = ENVIRONMENTS.iter().find(|(_, it)| *it == settings.environment);
        let mechanism = MECHANISMS.iter().find(|(_, it)| sasl.is_some_and(|s| s.mechanism == *it));
        Draft {
            exists: true,
            id: RwSignal::new(settings.id.clone()),
            label: text(settings.label.as_ref()),
            brokers: RwSignal::new(settings.bootstrap.join(", ")),
            environment: RwSignal::new(name.map(|(name, _)| *name).unwrap_or_default().to_owned()),
            colour: RwSignal::new(settings.colour.map(Colour::name).unwrap_or_default().to_owned()),
            read_only: RwSignal::new(settings.read_only),
            tls: RwSignal::new(tls.is_some()),
            ca: text(tls.and_then(|tls| tls.ca.as_ref())),
            certificate: text(tls.and_then(|tls| tls.certificate.as_ref())),
            key: text(None),
            has_key: tls.is_some_and(|tls| tls.key.is_some()),
            mechanism: RwSignal::new(mechanism.map(|it| it.0).unwrap_or_default().to_owned()),
            user: text(sasl.map(|sasl| &sasl.user)),
            password: text(None),
            has_password: sasl.is_some_and(|sasl| sasl.password.is_some()),
        }
    }

    /// As they would be sent; reactive.
    pub fn settings(self) -> ClusterSettings {
        let given = |text: RwSignal<String>| {
            Some(text.get().trim().to_owned()).filter(|text| !text.is_empty())
        };
        let brokers = self.brokers.get();
        let named = brokers.split([',', '\n', ' ']).map(str::trim).filter(|it| !it.is_empty());
        let environment = self.environment.get();
        let environment = ENVIRONMENTS.iter().find(|(name, _)| *name == environment);
        let colour = self.colour.get();
        ClusterSettings {
            id: self.id.get().trim().to_owned(),
            bootstrap: named.map(str::to_owned).collect(),
            environment: environment.map(|(_, it)| *it).unwrap_or_default(),
            label: given(self.label),
            colour: Colour::ALL.into_iter().find(|it| it.name() == colour),
            read_only: self.read_only.get(),
            tls: self.tls.get().then(|| {
                let certificate = given(self.certificate);
                let key = certificate.as_ref().and_then(|_| secret(self.key, self.has_key));
                TlsSettings { ca: given(self.ca), certificate, key }
            }),
            sasl: self.sasl(),
        }
    }

    fn sasl(self) -> Option<SaslSettings> {
        let mechanism = self.mechanism.get();
        let (_, mechanism) = MECHANISMS.into_iter().find(|(name, _)| *name == mechanism)?;
        let password = secret(self.password, self.has_password);
        Some(SaslSettings { mechanism, user: self.user.get().trim().to_owned(), password })
    }
}

fn secret(typed: RwSignal<String>, is_there: bool) -> Option<Secret> {
    match typed.get() {
        empty if empty.is_empty() => is_there.then_some(Secret::Kept),
        value => Some(Secret::New { value }),
    }
}
