//! `--demo`: a small shop's topics, filled with its past days, and the shop going on in front of
//! your eyes.
//!
//! Owns what is created and how fast it goes on; what the shop does is made up in `shop`. Creates
//! and fills only what is missing, so that a second start finds everything and goes on. All of it
//! goes through the Kafka API, like any client's work.

mod consumers;
mod record;
mod shop;
mod time;
mod topics;
mod words;

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::{StreamExt, stream::FuturesUnordered};
use ouzel_wire::batch::Codec;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    clock::now_ms,
    kafka::{
        At, Cluster, KafkaError, Topic, TopicPartition,
        produce::{ProduceError, Producer},
    },
};
use consumers::{HeadStart, SLOW_TOPICS};
use record::Record;
use shop::Shop;
use topics::TOPICS;

/// The last part of the past, which the slow consumer has not read yet.
const RECENT: Duration = Duration::from_secs(12 * 3600);
/// How long the slow consumer may take to read what came before.
const HEAD_START_MAX: Duration = Duration::from_secs(20);
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
    let mut consumers = JoinSet::new();
    let opened = stop.run_until_cancelled(open(cluster, brokers, stop, &mut consumers)).await;
    let produced = match opened {
        None => Ok(()),
        Some(Err(error)) => Err(error),
        Some(Ok(mut shop)) => {
            let producer = Producer::new(brokers, Codec::Lz4).await?;
            stop.run_until_cancelled(go_on(&producer, &mut shop)).await;
            producer.close().await;
            Ok(())
        }
    };
    while stop.is_cancelled() && consumers.join_next().await.is_some() {}
    produced
}

/// A shop whose topics are there, with a past in them and consumers on them. The slow consumer
/// reads the older past at once and the rest at its own pace, so that it is behind everywhere.
async fn open(
    cluster: &Cluster,
    brokers: &str,
    stop: &CancellationToken,
    consumers: &mut JoinSet<()>,
) -> Result<Shop, DemoError> {
    let empty = create(cluster).await?;
    let now = now_ms();
    let mut shop = Shop::new(now);
    if empty.is_empty() {
        *consumers = consumers::start(brokers, stop, HeadStart::default());
        return Ok(shop);
    }
    let mut past = Past { brokers, empty, written: HashMap::new() };
    past.fill(&mut shop, now - milliseconds(RECENT)).await?;
    let records = SLOW_TOPICS.iter().filter_map(|topic| past.written.get(topic)).sum();
    let head_start = HeadStart { records, done: Arc::default() };
    *consumers = consumers::start(brokers, stop, head_start.clone());
    // Joining takes some seconds. If it takes longer, the lag is merely less evenly spread.
    let _ = timeout(HEAD_START_MAX, head_start.done.notified()).await;
    past.fill(&mut shop, now).await?;
    let written: u64 = past.written.values().sum();
    info!(records = written, "The demonstration's past is written: {written} records");
    Ok(shop)
}

/// Creates the topics that are missing; names those in which nothing was ever written. Also a topic
/// that is there can be one: the start that made it may have ended before it wrote.
async fn create(cluster: &Cluster) -> Result<Vec<&'static str>, KafkaError> {
    let metadata = cluster.fresh_metadata().await?;
    let mut empty = Vec::new();
    for topic in TOPICS {
        let is_empty = match metadata.topics.get(topic.name) {
            Some(found) => never_written(cluster, topic.name, found).await?,
            None => {
                cluster.create_topic(&topic.wanted()).await?;
                true
            }
        };
        if is_empty {
            empty.push(topic.name);
        }
    }
    Ok(empty)
}

/// Whether every partition ends at its first offset. One that cannot be asked counts as written:
/// better no past than two.
async fn never_written(cluster: &Cluster, name: &str, topic: &Topic) -> Result<bool, KafkaError> {
    let places = topic.partitions.iter().map(|it| TopicPartition::new(name, it.number));
    let ends = cluster.offsets(places, At::End).await?;
    Ok(ends.values().all(|end| matches!(end, Ok(end) if end.is_none_or(|end| end.offset == 0))))
}

/// The past of the topics that were empty.
struct Past<'a> {
    brokers: &'a str,
    empty: Vec<&'static str>,
    /// Records written so far, by topic.
    written: HashMap<&'static str, u64>,
}

impl Past<'_> {
    /// Writes what happened up to `until_ms`, each topic packed in its own way.
    async fn fill(&mut self, shop: &mut Shop, until_ms: i64) -> Result<(), DemoError> {
        let mut producers: HashMap<&str, Producer> = HashMap::new();
        for topic in TOPICS.iter().filter(|topic| self.empty.contains(&topic.name)) {
            producers.insert(topic.name, Producer::new(self.brokers, topic.codec).await?);
        }
        let mut under_way = FuturesUnordered::new();
        let mut at = shop.at_ms();
        while at < until_ms {
            at = (at + milliseconds(PAST_STEP)).min(until_ms);
            for record in shop.past_until(at) {
                let Some(producer) = producers.get(record.topic) else { continue };
                under_way.push(producer.send(&record.outgoing()).await?.written());
                *self.written.entry(record.topic).or_default() += 1;
                while under_way.len() >= UNDER_WAY_MAX {
                    under_way.next().await.transpose()?;
                }
            }
        }
        while under_way.next().await.transpose()?.is_some() {}
        for producer in producers.into_values() {
            producer.close().await;
        }
        Ok(())
    }
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
