//! Topics as pages show them: the list, the figures of the rows on screen, one topic.

use std::{collections::HashMap, time::Duration};

use ouzel_api::{
    Lag,
    topics::{self, CreateTopic, TopicFigures, TopicList, TopicRow},
};

use super::{
    AGE_MAX_LISTING, At, Cluster, Expected, KafkaError, Metadata, Offsets, Shown, Sizes, Topic,
    TopicPartition, offset_of,
    overview::{count, records},
    soon::{SOON, within},
};
use crate::clock::now_ms;

impl Cluster {
    /// The list: what metadata tells, so that ten thousand topics come at once.
    pub async fn topic_list(&self) -> Result<TopicList, KafkaError> {
        let metadata = self.metadata(AGE_MAX_LISTING).await?;
        let row = |(name, topic): (&String, &Topic)| TopicRow {
            name: name.clone(),
            internal: topic.internal,
            partitions: count(topic.partitions.len()),
            replication_factor: count(topic.partitions.first().map_or(0, |it| it.replicas.len())),
            offline: count(topic.offline().count()),
            under_replicated: count(topic.under_replicated().count()),
            denied: Vec::new(),
        };
        let topics = metadata.topics.iter().map(row).collect();
        Ok(TopicList { topics, read_at_ms: metadata.read_at_ms })
    }

    /// The figures of these topics, without those that are gone. What cannot be read leaves its
    /// own cell empty and no other. What groups have read is at most `groups_age` old.
    pub async fn topic_figures(
        &self,
        names: &[String],
        groups_age: Duration,
    ) -> Result<Vec<TopicFigures>, KafkaError> {
        let fillings = self.fillings();
        let metadata = self.metadata(AGE_MAX_LISTING).await?;
        let known: Vec<String> =
            names.iter().filter(|name| metadata.topics.contains_key(*name)).cloned().collect();
        let places = places(&metadata, &known);
        let (starts, ends, largest, mut policies, groups, sizes) = tokio::join!(
            self.offsets_soon(places.clone(), At::Start),
            self.offsets_soon(places.clone(), At::End),
            self.offsets_soon(places.clone(), At::LargestTimestamp),
            self.policies_soon(&known),
            self.groups_soon(groups_age),
            self.sizes(&places, |it| metadata.leader(&it.topic, it.partition)),
        );
        let (starts, ends) = (starts?, ends?);
        let largest = largest.unwrap_or_default();
        let figures = known.into_iter().map(|name| {
            let here: Vec<&TopicPartition> =
                places.iter().filter(|place| place.topic == name).collect();
            let counts = here.iter().map(|place| records(place, &starts, &ends));
            let read = groups.as_ref().ok().and_then(|groups| groups.reading(&name));
            let rate = written(&here, &ends).and_then(|written| {
                let committed = groups.as_ref().ok().and_then(|groups| groups.progress(&name));
                self.measure(&name, (written, committed), fillings)
            });
            let size = size(here.iter().copied(), &sizes);
            TopicFigures {
                rate,
                messages: counts.sum(),
                cleanup_policy: policies.remove(&name),
                last_written_ms: last_written(&here, &largest),
                groups: read.as_ref().map(|read| read.groups),
                worst_lag: read.as_ref().map_or(Lag::Unknown, |read| read.worst_lag),
                without_commit: read.map_or(0, |read| read.without_commit),
                size_bytes: size.as_ref().ok().copied(),
                size_error: size.err(),
                name,
            }
        });
        Ok(figures.collect())
    }

    /// A topic that was just made, and whether it is shown already. It was made even if nobody
    /// tells of it.
    pub async fn new_topic_page(&self, asked: &CreateTopic) -> (topics::Topic, Shown) {
        let partitions = usize::try_from(asked.partitions.unwrap_or(1)).unwrap_or(1);
        let shown = self.shown(Expected::Topic(&asked.name, partitions)).await;
        match self.topic_page(&asked.name).await {
            Ok(page) => (page, shown),
            Err(why) => (unseen(asked, &why), Shown::NotYet),
        }
    }

    /// One topic, read now.
    pub async fn topic_page(&self, name: &str) -> Result<topics::Topic, KafkaError> {
        let topic = &self.fresh_topic(name).await?;
        let names = [name.to_owned()];
        let numbers = topic.partitions.iter().map(|partition| partition.number);
        let places: Vec<_> = numbers.map(|number| TopicPartition::new(name, number)).collect();
        let (starts, ends, mut policies, sizes) = tokio::join!(
            self.offsets_soon(places.clone(), At::Start),
            self.offsets_soon(places.clone(), At::End),
            self.policies_soon(&names),
            self.sizes(&places, |place| topic.leader(name, place.partition)),
        );
        let (starts, ends) = (starts?, ends?);
        Ok(topics::Topic {
            name: name.to_owned(),
            id: (!topic.id.is_zero()).then(|| topic.id.to_string()),
            internal: topic.internal,
            partitions: partitions(name, topic, (&starts, &ends), &sizes),
            cleanup_policy: policies.remove(name),
            read_at_ms: now_ms(),
        })
    }
}

impl Cluster {
    /// The `cleanup.policy` of each topic, as far as it is told soon.
    async fn policies_soon(&self, topics: &[String]) -> HashMap<String, String> {
        let (cluster, topics) = (self.clone(), topics.to_vec());
        let read = within(SOON, async move { cluster.cleanup_policies(&topics).await }).await;
        read.and_then(Result::ok).unwrap_or_default()
    }
}

/// A topic that was made and of which no broker tells more yet.
fn unseen(asked: &CreateTopic, why: &KafkaError) -> topics::Topic {
    let partition = |partition| topics::Partition {
        partition,
        leader: None,
        leader_epoch: None,
        replicas: Vec::new(),
        in_sync: Vec::new(),
        start_offset: None,
        end_offset: None,
        error: Some(why.reason()),
        size_bytes: None,
        size_error: Some(why.reason()),
    };
    topics::Topic {
        name: asked.name.clone(),
        id: None,
        internal: false,
        partitions: (0..asked.partitions.unwrap_or(0)).map(partition).collect(),
        cleanup_policy: None,
        read_at_ms: now_ms(),
    }
}

fn places(metadata: &Metadata, names: &[String]) -> Vec<TopicPartition> {
    let topics = names.iter().filter_map(|name| Some((name, metadata.topics.get(name)?)));
    let places = topics.flat_map(|(name, topic)| {
        topic.partitions.iter().map(|partition| TopicPartition::new(name, partition.number))
    });
    places.collect()
}

/// All offsets that were ever given out; unknown if one of the ends could not be asked.
fn written(places: &[&TopicPartition], ends: &Offsets) -> Option<i64> {
    let end = |place: &&TopicPartition| offset_of(ends, place);
    places.iter().map(end).try_fold(0_i64, |sum, end| Some(sum.saturating_add(end?)))
}

/// The largest time over all partitions; unknown if one of them could not be asked.
fn last_written(places: &[&TopicPartition], largest: &Offsets) -> Option<i64> {
    let mut last = None;
    for place in places {
        let found = largest.get(place)?.as_ref().ok()?;
        last = last.max(found.map(|found| found.timestamp_ms).filter(|time| *time >= 0));
    }
    last
}

/// Bytes on disk of these partitions together, or why that of one of them is not known.
fn size<'a>(
    mut places: impl Iterator<Item = &'a TopicPartition>,
    sizes: &Sizes,
) -> Result<u64, String> {
    places.try_fold(0_u64, |sum, place| match sizes.get(place) {
        Some(Ok(size)) => Ok(sum.saturating_add(*size)),
        Some(Err(error)) => Err(error.to_string()),
        None => Err(format!("{place} was not asked for")),
    })
}

fn partitions(
    name: &str,
    topic: &Topic,
    (starts, ends): (&Offsets, &Offsets),
    sizes: &Sizes,
) -> Vec<topics::Partition> {
    let one = |partition: &super::Partition| {
        let place = TopicPartition::new(name, partition.number);
        let read = |offsets: &Offsets| match offsets.get(&place) {
            Some(Ok(found)) => (found.map(|found| found.offset), None),
            Some(Err(error)) => (None, Some(error.reason())),
            None => (None, None),
        };
        let ((start_offset, start_error), (end_offset, end_error)) = (read(starts), read(ends));
        let size = size(std::iter::once(&place), sizes);
        topics::Partition {
            partition: partition.number,
            leader: partition.leader,
            leader_epoch: partition.leader_epoch,
            replicas: partition.replicas.clone(),
            in_sync: partition.in_sync.clone(),
            start_offset,
            end_offset,
            error: start_error.or(end_error),
            size_bytes: size.as_ref().ok().copied(),
            size_error: size.err(),
        }
    };
    topic.partitions.iter().map(one).collect()
}
