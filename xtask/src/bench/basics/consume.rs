//! Reading back what `produce` wrote, as one consumer of one partition after the other.

use std::{net::SocketAddr, time::Instant};

use ouzel_wire::{
    batch::batches,
    messages::{FetchPartition, FetchRequest, FetchTopic},
};

use super::{
    Line,
    connection::Connection,
    produce::{PARTITIONS, TOPIC},
    rate,
};
use crate::problem::{Context, Problem, Result};

/// The last one that names topics.
const VERSION: i16 = 12;

/// The Java client's defaults.
const PARTITION_BYTES_MAX: i32 = 1 << 20;
const FETCH_BYTES_MAX: i32 = 50 << 20;

pub fn throughput(kafka: SocketAddr) -> Result<Line> {
    let mut connection = Connection::open(kafka)?;
    let started = Instant::now();
    let mut bytes = 0;
    for partition in 0..PARTITIONS {
        let mut offset = 0;
        while let Some((next, read)) = fetch(&mut connection, partition, offset)? {
            offset = next;
            bytes += read;
        }
    }
    let how = "from the page cache, one connection, 1 MiB a request, batches counted only";
    Ok(Line::new("consume: throughput", rate(bytes, started.elapsed()), how))
}

/// The offset after what was read and its bytes; none at the end.
fn fetch(connection: &mut Connection, partition: i32, offset: i64) -> Result<Option<(i64, usize)>> {
    let wanted = FetchPartition {
        partition,
        fetch_offset: offset,
        partition_max_bytes: PARTITION_BYTES_MAX,
        ..Default::default()
    };
    let topic = FetchTopic { topic: TOPIC.into(), partitions: vec![wanted], ..Default::default() };
    let request =
        FetchRequest { max_bytes: FETCH_BYTES_MAX, topics: vec![topic], ..Default::default() };
    let answer = connection.ask(VERSION, &request)?;
    let data = answer.responses.into_iter().flat_map(|topic| topic.partitions).next();
    let Some(data) = data else { return Problem::stop("an answer without the partition") };
    if data.error_code != 0 {
        return Problem::stop(format!("fetching: error {}", data.error_code));
    }
    let records = data.records.unwrap_or_default();
    let bytes = records.len();
    let mut next = offset;
    for batch in batches(records) {
        next = batch.context(|| "a batch".into())?.header.next_offset();
    }
    Ok((next > offset).then_some((next, bytes)))
}
