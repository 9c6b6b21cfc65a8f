//! Reading records: raw record sets from a leader, over connections of one's own.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use ouzel_api::search::Isolation;
use ouzel_wire::{
    Uuid,
    messages::{AbortedTransaction, FetchPartition, FetchRequest, FetchTopic},
};

use super::{
    cluster::Cluster,
    connection::{Connection, REQUEST_TIMEOUT},
    error::KafkaError,
    links::Links,
};

/// Most bytes of one answer. A first batch that is larger still comes, up to the frame's limit.
pub const FETCH_BYTES_MAX: i32 = 8 * 1024 * 1024;

/// A reader's own connections. Dropping it closes them, and whatever is under way with them.
#[derive(Debug)]
pub struct Lane {
    cluster: Cluster,
    topic: String,
    topic_id: Uuid,
    links: Links,
    bytes_max: i32,
}

/// One partition to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Its number.
    pub partition: i32,
    /// From here on.
    pub offset: i64,
    /// So many bytes.
    pub bytes_max: i32,
}

/// What a leader gave for one partition.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its number.
    pub partition: i32,
    /// What went wrong, or 0.
    pub error_code: i16,
    /// Record batches; the last one may be cut short. Empty also if the next batch is larger than
    /// what was asked for: only the first partition that has records gets a batch of any size.
    pub records: Bytes,
    /// Offset after the last record that can be read; -1 if the broker does not say.
    pub high_watermark: i64,
    /// Offset before which every transaction is decided; -1 if the broker does not say.
    pub stable_offset: i64,
    /// Producer and first offset of the aborted transactions among the records, if committed ones
    /// were asked for.
    pub aborted: Vec<(i64, i64)>,
    /// How long the broker wants to be left alone.
    pub throttle: Duration,
}

impl Lane {
    /// For reading a topic. With its id, a topic of the same name made later is not taken for it.
    pub fn new(cluster: &Cluster, topic: &str, topic_id: Uuid) -> Lane {
        let links = Links::new(cluster.dialer().clone());
        let (cluster, topic) = (cluster.clone(), topic.to_owned());
        Lane { cluster, topic, topic_id, links, bytes_max: FETCH_BYTES_MAX }
    }

    /// Asks for no more bytes than these in one answer.
    pub fn at_most(self, bytes_max: i32) -> Lane {
        Lane { bytes_max, ..self }
    }

    /// The cluster it leads to.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The topic it reads.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Reads from `leader`, which waits at most `wait` for the first byte. Asked for committed
    /// records, it sends those before the stable offset and tells which of them were aborted.
    pub async fn fetch(
        &self,
        leader: i32,
        asks: &[Ask],
        wait: Duration,
        isolation: Isolation,
    ) -> Result<Vec<Answer>, KafkaError> {
        let connection = self.connection(leader).await?;
        let mut version = connection.version::<FetchRequest>()?;
        if self.topic_id.is_zero() {
            version = version.min(NEWEST_BY_NAME);
        }
        let request = FetchRequest {
            replica_id: -1,
            max_wait_ms: i32::try_from(wait.as_millis()).unwrap_or(i32::MAX),
            min_bytes: 1,
            max_bytes: self.bytes_max,
            isolation_level: isolation_level(isolation),
            topics: vec![self.partitions(asks)],
            ..FetchRequest::default()
        };
        let response = connection.call_in(version, &request, REQUEST_TIMEOUT + wait).await?;
        KafkaError::check(|| format!("reading `{}`", self.topic), response.error_code)?;
        let throttle = Duration::from_millis(u64::try_from(response.throttle_time_ms).unwrap_or(0));
        let partitions = response.responses.into_iter().flat_map(|topic| topic.partitions);
        let answer = |partition: ouzel_wire::messages::PartitionData| Answer {
            partition: partition.partition_index,
            error_code: partition.error_code,
            records: partition.records.unwrap_or_default(),
            high_watermark: partition.high_watermark,
            stable_offset: partition.last_stable_offset,
            aborted: aborted(partition.aborted_transactions),
            throttle,
        };
        Ok(partitions.map(answer).collect())
    }

    fn partitions(&self, asks: &[Ask]) -> FetchTopic {
        let partition = |ask: &Ask| FetchPartition {
            partition: ask.partition,
            fetch_offset: ask.offset,
            partition_max_bytes: ask.bytes_max,
            ..FetchPartition::default()
        };
        FetchTopic {
            topic: self.topic.clone(),
            topic_id: self.topic_id,
            partitions: asks.iter().map(partition).collect(),
            ..FetchTopic::default()
        }
    }

    async fn connection(&self, leader: i32) -> Result<Arc<Connection>, KafkaError> {
        let address = self.cluster.address(leader).await?;
        self.links.get(&address).await
    }
}

fn aborted(transactions: Option<Vec<AbortedTransaction>>) -> Vec<(i64, i64)> {
    let each = transactions.into_iter().flatten();
    each.map(|aborted| (aborted.producer_id, aborted.first_offset)).collect()
}

/// Kafka's number.
pub(super) fn isolation_level(isolation: Isolation) -> i8 {
    match isolation {
        Isolation::ReadUncommitted => 0,
        Isolation::ReadCommitted => 1,
    }
}

/// The newest Fetch that names topics by name.
const NEWEST_BY_NAME: i16 = 12;
