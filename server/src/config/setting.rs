//! The table of settings: their names in the file, in the environment and on the command line.

/// One thing that can be set.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key in `ouzel.toml`; a dot steps into a table, `*` stands for any name.
    pub key: &'static str,
    /// Its environment variable, if it has one.
    pub env: Option<&'static str>,
    /// Its flag without the dashes, if it has one.
    pub flag: Option<&'static str>,
    /// What holds when nobody sets it.
    pub default: Option<&'static str>,
    /// Which commands take its flag.
    pub scope: Scope,
    /// What to write for the value in help texts.
    pub value_name: &'static str,
    /// One line of help.
    pub help: &'static str,
}

/// Which commands take a setting's flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every command.
    Everywhere,
    /// Those that start something.
    Serve,
    /// Those that may start a broker.
    Broker,
}

impl Setting {
    /// Whether its value is kept out of every output.
    pub fn is_secret(&self) -> bool {
        self.key == ADMIN_PASSWORD
    }
}

/// The key of the first administrator's password.
pub const ADMIN_PASSWORD: &str = "admin_password";
/// Whether asking for a topic makes it.
pub const AUTO_CREATE_TOPICS: &str = "auto_create_topics";
/// Partitions of a topic whose creator does not say.
pub const NUM_PARTITIONS: &str = "num_partitions";
/// Bytes of the disk that producers leave free.
pub const STORAGE_MIN_FREE_BYTES: &str = "storage_min_free_bytes";
/// Longest request that the broker reads.
pub const MAX_FRAME_BYTES: &str = "max_frame_bytes";
/// Most connections to the broker at a time.
pub const MAX_CONNECTIONS: &str = "max_connections";
/// How long a connection to the broker may be silent.
pub const CONNECTIONS_MAX_IDLE_MS: &str = "connections_max_idle_ms";
/// Most bytes of requests, and of answers, over all connections.
pub const QUEUED_MAX_REQUEST_BYTES: &str = "queued_max_request_bytes";
/// Most bytes that one Fetch returns.
pub const FETCH_MAX_BYTES: &str = "fetch_max_bytes";
/// How often old segments are looked for.
pub const LOG_RETENTION_CHECK_INTERVAL_MS: &str = "log_retention_check_interval_ms";
/// Partitions of the topic in which groups keep their state, when it is made.
pub const OFFSETS_TOPIC_NUM_PARTITIONS: &str = "offsets_topic_num_partitions";

const fn serve(key: &'static str, env: &'static str, flag: &'static str) -> Setting {
    Setting {
        key,
        env: Some(env),
        flag: Some(flag),
        default: None,
        scope: Scope::Serve,
        value_name: "ADDR",
        help: "",
    }
}

/// One of the broker's, under Kafka's name for it.
const fn broker(key: &'static str, env: &'static str, default: &'static str) -> Setting {
    Setting { default: Some(default), flag: None, ..serve(key, env, "") }
}

const fn in_file_only(key: &'static str, help: &'static str) -> Setting {
    let nowhere = serve(key, "", "");
    Setting { env: None, flag: None, value_name: "", help, ..nowhere }
}

/// All of them, in the order in which they are shown.
pub const SETTINGS: &[Setting] = &[
    Setting {
        scope: Scope::Everywhere,
        value_name: "FILE",
        help: "Configuration file [default: ouzel.toml, where there is one]",
        ..serve("config", "OUZEL_CONFIG", "config")
    },
    Setting {
        scope: Scope::Everywhere,
        default: Some("./ouzel-data"),
        value_name: "FOLDER",
        help: "Folder that holds all data",
        ..serve("data", "OUZEL_DATA", "data")
    },
    Setting {
        scope: Scope::Broker,
        default: Some("127.0.0.1:9092"),
        help: "Where the Kafka API listens",
        ..serve("kafka", "OUZEL_KAFKA", "kafka")
    },
    Setting {
        default: Some("development"),
        flag: None,
        ..serve("environment", "OUZEL_ENVIRONMENT", "")
    },
    Setting {
        // As with Kafka: clients count on it, and about a hundred tests of librdkafka do.
        default: Some("true"),
        flag: None,
        ..serve(AUTO_CREATE_TOPICS, "OUZEL_AUTO_CREATE_TOPICS", "")
    },
    Setting { default: Some("1"), flag: None, ..serve(NUM_PARTITIONS, "OUZEL_NUM_PARTITIONS", "") },
    Setting {
        // Kafka's `socket.request.max.bytes`, 100 MiB.
        default: Some("104857600"),
        flag: None,
        ..serve(MAX_FRAME_BYTES, "OUZEL_MAX_FRAME_BYTES", "")
    },
    broker(MAX_CONNECTIONS, "OUZEL_MAX_CONNECTIONS", "10000"),
    broker(CONNECTIONS_MAX_IDLE_MS, "OUZEL_CONNECTIONS_MAX_IDLE_MS", "600000"),
    broker(QUEUED_MAX_REQUEST_BYTES, "OUZEL_QUEUED_MAX_REQUEST_BYTES", "536870912"),
    broker(FETCH_MAX_BYTES, "OUZEL_FETCH_MAX_BYTES", "57671680"),
    broker(LOG_RETENTION_CHECK_INTERVAL_MS, "OUZEL_LOG_RETENTION_CHECK_INTERVAL_MS", "300000"),
    broker(OFFSETS_TOPIC_NUM_PARTITIONS, "OUZEL_OFFSETS_TOPIC_NUM_PARTITIONS", "16"),
    Setting {
        // Enough for commits and for a start that rebuilds indexes; see the broker's limits.
        default: Some("67108864"),
        flag: None,
        ..serve(STORAGE_MIN_FREE_BYTES, "OUZEL_STORAGE_MIN_FREE_BYTES", "")
    },
    Setting {
        scope: Scope::Broker,
        value_name: "HOST:PORT",
        help: "What Kafka clients are told to connect to, if not --kafka",
        ..serve("advertise_kafka", "OUZEL_ADVERTISE_KAFKA", "advertise-kafka")
    },
    Setting {
        default: Some("127.0.0.1:8080"),
        help: "Where the console listens",
        ..serve("http", "OUZEL_HTTP", "http")
    },
    Setting {
        default: Some("off"),
        scope: Scope::Broker,
        help: "Admin API (not built yet)",
        ..serve("admin", "OUZEL_ADMIN", "admin")
    },
    Setting {
        default: Some("off"),
        scope: Scope::Broker,
        help: "RPC between brokers (not built yet)",
        ..serve("rpc", "OUZEL_RPC", "rpc")
    },
    Setting {
        default: Some("off"),
        scope: Scope::Broker,
        help: "Schema registry (not built yet)",
        ..serve("registry", "OUZEL_REGISTRY", "registry")
    },
    Setting {
        default: Some("off"),
        scope: Scope::Broker,
        help: "HTTP proxy (not built yet)",
        ..serve("proxy", "OUZEL_PROXY", "proxy")
    },
    Setting {
        scope: Scope::Broker,
        default: Some("false"),
        value_name: "BOOL",
        help: "Fill the broker with demonstration data, and keep producing",
        ..serve("demo", "OUZEL_DEMO", "demo")
    },
    Setting {
        scope: Scope::Everywhere,
        value_name: "HOST:PORT,…",
        help: "Brokers of another cluster",
        ..serve("brokers", "OUZEL_BROKERS", "brokers")
    },
    Setting { flag: None, ..serve(ADMIN_PASSWORD, "OUZEL_ADMIN_PASSWORD", "") },
    Setting {
        scope: Scope::Everywhere,
        default: Some("info"),
        value_name: "LEVEL",
        help: "What is logged: error, warn, info, debug, trace, or target=level,…",
        ..serve("log.filter", "OUZEL_LOG", "log")
    },
    Setting {
        scope: Scope::Everywhere,
        default: Some("human"),
        value_name: "human|json",
        help: "How it is logged",
        ..serve("log.format", "OUZEL_LOG_FORMAT", "log-format")
    },
    Setting {
        // A working day: whoever comes back the next morning signs in again.
        default: Some("600"),
        flag: None,
        ..serve("session.idle_minutes", "OUZEL_SESSION_IDLE_MINUTES", "")
    },
    Setting {
        // A week, so that a stolen cookie dies even if it is used every day.
        default: Some("168"),
        flag: None,
        ..serve("session.absolute_hours", "OUZEL_SESSION_ABSOLUTE_HOURS", "")
    },
    Setting {
        // Often enough to see a consumer fall behind, seldom enough to cost nothing.
        default: Some("15"),
        flag: None,
        ..serve("lag.sample_seconds", "OUZEL_LAG_SAMPLE_SECONDS", "")
    },
    in_file_only("clusters.*.brokers", "Brokers of a cluster, as host:port"),
    in_file_only("clusters.*.environment", "development, staging or production"),
    in_file_only("clusters.*.read_only", "Whether the console changes nothing there"),
    in_file_only("clusters.*.tls", "Whether TLS is spoken there"),
    in_file_only("clusters.*.tls_ca_file", "PEM of the authorities that sign its brokers"),
    in_file_only("clusters.*.tls_certificate_file", "PEM of the certificate that is shown there"),
    in_file_only("clusters.*.tls_key_file", "PEM of that certificate's key"),
    in_file_only("clusters.*.tls_key_env", "Variable that holds that key"),
    in_file_only("clusters.*.sasl_mechanism", "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"),
    in_file_only("clusters.*.sasl_user", "Who signs in there"),
    in_file_only("clusters.*.sasl_password_file", "File that holds the password"),
    in_file_only("clusters.*.sasl_password_env", "Variable that holds the password"),
];

/// The setting of a key such as `clusters.prod.brokers`.
pub fn of_key(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| matches(setting.key, key))
}

/// Whether `key` fits a pattern whose `*` stands for one name (which may hold dots).
fn matches(pattern: &str, key: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == key,
        Some((before, after)) => {
            key.len() > before.len() + after.len()
                && key.starts_with(before)
                && key.ends_with(after)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_key_fits_its_pattern_and_a_misspelt_one_does_not() {
        assert_eq!(of_key("clusters.prod.brokers").map(|s| s.key), Some("clusters.*.brokers"));
        assert_eq!(of_key("clusters.brokers"), None);
        assert_eq!(of_key("clusters.prod.broker"), None);
        assert_eq!(of_key("htp"), None);
    }

    #[test]
    fn no_two_settings_share_a_name() {
        let names = |of: fn(&Setting) -> Option<&'static str>| {
            let mut names: Vec<_> = SETTINGS.iter().filter_map(of).collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all);
        };
        names(|s| Some(s.key));
        names(|s| s.env);
        names(|s| s.flag);
    }
}
