//! `ouzel topic produce`.

use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

use clap::{Args, ValueEnum};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesOrdered};
use ouzel_wire::batch::Codec;
use tokio::sync::mpsc;

use super::{
    ConnectFlags, Failure, Loaded,
    format::parse,
    input::{Input, InputError, Typed},
    printed::{Printed, print},
};
use crate::{
    cli::{connect::target, moment::duration, progress::Progress},
    kafka::produce::{Acks, Outgoing, ProduceError, Producer, Terms, Written},
};

/// Records read ahead of the producer.
const AHEAD_MAX: usize = 1_000;
/// Records under way at once.
const UNDER_WAY_MAX: usize = 10_000;

/// librdkafka counts milliseconds in 31 bits.
const DELIVERY_LONGEST: Duration = Duration::from_secs(24 * 24 * 60 * 60);

/// What to write.
#[derive(Debug, Args)]
pub struct Produce {
    /// The topic
    topic: String,
    /// How records stand in the input, such as '%k %v\n': %k key, %v value, %p partition, %d time
    /// in ms; each goes up to the text behind it
    #[arg(short, long, default_value = "%v\\n")]
    format: String,
    /// The key of all records
    #[arg(short, long)]
    key: Option<String>,
    /// A header of all records
    #[arg(short = 'H', long = "header", value_name = "KEY:VALUE")]
    headers: Vec<String>,
    /// How batches are packed
    #[arg(short = 'z', long, value_enum, default_value_t)]
    compression: Compression,
    /// The partition of all records; chosen by key if left out
    #[arg(short, long)]
    partition: Option<i32>,
    /// Empty values are tombstones
    #[arg(short = 'Z', long)]
    tombstone: bool,
    /// Who has to have a record: -1 or all (replicas in sync), 1 (the leader), 0 (nobody)
    #[arg(long, default_value = "-1", allow_hyphen_values = true, value_parser = acks)]
    acks: Acks,
    /// How long a record may wait for its broker, such as 30s; at least 1s, 0 for ever
    #[arg(long, value_name = "DURATION", value_parser = delivery_max)]
    delivery_timeout: Option<Duration>,
    /// Let the cluster create the topic if it does so by itself
    #[arg(long)]
    allow_auto_topic_creation: bool,
    /// Most bytes of a record, before it is packed
    #[arg(long, value_name = "BYTES")]
    #[arg(value_parser = clap::value_parser!(u32).range(1_000..=1_000_000_000))]
    max_message_bytes: Option<u32>,
    /// What to print for each record that was written; %t %p %o %d, and %i which one it is
    #[arg(short, long, default_value = "Produced to partition %p at offset %o.\\n")]
    output_format: String,
    #[command(flatten)]
    connect: ConnectFlags,
}

/// Codecs as they are typed.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Compression {
    None,
    Gzip,
    /// What rpk takes by default.
    #[default]
    Snappy,
    Lz4,
    Zstd,
}

impl From<Compression> for Codec {
    fn from(typed: Compression) -> Codec {
        match typed {
            Compression::None => Codec::None,
            Compression::Gzip => Codec::Gzip,
            Compression::Snappy => Codec::Snappy,
            Compression::Lz4 => Codec::Lz4,
            Compression::Zstd => Codec::Zstd,
        }
    }
}

fn acks(text: &str) -> Result<Acks, String> {
    match text {
        "-1" | "all" => Ok(Acks::All),
        "0" => Ok(Acks::None),
        "1" => Ok(Acks::Leader),
        _ => Err("it is -1, all, 0 or 1".to_owned()),
    }
}

/// librdkafka has no shorter patience than its pause between two batches, and rpk none below 1s.
fn delivery_max(text: &str) -> Result<Duration, String> {
    match (text, duration(text)) {
        ("0", _) => Ok(Duration::ZERO),
        (_, Some(long)) if (Duration::from_secs(1)..=DELIVERY_LONGEST).contains(&long) => Ok(long),
        _ => Err("it is 0 or a duration from 1s to 24d, such as 30s or 2m".to_owned()),
    }
}

impl Produce {
    fn terms(&self) -> Terms {
        let terms = Terms::from(Codec::from(self.compression));
        Terms {
            acks: self.acks,
            delivery_max: self.delivery_timeout.unwrap_or(terms.delivery_max),
            record_bytes_max: self
                .max_message_bytes
                .map_or(terms.record_bytes_max, |it| it as usize),
            ..terms
        }
    }
}

pub async fn run(asked: Produce, loaded: &Loaded) -> Result<(), Failure> {
    let usage =
        |flag: &'static str| move |wrong: String| Failure::Usage(format!("{flag}: {wrong}"));
    let output = parse(&asked.output_format).map_err(|wrong| usage("-o")(wrong.to_string()))?;
    let pieces = parse(&asked.format).map_err(|wrong| usage("-f")(wrong.to_string()))?;
    let headers: Vec<(String, Option<Vec<u8>>)> =
        asked.headers.iter().map(|text| header(text)).collect::<Result<_, _>>()?;
    let input = Input::new(io::BufReader::new(io::stdin()), pieces);
    let input = input.map_err(|wrong| usage("-f")(wrong.to_string()))?;
    let target = target(&asked.connect, loaded)?;
    if !asked.allow_auto_topic_creation {
        // Without the topic, librdkafka would wait for it to appear until the records are too old.
        target.cluster.expect_topic(&asked.topic).await.map_err(Failure::of)?;
    }
    let producer = Producer::on(&target.cluster, asked.terms()).await;
    let producer = producer.map_err(Failure::of)?;
    let mut typed = read_ahead(input);
    // Whoever types records, or sees each of them printed, needs nobody to count.
    let is_told = io::stdin().is_terminal() || io::stdout().is_terminal() && !output.is_empty();
    let progress = Progress::of("records written", None).unless(is_told);
    let topic = asked.topic.clone();
    let under_way = FuturesOrdered::new();
    let mut answers = Answers { topic, output, under_way, progress, told: 0 };
    let mut ended = Ok(());
    loop {
        // Whoever types, or follows a file, is told of a record before the next one comes.
        let read = tokio::select! {
            read = typed.recv() => read,
            Some((written, at)) = answers.under_way.next() => {
                answers.tell(written, at)?;
                continue;
            }
        };
        match read {
            Some(Ok(typed)) => answers.take(&producer, &asked, typed, &headers).await?,
            // What was read before it is still written.
            Some(Err(error)) => ended = Err(Failure::of(error)),
            None => break,
        }
    }
    answers.finish().await?;
    producer.close().await;
    ended
}

fn header(text: &str) -> Result<(String, Option<Vec<u8>>), Failure> {
    let (key, value) = text
        .split_once(':')
        .ok_or_else(|| Failure::Usage(format!("-H {text}: it is not KEY:VALUE")))?;
    Ok((key.to_owned(), Some(value.as_bytes().to_vec())))
}

/// Reads on a thread of its own, since standard input blocks.
fn read_ahead(
    mut input: Input<io::BufReader<io::Stdin>>,
) -> mpsc::Receiver<Result<Typed, InputError>> {
    let (sender, receiver) = mpsc::channel(AHEAD_MAX);
    std::thread::spawn(move || {
        while let Some(read) = input.next().transpose() {
            let is_last = read.is_err();
            if sender.blocking_send(read).is_err() || is_last {
                return;
            }
        }
    });
    receiver
}

/// What became of a record, and its time.
type Outcome = (Result<Written, ProduceError>, i64);

/// Records under way, in the order in which they were read.
struct Answers {
    topic: String,
    output: Vec<super::format::Piece>,
    under_way: FuturesOrdered<BoxFuture<'static, Outcome>>,
    progress: Progress,
    told: u64,
}

impl Answers {
    async fn take(
        &mut self,
        producer: &Producer,
        asked: &Produce,
        typed: Typed,
        headers: &[(String, Option<Vec<u8>>)],
    ) -> Result<(), Failure> {
        let key = typed.key.as_deref().or(asked.key.as_deref().map(str::as_bytes));
        let value = typed.value.as_deref().filter(|value| !(asked.tombstone && value.is_empty()));
        let timestamp_ms = typed.timestamp_ms.unwrap_or_else(crate::clock::now_ms);
        let partition = typed.partition.or(asked.partition);
        let timestamp = Some(timestamp_ms);
        let outgoing = Outgoing {
            topic: &asked.topic,
            partition,
            timestamp_ms: timestamp,
            key,
            value,
            headers,
        };
        let sent = producer.send(&outgoing).await.map_err(Failure::of)?;
        self.under_way.push_back(sent.written().map(move |it| (it, timestamp_ms)).boxed());
        while self.under_way.len() > UNDER_WAY_MAX {
            self.tell_next().await?;
        }
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), Failure> {
        while !self.under_way.is_empty() {
            self.tell_next().await?;
        }
        Ok(())
    }

    async fn tell_next(&mut self) -> Result<(), Failure> {
        match self.under_way.next().await {
            Some((written, timestamp_ms)) => self.tell(written, timestamp_ms),
            None => Ok(()),
        }
    }

    fn tell(
        &mut self,
        written: Result<Written, ProduceError>,
        timestamp_ms: i64,
    ) -> Result<(), Failure> {
        let written = written.map_err(Failure::of)?;
        let printed = Printed {
            topic: &self.topic,
            partition: written.partition,
            offset: written.offset,
            timestamp_ms,
            key: None,
            value: None,
            headers: Vec::new(),
        };
        let mut line = Vec::new();
        self.told += 1;
        print(&self.output, &printed, self.told, &mut line);
        // Nobody has to read it.
        let _ = io::stdout().lock().write_all(&line);
        self.progress.add(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acks_and_patience_are_read_as_rpk_writes_them() {
        assert_eq!(acks("-1"), Ok(Acks::All));
        assert_eq!(acks("all"), Ok(Acks::All));
        assert_eq!(acks("1"), Ok(Acks::Leader));
        assert_eq!(acks("0"), Ok(Acks::None));
        assert!(acks("2").is_err());
        assert_eq!(delivery_max("1m30s"), Ok(Duration::from_secs(90)));
        assert_eq!(delivery_max("0"), Ok(Duration::ZERO));
        for wrong in ["5", "500ms", "25d", "soon"] {
            assert!(delivery_max(wrong).is_err(), "{wrong}");
        }
    }
}
