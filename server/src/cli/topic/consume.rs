//! `ouzel topic consume`: prints records of topics, alone or as a member of a group.

use clap::{Args, ValueEnum};
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, LocalBoxStream},
};
use ouzel_api::search::Isolation;
use ouzel_wire::batch::DECOMPRESSED_MAX;
use rdkafka::{
    Message,
    message::{BorrowedMessage, Headers},
};

use super::{
    ConnectFlags, Failure, Loaded,
    offset::{Begin, Span, Until},
    printed::Printed,
    printer::{Json, Printer},
    spans::{Wanted, spans},
};
use crate::{
    cli::{
        connect::{Target, target},
        names,
    },
    kafka::{
        Cluster, FETCH_BYTES_MAX, KafkaError,
        member::{Beginning, Member, Membership},
        read::{self, Reader, Terms},
    },
};

/// Bytes that a member of a group reads ahead.
const AHEAD_BYTES: i32 = 4 * 1024 * 1024;
/// Most topics that are read at once without a group: each is read over connections of its own.
const TOPICS_MAX: usize = 100;

const FORMAT_HELP: &str = "\
    How a record is printed: `json`, or a format\n\n\
    In a format, such as '%k %v\\n', stand for something of the record: %k key, %v value, %t \
    topic, %p partition, %o offset, %d time in ms, %h headers as name=value, %H how many \
    headers, %K, %V and %T bytes of key, value and topic, %i which record it is. %% %{ %} are \
    those characters, and \\n \\t \\r \\\\ \\0 \\xHH are bytes.\n\n\
    In braces behind it stands how it is shaped: %v{hex}, {base64} or {base64raw} for key, \
    value and topic; %o{hex64} (32, 16, 8, 4), {big64} or {little64} (32, 16, 8) for \
    numbers; %d{strftime[%F %T]} with %Y %m %d %H %M %S %F %T %s for times, in UTC; %h{%k=%v \
    } for each header by a format of its own.";

const OFFSET_HELP: &str = "\
    Where to begin and to stop: start, end, N, +N, -N, N:M, @TIME, @TIME:TIME\n\n\
    `start` and `end` (or oldest and newest), an offset N, +N behind the start, -N before \
    the end. Behind a colon stands where to stop: `:end` at what is the end now, `42:55` \
    before offset 55.\n\n\
    @TIME is the first record of that time or later: 1622505600000 (ms) or 1622505600 (s) \
    since 1970, 2021-03-24, 2021-03-24T10:00:00Z, or -1h30m from now (ms, s, m, h, d). \
    @TIME:TIME stops before the second, which may be `end` or a duration from the first: \
    @2021-03-24:2021-03-25, @2021-03-24:1h, @-48h:-24h, @-1m:end, @:-1h.";

/// What to print.
#[derive(Debug, Args)]
pub struct Consume {
    /// The topics
    #[arg(required = true)]
    topics: Vec<String>,
    /// TOPICS are regular expressions, of which one must fit a whole name; topics that come later
    /// are not read
    #[arg(short, long)]
    regex: bool,
    #[arg(short, long, default_value = "start", allow_hyphen_values = true)]
    #[arg(help = first_line(OFFSET_HELP), long_help = OFFSET_HELP)]
    offset: Span,
    /// Stop after so many records; 0 for never
    #[arg(short, long, value_name = "COUNT")]
    num: Option<u64>,
    /// Only these partitions of each topic
    #[arg(short, long, value_delimiter = ',')]
    partitions: Vec<i32>,
    #[arg(short, long, default_value = "json")]
    #[arg(help = first_line(FORMAT_HELP), long_help = FORMAT_HELP)]
    format: String,
    #[command(flatten)]
    json: JsonFlags,
    /// Only records of transactions that were committed
    #[arg(long)]
    read_committed: bool,
    /// Most bytes that a broker sends in one answer; a larger batch still comes, alone
    #[arg(long, value_name = "BYTES", default_value_t = FETCH_BYTES_MAX)]
    #[arg(value_parser = clap::value_parser!(i32).range(1_024..=FETCH_BYTES_MAX as i64))]
    fetch_max_bytes: i32,
    #[command(flatten)]
    membership: MembershipFlags,
    #[command(flatten)]
    connect: ConnectFlags,
}

/// How a record is printed with -f json.
#[derive(Debug, Args)]
struct JsonFlags {
    /// With -f json: all but the value, and how long it is
    #[arg(long)]
    meta_only: bool,
    /// With -f json: each record on several lines, or with `=false` on one
    #[arg(long, value_name = "BOOL", default_value_t = true, default_missing_value = "true")]
    #[arg(num_args = 0..=1, require_equals = true, action = clap::ArgAction::Set)]
    pretty_print: bool,
}

/// As what member of a group.
#[derive(Debug, Args)]
struct MembershipFlags {
    /// Read as a member of this group, and commit
    #[arg(short, long)]
    group: Option<String>,
    /// How the members share out partitions; range or roundrobin, as they agree, if left out
    #[arg(short, long, value_enum, requires = "group")]
    balancer: Option<Balancer>,
}

/// librdkafka's, which has no plain `sticky`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Balancer {
    Range,
    #[value(name = "roundrobin")]
    RoundRobin,
    CooperativeSticky,
}

impl Balancer {
    fn word(self) -> &'static str {
        match self {
            Balancer::Range => "range",
            Balancer::RoundRobin => "roundrobin",
            Balancer::CooperativeSticky => "cooperative-sticky",
        }
    }
}

/// What `-h` shows of a long help.
fn first_line(help: &'static str) -> &'static str {
    help.lines().next().unwrap_or(help)
}

impl Consume {
    fn isolation(&self) -> Isolation {
        match self.read_committed {
            true => Isolation::ReadCommitted,
            false => Isolation::ReadUncommitted,
        }
    }
}

pub async fn run(asked: Consume, loaded: &Loaded) -> Result<(), Failure> {
    let JsonFlags { meta_only: is_meta_only, pretty_print: is_pretty } = asked.json;
    if is_meta_only && asked.format != "json" {
        let told = "--meta-only is for -f json; a format has no value where it has no %v";
        return Err(Failure::Usage(told.to_owned()));
    }
    let mut printer = Printer::new(&asked.format, Json { is_pretty, is_meta_only }, asked.num)?;
    let target = target(&asked.connect, loaded)?;
    let topics = names::topics(&target.cluster, &asked.topics, asked.regex).await?;
    match &asked.membership.group {
        None => read_all(&asked, &topics, &target.cluster, &mut printer).await,
        Some(group) => read_as_member(&asked, &topics, group, &target, &mut printer).await,
    }
}

async fn read_all(
    asked: &Consume,
    topics: &[String],
    cluster: &Cluster,
    printer: &mut Printer,
) -> Result<(), Failure> {
    if topics.len() > TOPICS_MAX {
        let told = format!(
            "{} topics are more than the {TOPICS_MAX} that are read at once; a group (-g) reads \
             more",
            topics.len()
        );
        return Err(Failure::Failed(told));
    }
    let terms = Terms { isolation: asked.isolation(), bytes_max: asked.fetch_max_bytes };
    let Consume { offset: span, partitions, .. } = asked;
    let wanted = Wanted { span: *span, partitions, isolation: terms.isolation };
    let mut readers = Vec::with_capacity(topics.len());
    for topic in topics {
        let spans = spans(cluster, topic, &wanted).await?;
        let reader = Reader::new(cluster, topic, spans, terms).await.map_err(Failure::of)?;
        readers.push(pieces(topic, reader));
    }
    let mut all = stream::select_all(readers);
    while !printer.is_done() {
        let Some((topic, pieces)) = all.try_next().await.map_err(Failure::of)? else { break };
        for piece in pieces {
            print_piece(topic, &piece, printer)?;
        }
        if !printer.flush()? {
            break;
        }
    }
    Ok(())
}

/// What comes of a topic, until all has been read.
fn pieces(
    topic: &str,
    reader: Reader,
) -> LocalBoxStream<'_, Result<(&str, Vec<read::Piece>), KafkaError>> {
    let next = move |mut reader: Reader| async move {
        let pieces = reader.next().await?;
        Ok::<_, KafkaError>(pieces.map(|pieces| ((topic, pieces), reader)))
    };
    stream::try_unfold(reader, next).boxed_local()
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

async fn read_as_member(
    asked: &Consume,
    topics: &[String],
    group: &str,
    target: &Target,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let beginning = match asked.offset {
        Span { begin: Begin::Start, until: Until::Never } => Beginning::Earliest,
        Span { begin: Begin::End, until: Until::Never } => Beginning::Latest,
        _ => {
            let told =
                "with --group, --offset is start or end: where a group without commits begins";
            return Err(Failure::Usage(told.to_owned()));
        }
    };
    if !asked.partitions.is_empty() {
        return Err(Failure::Usage("a group shares out partitions by itself".to_owned()));
    }
    let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
    let member = Member::join(Membership {
        brokers: target.cluster.brokers(),
        group,
        client_id: "ouzel-cli",
        topics: &topics,
        beginning,
        ahead_kbytes: (asked.fetch_max_bytes.min(AHEAD_BYTES) / 1024).unsigned_abs(),
        isolation: asked.isolation(),
        balancer: asked.membership.balancer.map(Balancer::word),
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
