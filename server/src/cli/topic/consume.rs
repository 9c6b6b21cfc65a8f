//! `ouzel topic consume`.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    ops::Range,
};

use clap::Args;
use ouzel_wire::batch::DECOMPRESSED_MAX;
use rdkafka::{
    Message,
    message::{BorrowedMessage, Headers},
};
use serde::Serialize;

use super::{
    ConnectFlags, Failure, Loaded,
    format::{Piece, Printed, parse, print},
    offset::{Begin, Span},
};
use crate::{
    cli::connect::{Target, target},
    kafka::{
        At, Cluster, Offsets, TopicPartition,
        member::{Beginning, Member, Membership},
        read::{self, Reader},
    },
};

/// Kilobytes that a member of a group reads ahead.
const AHEAD_KBYTES: u32 = 4 * 1024;

/// What to print.
#[derive(Debug, Args)]
pub struct Consume {
    /// The topic
    topic: String,
    /// Where to begin: start, end, N, +N, -N or @MILLISECONDS; with `:end` behind it, stop there
    #[arg(short, long, default_value = "start", allow_hyphen_values = true)]
    offset: Span,
    /// Stop after so many records; 0 for never
    #[arg(short, long, value_name = "COUNT")]
    num: Option<u64>,
    /// Only these partitions
    #[arg(short, long, value_delimiter = ',')]
    partitions: Vec<i32>,
    /// `json`, or a format such as '%k %v\n': %k key, %v value, %t topic, %p partition, %o offset,
    /// %d time in ms, %h headers
    #[arg(short, long, default_value = "json")]
    format: String,
    /// Read as a member of this group, and commit
    #[arg(short, long)]
    group: Option<String>,
    #[command(flatten)]
    connect: ConnectFlags,
}

pub async fn run(asked: Consume, loaded: &Loaded) -> Result<(), Failure> {
    let mut printer = Printer::new(&asked.format, asked.num)?;
    let target = target(&asked.connect, loaded)?;
    match &asked.group {
        None => read_all(&asked, &target.cluster, &mut printer).await,
        Some(group) => read_as_member(&asked, group, &target, &mut printer).await,
    }
}

async fn read_all(
    asked: &Consume,
    cluster: &Cluster,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let spans = spans(asked, cluster).await?;
    let mut reader = Reader::new(cluster, &asked.topic, spans).await.map_err(Failure::of)?;
    while !printer.is_done() {
        let Some(pieces) = reader.next().await.map_err(Failure::of)? else { break };
        for piece in pieces {
            print_piece(&asked.topic, &piece, printer)?;
        }
        if !printer.flush()? {
            break;
        }
    }
    Ok(())
}

fn print_piece(topic: &str, piece: &read::Piece, printer: &mut Printer) -> Result<(), Failure> {
    let unpacked = piece.batch.unpack(DECOMPRESSED_MAX).map_err(Failure::of)?;
    for record in piece.batch.records(&unpacked) {
        let record = record.map_err(Failure::of)?;
        if !piece.wanted.contains(&record.offset) || printer.is_done() {
            continue;
        }
        let headers = record.headers.map(|header| (header.name().into_owned(), header.value));
        printer.print(&Printed {
            topic,
            partition: piece.partition,
            offset: record.offset,
            timestamp_ms: record.timestamp,
            key: record.key,
            value: record.value,
            headers: headers.collect(),
        })?;
    }
    Ok(())
}

/// The offsets to read, by partition.
async fn spans(asked: &Consume, cluster: &Cluster) -> Result<BTreeMap<i32, Range<i64>>, Failure> {
    let metadata = cluster.fresh_metadata().await.map_err(Failure::of)?;
    let topic = metadata.topic(&asked.topic).map_err(Failure::of)?;
    let numbers: Vec<i32> = match asked.partitions.as_slice() {
        [] => topic.partitions.iter().map(|partition| partition.number).collect(),
        chosen => chosen.to_vec(),
    };
    let places: Vec<TopicPartition> =
        numbers.iter().map(|number| TopicPartition::new(&asked.topic, *number)).collect();
    let offsets = async |at| cluster.offsets(places.clone(), at).await.map_err(Failure::of);
    let (starts, ends) = (offsets(At::Start).await?, offsets(At::End).await?);
    let times = match asked.offset.begin {
        Begin::Time(timestamp_ms) => offsets(At::Time(timestamp_ms)).await?,
        _ => Offsets::new(),
    };
    let known = |offsets: &Offsets, place| match offsets.get(place) {
        Some(Ok(found)) => Ok(found.map(|found| found.offset)),
        Some(Err(error)) => Err(Failure::of(error)),
        None => Ok(None),
    };
    let mut spans = BTreeMap::new();
    for place in &places {
        let first = known(&starts, place)?.unwrap_or(0);
        let end = known(&ends, place)?.unwrap_or(first);
        let begin = match asked.offset.begin {
            Begin::Start => first,
            Begin::End => end,
            Begin::Offset(offset) => offset,
            Begin::AfterStart(count) => first.saturating_add(count),
            Begin::BeforeEnd(count) => end.saturating_sub(count),
            Begin::Time(_) => known(&times, place)?.unwrap_or(end),
        };
        let until = if asked.offset.to_end { end } else { i64::MAX };
        spans.insert(place.partition, begin.clamp(first, end.max(first))..until);
    }
    Ok(spans)
}

async fn read_as_member(
    asked: &Consume,
    group: &str,
    target: &Target,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let beginning = match asked.offset {
        Span { begin: Begin::Start, to_end: false } => Beginning::Earliest,
        Span { begin: Begin::End, to_end: false } => Beginning::Latest,
        _ => {
            let told =
                "with --group, --offset is start or end: where a group without commits begins";
            return Err(Failure::Usage(told.to_owned()));
        }
    };
    if !asked.partitions.is_empty() {
        return Err(Failure::Usage("a group shares out partitions by itself".to_owned()));
    }
    let member = Member::join(Membership {
        brokers: target.cluster.brokers(),
        group,
        client_id: "ouzel-cli",
        topics: &[asked.topic.as_str()],
        beginning,
        ahead_kbytes: AHEAD_KBYTES,
    })
    .await
    .map_err(Failure::of)?;
    let read = consume(&member, printer).await;
    member.leave().await;
    read
}

/// Until enough was printed, nobody reads any more, or Ctrl-C: then the last commits are written.
async fn consume(member: &Member, printer: &mut Printer) -> Result<(), Failure> {
    while !printer.is_done() {
        let message = tokio::select! {
            message = member.next() => message.map_err(Failure::of)?,
            _ = tokio::signal::ctrl_c() => return Ok(()),
        };
        printer.print(&printed(&message))?;
        if !printer.flush()? {
            break;
        }
        member.done(&message).map_err(Failure::of)?;
    }
    Ok(())
}

fn printed<'a>(message: &'a BorrowedMessage<'_>) -> Printed<'a> {
    let headers = message
        .headers()
        .into_iter()
        .flat_map(|headers| headers.iter().map(|header| (header.key.to_owned(), header.value)));
    Printed {
        topic: message.topic(),
        partition: message.partition(),
        offset: message.offset(),
        timestamp_ms: message.timestamp().to_millis().unwrap_or(-1),
        key: message.key(),
        value: message.payload(),
        headers: headers.collect(),
    }
}

/// Prints records to standard output until there were enough.
struct Printer {
    /// None for JSON.
    pieces: Option<Vec<Piece>>,
    left: Option<u64>,
    out: Vec<u8>,
}

impl Printer {
    fn new(format: &str, num: Option<u64>) -> Result<Printer, Failure> {
        let pieces = match format {
            "json" => None,
            format => {
                let told = |wrong| Failure::Usage(format!("--format: {wrong}"));
                Some(parse(format).map_err(told)?)
            }
        };
        let left = num.filter(|num| *num > 0);
        Ok(Printer { pieces, left, out: Vec::new() })
    }

    fn is_done(&self) -> bool {
        self.left == Some(0)
    }

    fn print(&mut self, record: &Printed<'_>) -> Result<(), Failure> {
        self.left = self.left.map(|left| left.saturating_sub(1));
        match &self.pieces {
            Some(pieces) => print(pieces, record, &mut self.out),
            None => {
                let record = as_json(record);
                serde_json::to_writer_pretty(&mut self.out, &record).map_err(Failure::of)?;
                self.out.push(b'\n');
            }
        }
        Ok(())
    }

    /// Whether somebody still reads.
    fn flush(&mut self) -> Result<bool, Failure> {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(&self.out).and_then(|()| stdout.flush());
        self.out.clear();
        match written {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(Failure::of(error)),
        }
    }
}

/// A record in rpk's layout.
#[derive(Serialize)]
struct JsonRecord<'a> {
    topic: &'a str,
    key: JsonBytes<'a>,
    value: JsonBytes<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    headers: Vec<JsonHeader<'a>>,
    timestamp: i64,
    partition: i32,
    offset: i64,
}

#[derive(Serialize)]
struct JsonHeader<'a> {
    key: &'a str,
    value: JsonBytes<'a>,
}

/// Bytes that are no text come as `{"hex": …}`.
#[derive(Serialize)]
#[serde(untagged)]
enum JsonBytes<'a> {
    Null,
    Text(&'a str),
    Bytes { hex: String },
}

fn as_json<'a>(record: &'a Printed<'a>) -> JsonRecord<'a> {
    let header = |(key, value): &'a (String, Option<&'a [u8]>)| JsonHeader {
        key,
        value: json_bytes(*value),
    };
    JsonRecord {
        topic: record.topic,
        key: json_bytes(record.key),
        value: json_bytes(record.value),
        headers: record.headers.iter().map(header).collect(),
        timestamp: record.timestamp_ms,
        partition: record.partition,
        offset: record.offset,
    }
}

fn json_bytes(bytes: Option<&[u8]>) -> JsonBytes<'_> {
    let Some(bytes) = bytes else { return JsonBytes::Null };
    match std::str::from_utf8(bytes) {
        Ok(text) => JsonBytes::Text(text),
        Err(_) => {
            JsonBytes::Bytes { hex: bytes.iter().map(|byte| format!("{byte:02x}")).collect() }
        }
    }
}
