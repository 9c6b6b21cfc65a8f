//! Records through Kafka's own producers and consumers, each a Java client with its defaults
//! (idempotent, acks=all).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    super::tools::{holds, same},
    Tools,
};
use crate::problem::{Context, Problem, Result};

/// What the verifiable pair moves.
const NUMBERS: usize = 2_000;

pub fn console(tools: &Tools) -> Result<()> {
    let topic = ["--topic", "kafka-console"];
    tools.ask("TopicCommand", &[&["--create", "--partitions", "3"][..], &topic].concat())?;
    let input: String = (0..300).map(|n| format!("key-{}:value {n}\n", n % 20)).collect();
    let server = ["--bootstrap-server", &tools.address];
    let keyed = ["--reader-property", "parse.key=true", "--reader-property", "key.separator=:"];
    let producer = [&server[..], &topic, &keyed, &["--compression-codec", "zstd"]].concat();
    tools.run("ConsoleProducer", &producer, &input)?;
    let read = [&topic[..], &["--from-beginning", "--max-messages", "300"], &PRINTED].concat();
    let output = tools.ask("consumer.ConsoleConsumer", &read)?;
    let mut ends: BTreeMap<&str, u64> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for line in output.lines() {
        let [partition, offset, record] = columns(line)?;
        let end = ends.entry(partition).or_default();
        same("offset", offset, &end.to_string())?;
        *end += 1;
        seen.insert(record.replacen('\t', ":", 1));
    }
    same("records", seen, input.lines().map(String::from).collect())?;
    let offsets = tools.ask("GetOffsetShell", &topic)?;
    let said: u64 =
        offsets.lines().filter_map(|line| line.rsplit(':').next()?.parse::<u64>().ok()).sum();
    same("the sum of all end offsets", said, 300)?;
    let first = tools.ask("GetOffsetShell", &[&topic[..], &["--time", "earliest"]].concat())?;
    let wanted: Vec<String> = (0..3).map(|n| format!("kafka-console:{n}:0")).collect();
    same("first offsets", first.lines().map(String::from).collect(), wanted)
}

/// So that a line is `Partition:0`, `Offset:7`, key and value, with tabs between them.
const PRINTED: [&str; 6] = [
    "--formatter-property",
    "print.partition=true",
    "--formatter-property",
    "print.offset=true",
    "--formatter-property",
    "print.key=true",
];

/// Partition, offset, and the record as key, tab and value.
fn columns(line: &str) -> Result<[&str; 3]> {
    let mut words = line.splitn(3, '\t');
    let mut next = |prefix| words.next().and_then(|word| word.strip_prefix(prefix));
    match (next("Partition:"), next("Offset:"), next("")) {
        (Some(partition), Some(offset), Some(record)) => Ok([partition, offset, record]),
        _ => Problem::stop(format!("unreadable: {line}")),
    }
}

pub fn verifiable(tools: &Tools) -> Result<()> {
    let topic = ["--topic", "verifiable"];
    tools.ask("TopicCommand", &[&["--create", "--partitions", "4"][..], &topic].concat())?;
    let count = NUMBERS.to_string();
    let many = ["--max-messages", &count];
    let keys = ["--repeating-keys", "50"];
    let produced = tools.ask("VerifiableProducer", &[&topic[..], &many, &keys].concat())?;
    let written = places(&produced, "producer_send_success")?;
    same("acknowledged", written.len(), NUMBERS)?;
    let group = ["--group-id", "verifiers", "--verbose"];
    let consumed = tools.ask("VerifiableConsumer", &[&topic[..], &many, &group].concat())?;
    let read = places(&consumed, "record_data")?;
    same("read", read.len(), NUMBERS)?;
    holds(read == written, || "what was read is not what was acknowledged".into())?;
    let values: BTreeSet<&String> = written.values().collect();
    same("different values", values.len(), NUMBERS)?;
    let commits = events(&consumed, "offsets_committed")?;
    let good = commits.iter().all(|commit| commit["success"] == true);
    holds(good && !commits.is_empty(), || format!("commits: {commits:?}"))
}

/// Values by their partition and offset; no place may be named twice.
fn places(text: &str, name: &str) -> Result<BTreeMap<(i64, i64), String>> {
    let mut places = BTreeMap::new();
    for event in events(text, name)? {
        let (Some(partition), Some(offset)) =
            (event["partition"].as_i64(), event["offset"].as_i64())
        else {
            return Problem::stop(format!("no place in {event}"));
        };
        let before = places.insert((partition, offset), event["value"].to_string());
        holds(before.is_none(), || format!("partition {partition} has two records at {offset}"))?;
    }
    Ok(places)
}

/// The events of that name, one JSON document a line.
fn events(text: &str, name: &str) -> Result<Vec<Value>> {
    let parse = |line: &str| serde_json::from_str(line).context(|| format!("unreadable: {line}"));
    let events: Vec<Value> = text.lines().map(parse).collect::<Result<_>>()?;
    Ok(events.into_iter().filter(|event| event["name"] == name).collect())
}
