//! Deleting the oldest records of partitions: each leader is told once, all at the same time.

use std::collections::BTreeMap;

use futures::future::join_all;
use ouzel_wire::messages::{DeleteRecordsPartition, DeleteRecordsRequest, DeleteRecordsTopic};
use tokio::time::sleep;

use super::{
    TopicPartition,
    cluster::{AGE_MAX_ROUTING, Cluster, RETRIES, pause},
    connection::REQUEST_TIMEOUT,
    error::KafkaError,
};

/// Most partitions in one request: each may have to sync a file.
const PARTITIONS_MAX: usize = 1_000;

/// The first offset that each partition has afterwards.
pub type Deleted = BTreeMap<TopicPartition, Result<i64, KafkaError>>;

impl Cluster {
    /// Deletes what lies before these offsets; -1 stands for the end. Partitions whose leader has
    /// moved are asked again. Fails as a whole only if the cluster cannot be reached.
    pub async fn delete_records(
        &self,
        before: &BTreeMap<TopicPartition, i64>,
    ) -> Result<Deleted, KafkaError> {
        let mut left = before.clone();
        let mut answers = Deleted::new();
        let mut metadata = self.metadata(AGE_MAX_ROUTING).await?;
        for attempt in 0.. {
            let mut by_leader: BTreeMap<i32, Vec<(TopicPartition, i64)>> = BTreeMap::new();
            for (place, offset) in std::mem::take(&mut left) {
                match metadata.leader(&place.topic, place.partition) {
                    Ok(leader) => by_leader.entry(leader).or_default().push((place, offset)),
                    Err(error) => drop(answers.insert(place, Err(error))),
                }
            }
            let asked = by_leader.iter().flat_map(|(leader, places)| {
                places.chunks(PARTITIONS_MAX).map(|places| self.tell_leader(*leader, places))
            });
            answers.extend(join_all(asked).await.into_iter().flatten());
            let stale = answers.iter().filter(|(_, answer)| is_stale(answer));
            left.extend(stale.map(|(place, _)| (place.clone(), before[place])));
            if left.is_empty() || attempt == RETRIES {
                break;
            }
            sleep(pause(attempt)).await;
            metadata = self.fresh_metadata().await?;
            // Nobody can be told about a partition that the cluster does not list.
            left.retain(|place, _| metadata.leader(&place.topic, place.partition).is_ok());
        }
        Ok(answers)
    }

    async fn tell_leader(&self, leader: i32, places: &[(TopicPartition, i64)]) -> Deleted {
        match self.try_to_tell(leader, places).await {
            Ok(answers) => answers,
            Err(error) => {
                places.iter().map(|(place, _)| (place.clone(), Err(error.clone()))).collect()
            }
        }
    }

    async fn try_to_tell(
        &self,
        leader: i32,
        places: &[(TopicPartition, i64)],
    ) -> Result<Deleted, KafkaError> {
        let response = self.broker(leader).await?.call(&request(places)).await?;
        let about = |place: &TopicPartition| format!("deleting records of {place}");
        let left_out = |place| Err(KafkaError::left_out(about(place)));
        let mut answers: Deleted =
            places.iter().map(|(place, _)| (place.clone(), left_out(place))).collect();
        for topic in response.topics {
            for partition in topic.partitions {
                let place = TopicPartition::new(&topic.name, partition.partition_index);
                let checked = KafkaError::check(|| about(&place), partition.error_code);
                answers.insert(place, checked.map(|()| partition.low_watermark));
            }
        }
        Ok(answers)
    }
}

fn is_stale(answer: &Result<i64, KafkaError>) -> bool {
    answer.as_ref().is_err_and(KafkaError::is_stale_route)
}

fn request(places: &[(TopicPartition, i64)]) -> DeleteRecordsRequest {
    let mut topics: BTreeMap<&str, Vec<DeleteRecordsPartition>> = BTreeMap::new();
    for (place, offset) in places {
        topics.entry(&place.topic).or_default().push(DeleteRecordsPartition {
            partition_index: place.partition,
            offset: *offset,
            ..DeleteRecordsPartition::default()
        });
    }
    let topic = |(name, partitions): (&str, _)| DeleteRecordsTopic {
        name: name.to_owned(),
        partitions,
        ..DeleteRecordsTopic::default()
    };
    DeleteRecordsRequest {
        topics: topics.into_iter().map(topic).collect(),
        timeout_ms: i32::try_from(REQUEST_TIMEOUT.as_millis() / 2).unwrap_or(i32::MAX),
        ..DeleteRecordsRequest::default()
    }
}
