//! Where brokers keep their partitions, how large those are, and how much room there is.

use futures::future::join_all;
use ouzel_wire::messages::{
    DescribableLogDirTopic, DescribeLogDirsRequest, DescribeLogDirsResponse, DescribeLogDirsResult,
};

use super::{TopicPartition, cluster::Cluster, error::KafkaError};

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

impl Cluster {
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
