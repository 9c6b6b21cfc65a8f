//! `--demo`: a small shop's topics, filled with its past days, and the shop going on in front of
//! your eyes.
//!
//! Owns what is created and how fast it goes on; what the shop does is made up in `shop`. Creates
//! and fills only what is missing, so that a second start finds everything and goes on, and one
//! after a start that was cut off completes its work. All of it goes through the Kafka API, like
//! any client's work.

mod consumers;
mod past;
mod record;
mod shop;
mod time;
mod topics;
mod words;

use std::{sync::Arc, time::Duration};

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
        Cluster, KafkaError,
        produce::{ProduceError, Producer},
    },
};
use consumers::HeadStart;
use past::Past;
use record::Record;
use shop::Shop;

/// The last part of the past, which the slow consumer has not read yet.
const RECENT: Duration = Duration::from_secs(12 * 3600);
/// How long the slow consumer may take to read what came before.
const HEAD_START_MAX: Duration = Duration::from_secs(20);
/// How often the shop goes on. Records of one step go out together, so an idle machine is woken
/// once a second and not more.
const STEP: Duration = Duration::from_secs(1);
/// Pause after the cluster took nothing.
const PAUSE: Duration = Duration::from_secs(5);

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
    let now = now_ms();
    let mut shop = Shop::new(now);
    let mut past = Past::missing(cluster, brokers, now).await?;
    if past.is_whole() {
        *consumers = consumers::start(brokers, stop, HeadStart::default());
        return Ok(shop);
    }
    // Three days within seconds are no rate at which the shop sells.
    let filling = cluster.begin_filling();
    past.fill(&mut shop, now - milliseconds(RECENT)).await?;
    let records = if past.written == 0 { 0 } else { consumers::unread_by_slow(cluster).await? };
    let head_start = HeadStart { records, done: Arc::default() };
    *consumers = consumers::start(brokers, stop, head_start.clone());
    if records > 0 {
        // Joining takes some seconds. If it takes longer, the lag is merely less evenly spread.
        let _ = timeout(HEAD_START_MAX, head_start.done.notified()).await;
    }
    past.fill(&mut shop, now).await?;
    drop(filling);
    let written = past.written;
    info!(records = written, "The demonstration's past is written: {written} records");
    Ok(shop)
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
