//! Which record of a partition was the first since a time, each partition with a time of its own.
//!
//! For learning of the past of many partitions in a few requests. What a leader refuses is left to
//! whoever asks again: nobody waits for it.

use std::collections::BTreeMap;

use futures::future::join_all;
use ouzel_wire::messages::{ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic};

use super::{
    AGE_MAX_ROUTING, Cluster, KafkaError, Offsets, TopicPartition,
    offsets::{PARTITIONS_MAX, answers},
};

impl Cluster {
    /// For each partition, named once, the first record at or after its time in milliseconds. Each
    /// leader is asked once. Fails as a whole only if the cluster cannot be reached.
    pub async fn first_since(
        &self,
        wanted: &[(TopicPartition, i64)],
    ) -> Result<Offsets, KafkaError> {
        let metadata = self.metadata(AGE_MAX_ROUTING).await?;
        let mut found = Offsets::with_capacity(wanted.len());
        let mut by_leader: BTreeMap<i32, Vec<&(TopicPartition, i64)>> = BTreeMap::new();
        for asked in wanted {
            match metadata.leader(&asked.0.topic, asked.0.partition) {
                Ok(leader) => by_leader.entry(leader).or_default().push(asked),
                Err(error) => drop(found.insert(asked.0.clone(), Err(error))),
            }
        }
        let told = by_leader.iter().flat_map(|(leader, wanted)| {
            wanted.chunks(PARTITIONS_MAX).map(|wanted| self.first_since_of(*leader, wanted))
        });
        found.extend(join_all(told).await.into_iter().flatten());
        Ok(found)
    }

    async fn first_since_of(&self, leader: i32, wanted: &[&(TopicPartition, i64)]) -> Offsets {
        let places: Vec<TopicPartition> = wanted.iter().map(|(place, _)| place.clone()).collect();
        let told = async { self.broker(leader).await?.call(&request(wanted)).await };
        match told.await {
            Ok(response) => answers(response, &places),
            Err(error) => places.into_iter().map(|place| (place, Err(error.clone()))).collect(),
        }
    }
}

fn request(wanted: &[&(TopicPartition, i64)]) -> ListOffsetsRequest {
    let mut topics: BTreeMap<&str, Vec<ListOffsetsPartition>> = BTreeMap::new();
    for (place, at_ms) in wanted {
        topics.entry(&place.topic).or_default().push(ListOffsetsPartition {
            partition_index: place.partition,
            timestamp: (*at_ms).max(0),
            ..ListOffsetsPartition::default()
        });
    }
    let topic = |(name, partitions): (&str, _)| ListOffsetsTopic {
        name: name.to_owned(),
        partitions,
        ..ListOffsetsTopic::default()
    };
    let topics = topics.into_iter().map(topic).collect();
    ListOffsetsRequest { replica_id: -1, topics, ..ListOffsetsRequest::default() }
}
