//! Reading: a whole topic as fast as it comes, or each record's way from its due time to here.

use std::time::{Duration, Instant};

use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
};
use serde_json::{Value, json};

use crate::{Outcome, options::Options, record, times::Times};

/// Nothing for so long means that nothing will come.
const SILENCE_MAX: Duration = Duration::from_secs(60);

const METADATA_LIMIT: Duration = Duration::from_secs(60);

pub fn run(options: &Options) -> Outcome<Value> {
    let started = Instant::now();
    let consumer = consumer(options)?;
    let (mut records, mut bytes) = (0, 0);
    while records < options.records {
        let message = consumer.poll(SILENCE_MAX).ok_or("the topic has fewer records")??;
        bytes += message.payload().map_or(0, <[u8]>::len);
        records += 1;
    }
    let seconds = started.elapsed().as_secs_f64();
    Ok(json!({
        "records": records,
        "seconds": seconds,
        "mb_per_second": bytes as f64 / 1e6 / seconds,
    }))
}

/// A consumer of all partitions of the run, from their beginnings and without a group's work.
pub fn consumer(options: &Options) -> Outcome<BaseConsumer> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", &options.brokers)
        .set("group.id", "ouzel-load")
        .set("enable.auto.commit", "false")
        // By default a client whose queue was full once looks again only after a second.
        .set("fetch.queue.backoff.ms", "1")
        .set("socket.nagle.disable", "true")
        .create()?;
    consumer.fetch_metadata(Some(&options.topic), METADATA_LIMIT)?;
    let mut from = TopicPartitionList::new();
    for partition in 0..options.partitions as i32 {
        from.add_partition_offset(&options.topic, partition, Offset::Beginning)?;
    }
    consumer.assign(&from)?;
    Ok(consumer)
}

/// Notes every record as it comes, until all have come.
pub fn note_all(consumer: &BaseConsumer, seen: &Times, records: usize) -> Result<(), String> {
    while seen.noted() < records {
        let message = consumer.poll(SILENCE_MAX).ok_or("records did not come")?;
        let message = message.map_err(|cause| cause.to_string())?;
        let number = message.payload().and_then(record::number).ok_or("a foreign record")?;
        seen.note(number);
    }
    Ok(())
}
