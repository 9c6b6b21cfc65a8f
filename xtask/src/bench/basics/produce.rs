//! Producing with acks=all: how long one record takes at a steady rate, and how much fits through.

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use ouzel_wire::{
    ApiKey,
    frame::{RequestHeader, encode_request},
    messages::{PartitionProduceData, ProduceRequest, ProduceResponse, TopicProduceData},
};

use super::{Line, batch, connection::Connection, rate, topics};
use crate::problem::{Context, Problem, Result};

/// Names topics, not ids, which suits a client without metadata.
pub const VERSION: i16 = 9;

/// The topic that the measurements of reading use, too.
pub const TOPIC: &str = "bench-throughput";
pub const PARTITIONS: i32 = 4;

const LATENCY_TOPIC: &str = "bench-latency";
const LATENCY_FOR: Duration = Duration::from_secs(10);
const LATENCY_EVERY: Duration = Duration::from_millis(2);

/// A quarter of a gigabyte: past caches of the client, small enough for any disk.
const RECORDS: usize = 250_000;
const RECORDS_PER_BATCH: usize = 500;
/// As librdkafka and the Java client with idempotence.
const IN_FLIGHT: usize = 5;

/// A whole request for one batch in one partition.
pub fn frame(topic: &str, partition: i32, records: &Bytes) -> Result<Bytes> {
    let data = PartitionProduceData {
        index: partition,
        records: Some(records.clone()),
        ..Default::default()
    };
    let request = ProduceRequest {
        acks: -1,
        timeout_ms: 30_000,
        topic_data: vec![TopicProduceData {
            name: topic.into(),
            partition_data: vec![data],
            ..Default::default()
        }],
        ..Default::default()
    };
    let header = RequestHeader {
        api_key: ApiKey::Produce as i16,
        api_version: VERSION,
        client_id: Some("bench".into()),
        ..Default::default()
    };
    encode_request(&header, &request).context(|| "writing a request".into())
}

fn check(answer: &ProduceResponse) -> Result<()> {
    let partitions = answer.responses.iter().flat_map(|topic| &topic.partition_responses);
    match partitions.map(|one| one.error_code).find(|code| *code != 0) {
        None => Ok(()),
        Some(code) => Problem::stop(format!("producing: error {code}")),
    }
}

/// Requests are due at fixed times whether or not earlier ones are answered, and the time counts
/// from when a request was due: a stall shows in every request that it delayed.
pub fn latency(kafka: SocketAddr) -> Result<Line> {
    topics::create(kafka, LATENCY_TOPIC, 1, &[])?;
    let frame = frame(LATENCY_TOPIC, 0, &batch(1)?)?;
    let count = (LATENCY_FOR.as_micros() / LATENCY_EVERY.as_micros()) as u32;
    let (mut sender, mut receiver) = Connection::open(kafka)?.split()?;
    let started = Instant::now();
    let due = move |number: u32| started + LATENCY_EVERY * number;
    let sending = thread::spawn(move || -> Result<()> {
        for number in 0..count {
            thread::sleep(due(number).saturating_duration_since(Instant::now()));
            sender.send_frame(&frame)?;
        }
        Ok(())
    });
    let mut took = Vec::with_capacity(count as usize);
    for number in 0..count {
        check(&receiver.receive::<ProduceRequest>(VERSION)?)?;
        took.push(due(number).elapsed());
    }
    sending.join().map_err(|_| Problem::new("the sender panicked"))??;
    took.sort();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let figure = format!("{:.1} / {:.1} / {:.1} ms", at(0.5), at(0.99), at(1.0));
    let how = "p50 / p99 / worst of 500 records a second for 10 s, from when each was due";
    Ok(Line::new("produce: latency, acks=all", figure, how))
}

pub fn throughput(kafka: SocketAddr) -> Result<Vec<Line>> {
    topics::create(kafka, TOPIC, PARTITIONS, &[])?;
    let records = batch(RECORDS_PER_BATCH)?;
    let each = RECORDS / RECORDS_PER_BATCH / PARTITIONS as usize;
    let started = Instant::now();
    let producers: Vec<_> = (0..PARTITIONS)
        .map(|partition| {
            let frame = frame(TOPIC, partition, &records);
            thread::spawn(move || pipeline(kafka, &frame?, each))
        })
        .collect();
    for producer in producers {
        producer.join().map_err(|_| Problem::new("a producer panicked"))??;
    }
    let elapsed = started.elapsed();
    let bytes = records.len() * each * PARTITIONS as usize;
    let per_second = (RECORDS as f64 / elapsed.as_secs_f64()) as u64;
    let how = "250,000 × 1 kB, 4 partitions, a connection each, 5 batches of 500 in flight";
    Ok(vec![
        Line::new("produce: throughput, acks=all", rate(bytes, elapsed), how),
        Line::new("", format!("{per_second} records/s"), ""),
    ])
}

/// Produces batches turn by turn to the partitions, one after the other.
pub fn all(
    kafka: SocketAddr,
    topic: &str,
    partitions: i32,
    batches: impl Iterator<Item = Result<Bytes>>,
) -> Result<()> {
    let mut connection = Connection::open(kafka)?;
    for (records, partition) in batches.zip((0..partitions).cycle()) {
        connection.send_frame(&frame(topic, partition, &records?)?)?;
        check(&connection.receive::<ProduceRequest>(VERSION)?)?;
    }
    Ok(())
}

fn pipeline(kafka: SocketAddr, frame: &[u8], count: usize) -> Result<()> {
    let mut connection = Connection::open(kafka)?;
    for sent in 0..count + IN_FLIGHT {
        if sent < count {
            connection.send_frame(frame)?;
        }
        if sent >= IN_FLIGHT {
            check(&connection.receive::<ProduceRequest>(VERSION)?)?;
        }
    }
    Ok(())
}
