//! From texts to a checked [`Config`].

use std::{collections::BTreeMap, path::PathBuf, str::FromStr, time::Duration};

use ouzel_api::clusters::Environment;

use ouzel_wire::frame::MAX_FRAME_BYTES;

use super::{
    BrokerSettings, ClusterConfig, Config, ConfigError, EMBEDDED, HostPort, Listen, Log, LogFormat,
    SecurityConfig, SessionLimits, Values, security::security, setting,
};

/// The name in the console of the cluster that `brokers` describes.
pub const DEFAULT_CLUSTER: &str = "default";

/// Brokers that one cluster may name to begin with; the others are found by asking.
const BROKERS_MAX: usize = 100;
/// Clusters in one console: each costs a connection pool and a place in the menu.
const CLUSTERS_MAX: usize = 200;
/// Partitions that a topic gets unasked: more are asked for by name, not made by accident.
const PARTITIONS_MAX: u64 = 1_000;
/// Shortest limit of a request: a batch of the usual 1 MiB must fit, with its frame.
const FRAME_BYTES_MIN: u64 = 2 * 1024 * 1024;
/// Most connections that may be asked for: as many as Linux gives descriptors to one process.
const CONNECTIONS_MAX: u64 = 1 << 20;
/// Least memory for requests, and for answers: several of the shortest limit at a time.
const FLIGHT_BYTES_MIN: u64 = 8 * FRAME_BYTES_MIN;
/// Most of it; permits are counted in 32 bits.
const FLIGHT_BYTES_MAX: usize = u32::MAX as usize;
/// As in Kafka.
const FETCH_BYTES_MIN: u64 = 1024;
/// Longest time between two looks, and longest silence: a year.
const MILLISECONDS_MAX: u64 = 366 * 24 * 3_600_000;
/// A cluster's name is part of every URL.
const CLUSTER_NAME_MAX: usize = 64;
/// Longest time between two samples of lag: with longer ones five minutes hold none.
const SAMPLE_SECONDS_MAX: u64 = 300;
/// Longest session, so that the times of tokens stay far from overflow: ten years.
const SESSION_HOURS_MAX: u64 = 10 * 366 * 24;

/// Checks all values.
pub fn config(values: &Values) -> Result<Config, ConfigError> {
    let read = Reader { values };
    let brokers = read.optional("brokers", brokers)?.unwrap_or_default();
    let clusters = read.clusters(&brokers)?;
    let kafka = read.required("kafka", Listen::from_str)?;
    let demo = read.required("demo", truth)?;
    if demo && kafka == Listen::Off {
        let told = "--demo fills the broker of this process, and --kafka is off";
        return Err(ConfigError::Contradiction(told.to_owned()));
    }
    Ok(Config {
        data: read.required("data", |text| Ok(PathBuf::from(text)))?,
        kafka,
        environment: read.required("environment", environment_of)?,
        advertise_kafka: read.optional("advertise_kafka", HostPort::from_str)?,
        broker: read.broker()?,
        http: read.required("http", Listen::from_str)?,
        not_built: read.not_built()?,
        demo,
        admin_password: read.optional(setting::ADMIN_PASSWORD, |text| Ok(text.to_owned()))?,
        log: Log {
            filter: read.required("log.filter", |text| Ok(text.to_owned()))?,
            format: read.required("log.format", log_format)?,
        },
        session: SessionLimits {
            idle: read.required("session.idle_minutes", |text| duration(text, 60))?,
            absolute: read.required("session.absolute_hours", |text| duration(text, 3600))?,
        },
        sample_every: read.required("lag.sample_seconds", |text| {
            whole(text, 1, SAMPLE_SECONDS_MAX).map(Duration::from_secs)
        })?,
        brokers,
        clusters,
    })
}

struct Reader<'a> {
    values: &'a Values,
}

impl Reader<'_> {
    fn required<T>(
        &self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        let value = self.optional(key, parse)?;
        Ok(value.unwrap_or_else(|| panic!("setting `{key}` has a default")))
    }

    fn optional<T>(
        &self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(value) = self.values.get(key) else { return Ok(None) };
        parse(&value.text).map(Some).map_err(|problem| self.bad(key, problem))
    }

    fn number(&self, key: &str, least: u64, most: u64) -> Result<u64, ConfigError> {
        self.required(key, |text| whole(text, least, most))
    }

    fn broker(&self) -> Result<BrokerSettings, ConfigError> {
        let milliseconds = |key| self.number(key, 1, MILLISECONDS_MAX).map(Duration::from_millis);
        let bytes = |key, least, most: usize| {
            self.number(key, least, most as u64).map(|bytes| bytes as usize)
        };
        Ok(BrokerSettings {
            auto_create_topics: self.required(setting::AUTO_CREATE_TOPICS, truth)?,
            num_partitions: self.number(setting::NUM_PARTITIONS, 1, PARTITIONS_MAX)? as i32,
            storage_min_free_bytes: self.number(setting::STORAGE_MIN_FREE_BYTES, 0, u64::MAX)?,
            max_frame_bytes: bytes(setting::MAX_FRAME_BYTES, FRAME_BYTES_MIN, MAX_FRAME_BYTES)?,
            max_connections: self.number(setting::MAX_CONNECTIONS, 1, CONNECTIONS_MAX)? as usize,
            idle: milliseconds(setting::CONNECTIONS_MAX_IDLE_MS)?,
            bytes_in_flight: bytes(
                setting::QUEUED_MAX_REQUEST_BYTES,
                FLIGHT_BYTES_MIN,
                FLIGHT_BYTES_MAX,
            )?,
            fetch_max_bytes: bytes(setting::FETCH_MAX_BYTES, FETCH_BYTES_MIN, i32::MAX as usize)?,
            retention_check: milliseconds(setting::LOG_RETENTION_CHECK_INTERVAL_MS)?,
            offsets_topic_partitions: self.number(
                setting::OFFSETS_TOPIC_NUM_PARTITIONS,
                1,
                PARTITIONS_MAX,
            )? as i32,
        })
    }

    fn bad(&self, key: &str, problem: String) -> ConfigError {
        let value = &self.values[key];
        let is_secret = setting::of_key(key).is_some_and(|setting| setting.is_secret());
        let text = if is_secret { "…".to_owned() } else { value.text.clone() };
        ConfigError::BadValue { key: key.to_owned(), text, source_: value.source.clone(), problem }
    }

    /// The parts that somebody asked for in vain.
    fn not_built(&self) -> Result<Vec<(&'static str, Listen)>, ConfigError> {
        let mut asked = Vec::new();
        for key in ["admin", "rpc", "registry", "proxy"] {
            let listen = self.required(key, Listen::from_str)?;
            if listen != Listen::Off {
                asked.push((key, listen));
            }
        }
        Ok(asked)
    }

    fn clusters(
        &self,
        brokers_here: &[HostPort],
    ) -> Result<BTreeMap<String, ClusterConfig>, ConfigError> {
        let mut clusters = BTreeMap::new();
        for key in self.values.keys().filter(|key| key.starts_with("clusters.")) {
            let (table, _) = key.rsplit_once('.').expect("a cluster's key has a table");
            let name = &table["clusters.".len()..];
            check_cluster_name(name).map_err(|problem| self.bad(key, problem))?;
            let environment = format!("{table}.environment");
            let environment = self.optional(&environment, environment_of)?.unwrap_or_default();
            let brokers =
                self.optional(&format!("{table}.brokers"), brokers)?.ok_or_else(|| {
                    ConfigError::Contradiction(format!("cluster `{name}` has no `brokers`"))
                })?;
            let read_only = self.optional(&format!("{table}.read_only"), truth)?.unwrap_or(false);
            let get = |key: &str| Some(self.values.get(&format!("{table}.{key}"))?.text.clone());
            let security = security(get).map_err(|problem| {
                ConfigError::Contradiction(format!("cluster `{name}`: {problem}"))
            })?;
            let cluster = ClusterConfig { brokers, environment, read_only, security };
            clusters.insert(name.to_owned(), cluster);
        }
        if !brokers_here.is_empty() {
            // A table of that name may say more of the cluster, but not where it is; nor is its
            // password for brokers that somebody else has named.
            let table = clusters.get(DEFAULT_CLUSTER);
            let environment = table.map(|it: &ClusterConfig| it.environment).unwrap_or_default();
            let read_only = table.is_some_and(|it| it.read_only);
            let brokers = brokers_here.to_vec();
            let security = SecurityConfig::default();
            let cluster = ClusterConfig { brokers, environment, read_only, security };
            clusters.insert(DEFAULT_CLUSTER.to_owned(), cluster);
        }
        match clusters.len() {
            0..=CLUSTERS_MAX => Ok(clusters),
            count => Err(ConfigError::Contradiction(format!(
                "{count} clusters are more than the {CLUSTERS_MAX} that one console takes"
            ))),
        }
    }
}

/// Whether a cluster can have this name.
pub fn check_cluster_name(name: &str) -> Result<(), String> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name == EMBEDDED {
        return Err(format!("`{EMBEDDED}` is the name of the cluster in this process"));
    }
    let is_short = (1..=CLUSTER_NAME_MAX).contains(&name.len());
    match is_short && name.chars().all(legal) && name != "." && name != ".." {
        true => Ok(()),
        false => Err(format!(
            "a cluster's name is 1 to {CLUSTER_NAME_MAX} of a-z A-Z 0-9 - _ . (it is part of URLs)"
        )),
    }
}

fn brokers(text: &str) -> Result<Vec<HostPort>, String> {
    let brokers: Result<Vec<HostPort>, String> =
        text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(str::parse).collect();
    match brokers? {
        none if none.is_empty() => Err("expected at least one HOST:PORT".to_owned()),
        many if many.len() > BROKERS_MAX => Err(format!("more than {BROKERS_MAX} brokers")),
        some => Ok(some),
    }
}

fn environment_of(text: &str) -> Result<Environment, String> {
    match text {
        "development" => Ok(Environment::Development),
        "staging" => Ok(Environment::Staging),
        "production" => Ok(Environment::Production),
        _ => Err("expected `development`, `staging` or `production`".to_owned()),
    }
}

fn truth(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err("expected `true` or `false`".to_owned()),
    }
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "human" => Ok(LogFormat::Human),
        "json" => Ok(LogFormat::Json),
        _ => Err("expected `human` or `json`".to_owned()),
    }
}

fn duration(text: &str, unit_seconds: u64) -> Result<Duration, String> {
    let most = SESSION_HOURS_MAX * 3600 / unit_seconds;
    whole(text, 1, most).map(|count| Duration::from_secs(count * unit_seconds))
}

fn whole(text: &str, least: u64, most: u64) -> Result<u64, String> {
    match text.parse::<u64>() {
        Ok(count) if (least..=most).contains(&count) => Ok(count),
        _ => Err(format!("expected a whole number from {least} to {most}")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::config::{Source, Value, collect};

    const SECOND: Duration = Duration::from_secs(1);

    fn with(pairs: &[(&str, &str)]) -> Result<Config, String> {
        let mut values = collect(&[], |_| None).unwrap();
        for (key, text) in pairs {
            let source = Source::File { path: "ouzel.toml".into(), line: 7 };
            values.insert((*key).to_owned(), Value { text: (*text).to_owned(), source });
        }
        config(&values).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_listen_on_loopback_only() {
        let config = with(&[]).unwrap();
        for listen in [config.kafka, config.http] {
            assert!(listen.address().unwrap().ip().is_loopback());
        }
        assert_eq!(config.not_built, []);
    }

    #[test]
    fn a_bad_value_is_told_with_its_place_and_what_was_expected() {
        let told = with(&[("http", "8080")]).unwrap_err();
        assert!(told.starts_with("http = `8080` (ouzel.toml:7): expected `off` or"), "{told}");
        for key in ["session.idle_minutes", "num_partitions"] {
            let told = with(&[(key, "0")]).unwrap_err();
            assert!(told.contains("whole number from 1"), "{told}");
        }
    }

    #[test]
    fn what_the_broker_may_use_up_can_be_said_and_has_bounds() {
        let said = with(&[
            ("max_connections", "77"),
            ("connections_max_idle_ms", "5000"),
            ("queued_max_request_bytes", "33554432"),
            ("fetch_max_bytes", "2048"),
            ("log_retention_check_interval_ms", "1000"),
            ("offsets_topic_num_partitions", "50"),
        ]);
        let broker = said.unwrap().broker;
        assert_eq!((broker.max_connections, broker.bytes_in_flight), (77, 32 << 20));
        assert_eq!((broker.idle, broker.retention_check), (SECOND * 5, SECOND));
        assert_eq!((broker.fetch_max_bytes, broker.offsets_topic_partitions), (2048, 50));
        for (key, text) in [
            ("max_connections", "0"),
            ("queued_max_request_bytes", "1000"),
            ("fetch_max_bytes", "2147483648"),
            ("offsets_topic_num_partitions", "1001"),
        ] {
            assert!(with(&[(key, text)]).unwrap_err().contains("whole number from"), "{key}");
        }
    }

    #[test]
    fn a_demonstration_needs_the_broker() {
        assert!(with(&[("demo", "true")]).unwrap().demo);
        let told = with(&[("demo", "true"), ("kafka", "off")]).unwrap_err();
        assert!(told.contains("--demo"), "{told}");
    }

    #[test]
    fn clusters_come_from_their_tables_and_from_brokers() {
        let config = with(&[
            ("brokers", "x:1"),
            ("clusters.eu.prod.brokers", "a:1, b:2"),
            ("clusters.eu.prod.environment", "production"),
        ]);
        let clusters = config.unwrap().clusters;
        assert_eq!(clusters["eu.prod"].brokers.len(), 2);
        assert_eq!(clusters["eu.prod"].environment, Environment::Production);
        assert_eq!(clusters[DEFAULT_CLUSTER].brokers[0].to_string(), "x:1");
    }

    #[test]
    fn brokers_that_somebody_names_win_over_a_table_of_the_same_name() {
        let config = with(&[
            ("brokers", "x:1"),
            ("clusters.default.brokers", "a:1"),
            ("clusters.default.environment", "staging"),
        ]);
        let cluster = &config.unwrap().clusters[DEFAULT_CLUSTER];
        assert_eq!(cluster.brokers[0].to_string(), "x:1");
        assert_eq!(cluster.environment, Environment::Staging);
    }

    #[test]
    fn a_cluster_needs_brokers_and_a_name_of_its_own() {
        let told = with(&[("clusters.prod.environment", "staging")]).unwrap_err();
        assert_eq!(told, "cluster `prod` has no `brokers`");
        assert!(with(&[("clusters.embedded.brokers", "a:1")]).unwrap_err().contains("embedded"));
        assert!(with(&[("clusters.a/b.brokers", "a:1")]).unwrap_err().contains("URLs"));
        assert!(with(&[("clusters.p.brokers", "a")]).unwrap_err().contains("HOST:PORT"));
    }
}
