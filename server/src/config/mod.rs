//! What this process is to do: one structure, read once and true from then on.
//!
//! Owns the layers (default, file, environment, flag) and their order. Start at [`load`]; the
//! table of all settings is in `setting.rs`. What a flag looks like on a command line belongs to
//! `cli`.

mod address;
mod error;
mod file;
mod parse;
mod security;
mod setting;
mod values;
mod variable;

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf, time::Duration};

pub use address::{HostPort, Listen};
pub use error::ConfigError;
use ouzel_api::clusters::Environment;
pub use parse::{DEFAULT_CLUSTER, check_cluster_name};
pub use security::{Reference, SaslConfig, SecurityConfig, TlsConfig, security};
pub use setting::{SETTINGS, Scope, Setting};
pub use values::{Source, Value, Values, collect};

/// The name of the cluster whose broker runs in this process.
pub const EMBEDDED: &str = "embedded";

/// Everything that can be set, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder that holds all that is kept.
    pub data: PathBuf,
    /// Where the broker listens.
    pub kafka: Listen,
    /// How careful one should be with that broker.
    pub environment: Environment,
    /// What the broker tells clients to connect to, if not the address it listens on.
    pub advertise_kafka: Option<HostPort>,
    /// What else the broker is told.
    pub broker: BrokerSettings,
    /// Where the console listens.
    pub http: Listen,
    /// Parts that were asked for but are not built yet, by setting.
    pub not_built: Vec<(&'static str, Listen)>,
    /// Whether to fill the broker with demonstration data and keep producing.
    pub demo: bool,
    /// The first administrator's password, if not a random one.
    pub admin_password: Option<String>,
    /// What is logged, and how.
    pub log: Log,
    /// How long a session lasts.
    pub session: SessionLimits,
    /// How often the lag of groups is looked at, for its history.
    pub sample_every: Duration,
    /// Brokers for the command line; in the console, the cluster [`DEFAULT_CLUSTER`].
    pub brokers: Vec<HostPort>,
    /// The clusters besides the embedded one, by name.
    pub clusters: BTreeMap<String, ClusterConfig>,
}

/// How the broker of this process behaves.
#[derive(Debug, Clone, Copy)]
pub struct BrokerSettings {
    /// Whether asking for a topic makes it.
    pub auto_create_topics: bool,
    /// Partitions of a topic whose creator does not say.
    pub num_partitions: i32,
    /// Producers are refused when the disk has less room than this; 0 lets them fill it.
    pub storage_min_free_bytes: u64,
    /// Longest request, without its length.
    pub max_frame_bytes: usize,
    /// Most connections at a time.
    pub max_connections: usize,
    /// How long a connection may be silent.
    pub idle: Duration,
    /// Most bytes of requests, and of answers, over all connections.
    pub bytes_in_flight: usize,
    /// Most bytes that one Fetch returns, its first batch excepted.
    pub fetch_max_bytes: usize,
    /// How often old segments are looked for.
    pub retention_check: Duration,
    /// Partitions of the topic in which groups keep their state, when it is made.
    pub offsets_topic_partitions: i32,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Log {
    /// A level, or `tracing` directives.
    pub filter: String,
    /// For people or for programs.
    pub format: LogFormat,
}

/// The shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// How long a session lasts.
#[derive(Debug, Clone, Copy)]
pub struct SessionLimits {
    /// Ends a session that sends nothing for so long.
    pub idle: Duration,
    /// Ends every session this long after sign-in.
    pub absolute: Duration,
}

/// A cluster that the console connects to.
#[derive(Debug, Clone)]
pub struct ClusterConfig {
    /// Where to connect first; never empty.
    pub brokers: Vec<HostPort>,
    /// How careful one should be there.
    pub environment: Environment,
    /// Whether the console changes nothing there, whoever asks.
    pub read_only: bool,
    /// How its brokers are spoken to.
    pub security: SecurityConfig,
}

/// An environment's name in the file and in the database.
pub fn environment_name(environment: Environment) -> &'static str {
    match environment {
        Environment::Development => "development",
        Environment::Staging => "staging",
        Environment::Production => "production",
    }
}

/// A configuration and where each of its values came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The checked values.
    pub config: Config,
    /// The same as text, with their sources.
    pub values: Values,
}

/// Reads file and environment, lets `flags` win, and checks all of it.
pub fn load(flags: &[(&'static Setting, String)]) -> Result<Loaded, ConfigError> {
    // An empty one counts as unset. What is not UTF-8 has none of our names.
    let is_set = |(name, text): (OsString, OsString)| {
        (!text.is_empty()).then(|| name.into_string().ok()).flatten()
    };
    variable::check(std::env::vars_os().filter_map(is_set))?;
    let values = collect(flags, |name| std::env::var(name).ok())?;
    Ok(Loaded { config: parse::config(&values)?, values })
}

/// As [`load`], from values that were collected before: the console alone, without a broker.
pub fn parse(values: Values) -> Result<Loaded, ConfigError> {
    Ok(Loaded { config: parse::config(&values)?, values })
}
