//! Writing records, with librdkafka: batching, compression, idempotence and retries are its trade.
//!
//! Owns the producer's life: it is made and destroyed on threads that may block, because both join
//! threads of librdkafka's own.

use std::time::Duration;

use ouzel_wire::batch::Codec;
use rdkafka::{
    ClientConfig,
    error::{KafkaError as Cause, RDKafkaErrorCode},
    message::{Header, OwnedHeaders},
    producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer as _},
};
use tokio::{task::spawn_blocking, time::sleep};

use super::{Cluster, cluster::Brokers};

/// How long a record may wait for its broker before it counts as failed.
const DELIVERY_MAX: Duration = Duration::from_secs(30);
/// How long leaving waits for records that are under way.
const FLUSH_MAX: Duration = Duration::from_secs(10);
/// Largest record that is handed to the cluster, which has limits of its own by topic and says so.
const RECORD_BYTES_MAX: usize = 100 * 1024 * 1024;
/// How long to wait while librdkafka's queue is full.
const QUEUE_FULL_PAUSE: Duration = Duration::from_millis(20);

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How batches are packed.
    pub codec: Codec,
    /// Who has to have a record before it counts as written.
    pub acks: Acks,
    /// How long a record may wait for its broker before it counts as failed.
    pub delivery_max: Duration,
    /// Largest record that is handed to the cluster.
    pub record_bytes_max: usize,
}

/// Who has to have a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acks {
    /// Nobody: that it was sent is enough, and its offset stays unknown.
    None,
    /// The partition's leader.
    Leader,
    /// All replicas in sync; only so a record that is sent again is never written twice.
    All,
}

impl From<Codec> for Terms {
    fn from(codec: Codec) -> Terms {
        let (delivery_max, record_bytes_max) = (DELIVERY_MAX, RECORD_BYTES_MAX);
        Terms { codec, acks: Acks::All, delivery_max, record_bytes_max }
    }
}

impl Acks {
    /// Kafka's word.
    fn word(self) -> &'static str {
        match self {
            Acks::None => "0",
            Acks::Leader => "1",
            Acks::All => "all",
        }
    }
}

/// Why a record was not written, or a producer not made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProduceError {
    /// The settings are wrong.
    #[error("the producer cannot be made: {0}")]
    Setup(Cause),
    /// The cluster did not take it.
    #[error("the record was not written: {0}")]
    Refused(Cause),
    /// The producer was dropped while it was under way.
    #[error("the record was given up before the cluster answered")]
    GivenUp,
}

/// A record to be written.
#[derive(Debug, Clone, Default)]
pub struct Outgoing<'a> {
    /// Where to.
    pub topic: &'a str,
    /// To this partition; chosen by key if none.
    pub partition: Option<i32>,
    /// Its time; now if none.
    pub timestamp_ms: Option<i64>,
    /// Its key.
    pub key: Option<&'a [u8]>,
    /// Its value; none is a tombstone.
    pub value: Option<&'a [u8]>,
    /// Its headers, in order; a header may have no value.
    pub headers: &'a [(String, Option<Vec<u8>>)],
}

/// Where a record was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The partition.
    pub partition: i32,
    /// The offset there.
    pub offset: i64,
}

/// A record that is under way.
#[must_use = "whether it is written is told by `written`"]
pub struct UnderWay(DeliveryFuture);

impl ProduceError {
    /// Whether the record may be on the cluster all the same: it did not answer.
    pub fn is_doubtful(&self) -> bool {
        matches!(self, ProduceError::GivenUp)
            || matches!(
                self.code(),
                Some(
                    RDKafkaErrorCode::MessageTimedOut
                        | RDKafkaErrorCode::RequestTimedOut
                        | RDKafkaErrorCode::OperationTimedOut
                )
            )
    }

    /// Whether the record is larger than the topic takes.
    pub fn is_too_large(&self) -> bool {
        let too_large =
            [RDKafkaErrorCode::MessageSizeTooLarge, RDKafkaErrorCode::InvalidMessageSize];
        self.code().is_some_and(|code| too_large.contains(&code))
    }

    /// Kafka's own name for the error, such as `TOPIC_AUTHORIZATION_FAILED`, where a broker gave
    /// one.
    pub fn kafka_name(&self) -> Option<&'static str> {
        let number = i16::try_from(self.code()? as i32).ok()?;
        ouzel_wire::ErrorCode::from_i16(number).filter(|_| number > 0).map(|code| code.name())
    }

    fn code(&self) -> Option<RDKafkaErrorCode> {
        match self {
            ProduceError::Setup(cause) | ProduceError::Refused(cause) => cause.rdkafka_error_code(),
            ProduceError::GivenUp => None,
        }
    }
}

impl UnderWay {
    /// Waits until it is on the cluster.
    pub async fn written(self) -> Result<Written, ProduceError> {
        match self.0.await {
            Ok(Ok(delivery)) => {
                Ok(Written { partition: delivery.partition, offset: delivery.offset })
            }
            Ok(Err((cause, _))) => Err(ProduceError::Refused(cause)),
            Err(_) => Err(ProduceError::GivenUp),
        }
    }
}

/// A producer.
pub struct Producer(Option<FutureProducer>);

impl Producer {
    /// For the cluster behind `brokers`. Nothing is connected yet.
    pub async fn new(
        brokers: impl Into<Brokers>,
        terms: impl Into<Terms>,
    ) -> Result<Producer, ProduceError> {
        let Brokers { list, security } = brokers.into();
        let Terms { codec, acks, delivery_max, record_bytes_max } = terms.into();
        let mut config = ClientConfig::new();
        config.extend(security.librdkafka().into_iter().map(|(key, text)| (key.to_owned(), text)));
        config
            .set("bootstrap.servers", list)
            .set("client.id", "ouzel")
            .set("enable.idempotence", (acks == Acks::All).to_string())
            .set("acks", acks.word())
            .set("compression.type", codec.name())
            .set("delivery.timeout.ms", delivery_max.as_millis().to_string())
            .set("message.max.bytes", record_bytes_max.to_string())
            // A batch goes out when it is full or this old, so that few records are not slow.
            .set("linger.ms", "20");
        let made = spawn_blocking(move || config.create()).await;
        let made = made.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
        made.map(|producer| Producer(Some(producer))).map_err(ProduceError::Setup)
    }

    /// For a cluster that the console knows.
    pub async fn on(cluster: &Cluster, terms: impl Into<Terms>) -> Result<Producer, ProduceError> {
        Producer::new(cluster.brokers(), terms).await
    }

    /// Hands a record over; waits while too many are under way.
    pub async fn send(&self, outgoing: &Outgoing<'_>) -> Result<UnderWay, ProduceError> {
        let mut record = record(outgoing);
        loop {
            match self.inner().send_result(record) {
                Ok(delivery) => return Ok(UnderWay(delivery)),
                Err((Cause::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    record = back;
                    sleep(QUEUE_FULL_PAUSE).await;
                }
                Err((cause, _)) => return Err(ProduceError::Refused(cause)),
            }
        }
    }

    fn inner(&self) -> &FutureProducer {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

fn record<'a>(outgoing: &Outgoing<'a>) -> FutureRecord<'a, [u8], [u8]> {
    let headers = outgoing.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
        headers.insert(Header { key, value: value.as_ref() })
    });
    FutureRecord {
        topic: outgoing.topic,
        partition: outgoing.partition,
        payload: outgoing.value,
        key: outgoing.key,
        timestamp: outgoing.timestamp_ms,
        headers: (!outgoing.headers.is_empty()).then_some(headers),
    }
}

impl Producer {
    /// Waits until nothing is under way, and destroys it.
    pub async fn close(mut self) {
        if let Some(producer) = self.0.take() {
            // A panic while it is destroyed leaves nothing to be mended here.
            let _ = spawn_blocking(move || close(&producer)).await;
        }
    }
}

/// As [`Producer::close`], but on another thread and unwatched.
impl Drop for Producer {
    fn drop(&mut self) {
        let Some(producer) = self.0.take() else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(move || close(&producer))),
            Err(_) => close(&producer),
        }
    }
}

fn close(producer: &FutureProducer) {
    // What cannot be written in time is reported to whoever waits for it.
    let _ = producer.flush(FLUSH_MAX);
}
