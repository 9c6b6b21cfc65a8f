//! How long until a broker that starts acknowledges a record: asked again and again, because that
//! is the moment at which it serves.

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use ouzel_wire::{
    batch::BatchBuilder,
    messages::{PartitionProduceData, ProduceRequest, ProduceResponse, TopicProduceData},
};

use super::{connection::Connection, topics};
use crate::problem::{Context, Problem, Result};

/// Apache Kafka needs a minute after a hard stop with ten thousand topics.
const WITHIN: Duration = Duration::from_secs(180);

/// Well below anything measured here.
const AGAIN_AFTER: Duration = Duration::from_millis(1);

/// Names topics, not ids.
const PRODUCE_VERSION: i16 = 9;

/// Waits until each of the partitions has acknowledged a record. The topic is there already.
pub fn wait(kafka: SocketAddr, topic: &str, partitions: i32) -> Result<()> {
    let request = request(topic, partitions)?;
    until(kafka, topic, |connection| produce(connection, &request))
}

/// The same on an empty broker, where the topic must be made first.
pub fn create_and_wait(kafka: SocketAddr, topic: &str) -> Result<()> {
    let request = request(topic, 1)?;
    until(kafka, topic, |connection| {
        // Refused while the broker starts, and once an earlier try did more than it said.
        let _ = topics::create(kafka, topic, 1, &[]);
        produce(connection, &request)
    })
}

/// Refused connections and refused requests are what a starting broker answers.
fn until(
    kafka: SocketAddr,
    what: &str,
    mut is_done: impl FnMut(&mut Connection) -> Result<bool>,
) -> Result<()> {
    let deadline = Instant::now() + WITHIN;
    let mut kept = None;
    while Instant::now() < deadline {
        if let Some(mut connection) = kept.take().or_else(|| Connection::open(kafka).ok()) {
            match is_done(&mut connection) {
                Ok(true) => return Ok(()),
                Ok(false) => kept = Some(connection),
                Err(_) => {}
            }
        }
        thread::sleep(AGAIN_AFTER);
    }
    Problem::stop(format!("nothing was acknowledged in {what}"))
}

fn produce(connection: &mut Connection, request: &ProduceRequest) -> Result<bool> {
    Ok(is_good(&connection.ask(PRODUCE_VERSION, request)?))
}

fn is_good(answer: &ProduceResponse) -> bool {
    let mut partitions = answer.responses.iter().flat_map(|topic| &topic.partition_responses);
    partitions.all(|partition| partition.error_code == 0)
}

fn request(topic: &str, partitions: i32) -> Result<ProduceRequest> {
    let records = one_record()?;
    let partition = |index| PartitionProduceData {
        index,
        records: Some(records.clone()),
        ..Default::default()
    };
    Ok(ProduceRequest {
        acks: -1,
        timeout_ms: 30_000,
        topic_data: vec![TopicProduceData {
            name: topic.into(),
            partition_data: (0..partitions).map(partition).collect(),
            ..Default::default()
        }],
        ..Default::default()
    })
}

fn one_record() -> Result<Bytes> {
    let mut builder = BatchBuilder::new();
    builder.push_value(1_700_000_000_000, None, &[b'x'; 1024]);
    builder.build().context(|| "building a batch".into())
}
