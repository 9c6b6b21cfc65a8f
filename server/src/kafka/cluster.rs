//! The handle of one cluster: its metadata, kept for a while, and the way to each broker.
//!
//! Owns the choice of a broker and the retry when leadership has moved. What is asked is in the
//! files beside this one, one noun each.

use std::{
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use futures::future::{join_all, select_ok};
use ouzel_api::clusters::{self, Colour, Environment, Origin};
use ouzel_wire::{
    ErrorCode,
    messages::{MetadataRequest, MetadataRequestTopic},
};
use tokio::{sync::Mutex, time::sleep};

use super::{
    address::Address,
    connection::Connection,
    error::KafkaError,
    groups::snapshot::GroupsSnapshot,
    links::Links,
    metadata::{Metadata, Topic},
    security::{Dialer, Security},
    soon::{SOON, within},
    traffic::Traffic,
};

/// How old metadata may be for a page that lists: several panels of one page share one reading.
pub const AGE_MAX_LISTING: Duration = Duration::from_secs(2);
/// How old metadata may be for finding a leader: a wrong guess is noticed and corrected.
pub const AGE_MAX_ROUTING: Duration = Duration::from_secs(60);
/// Times that a request is sent again after its route proved stale.
pub const RETRIES: u32 = 4;
/// The first pause before that; each next one is twice as long. Elections take about this long.
pub const RETRY_PAUSE: Duration = Duration::from_millis(100);
/// Brokers asked for metadata one after the other, while each goes away as it is asked.
const METADATA_TRIES: u32 = 3;
/// Most brokers tried at once while no connection is open.
const BOOTSTRAP_MAX: usize = 8;

/// What is configured about a cluster.
#[derive(Debug, Clone, Default)]
pub struct ClusterSetup {
    /// Its name in URLs.
    pub id: String,
    /// Whether its broker runs in this process.
    pub embedded: bool,
    /// How careful one should be.
    pub environment: Environment,
    /// Where to connect first.
    pub bootstrap: Vec<Address>,
    /// Whether nobody may change anything on it from here.
    pub read_only: bool,
    /// What people call it, if not by its name.
    pub label: Option<String>,
    /// The colour that it has on every page, if not that of its environment.
    pub colour: Option<Colour>,
    /// Who says all of this.
    pub origin: Origin,
    /// How its brokers are spoken to.
    pub security: Security,
    /// Why nothing can be connected, such as secrets that cannot be read.
    pub problem: Option<String>,
}

/// A cluster's brokers as librdkafka is told of them.
#[derive(Debug, Clone, Default)]
pub struct Brokers {
    /// `host:port,host:port`.
    pub list: String,
    /// How they are spoken to.
    pub security: Security,
}

impl From<&str> for Brokers {
    /// Spoken to in the clear and as nobody.
    fn from(list: &str) -> Brokers {
        Brokers { list: list.to_owned(), security: Security::default() }
    }
}

impl From<&String> for Brokers {
    fn from(list: &String) -> Brokers {
        Brokers::from(list.as_str())
    }
}

/// A cluster. Cheap to clone; all clones share connections and caches.
#[derive(Debug, Clone)]
pub struct Cluster(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    setup: ClusterSetup,
    dialer: Dialer,
    links: Links,
    /// Locked for moments only; nobody who finds it young enough waits for the network.
    metadata: std::sync::Mutex<Option<Reading>>,
    /// Held while all topics are read, so that whoever asks meanwhile shares the next reading.
    reading: Mutex<()>,
    groups: Mutex<Option<Arc<GroupsSnapshot>>>,
    traffic: Traffic,
}

/// Metadata, and when it was asked for.
#[derive(Debug)]
struct Reading {
    metadata: Arc<Metadata>,
    began: Instant,
}

/// A broker and the connection to it, or why there is none.
pub type Reached = (i32, Result<Arc<Connection>, KafkaError>);

impl Cluster {
    /// A handle. Nothing is connected yet.
    pub fn new(setup: ClusterSetup) -> Cluster {
        let dialer = Dialer::new(&setup.security, setup.problem.clone());
        Cluster(Arc::new(Inner {
            setup,
            links: Links::new(dialer.clone()),
            dialer,
            metadata: std::sync::Mutex::default(),
            reading: Mutex::default(),
            groups: Mutex::default(),
            traffic: Traffic::new(),
        }))
    }

    /// Its name in URLs.
    pub fn id(&self) -> &str {
        &self.0.setup.id
    }

    /// Whether both are one handle: a cluster that was changed has a new one.
    pub fn is_same(&self, other: &Cluster) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What is configured about it.
    pub fn setup(&self) -> &ClusterSetup {
        &self.0.setup
    }

    /// As the browser lists it.
    pub fn row(&self) -> clusters::Cluster {
        let setup = self.setup().clone();
        clusters::Cluster {
            id: setup.id,
            embedded: setup.embedded,
            environment: setup.environment,
            bootstrap: setup.bootstrap.iter().map(Address::to_string).collect(),
            read_only: setup.read_only,
            label: setup.label,
            colour: setup.colour,
            origin: setup.origin,
            protocol: setup.security.protocol().to_owned(),
        }
    }

    /// How its brokers are spoken to.
    pub fn dialer(&self) -> &Dialer {
        &self.0.dialer
    }

    /// The same for librdkafka.
    pub fn brokers(&self) -> Brokers {
        let list: Vec<_> = self.setup().bootstrap.iter().map(Address::to_string).collect();
        Brokers { list: list.join(","), security: self.setup().security.clone() }
    }

    /// The metadata of all topics, at most `age_max` old. Whoever asks meanwhile shares the answer.
    pub async fn metadata(&self, age_max: Duration) -> Result<Arc<Metadata>, KafkaError> {
        let asked = Instant::now();
        if let Some(metadata) = self.cached(age_max, asked) {
            return Ok(metadata);
        }
        let _reading = self.0.reading.lock().await;
        // Who held it before may have begun after this was asked for.
        if let Some(metadata) = self.cached(age_max, asked) {
            return Ok(metadata);
        }
        let began = Instant::now();
        // Null asks for all, and an empty list for none.
        let metadata = Arc::new(self.read_metadata(None).await?);
        let mut addresses = metadata.addresses();
        addresses.extend(self.setup().bootstrap.iter().cloned());
        self.0.links.keep(&addresses);
        *self.kept() = Some(Reading { metadata: metadata.clone(), began });
        Ok(metadata)
    }

    fn cached(&self, age_max: Duration, asked: Instant) -> Option<Arc<Metadata>> {
        let kept = self.kept();
        let young = |kept: &&Reading| kept.metadata.age() < age_max || kept.began >= asked;
        kept.as_ref().filter(young).map(|kept| kept.metadata.clone())
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Option<Reading>> {
        self.0.metadata.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read_metadata(&self, topics: Option<&str>) -> Result<Metadata, KafkaError> {
        let known = self.kept().as_ref().map(|kept| kept.metadata.addresses()).unwrap_or_default();
        let topic = |name: &str| {
            let name = Some(name.to_owned());
            vec![MetadataRequestTopic { name, ..MetadataRequestTopic::default() }]
        };
        let request = MetadataRequest {
            topics: topics.map(topic),
            allow_auto_topic_creation: false,
            ..MetadataRequest::default()
        };
        // A connection that looked open may be that of a broker which has just gone: every broker
        // can tell, so another one is asked.
        let mut response = self.any_of(&known).await?.call(&request).await;
        for _ in 1..METADATA_TRIES {
            if !matches!(response, Err(KafkaError::Unreachable { .. })) {
                break;
            }
            response = self.any_of(&known).await?.call(&request).await;
        }
        let response = response?;
        KafkaError::check(|| "reading metadata".to_owned(), response.error_code)?;
        Ok(Metadata::new(response))
    }

    /// One topic, read after now: of ten thousand topics the others are not asked for. What is new
    /// about it is kept, so that its leaders are found.
    pub async fn fresh_topic(&self, name: &str) -> Result<Topic, KafkaError> {
        let asked = Instant::now();
        let read = self.read_metadata(Some(name)).await?;
        self.keep_topic(&read, name, asked);
        read.topic(name).cloned()
    }

    /// Keeps what a reading of one topic says, unless all topics were read since it was `asked`
    /// for: it may then be the older one, and bring back a topic that was deleted meanwhile.
    fn keep_topic(&self, read: &Metadata, name: &str, asked: Instant) {
        if let Some(kept) = self.kept().as_mut()
            && kept.metadata.was_read_before(asked)
            && !kept.metadata.agrees(read, name)
        {
            kept.metadata = Arc::new(kept.metadata.with(read, name));
        }
    }

    /// Metadata read after now.
    pub async fn fresh_metadata(&self) -> Result<Arc<Metadata>, KafkaError> {
        self.metadata(Duration::ZERO).await
    }

    /// Whether what was `done` at the controller is to be tried again, since it was none by then:
    /// the cluster has been asked anew who it is. `attempt` is counted from 0.
    pub(super) async fn has_controller_moved(
        &self,
        done: &Result<(), KafkaError>,
        attempt: u32,
    ) -> Result<bool, KafkaError> {
        let code = done.as_ref().err().and_then(KafkaError::code);
        if code != Some(ErrorCode::NotController) || attempt == RETRIES {
            return Ok(false);
        }
        sleep(pause(attempt)).await;
        self.fresh_metadata().await?;
        Ok(true)
    }

    /// Fails if there is no such topic.
    pub async fn expect_topic(&self, name: &str) -> Result<(), KafkaError> {
        let listed = self.metadata(AGE_MAX_LISTING).await?;
        listed.topic(name).map(|_| ())
    }

    /// All groups, at most `age_max` old. Whoever asks meanwhile shares the answer.
    pub async fn groups(&self, age_max: Duration) -> Result<Arc<GroupsSnapshot>, KafkaError> {
        let mut cached = self.0.groups.lock().await;
        if let Some(groups) = cached.as_ref().filter(|groups| groups.age() < age_max) {
            return Ok(groups.clone());
        }
        let groups = Arc::new(GroupsSnapshot::read(self).await?);
        *cached = Some(groups.clone());
        Ok(groups)
    }

    /// The same for a page, which waits no longer for them than for its other parts.
    pub async fn groups_soon(&self, age_max: Duration) -> Result<Arc<GroupsSnapshot>, KafkaError> {
        let cluster = self.clone();
        let late = || {
            let (address, api) = ("the cluster".to_owned(), "about its groups");
            Err(KafkaError::Timeout { address, api, waited: SOON })
        };
        within(SOON, async move { cluster.groups(age_max).await }).await.unwrap_or_else(late)
    }

    /// Reads the groups anew when they are asked for next: one of them was changed.
    pub(super) async fn forget_groups(&self) {
        *self.0.groups.lock().await = None;
    }

    /// What is watched of its traffic.
    pub(super) fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    /// The connection to a node.
    pub async fn broker(&self, node: i32) -> Result<Arc<Connection>, KafkaError> {
        let address = self.address(node).await?;
        self.0.links.get(&address).await
    }

    /// Where a node listens.
    pub async fn address(&self, node: i32) -> Result<Address, KafkaError> {
        let metadata = self.metadata(AGE_MAX_ROUTING).await?;
        if let Some(broker) = metadata.brokers.get(&node) {
            return Ok(broker.address.clone());
        }
        let metadata = self.fresh_metadata().await?;
        let broker = metadata.brokers.get(&node).ok_or_else(|| KafkaError::Unreachable {
            address: format!("broker {node}"),
            cause: "the cluster does not list it now".to_owned(),
        })?;
        Ok(broker.address.clone())
    }

    /// The connection to the controller, or to any broker where there is none to be told: such
    /// clusters pass the request on.
    pub async fn controller(&self) -> Result<Arc<Connection>, KafkaError> {
        match self.metadata(AGE_MAX_ROUTING).await?.controller {
            Some(node) => self.broker(node).await,
            None => self.any().await,
        }
    }

    /// The connection to any broker.
    pub async fn any(&self) -> Result<Arc<Connection>, KafkaError> {
        let known = self.metadata(AGE_MAX_ROUTING).await?.addresses();
        self.any_of(&known).await
    }

    /// All brokers, each with the connection to it if it can be reached.
    pub async fn all(&self) -> Result<Vec<Reached>, KafkaError> {
        let metadata = self.metadata(AGE_MAX_LISTING).await?;
        let connect = |(node, broker): (&i32, &super::metadata::Broker)| {
            let (node, address) = (*node, broker.address.clone());
            async move { (node, self.0.links.get(&address).await) }
        };
        Ok(join_all(metadata.brokers.iter().map(connect)).await)
    }

    /// One that is open, else whichever of `known` and the configured ones answers first.
    async fn any_of(&self, known: &[Address]) -> Result<Arc<Connection>, KafkaError> {
        let mut addresses = known.to_vec();
        addresses.extend(self.setup().bootstrap.iter().cloned());
        if let Some(open) = self.0.links.open_now(&addresses) {
            return Ok(open);
        }
        addresses.dedup();
        let attempts = addresses.iter().take(BOOTSTRAP_MAX);
        let attempts = attempts.map(|address| Box::pin(self.0.links.get(address)));
        select_ok(attempts).await.map(|(connection, _)| connection)
    }
}

/// The pause before retry number `attempt`, counted from 0.
pub fn pause(attempt: u32) -> Duration {
    RETRY_PAUSE * 2u32.pow(attempt.min(RETRIES))
}

#[cfg(test)]
mod tests;
