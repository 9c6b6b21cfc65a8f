//! A cluster as somebody adds, changes and tries it out.

use serde::{Deserialize, Serialize};

use crate::clusters::{Colour, Environment};

/// A cluster as somebody adds or changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClusterSettings {
    /// Its name in URLs.
    pub id: String,
    /// Where the console connects first, as `host:port`.
    pub bootstrap: Vec<String>,
    /// How careful one should be.
    #[serde(default)]
    pub environment: Environment,
    /// What people call it, if not by its id.
    #[serde(default)]
    pub label: Option<String>,
    /// Its colour on every page, if not that of its environment.
    #[serde(default)]
    pub colour: Option<Colour>,
    /// Whether the server refuses whatever would change it.
    #[serde(default)]
    pub read_only: bool,
    /// By TLS; in the clear if not given.
    #[serde(default)]
    pub tls: Option<TlsSettings>,
    /// Signed in; as nobody if not given.
    #[serde(default)]
    pub sasl: Option<SaslSettings>,
}

/// How TLS is spoken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TlsSettings {
    /// PEM of the authorities that sign the brokers; the system's own if not given.
    #[serde(default)]
    pub ca: Option<String>,
    /// PEM of the certificate that the console shows, if it shows one.
    #[serde(default)]
    pub certificate: Option<String>,
    /// PEM of the certificate's key.
    #[serde(default)]
    pub key: Option<Secret>,
}

/// Who signs in, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaslSettings {
    /// How the password is proved.
    pub mechanism: SaslMechanism,
    /// Who.
    pub user: String,
    /// The password.
    pub password: Option<Secret>,
}

/// How a password is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SaslMechanism {
    /// It is sent.
    #[serde(rename = "PLAIN")]
    Plain,
    /// SCRAM with SHA-256.
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    /// SCRAM with SHA-512.
    #[serde(rename = "SCRAM-SHA-512")]
    ScramSha512,
}

/// What is written and never read: an answer says `kept` and nothing more.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Secret {
    /// The one that was given before.
    Kept,
    /// This one from now on.
    New {
        /// It.
        value: String,
    },
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Secret::Kept => "Kept",
            Secret::New { .. } => "New",
        })
    }
}

/// Answer of `POST /api/v1/cluster-test`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClusterTest {
    /// The brokers that were tried: those that are named, then those that the cluster names.
    pub brokers: Vec<BrokerTest>,
    /// Kafka's cluster id, if one answered and has one.
    pub kafka_cluster_id: Option<String>,
    /// Topics, if one answered.
    pub topics: Option<u32>,
}

/// One broker, tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokerTest {
    /// `host:port`.
    pub address: String,
    /// Named in the settings; otherwise the cluster itself sends its clients there.
    pub named: bool,
    /// Each step on the way, in order.
    pub steps: Vec<StepResult>,
}

/// A step on the way to a broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepResult {
    /// Which one.
    pub step: Step,
    /// How it went.
    pub state: StepState,
    /// How long it took.
    pub took_ms: Option<u64>,
    /// Why it failed.
    pub detail: Option<String>,
}

/// The steps, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The name leads to an address.
    Dns,
    /// Something accepts there.
    Tcp,
    /// Both sides believe each other's certificates.
    Tls,
    /// It is a broker.
    ApiVersions,
    /// It lets the console in.
    Sasl,
    /// It says what there is.
    Metadata,
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Well.
    Done,
    /// Not.
    Failed,
    /// An earlier one failed.
    Skipped,
}
