//! The shop's past: which part of it each topic lacks, and writing that part.
//!
//! A topic lacks what came after its newest record. So a start that ended while it wrote the past
//! is completed by the next one, days on which the shop was closed are filled in, and nothing is
//! told twice.

use std::{collections::HashMap, time::Duration};

use futures::{StreamExt, stream::FuturesUnordered};

use super::{DemoError, milliseconds, shop::Shop, topics::TOPICS};
use crate::kafka::{
    At, Cluster, Expected, Found, KafkaError, Topic, TopicPartition, produce::Producer,
};

/// Part of the past that is made up and written in one go.
const STEP: Duration = Duration::from_secs(3600);
/// Records under way at once while the past is written.
const UNDER_WAY_MAX: usize = 5_000;
/// A shop that was closed for less than this goes on as if nothing had been.
const GAP_MIN: Duration = Duration::from_secs(600);

/// What is missing of the past.
pub struct Past<'a> {
    brokers: &'a str,
    /// The topics that lack something, with the time up to which they are told.
    told_until: HashMap<&'static str, i64>,
    /// Records written so far.
    pub written: u64,
}

impl<'a> Past<'a> {
    /// Creates the topics that are missing, and finds out what the others lack.
    pub async fn missing(
        cluster: &Cluster,
        brokers: &'a str,
        now_ms: i64,
    ) -> Result<Past<'a>, KafkaError> {
        let metadata = cluster.fresh_metadata().await?;
        let mut told_until = HashMap::new();
        for topic in TOPICS {
            let until = match metadata.topics.get(topic.name) {
                Some(found) => newest(cluster, topic.name, found).await?,
                None => {
                    cluster.create_topic(&topic.wanted()).await?;
                    // Written to at once; one that is heard of late is waited for by the producer.
                    let _ = cluster.shown(Expected::Topic(topic.name, 1)).await;
                    Some(i64::MIN)
                }
            };
            let gap = |until: &i64| now_ms.saturating_sub(*until) >= milliseconds(GAP_MIN);
            if let Some(until) = until.filter(gap) {
                told_until.insert(topic.name, until);
            }
        }
        Ok(Past { brokers, told_until, written: 0 })
    }

    /// Whether nothing is missing.
    pub fn is_whole(&self) -> bool {
        self.told_until.is_empty()
    }

    /// Writes what happened up to `until_ms`, each topic packed in its own way.
    pub async fn fill(&mut self, shop: &mut Shop, until_ms: i64) -> Result<(), DemoError> {
        let mut producers: HashMap<&str, Producer> = HashMap::new();
        for topic in TOPICS.iter().filter(|topic| self.told_until.contains_key(topic.name)) {
            producers.insert(topic.name, Producer::new(self.brokers, topic.codec).await?);
        }
        let mut under_way = FuturesUnordered::new();
        let mut at = shop.at_ms();
        while at < until_ms {
            at = (at + milliseconds(STEP)).min(until_ms);
            for record in shop.past_until(at) {
                let told = self.told_until.get(record.topic).is_none_or(|it| record.at_ms <= *it);
                let Some(producer) = producers.get(record.topic).filter(|_| !told) else {
                    continue;
                };
                under_way.push(producer.send(&record.outgoing()).await?.written());
                self.written += 1;
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

/// The time of the newest record: the beginning of time for a topic without any. `None` where it
/// cannot be asked: better a part of the past too few than one too many.
async fn newest(cluster: &Cluster, name: &str, topic: &Topic) -> Result<Option<i64>, KafkaError> {
    let places = topic.partitions.iter().map(|it| TopicPartition::new(name, it.number));
    let found = cluster.offsets(places, At::LargestTimestamp).await?;
    let time = |found: &Result<Found, KafkaError>| {
        found.as_ref().ok().map(|found| found.map_or(i64::MIN, |found| found.timestamp_ms))
    };
    let times: Option<Vec<i64>> = found.values().map(time).collect();
    Ok(times.map(|times| times.into_iter().max().unwrap_or(i64::MIN)))
}
