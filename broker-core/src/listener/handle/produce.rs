//! Produce: records in. What must be in order happens while the request is read; the answer waits
//! for the disk.

use std::sync::Arc;

use crate::listener::answer::{Answer, Pending};
use crate::listener::call::{Call, Ctx};
use crate::listener::closed::Closed;
use crate::listener::error_code::Code;
use crate::listener::meter::Load;
use crate::node::is_internal;
use crate::partition::{AppendError, Appended, PendingAppend};
use bytes::Bytes;
use ouzel_wire::ErrorCode;
use ouzel_wire::batch::{BatchHeader, Codec, DECOMPRESSED_MAX};
use ouzel_wire::messages::{
    BatchIndexAndErrorMessage, PartitionProduceData, PartitionProduceResponse, ProduceRequest,
    ProduceResponse, TopicProduceResponse,
};

/// The first version in which zstd may come: older clients could not read it.
const ZSTD_FROM: i16 = 7;

/// Most bytes that the packed records of one request may unpack to: twice what a single batch may,
/// and far beyond what producers gather in one request.
const UNPACKED_BYTES_MAX: usize = 2 * DECOMPRESSED_MAX;

/// As acknowledgements: those of all replicas.
const ALL: i16 = -1;

/// One partition's part of the request, on its way.
struct Part {
    index: i32,
    append: Result<PendingAppend, Refusal>,
}

/// Why a partition took nothing.
struct Refusal {
    code: ErrorCode,
    message: String,
    records: Vec<BatchIndexAndErrorMessage>,
}

pub(in crate::listener) fn handle(call: Call) -> Result<Pending, Closed> {
    let (ctx, request) = call.decode::<ProduceRequest>()?;
    let acks = request.acks;
    // The client's timeout is for waiting on other replicas, and there are none. What is said is
    // what became of the records: a producer without sequences would store again what is stored.
    let mut left = UNPACKED_BYTES_MAX;
    let topics: Vec<(String, Vec<Part>)> = request
        .topic_data
        .into_iter()
        .map(|topic| {
            let parts = topic.partition_data.into_iter();
            let parts =
                parts.map(|part| submit(&ctx, acks, &topic.name, part, &mut left)).collect();
            (topic.name, parts)
        })
        .collect();
    let ctx = Arc::new(ctx);
    Ok(Box::pin(async move {
        match acks {
            0 => unanswered(topics).await,
            _ => ctx.answer::<ProduceRequest>(&answered(topics).await),
        }
    }))
}

/// The in-order part: the partition checks the batch, gives it its offsets and writes it.
fn submit(ctx: &Ctx, acks: i16, topic: &str, part: PartitionProduceData, left: &mut usize) -> Part {
    let append = admit(ctx, acks, topic, part.records.as_ref()).and_then(|records| {
        let partition = ctx.shared.node.partition(topic, part.index);
        let partition = partition.map_err(|e| refusal(e.code(), e.to_string()))?;
        let load = Load::of(&records);
        let append = partition.submit_within(records, left).map_err(Refusal::from)?;
        ctx.shared.counters.produced.note(load);
        Ok(append)
    });
    Part { index: part.index, append }
}

/// What can be said without the partition.
fn admit(ctx: &Ctx, acks: i16, topic: &str, records: Option<&Bytes>) -> Result<Bytes, Refusal> {
    if !(ALL..=1).contains(&acks) {
        let why = format!("{acks} is no number of acknowledgements; 0, 1 and -1 are");
        return Err(refusal(ErrorCode::InvalidRequiredAcks, why));
    }
    if is_internal(topic) {
        let why = format!("topic `{topic}` belongs to the broker");
        return Err(refusal(ErrorCode::InvalidTopicException, why));
    }
    let records = records.cloned().unwrap_or_default();
    let Ok(header) = BatchHeader::parse(&records) else {
        // The partition says what is wrong with it.
        return Ok(records);
    };
    if ctx.version < ZSTD_FROM && header.attributes.codec() == Ok(Codec::Zstd) {
        let why = format!("zstd may be used from version {ZSTD_FROM} of Produce on");
        return Err(refusal(ErrorCode::UnsupportedCompressionType, why));
    }
    Ok(records)
}

async fn answered(topics: Vec<(String, Vec<Part>)>) -> ProduceResponse {
    let mut responses = Vec::with_capacity(topics.len());
    for (name, parts) in topics {
        let mut partition_responses = Vec::with_capacity(parts.len());
        for Part { index, append } in parts {
            let outcome = match append {
                Ok(append) => append.await.map_err(Refusal::from),
                Err(refusal) => Err(refusal),
            };
            partition_responses.push(response(index, outcome));
        }
        let answer = TopicProduceResponse { name, partition_responses, ..Default::default() };
        responses.push(answer);
    }
    ProduceResponse { responses, ..Default::default() }
}

/// Waits all the same, so that a client without acknowledgements cannot outrun the disk.
async fn unanswered(topics: Vec<(String, Vec<Part>)>) -> Result<Answer, Closed> {
    for (topic, parts) in topics {
        for Part { index, append } in parts {
            let outcome = match append {
                Ok(append) => append.await.map(drop).map_err(Refusal::from),
                Err(refusal) => Err(refusal),
            };
            if let Err(refusal) = outcome {
                let why = format!("{topic}-{index}: {}", refusal.message);
                return Err(Closed::NotStored(why));
            }
        }
    }
    Ok(Answer::Nothing)
}

fn response(index: i32, outcome: Result<Appended, Refusal>) -> PartitionProduceResponse {
    match outcome {
        Ok(appended) => PartitionProduceResponse {
            index,
            base_offset: appended.base_offset,
            log_append_time_ms: appended.log_append_time_ms.unwrap_or(-1),
            log_start_offset: appended.log_start_offset,
            ..Default::default()
        },
        Err(refusal) => PartitionProduceResponse {
            index,
            error_code: refusal.code.code(),
            base_offset: -1,
            log_start_offset: -1,
            record_errors: refusal.records,
            error_message: Some(refusal.message),
            ..Default::default()
        },
    }
}

fn refusal(code: ErrorCode, message: String) -> Refusal {
    Refusal { code, message, records: Vec::new() }
}

impl From<AppendError> for Refusal {
    fn from(error: AppendError) -> Refusal {
        let (code, message) = (error.code(), error.to_string());
        let records = match error {
            AppendError::InvalidRecord { records, .. }
            | AppendError::InvalidTimestamp { records, .. } => records,
            _ => Vec::new(),
        };
        let record = |r: crate::partition::RecordError| BatchIndexAndErrorMessage {
            batch_index: r.index,
            batch_index_error_message: Some(r.message),
            ..Default::default()
        };
        Refusal { code, message, records: records.into_iter().map(record).collect() }
    }
}
