//! One record, whole.

use std::time::Duration;

use bytes::Bytes;
use ouzel_api::{
    messages::{Message, Transaction},
    search::{Decode, Isolation},
};
use ouzel_wire::batch::{self, Batch, BatchError, DECOMPRESSED_MAX, RecordRef};

use super::{
    SearchError, SiftError,
    decode::Decoding,
    sift::{Shape, message},
    transactions::Transactions,
};
use crate::kafka::{Answer, Ask, At, Cluster, FETCH_BYTES_MAX, KafkaError, Lane, TopicPartition};

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
    decode: Decode,
) -> Result<Option<Record>, SearchError> {
    let decoding = Decoding::new(&place.topic, decode);
    let partition = place.partition;
    look(cluster, place, offset, move |found| {
        let Found { batch, unpacked, record, transaction } = found;
        let how = (&decoding, Shape::Decoded(WHOLE_BYTES_MAX));
        Record {
            message: Message { transaction, ..message(partition, batch, record, how) },
            key: record.key.map(|key| unpacked.slice_ref(key)),
            value: record.value.map(|value| unpacked.slice_ref(value)),
        }
    })
    .await
}

/// A record where it lies.
pub(super) struct Found<'a> {
    pub batch: &'a Batch,
    /// The records of the batch.
    pub unpacked: &'a Bytes,
    pub record: &'a RecordRef<'a>,
    /// What became of its transaction, if it is of one.
    pub transaction: Option<Transaction>,
}

/// What `make` makes of the record at `offset`, or `None` if there is none (any more, or yet).
pub(super) async fn look<T: Send + 'static>(
    cluster: &Cluster,
    place: &TopicPartition,
    offset: i64,
    make: impl FnOnce(Found<'_>) -> T + Send + 'static,
) -> Result<Option<T>, SearchError> {
    let topic = cluster.fresh_topic(&place.topic).await?;
    let leader = topic.leader(&place.topic, place.partition)?;
    let Some(asked) = how_to_ask(cluster, place, offset).await? else { return Ok(None) };
    let lane = Lane::new(cluster, &place.topic, topic.id);
    let ask = Ask { partition: place.partition, offset, bytes_max: FETCH_BYTES_MAX };
    let answer = lane.fetch(leader, &[ask], WAIT, asked).await?.into_iter().next();
    let Some(answer) = answer else { return Ok(None) };
    let about = || format!("reading {place} at offset {offset}");
    KafkaError::check(about, answer.error_code)?;
    let partition = place.partition;
    let found = tokio::task::spawn_blocking(move || find(answer, asked, offset, make)).await;
    let found = found.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
    found.map_err(|source| SearchError::Unreadable { partition, source })
}

/// What to ask the leader for so that it gives this record and tells of its transaction what is
/// known. Asking for what is outside would be an error; it is merely not there.
async fn how_to_ask(
    cluster: &Cluster,
    place: &TopicPartition,
    offset: i64,
) -> Result<Option<Isolation>, KafkaError> {
    let bound = async |at| {
        let mut offsets = cluster.offsets([place.clone()], at).await?;
        let found = offsets.remove(place).unwrap_or(Ok(None))?;
        Ok::<_, KafkaError>(found.map_or(0, |found| found.offset))
    };
    let (start, end, stable) =
        tokio::try_join!(bound(At::Start), bound(At::End), bound(At::StableEnd))?;
    let isolation = match offset < stable {
        true => Isolation::ReadCommitted,
        false => Isolation::ReadUncommitted,
    };
    Ok((start..end).contains(&offset).then_some(isolation))
}

fn find<T>(
    answer: Answer,
    asked: Isolation,
    offset: i64,
    make: impl FnOnce(Found<'_>) -> T,
) -> Result<Option<T>, SiftError> {
    let unreadable = |source| SiftError::Batch { offset, source };
    let mut transactions = match asked {
        Isolation::ReadCommitted => Transactions::decided(i64::MAX, answer.aborted),
        Isolation::ReadUncommitted => Transactions::undecided(),
    };
    for batch in batch::batches(answer.records) {
        let batch = match batch {
            Ok(batch) => batch,
            Err(BatchError::Partial { .. }) => return Ok(None),
            Err(source) => return Err(unreadable(source)),
        };
        let transaction = transactions.of(&batch);
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
                let (batch, unpacked, record) = (&batch, &unpacked, &record);
                return Ok(Some(make(Found { batch, unpacked, record, transaction })));
            }
        }
        return Ok(None);
    }
    Ok(None)
}
