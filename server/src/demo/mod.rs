//! `--demo`: a small shop's topics, filled with its past days, and the shop going on in front of
//! your eyes.
//!
//! Owns what is created and how fast it goes on; what the shop does is made up in `shop`. Creates
//! only what is missing, so that a second start finds everything and goes on. All of it goes
//! through the Kafka API, like any client's work.

mod consumers;
mod record;
mod shop;
mod time;
mod topics;
mod words;

use std::{collections::HashMap, time::Duration};

use futures::{StreamExt, stream::FuturesUnordered};
use ouzel_wire::batch::Codec;
use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    clock::now_ms,
    kafka::{
        Cluster, KafkaError,
        produce::{ProduceError, Producer},
    },
};
use record::Record;
use shop::Shop;
use topics::TOPICS;

/// How far back the made-up past goes: some days to look through, and well within a week, after
/// which records are deleted by default.
const PAST: Duration = Duration::from_secs(3 * 24 * 3600);
/// Part of the past that is made up and written in one go.
const PAST_STEP: Duration = Duration::from_secs(3600);
/// How often the shop goes on. Records of one step go out together, so an idle machine is woken
/// once a second and not more.
const STEP: Duration = Duration::from_secs(1);
/// Pause after the cluster took nothing.
const PAUSE: Duration = Duration::from_secs(5);
/// Records under way at once while the past is written.
const UNDER_WAY_MAX: usize = 5_000;

/// The running demonstration.
#[derive(Debug)]
pub struct Demo {
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

/// Why it could not begin.
#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error(transparent)]
    Kafka(#[from] KafkaError),
    #[error(transparent)]
    Produce(#[from] ProduceError),
}

impl Demo {
    /// Begins in the background, on the cluster that `brokers` (`host:port`) leads to.
    pub fn start(cluster: Cluster, brokers: String) -> Demo {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let stopped = stop.clone();
        tasks.spawn(async move {
            if let Err(error) = run(&cluster, &brokers, &stopped).await {
                warn!(%error, "The demonstration ended: {error}");
            }
        });
        Demo { stop, tasks }
    }

    /// Ends producers and consumers. Call it while the broker still runs, so that members leave
    /// their groups and what is under way is written.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn run(cluster: &Cluster, brokers: &str, stop: &CancellationToken) -> Result<(), DemoError> {
    let Some(shop) = stop.run_until_cancelled(open(cluster, brokers)).await else { return Ok(()) };
    let mut shop = shop?;
    let mut consumers = consumers::start(brokers, stop);
    let producer = Producer::new(brokers, Codec::Lz4).await?;
    stop.run_until_cancelled(go_on(&producer, &mut shop)).await;
    producer.close().await;
    while consumers.join_next().await.is_some() {}
    Ok(())
}

/// A shop whose topics are there, with a past in them.
async fn open(cluster: &Cluster, brokers: &str) -> Result<Shop, DemoError> {
    let empty = create(cluster).await?;
    let mut shop = Shop::new(now_ms());
    if !empty.is_empty() {
        fill(brokers, &mut shop, &empty).await?;
    }
    Ok(shop)
}

/// Creates the topics that are missing and names them.
async fn create(cluster: &Cluster) -> Result<Vec<&'static str>, KafkaError> {
    let metadata = cluster.fresh_metadata().await?;
    let mut created = Vec::new();
    for topic in TOPICS.iter().filter(|topic| !metadata.topics.contains_key(topic.name)) {
        cluster.create_topic(&topic.wanted()).await?;
        created.push(topic.name);
    }
    Ok(created)
}

/// Writes the past of the topics in `empty`, each packed in its own way.
async fn fill(brokers: &str, shop: &mut Shop, empty: &[&str]) -> Result<(), DemoError> {
    let mut producers: HashMap<&str, Producer> = HashMap::new();
    for topic in TOPICS.iter().filter(|topic| empty.contains(&topic.name)) {
        producers.insert(topic.name, Producer::new(brokers, topic.codec).await?);
    }
    let (now, step) = (now_ms(), milliseconds(PAST_STEP));
    let mut under_way = FuturesUnordered::new();
    let mut written = 0u64;
    let mut at = now - milliseconds(PAST);
    while at < now {
        at = (at + step).min(now);
        for record in shop.past_until(at) {
            let Some(producer) = producers.get(record.topic) else { continue };
            under_way.push(producer.send(&record.outgoing()).await?.written());
            while under_way.len() >= UNDER_WAY_MAX {
                under_way.next().await.transpose()?;
                written += 1;
            }
        }
    }
    while under_way.next().await.transpose()?.is_some() {
        written += 1;
    }
    info!(records = written, "The demonstration's past is written: {written} records");
    Ok(())
}

/// Lets the shop go on for good.
async fn go_on(producer: &Producer, shop: &mut Shop) {
    shop.skip_to(now_ms());
    loop {
        sleep(STEP).await;
        if let Err(error) = write(producer, &shop.until(now_ms())).await {
            warn!(%error, "The demonstration waits: {error}");
            sleep(PAUSE).await;
            // What was not sold meanwhile is not sold later.
            shop.skip_to(now_ms());
        }
    }
}

async fn write(producer: &Producer, records: &[Record]) -> Result<(), ProduceError> {
    let mut under_way = Vec::with_capacity(records.len());
    for record in records {
        under_way.push(producer.send(&record.outgoing()).await?);
    }
    for record in under_way {
        record.written().await?;
    }
    Ok(())
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
