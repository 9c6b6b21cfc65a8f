//! Where brokers keep their partitions, how large those are, and how much room there is.

use std::collections::{BTreeMap, HashMap};

use futures::future::join_all;
use ouzel_wire::messages::{
    DescribableLogDirTopic, DescribeLogDirsRequest, DescribeLogDirsResponse, DescribeLogDirsResult,
};

use super::{
    TopicPartition,
    cluster::Cluster,
    error::KafkaError,
    soon::{SOON, within},
};

/// One folder of a broker, as far as the broker could look into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogDir {
    /// Its path on the broker's machine.
    pub path: String,
    /// Bytes of its file system; none where the broker does not tell.
    pub total_bytes: Option<u64>,
    /// Bytes of it that may still be written.
    pub usable_bytes: Option<u64>,
    /// The partitions in it with their bytes, or why they could not be looked at.
    pub partitions: Result<Vec<(TopicPartition, u64)>, KafkaError>,
}

/// A broker and its folders, or why it told of none.
pub type BrokerLogDirs = (i32, Result<Vec<LogDir>, KafkaError>);

/// Bytes on disk of each partition that was asked for, at its leader, or why nobody knows.
pub type Sizes = HashMap<TopicPartition, Result<u64, KafkaError>>;

impl Cluster {
    /// How much room the leaders' replicas of these partitions take up: one request to each broker
    /// that leads some of them. One that hangs is not waited for.
    pub(super) async fn sizes(
        &self,
        places: &[TopicPartition],
        leader: impl Fn(&TopicPartition) -> Result<i32, KafkaError>,
    ) -> Sizes {
        let mut sizes = Sizes::with_capacity(places.len());
        let mut by_leader: BTreeMap<i32, Vec<TopicPartition>> = BTreeMap::new();
        for place in places {
            match leader(place) {
                Ok(leader) => by_leader.entry(leader).or_default().push(place.clone()),
                Err(error) => drop(sizes.insert(place.clone(), Err(error))),
            }
        }
        let asked = by_leader.into_iter().map(|(leader, places)| async move {
            let (cluster, asked) = (self.clone(), places.clone());
            let asking = async move { cluster.sizes_at(leader, &asked).await };
            let late = || Err(KafkaError::late(leader, "DescribeLogDirs"));
            let told = within(SOON, asking).await.unwrap_or_else(late);
            let size = |place: &TopicPartition| match &told {
                Ok(told) => told.get(place).copied().ok_or_else(|| untold(leader, place)),
                Err(error) => Err(error.clone()),
            };
            let sized = |place: TopicPartition| (place.clone(), size(&place));
            places.into_iter().map(sized).collect::<Vec<_>>()
        });
        sizes.extend(join_all(asked).await.into_iter().flatten());
        sizes
    }

    async fn sizes_at(
        &self,
        leader: i32,
        places: &[TopicPartition],
    ) -> Result<HashMap<TopicPartition, u64>, KafkaError> {
        let mut topics: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
        for place in places {
            topics.entry(&place.topic).or_default().push(place.partition);
        }
        let topic = |(topic, partitions): (&str, Vec<i32>)| DescribableLogDirTopic {
            topic: topic.to_owned(),
            partitions,
            ..DescribableLogDirTopic::default()
        };
        let topics = Some(topics.into_iter().map(topic).collect());
        let request = DescribeLogDirsRequest { topics, ..DescribeLogDirsRequest::default() };
        sizes_of(leader, self.broker(leader).await?.call(&request).await?)
    }

    /// The folders of one broker with all that lies in them.
    pub(super) async fn log_dirs_of(&self, node: i32) -> Result<Vec<LogDir>, KafkaError> {
        // None for all of them; an empty list would ask for none.
        let request = DescribeLogDirsRequest { topics: None, ..DescribeLogDirsRequest::default() };
        folders(node, self.broker(node).await?.call(&request).await?)
    }

    /// The folders of every broker. With `topics`, only these partitions are told of.
    pub async fn log_dirs(
        &self,
        topics: Option<&[(String, Vec<i32>)]>,
    ) -> Result<Vec<BrokerLogDirs>, KafkaError> {
        let topic = |(name, partitions): &(String, Vec<i32>)| DescribableLogDirTopic {
            topic: name.clone(),
            partitions: partitions.clone(),
            ..DescribableLogDirTopic::default()
        };
        let topics = topics.map(|topics| topics.iter().map(topic).collect());
        let request = &DescribeLogDirsRequest { topics, ..DescribeLogDirsRequest::default() };
        let asked = self.all().await?.into_iter().map(|(node, connection)| async move {
            let told = match connection {
                Ok(connection) => connection.call(request).await.and_then(|it| folders(node, it)),
                Err(error) => Err(error),
            };
            (node, told)
        });
        Ok(join_all(asked).await)
    }
}

/// What a broker tells of its partitions. A copy that is being moved to another folder of the same
/// broker is not counted before it is used.
fn sizes_of(
    node: i32,
    response: DescribeLogDirsResponse,
) -> Result<HashMap<TopicPartition, u64>, KafkaError> {
    let about = || format!("reading the folders of broker {node}");
    KafkaError::check(about, response.error_code)?;
    let mut sizes = HashMap::new();
    let mut broken = None;
    for folder in response.results {
        if folder.error_code != 0 {
            broken = Some(folder.error_code);
        }
        for topic in folder.topics {
            let used = topic.partitions.iter().filter(|partition| !partition.is_future_key);
            sizes.extend(used.filter_map(|partition| {
                let size = u64::try_from(partition.partition_size).ok()?;
                Some((TopicPartition::new(&topic.name, partition.partition_index), size))
            }));
        }
    }
    // What other folders told is still true; of a broker that told nothing, this is why.
    match broken {
        Some(code) if sizes.is_empty() => Err(KafkaError::refused(about(), code, None)),
        _ => Ok(sizes),
    }
}

/// Before version 3 a broker has no other way of saying that the console may not ask.
fn untold(node: i32, place: &TopicPartition) -> KafkaError {
    KafkaError::Untold { about: format!("broker {node} does not tell the size of {place}") }
}

fn folders(node: i32, response: DescribeLogDirsResponse) -> Result<Vec<LogDir>, KafkaError> {
    KafkaError::check(|| format!("reading the folders of broker {node}"), response.error_code)?;
    Ok(response.results.into_iter().map(|folder| log_dir(node, folder)).collect())
}

fn log_dir(node: i32, folder: DescribeLogDirsResult) -> LogDir {
    let about = || format!("reading folder {} of broker {node}", folder.log_dir);
    let checked = KafkaError::check(about, folder.error_code);
    let partitions = folder.topics.into_iter().flat_map(|topic| {
        let name = topic.name;
        topic.partitions.into_iter().map(move |partition| {
            let place = TopicPartition::new(&name, partition.partition_index);
            (place, u64::try_from(partition.partition_size).unwrap_or(0))
        })
    });
    LogDir {
        partitions: checked.map(|()| partitions.collect()),
        path: folder.log_dir,
        total_bytes: u64::try_from(folder.total_bytes).ok(),
        usable_bytes: u64::try_from(folder.usable_bytes).ok(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ouzel_wire::messages::{DescribeLogDirsPartition, DescribeLogDirsTopic};

    use super::*;

    fn folder(error_code: i16, partitions: &[(i32, i64, bool)]) -> DescribeLogDirsResult {
        let one = |(partition_index, partition_size, is_future_key): &(i32, i64, bool)| {
            DescribeLogDirsPartition {
                partition_index: *partition_index,
                partition_size: *partition_size,
                is_future_key: *is_future_key,
                ..DescribeLogDirsPartition::default()
            }
        };
        let topic = DescribeLogDirsTopic {
            name: "t".to_owned(),
            partitions: partitions.iter().map(one).collect(),
            ..DescribeLogDirsTopic::default()
        };
        let topics = vec![topic];
        DescribeLogDirsResult { error_code, topics, ..DescribeLogDirsResult::default() }
    }

    fn told(results: Vec<DescribeLogDirsResult>) -> Result<Vec<(i32, u64)>, KafkaError> {
        let response = DescribeLogDirsResponse { results, ..DescribeLogDirsResponse::default() };
        let sizes = sizes_of(1, response)?;
        let mut sizes: Vec<_> =
            sizes.into_iter().map(|(place, size)| (place.partition, size)).collect();
        sizes.sort_unstable();
        Ok(sizes)
    }

    #[test]
    fn a_copy_on_its_way_to_another_folder_is_not_counted_and_no_size_is_not_nothing() {
        let folders = vec![
            folder(0, &[(0, 7, false), (1, -1, false)]),
            folder(0, &[(0, 3, true), (2, 0, false)]),
        ];
        assert_eq!(told(folders).unwrap(), [(0, 7), (2, 0)]);
    }

    #[test]
    fn a_broken_folder_hides_no_other_and_is_the_reason_where_there_is_none() {
        let whole = || folder(0, &[(0, 7, false)]);
        assert_eq!(told(vec![folder(56, &[]), whole()]).unwrap(), [(0, 7)]);
        let error = told(vec![folder(56, &[])]).unwrap_err();
        assert!(error.reason().contains("KAFKA_STORAGE_ERROR"), "{error}");
    }
}
