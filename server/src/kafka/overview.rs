//! A cluster in short.

use std::{cmp::Reverse, collections::HashMap};

use ouzel_api::clusters::{Broker, GroupsSummary, Overview, PartitionName, TopicSize};

use super::{
    AGE_MAX_LISTING, At, Cluster, KafkaError, Metadata, Offsets, Partition, Topic, TopicPartition,
};

/// Most topics that the overview names.
const LARGEST_MAX: usize = 10;
/// Most partitions without a leader, or with too few replicas, that it names; the counts of a
/// cluster that is down altogether need not name each.
const TROUBLED_MAX: usize = 1_000;

impl Cluster {
    /// All of the overview but the groups, which the caller reads beside it.
    pub async fn overview(&self, groups: GroupsSummary) -> Result<Overview, KafkaError> {
        let metadata = self.metadata(AGE_MAX_LISTING).await?;
        let places = || {
            let topics = metadata.topics.iter();
            let place = |(name, topic): (&String, &Topic)| {
                let name = name.clone();
                let numbers: Vec<i32> = topic.partitions.iter().map(|it| it.number).collect();
                numbers.into_iter().map(move |number| TopicPartition::new(&name, number))
            };
            topics.flat_map(place).collect::<Vec<_>>()
        };
        let (starts, ends) =
            tokio::try_join!(self.offsets(places(), At::Start), self.offsets(places(), At::End))?;
        Ok(page(&metadata, groups, &sizes(&starts, &ends)))
    }
}

/// Records by topic; a topic with a partition that could not be read is left out.
fn sizes(starts: &Offsets, ends: &Offsets) -> HashMap<String, i64> {
    let mut sizes: HashMap<&str, Option<i64>> = HashMap::new();
    for place in ends.keys() {
        let size = records(place, starts, ends);
        let topic = sizes.entry(&place.topic).or_insert(Some(0));
        *topic = topic.zip(size).map(|(sum, size)| sum + size);
    }
    let known = sizes.into_iter().filter_map(|(topic, size)| Some((topic.to_owned(), size?)));
    known.collect()
}

/// Records between a partition's start and end, if both could be read.
pub(super) fn records(place: &TopicPartition, starts: &Offsets, ends: &Offsets) -> Option<i64> {
    let offset = |offsets: &Offsets| {
        let found = offsets.get(place)?.as_ref().ok()?.as_ref()?;
        Some(found.offset)
    };
    Some((offset(ends)? - offset(starts)?).max(0))
}

fn page(metadata: &Metadata, groups: GroupsSummary, sizes: &HashMap<String, i64>) -> Overview {
    let internal = metadata.topics.values().filter(|topic| topic.internal).count();
    let partitions = metadata.topics.values().map(|topic| topic.partitions.len()).sum::<usize>();
    let mut largest: Vec<TopicSize> = sizes
        .iter()
        .filter(|(_, messages)| **messages > 0)
        .map(|(topic, messages)| TopicSize { topic: topic.clone(), messages: *messages })
        .collect();
    largest.sort_by(|a, b| (Reverse(a.messages), &a.topic).cmp(&(Reverse(b.messages), &b.topic)));
    largest.truncate(LARGEST_MAX);
    Overview {
        kafka_cluster_id: metadata.cluster_id.clone(),
        brokers: brokers(metadata),
        controller_id: metadata.controller,
        topics: count(metadata.topics.len()),
        internal_topics: count(internal),
        partitions: count(partitions),
        offline_partitions: troubled(metadata, |topic| topic.offline().collect()),
        under_replicated_partitions: troubled(metadata, |topic| topic.under_replicated().collect()),
        groups,
        largest_topics: largest,
        read_at_ms: metadata.read_at_ms,
    }
}

fn brokers(metadata: &Metadata) -> Vec<Broker> {
    let broker = |(id, broker): (&i32, &super::metadata::Broker)| Broker {
        id: *id,
        host: broker.address.host.clone(),
        port: i32::from(broker.address.port),
        rack: broker.rack.clone(),
    };
    metadata.brokers.iter().map(broker).collect()
}

fn troubled(metadata: &Metadata, of: impl Fn(&Topic) -> Vec<&Partition>) -> Vec<PartitionName> {
    let named = metadata.topics.iter().flat_map(|(name, topic)| {
        of(topic)
            .into_iter()
            .map(|partition| PartitionName { topic: name.clone(), partition: partition.number })
    });
    named.take(TROUBLED_MAX).collect()
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
