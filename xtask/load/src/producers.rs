//! The producing clients: librdkafka's defaults but for what a run names.

use std::{sync::Arc, thread, time::Duration};

use rdkafka::{
    ClientConfig,
    error::KafkaError,
    producer::{BaseRecord, Producer, ThreadedProducer},
    types::RDKafkaErrorCode,
};

use crate::{
    Outcome,
    acks::{Acks, Listener},
    options::Options,
};

/// Long enough for a broker that has just created many partitions.
const METADATA_LIMIT: Duration = Duration::from_secs(60);

/// A full queue empties in about this time.
const FULL_QUEUE_WAIT: Duration = Duration::from_micros(500);

/// Records that wait in all clients together: a second of the fastest load, so that the queue is
/// never the limit, and memory stays in bounds.
const QUEUED_RECORDS: usize = 200_000;

/// Just below what brokers take as a batch unless told otherwise (`max.message.bytes`).
const REQUEST_BYTES_MAX: &str = "1048576";

/// Some clients that take turns.
pub struct Producers {
    clients: Vec<ThreadedProducer<Listener>>,
    topic: String,
}

impl Producers {
    /// Connected clients that know the topic.
    pub fn connect(options: &Options, acks: &Arc<Acks>) -> Outcome<Producers> {
        let mut clients = Vec::new();
        for _ in 0..options.producers {
            let client: ThreadedProducer<_> =
                config(options).create_with_context(Listener(acks.clone()))?;
            client.client().fetch_metadata(Some(&options.topic), METADATA_LIMIT)?;
            clients.push(client);
        }
        Ok(Producers { clients, topic: options.topic.clone() })
    }

    /// Leaves without a goodbye, which takes each client a tenth of a second: this process ends.
    pub fn leave(self) {
        std::mem::forget(self);
    }

    /// Hands a record to the client whose turn it is; waits while its queue is full.
    pub fn send(&self, record: usize, partition: i32, value: &[u8]) -> Outcome<()> {
        let client = &self.clients[record % self.clients.len()];
        let topic = BaseRecord::<(), [u8], usize>::with_opaque_to(&self.topic, record);
        let mut sending = topic.partition(partition).payload(value);
        loop {
            match client.send(sending) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), refused)) => {
                    sending = refused;
                    thread::sleep(FULL_QUEUE_WAIT);
                }
                Err((cause, _)) => return Err(cause.into()),
            }
        }
    }
}

fn config(options: &Options) -> ClientConfig {
    let mut config = ClientConfig::new();
    let queued = (QUEUED_RECORDS / options.producers).max(1_000);
    config
        .set("bootstrap.servers", &options.brokers)
        .set("acks", "all")
        .set("linger.ms", options.linger_ms.to_string())
        .set("batch.size", options.batch_bytes.to_string())
        .set("message.max.bytes", REQUEST_BYTES_MAX)
        .set("compression.type", &options.codec)
        .set("queue.buffering.max.messages", queued.to_string())
        .set("socket.nagle.disable", "true");
    config
}
