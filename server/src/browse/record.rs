//! One record, whole.

use std::time::Duration;

use bytes::Bytes;
use ouzel_api::messages::Message;
use ouzel_wire::batch::{self, BatchError, DECOMPRESSED_MAX};

use super::{SearchError, SiftError, sift::message};
use crate::kafka::{Ask, At, Cluster, FETCH_BYTES_MAX, KafkaError, Lane, TopicPartition};

/// Most bytes of a key or value that are shown whole; larger ones can still be downloaded.
pub const WHOLE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How long the leader may wait for a record that should be there.
const WAIT: Duration = Duration::from_millis(500);

/// A record, for people and as bytes.
#[derive(Debug, Clone)]
pub struct Record {
    /// As the browser shows it.
    pub message: Message,
    /// The key's bytes.
    pub key: Option<Bytes>,
    /// The value's bytes.
    pub value: Option<Bytes>,
}

/// The record at `offset`, or `None` if there is none (any more, or yet).
pub async fn read(
    cluster: &Cluster,
    place: &TopicPartition,
    offset: i64,
) -> Result<Option<Record>, SearchError> {
    let topic = cluster.fresh_topic(&place.topic).await?;
    let leader = topic.leader(&place.topic, place.partition)?;
    if !is_within(cluster, place, offset).await? {
        return Ok(None);
    }
    let lane = Lane::new(cluster, &place.topic, topic.id);
    let ask = Ask { partition: place.partition, offset, bytes_max: FETCH_BYTES_MAX };
    let answer = lane.fetch(leader, &[ask], WAIT).await?.into_iter().next();
    let Some(answer) = answer else { return Ok(None) };
    let about = || format!("reading {place} at offset {offset}");
    KafkaError::check(about, answer.error_code)?;
    let partition = place.partition;
    let find = move || find(partition, &answer.records, offset);
    let found = tokio::task::spawn_blocking(find).await;
    let found = found.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
    found.map_err(|source| SearchError::Unreadable { partition, source })
}

/// Asking for what is outside would be an error; it is merely not there.
async fn is_within(
    cluster: &Cluster,
    place: &TopicPartition,
    offset: i64,
) -> Result<bool, KafkaError> {
    let bound = async |at| {
        let mut offsets = cluster.offsets([place.clone()], at).await?;
        let found = offsets.remove(place).unwrap_or(Ok(None))?;
        Ok::<_, KafkaError>(found.map_or(0, |found| found.offset))
    };
    let (start, end) = tokio::try_join!(bound(At::Start), bound(At::End))?;
    Ok((start..end).contains(&offset))
}

fn find(partition: i32, records: &Bytes, offset: i64) -> Result<Option<Record>, SiftError> {
    let unreadable = |source| SiftError::Batch { offset, source };
    for batch in batch::batches(records.clone()) {
        let batch = match batch {
            Ok(batch) => batch,
            Err(BatchError::Partial { .. }) => return Ok(None),
            Err(source) => return Err(unreadable(source)),
        };
        if batch.header.last_offset() < offset {
            continue;
        }
        if batch.header.base_offset > offset || batch.header.attributes.is_control() {
            return Ok(None);
        }
        batch.verify_crc().map_err(unreadable)?;
        let unpacked = batch.unpack(DECOMPRESSED_MAX).map_err(unreadable)?;
        for record in batch.records(&unpacked) {
            let base_offset = batch.header.base_offset;
            let record = record.map_err(|source| SiftError::Record { base_offset, source })?;
            if record.offset == offset {
                return Ok(Some(Record {
                    message: message(partition, &batch, &record, WHOLE_BYTES_MAX),
                    key: record.key.map(|key| unpacked.slice_ref(key)),
                    value: record.value.map(|value| unpacked.slice_ref(value)),
                }));
            }
        }
        return Ok(None);
    }
    Ok(None)
}
