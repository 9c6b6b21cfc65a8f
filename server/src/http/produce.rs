//! Writing one record or a few, and writing one once more.

use axum::extract::State;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use ouzel_api::{
    audit::Outcome,
    error::ApiError,
    produce::{Content, NewRecord, Origin, Produce, Produced, RECORDS_MAX, Written},
    route,
    session::{Asked, Permission},
};
use ouzel_wire::batch::Codec;
use serde_json::json;

use super::{
    extract::{Json, Path},
    messages::no_message,
};
use crate::{
    audit::{Action, Kind},
    auth::{Viewer, guard},
    browse::record,
    error::Error,
    kafka::{
        Cluster, KafkaError, TopicPartition,
        produce::{Outgoing, Producer, UnderWay},
    },
    state::AppState,
};

/// Largest value of `timestamp_ms`; the other numbers below zero mean something else to brokers.
const TIMESTAMPS: std::ops::RangeInclusive<i64> = 0..=i64::MAX;

/// Write records.
#[utoipa::path(post, path = route::RECORDS, tag = "messages", request_body = Produce, responses(
    (status = 200, description = "All of them are on the cluster", body = Produced),
    (status = 400, description = "There are none or too many, or one of them cannot be written",
        body = ApiError),
    (status = 403, description = "The role lacks produce_messages", body = ApiError),
    (status = 404, description = "There is no such cluster, topic, partition or origin",
        body = ApiError),
    (status = 413, description = "A record is larger than the topic takes", body = ApiError),
    (status = 502, description = "The cluster refused one of them, or cannot be reached",
        body = ApiError),
    (status = 504, description = "The cluster did not answer in time", body = ApiError),
))]
pub async fn records(
    State(app): State<AppState>,
    viewer: Viewer,
    Path((cluster, topic)): Path<(String, String)>,
    Json(asked): Json<Produce>,
) -> Result<Json<Produced>, Error> {
    let cluster = app.cluster(&cluster)?;
    let action = action(&asked).on(cluster.id()).to(&topic);
    // What is written once more is read, from a topic that only the body names.
    if let Some(origin) = &asked.origin {
        let read = Asked::new(Permission::ReadMessages).on(cluster.id()).to(&origin.topic);
        guard::require(&app, &viewer, &read, &action).await?;
    }
    let begun = app.audit.begin(&viewer, action).await?;
    match write(&cluster, &topic, asked).await {
        Ok(records) => {
            begun.end(Outcome::Done, Some(told(&records))).await;
            Ok(Json(Produced { records }))
        }
        Err(Broken { error, written }) if written.is_empty() => {
            begun.end(Outcome::Failed, Some(error.to_string())).await;
            Err(error)
        }
        Err(Broken { error, written }) => {
            let result = format!("{error}; before it, {}", told(&written));
            begun.end(Outcome::Failed, Some(result)).await;
            Err(error)
        }
    }
}

/// What the audit log calls it: nothing but tombstones is an act of its own, whose key may come
/// from a record that is there.
fn action(asked: &Produce) -> Action {
    let tombstones = asked.records.iter().filter(|record| record.value.is_none()).count();
    let kind = match (tombstones, &asked.origin) {
        (1.., _) if tombstones == asked.records.len() => Kind::WriteTombstone,
        (_, Some(_)) => Kind::ReplayMessage,
        (_, None) => Kind::ProduceMessages,
    };
    Action::new(kind).with(json!({
        "records": asked.records.len(),
        "codec": asked.codec,
        "origin": asked.origin,
        "tombstones": tombstones,
    }))
}

/// A failure, and what was written all the same.
struct Broken {
    error: Error,
    written: Vec<Written>,
}

impl From<Error> for Broken {
    fn from(error: Error) -> Broken {
        Broken { error, written: Vec::new() }
    }
}

async fn write(cluster: &Cluster, topic: &str, asked: Produce) -> Result<Vec<Written>, Broken> {
    if asked.records.is_empty() || asked.records.len() > RECORDS_MAX {
        let told = format!("{} records; it has to be 1 to {RECORDS_MAX}", asked.records.len());
        return Err(Error::Invalid(told).into());
    }
    let partitions = asked.records.iter().filter_map(|record| record.partition);
    expect_partitions(cluster, topic, partitions).await?;
    let stored = match &asked.origin {
        Some(origin) => Some(stored(cluster, origin).await?),
        None => None,
    };
    let records = asked.records.into_iter().enumerate().map(|(at, record)| {
        let stored = stored.as_ref().filter(|_| at == 0);
        Ready::of(record, stored)
            .map_err(|wrong| Error::Invalid(format!("record {}: {wrong}", at + 1)))
    });
    let records = records.collect::<Result<Vec<_>, Error>>()?;
    let producer = Producer::on(cluster, codec(asked.codec)).await.map_err(Error::from)?;
    let written = send(&producer, topic, &records).await;
    producer.close().await;
    written
}

/// How many partitions the topic has. Fails if there is no such topic or one of those `wanted`, or
/// if nobody but the cluster writes there: librdkafka would wait for them to appear until the
/// records are too old.
pub(super) async fn expect_partitions(
    cluster: &Cluster,
    topic: &str,
    wanted: impl IntoIterator<Item = i32>,
) -> Result<usize, Error> {
    let found = cluster.fresh_topic(topic).await?;
    if found.internal {
        return Err(Error::Invalid(format!("the cluster keeps `{topic}` for itself")));
    }
    for partition in wanted {
        if found.partitions.iter().all(|it| it.number != partition) {
            return Err(KafkaError::NoPartition { topic: topic.to_owned(), partition }.into());
        }
    }
    Ok(found.partitions.len())
}

/// The record that is written once more.
async fn stored(cluster: &Cluster, origin: &Origin) -> Result<record::Record, Error> {
    let place = TopicPartition::new(&origin.topic, origin.partition);
    let offset = origin.offset;
    record::read(cluster, &place, offset, ouzel_api::search::Decode::default())
        .await?
        .ok_or_else(|| no_message(&place, offset))
}

/// The API's codec in the wire's words.
pub(super) fn codec(named: ouzel_api::produce::Codec) -> Codec {
    use ouzel_api::produce::Codec as Named;
    match named {
        Named::None => Codec::None,
        Named::Gzip => Codec::Gzip,
        Named::Snappy => Codec::Snappy,
        Named::Lz4 => Codec::Lz4,
        Named::Zstd => Codec::Zstd,
    }
}

/// A record in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ready {
    partition: Option<i32>,
    timestamp_ms: Option<i64>,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Ready {
    fn of(record: NewRecord, stored: Option<&record::Record>) -> Result<Ready, String> {
        if record.timestamp_ms.is_some_and(|at_ms| !TIMESTAMPS.contains(&at_ms)) {
            return Err("a time lies before 1970".to_owned());
        }
        let stored_key = stored.map(|stored| stored.key.as_deref());
        let stored_value = stored.map(|stored| stored.value.as_deref());
        let headers = record.headers.into_iter().map(|header| {
            let value = bytes(header.value, None);
            let value = value.map_err(|wrong| format!("header `{}`: {wrong}", header.key))?;
            Ok((header.key, value))
        });
        Ok(Ready {
            partition: record.partition,
            timestamp_ms: record.timestamp_ms,
            headers: headers.collect::<Result<_, String>>()?,
            key: bytes(record.key, stored_key).map_err(|wrong| format!("key: {wrong}"))?,
            value: bytes(record.value, stored_value).map_err(|wrong| format!("value: {wrong}"))?,
        })
    }
}

/// The bytes that `content` stands for; `stored` is what `"stored"` stands for, if there is an
/// origin: its bytes, or that it has none.
fn bytes(
    content: Option<Content>,
    stored: Option<Option<&[u8]>>,
) -> Result<Option<Vec<u8>>, String> {
    match content {
        None => Ok(None),
        Some(Content::Text(text)) => Ok(Some(text.into_bytes())),
        Some(Content::Hex(text)) => unhex(&text).map(Some),
        Some(Content::Base64(text)) => {
            BASE64.decode(text).map(Some).map_err(|error| format!("not base64: {error}"))
        }
        Some(Content::Stored) => match stored {
            Some(bytes) => Ok(bytes.map(<[u8]>::to_vec)),
            None => Err("there is no origin to take it from".to_owned()),
        },
    }
}

/// Pairs of digits; white space may stand between them.
fn unhex(text: &str) -> Result<Vec<u8>, String> {
    let digit = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits = text.chars().filter(|c| !c.is_ascii_whitespace());
    let digits: Vec<u8> = digits
        .map(|c| digit(c).ok_or_else(|| format!("`{c}` is no hexadecimal digit")))
        .collect::<Result<_, _>>()?;
    let pairs = digits.chunks_exact(2);
    match pairs.remainder() {
        [] => Ok(pairs.map(|pair| pair[0] << 4 | pair[1]).collect()),
        _ => Err("an odd number of hexadecimal digits".to_owned()),
    }
}

async fn send(producer: &Producer, topic: &str, records: &[Ready]) -> Result<Vec<Written>, Broken> {
    let mut under_way: Vec<UnderWay> = Vec::with_capacity(records.len());
    let mut failure = None;
    for record in records {
        let outgoing = Outgoing {
            topic,
            partition: record.partition,
            timestamp_ms: record.timestamp_ms,
            key: record.key.as_deref(),
            value: record.value.as_deref(),
            headers: &record.headers,
        };
        match producer.send(&outgoing).await {
            Ok(sent) => under_way.push(sent),
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    let mut written = Vec::with_capacity(under_way.len());
    for sent in under_way {
        match sent.written().await {
            Ok(at) => written.push(Written { partition: at.partition, offset: at.offset }),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    match failure {
        None => Ok(written),
        Some(error) => Err(Broken { error: error.into(), written }),
    }
}

/// For the audit log: `2 records: partition 0 at 5, partition 1 at 7`.
fn told(written: &[Written]) -> String {
    let places = written.iter().map(|at| format!("partition {} at {}", at.partition, at.offset));
    let places = places.collect::<Vec<_>>().join(", ");
    match written.len() {
        1 => format!("1 record: {places}"),
        count => format!("{count} records: {places}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn hex_is_pairs_of_digits_and_nothing_else() {
        assert_eq!(unhex("00 ff\n7F").unwrap(), [0, 255, 127]);
        assert_eq!(unhex("").unwrap(), Vec::<u8>::new());
        assert!(unhex("0").unwrap_err().contains("odd"));
        assert!(unhex("0x").unwrap_err().contains("`x`"));
    }

    #[test]
    fn what_is_stored_is_taken_only_from_an_origin() {
        let stored = || Some(Content::Stored);
        assert_eq!(bytes(stored(), Some(Some(b"a"))).unwrap().unwrap(), b"a");
        assert_eq!(bytes(stored(), Some(None)).unwrap(), None);
        assert!(bytes(stored(), None).is_err());
        assert_eq!(bytes(Some(Content::Base64("AP8=".into())), None).unwrap().unwrap(), [0, 255]);
        assert!(bytes(Some(Content::Base64("?".into())), None).is_err());
    }
}
