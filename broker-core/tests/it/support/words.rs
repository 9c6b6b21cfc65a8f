//! What most tests do, in one line each.

use bytes::Bytes;
use ouzel_wire::ErrorCode;
use ouzel_wire::batch::{BatchBuilder, batches};
use ouzel_wire::messages::*;

use super::Client;

pub const NONE: i16 = ErrorCode::None.code();

/// One batch with these values.
pub fn batch(values: &[&str]) -> Bytes {
    let mut builder = BatchBuilder::new();
    for value in values {
        builder.push_value(now_ms(), None, value.as_bytes());
    }
    builder.build().unwrap()
}

pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_millis() as i64
}

/// The values of all records.
pub fn values(records: Option<Bytes>) -> Vec<String> {
    let mut values = Vec::new();
    for batch in batches(records.unwrap_or_default()) {
        let batch = batch.unwrap();
        batch.verify_crc().unwrap();
        let unpacked = batch.unpack(1 << 20).unwrap();
        for record in batch.records(&unpacked) {
            let value = record.unwrap().value.unwrap().to_vec();
            values.push(String::from_utf8(value).unwrap());
        }
    }
    values
}

pub fn create_request(name: &str, partitions: i32) -> CreateTopicsRequest {
    let topic = CreatableTopic {
        name: name.to_owned(),
        num_partitions: partitions,
        replication_factor: 1,
        ..Default::default()
    };
    CreateTopicsRequest { topics: vec![topic], ..Default::default() }
}

pub async fn create(client: &mut Client, name: &str, partitions: i32) -> CreatableTopicResult {
    let created = client.call(create_request(name, partitions)).await.topics.remove(0);
    assert_eq!(created.error_code, NONE, "{created:?}");
    created
}

pub async fn delete(client: &mut Client, name: &str) -> i16 {
    let topic = DeleteTopicState { name: Some(name.to_owned()), ..Default::default() };
    let request = DeleteTopicsRequest { topics: vec![topic], ..Default::default() };
    client.call(request).await.responses[0].error_code
}

pub fn produce_request(topic: &str, partition: i32, records: Bytes) -> ProduceRequest {
    let part =
        PartitionProduceData { index: partition, records: Some(records), ..Default::default() };
    let topic = TopicProduceData {
        name: topic.to_owned(),
        partition_data: vec![part],
        ..Default::default()
    };
    ProduceRequest { acks: -1, timeout_ms: 20_000, topic_data: vec![topic], ..Default::default() }
}

pub fn produced(mut response: ProduceResponse) -> PartitionProduceResponse {
    response.responses.remove(0).partition_responses.remove(0)
}

/// Produces to partition 0 and returns the offset of the first record.
pub async fn produce(client: &mut Client, topic: &str, of: &[&str]) -> i64 {
    let response = client.call(produce_request(topic, 0, batch(of))).await;
    let answer = produced(response);
    assert_eq!(answer.error_code, NONE, "{answer:?}");
    answer.base_offset
}

/// A fetch by name of partition 0 that does not wait.
pub fn fetch_request(topic: &str, offset: i64) -> FetchRequest {
    let partition =
        FetchPartition { fetch_offset: offset, partition_max_bytes: 1 << 20, ..Default::default() };
    let topic =
        FetchTopic { topic: topic.to_owned(), partitions: vec![partition], ..Default::default() };
    FetchRequest {
        max_wait_ms: 0,
        min_bytes: 1,
        max_bytes: 1 << 24,
        topics: vec![topic],
        ..Default::default()
    }
}

/// The newest version that names topics.
pub const FETCH_BY_NAME: i16 = 12;

/// The newest version that is spoken.
pub const FETCH_NEWEST: i16 = *<FetchRequest as ouzel_wire::Request>::VERSIONS.end();

pub fn fetched(mut response: FetchResponse) -> PartitionData {
    assert_eq!(response.error_code, NONE);
    response.responses.remove(0).partitions.remove(0)
}

pub async fn fetch(client: &mut Client, topic: &str, offset: i64) -> PartitionData {
    fetched(client.call_at(FETCH_BY_NAME, fetch_request(topic, offset)).await)
}

/// Every value in partition 0.
pub async fn read_all(client: &mut Client, topic: &str) -> Vec<String> {
    let answer = fetch(client, topic, 0).await;
    assert_eq!(answer.error_code, NONE, "{answer:?}");
    values(answer.records)
}

/// What ListOffsets says of partition 0 at this time.
pub async fn list_offset(client: &mut Client, topic: &str, timestamp: i64) -> i64 {
    let partition = ListOffsetsPartition { timestamp, ..Default::default() };
    let topic = ListOffsetsTopic {
        name: topic.to_owned(),
        partitions: vec![partition],
        ..Default::default()
    };
    let request = ListOffsetsRequest { replica_id: -1, topics: vec![topic], ..Default::default() };
    let answer = client.call(request).await.topics.remove(0).partitions.remove(0);
    assert_eq!(answer.error_code, NONE, "{answer:?}");
    answer.offset
}

pub fn delete_records_request(topic: &str, partition: i32, offset: i64) -> DeleteRecordsRequest {
    let partition =
        DeleteRecordsPartition { partition_index: partition, offset, ..Default::default() };
    let topic = DeleteRecordsTopic {
        name: topic.to_owned(),
        partitions: vec![partition],
        ..Default::default()
    };
    DeleteRecordsRequest { topics: vec![topic], timeout_ms: 20_000, ..Default::default() }
}

/// Deletes what lies before the offset in partition 0; the error and the first offset there is.
pub async fn delete_before(client: &mut Client, topic: &str, offset: i64) -> (i16, i64) {
    let request = delete_records_request(topic, 0, offset);
    let answer = client.call(request).await.topics.remove(0).partitions.remove(0);
    (answer.error_code, answer.low_watermark)
}

pub async fn metadata(client: &mut Client, topic: &str, create: bool) -> MetadataResponseTopic {
    let asked = MetadataRequestTopic { name: Some(topic.to_owned()), ..Default::default() };
    let request = MetadataRequest {
        topics: Some(vec![asked]),
        allow_auto_topic_creation: create,
        ..Default::default()
    };
    client.call(request).await.topics.remove(0)
}
