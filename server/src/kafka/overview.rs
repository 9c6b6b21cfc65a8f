//! A cluster in short.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use ouzel_api::clusters::{Broker, Glance, GroupsSummary, Overview, PartitionName, TopicSize};

use super::{
    AGE_MAX_LISTING, At, Cluster, KafkaError, Metadata, Offsets, Partition, Topic, TopicPartition,
};

/// Most topics that the overview names.
const LARGEST_MAX: usize = 10;
/// Most partitions without a leader, or with too few replicas, that it names; the counts of a
/// cluster that is down altogether need not name each.
const TROUBLED_MAX: usize = 1_000;

impl Cluster {
    /// The overview with `groups`, which are read at the same time: a broker that is slow to answer
    /// is waited for once.
    pub async fn overview(
        &self,
        groups: impl Future<Output = GroupsSummary>,
    ) -> Result<Overview, KafkaError> {
        let (groups, sized) = tokio::join!(groups, self.metadata_and_offsets());
        let (metadata, starts, ends) = sized?;
        Ok(page(&metadata, groups, sizes(&starts, &ends)))
    }

    /// Where every partition of the cluster begins and ends.
    async fn metadata_and_offsets(&self) -> Result<(Arc<Metadata>, Offsets, Offsets), KafkaError> {
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
        let (starts, ends) = tokio::try_join!(
            self.offsets_soon(places(), At::Start),
            self.offsets_soon(places(), At::End)
        )?;
        Ok((metadata, starts, ends))
    }
}

/// Records by topic; `None` for a topic with a partition that could not be read.
fn sizes<'a>(starts: &Offsets, ends: &'a Offsets) -> HashMap<&'a str, Option<i64>> {
    let mut sizes: HashMap<&str, Option<i64>> = HashMap::new();
    for place in ends.keys() {
        let size = records(place, starts, ends);
        let topic = sizes.entry(&place.topic).or_insert(Some(0));
        *topic = topic.zip(size).map(|(sum, size)| sum + size);
    }
    sizes
}

/// Records between a partition's start and end, if both could be read.
pub(super) fn records(place: &TopicPartition, starts: &Offsets, ends: &Offsets) -> Option<i64> {
    let offset = |offsets: &Offsets| {
        let found = offsets.get(place)?.as_ref().ok()?.as_ref()?;
        Some(found.offset)
    };
    Some((offset(ends)? - offset(starts)?).max(0))
}

fn page(metadata: &Metadata, groups: GroupsSummary, sizes: HashMap<&str, Option<i64>>) -> Overview {
    let unread = sizes.values().filter(|size| size.is_none()).count();
    let internal = metadata.topics.values().filter(|topic| topic.internal).count();
    let partitions = metadata.topics.values().map(|topic| topic.partitions.len()).sum::<usize>();
    let mut largest: Vec<TopicSize> = sizes
        .into_iter()
        .filter_map(|(topic, messages)| Some((topic.to_owned(), messages?)))
        .filter(|(_, messages)| *messages > 0)
        .map(|(topic, messages)| TopicSize { topic, messages })
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
        offline_brokers: offline_brokers(metadata),
        glance: Glance::default(),
        unread_topics: count(unread),
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

/// Brokers that replicas name and the cluster does not list: they are down, or gone for good.
fn offline_brokers(metadata: &Metadata) -> Vec<i32> {
    let partitions = metadata.topics.values().flat_map(|topic| &topic.partitions);
    let named: BTreeSet<i32> =
        partitions.flat_map(|partition| partition.replicas.iter().copied()).collect();
    named.into_iter().filter(|node| !metadata.brokers.contains_key(node)).collect()
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

#[cfg(test)]
mod tests {
    use ouzel_api::clusters::GroupsSummary;
    use ouzel_wire::messages::MetadataResponse;

    use super::{Metadata, Offsets, TopicPartition, page, sizes};
    use crate::kafka::{KafkaError, OffsetAndTime};

    #[test]
    fn a_topic_that_could_not_be_read_is_counted_and_not_taken_for_empty() {
        let place = |topic, partition| TopicPartition::new(topic, partition);
        let at = |offset| Ok(Some(OffsetAndTime { offset, timestamp_ms: -1 }));
        let failed = || Err(KafkaError::refused("reading", 6, None));
        let places = || [place("full", 0), place("half", 0), place("half", 1)];
        let starts: Offsets = places().into_iter().map(|place| (place, at(0))).collect();
        let ends: Offsets = places().into_iter().zip([at(7), at(9), failed()]).collect();
        let groups = GroupsSummary::Known {
            total: 0,
            behind: Vec::new(),
            without_commit: 0,
            unknown: 0,
            warnings: Vec::new(),
        };
        let metadata = Metadata::new(MetadataResponse::default());
        let overview = page(&metadata, groups, sizes(&starts, &ends));
        let largest: Vec<_> =
            overview.largest_topics.iter().map(|it| (it.topic.as_str(), it.messages)).collect();
        assert_eq!((largest, overview.unread_topics), (vec![("full", 7)], 1));
    }
}
