//! A broker of one's own on a free port, a client that speaks the wire crate, and few words for
//! what most tests do.

mod client;
mod configs;
mod ends;
mod member;
mod words;

use std::path::Path;
use std::time::Duration;

use ouzel_broker::{Broker, BrokerConfig, GroupConfig};
use tempfile::TempDir;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

pub use client::Client;
pub use configs::*;
pub use ends::reasons;
pub use member::{Member, join, join_request, sync_all};
pub use words::*;

/// Nothing in these tests takes so long unless it hangs.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A broker with its own data folder, which outlives it.
pub struct TestBroker {
    pub broker: Broker,
    pub dir: TempDir,
}

/// Quick groups on loopback, otherwise the defaults.
pub fn config(data: &Path) -> BrokerConfig {
    let groups = GroupConfig {
        initial_rebalance_delay_ms: 0,
        session_timeout_ms_min: 1,
        ..GroupConfig::default()
    };
    BrokerConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        offsets_topic_partitions: 2,
        groups,
        ..BrokerConfig::new(data)
    }
}

impl TestBroker {
    pub async fn start() -> TestBroker {
        TestBroker::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut BrokerConfig)) -> TestBroker {
        let log = tracing_subscriber::fmt::layer().with_test_writer();
        let log = log.with_filter(EnvFilter::from_default_env());
        // The first test to come here sets it for all.
        let _ = tracing_subscriber::registry().with(log).with(ends::layer()).try_init();
        let dir = tempfile::tempdir().unwrap();
        let mut config = config(dir.path());
        change(&mut config);
        let broker = Broker::start(config).await.unwrap();
        TestBroker { broker, dir }
    }

    pub async fn client(&self) -> Client {
        Client::connect(self.broker.kafka_addr()).await
    }

    /// A client whose address is its own: see [`Client::connect_alone`].
    pub async fn client_alone(&self) -> Client {
        Client::connect_alone(self.broker.kafka_addr()).await
    }

    /// Stops it in order and starts another one on the same folder.
    pub async fn restart(self) -> TestBroker {
        self.broker.stop().await;
        let broker = Broker::start(config(self.dir.path())).await.unwrap();
        TestBroker { broker, dir: self.dir }
    }

    /// Ends it as a crash would, as far as one process can, and starts another one.
    pub async fn crash(self, meanwhile: impl FnOnce(&Path)) -> TestBroker {
        drop(self.broker);
        meanwhile(self.dir.path());
        let broker = eventually_some(async || Broker::start(config(self.dir.path())).await.ok());
        TestBroker { broker: broker.await, dir: self.dir }
    }
}

/// Asks again and again until there is an answer.
pub async fn eventually_some<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let give_up = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(tokio::time::Instant::now() < give_up, "it never came true");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
