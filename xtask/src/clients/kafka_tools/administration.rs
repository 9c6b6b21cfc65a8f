//! Topics, settings, the oldest records and their place on disk, by Kafka's own tools.

use std::fs;

use serde_json::{Value, json};

use super::{
    super::tools::{holds, same},
    Tools,
};
use crate::problem::{Context, Problem, Result};

const TOOL: &str = "TopicCommand";
const CONFIG_TOOL: &str = "ConfigCommand";

pub fn topics(tools: &Tools) -> Result<()> {
    let name = ["--topic", "by-kafkas-tool"];
    let topic = |arguments: &[&str]| tools.ask(TOOL, &[arguments, &name].concat());
    let create = ["--create", "--partitions", "3", "--config", "retention.ms=3600000"];
    topic(&create)?;
    let again = [&create[..], &name].concat();
    tools.refused(TOOL, &again, "already exists")?;
    let listed = tools.ask(TOOL, &["--list"])?;
    holds(listed.lines().any(|line| line == name[1]), || format!("not listed: {listed}"))?;
    same("leaders", leaders(&topic(&["--describe"])?), ["0"; 3].join(","))?;
    topic(&["--alter", "--partitions", "5"])?;
    let fewer = [&["--alter", "--partitions", "2"][..], &name].concat();
    tools.refused(TOOL, &fewer, "5 partitions")?;
    let described = topic(&["--describe"])?;
    same("leaders", leaders(&described), ["0"; 5].join(","))?;
    for fact in ["PartitionCount: 5", "ReplicationFactor: 1", "Configs: retention.ms=3600000"] {
        holds(described.contains(fact), || format!("no `{fact}` in {described}"))?;
    }
    topic(&["--delete"])?;
    let listed = tools.ask(TOOL, &["--list"])?;
    holds(!listed.contains(name[1]), || format!("still listed: {listed}"))
}

pub fn configs(tools: &Tools) -> Result<()> {
    let (stage, topic) = (tools.stage, "set-by-kafkas-tool");
    stage.create_topic(stage.server.kafka, topic, 1)?;
    let of_topic = ["--entity-type", "topics", "--entity-name", topic];
    let of_all = ["--entity-type", "brokers", "--entity-default"];
    let ask = |of: &[&str], act: &[&str]| tools.ask(CONFIG_TOOL, &[act, of].concat());
    let set = ["--alter", "--add-config", "retention.ms=3600000,max.message.bytes=2000"];
    ask(&of_topic, &set)?;
    let told = ask(&of_topic, &["--describe"])?;
    for fact in ["  retention.ms=3600000 ", "  max.message.bytes=2000 "] {
        holds(told.contains(fact), || format!("no `{fact}` in {told}"))?;
    }
    ask(&of_topic, &["--alter", "--delete-config", "max.message.bytes"])?;
    let told = ask(&of_topic, &["--describe"])?;
    holds(told.contains("retention.ms=3600000"), || format!("it is gone too: {told}"))?;
    holds(!told.contains("max.message.bytes=2000"), || format!("it is still there: {told}"))?;
    let wrong = [&["--alter", "--add-config", "retention.ms=soon"], &of_topic[..]].concat();
    tools.refused(CONFIG_TOOL, &wrong, "retention.ms")?;
    ask(&of_all, &["--alter", "--add-config", "log.retention.ms=7200000"])?;
    let told = ask(&of_all, &["--describe"])?;
    holds(told.contains("log.retention.ms=7200000"), || format!("not set: {told}"))?;
    ask(&of_all, &["--alter", "--delete-config", "log.retention.ms"])?;
    let told = ask(&of_all, &["--describe"])?;
    holds(!told.contains("log.retention.ms=7200000"), || format!("still set: {told}"))
}

/// From lines `Topic: t  Partition: 0  Leader: 0  Replicas: 0  Isr: 0 …`, in their order.
fn leaders(described: &str) -> String {
    let lines = described.lines().filter(|line| line.contains("\tPartition: "));
    let leader = |line: &str| Some(line.split("\tLeader: ").nth(1)?.split('\t').next()?.to_owned());
    lines.filter_map(leader).collect::<Vec<_>>().join(",")
}

pub fn disk(tools: &Tools) -> Result<()> {
    let (stage, topic) = (tools.stage, "trimmed-by-kafkas-tool");
    stage.create_topic(stage.server.kafka, topic, 2)?;
    let input: String = (0..100).map(|n| format!("record {n}\n")).collect();
    stage.kcat(&["-P", "-t", topic, "-p", "1"], &input)?;

    let described = tools.ask("LogDirsCommand", &["--describe", "--topic-list", topic])?;
    let segment = stage.shared_data().join(format!("{topic}-1/{:020}.log", 0));
    let written = segment.metadata().context(|| segment.display().to_string())?.len();
    same("bytes of each partition", sizes(&described)?, vec![0, written])?;

    let wanted = json!({
        "version": 1,
        "partitions": [{ "topic": topic, "partition": 1, "offset": 60 }],
    });
    let file = stage.data("kafka-tools")?.join("delete.json");
    fs::write(&file, wanted.to_string()).context(|| format!("writing {}", file.display()))?;
    let Some(name) = file.to_str() else { return Problem::stop("a path that is no text") };
    let said = tools.ask("DeleteRecordsCommand", &["--offset-json-file", name])?;
    let done = format!("partition: {topic}-1\tlow_watermark: 60");
    holds(said.contains(&done), || format!("no `{done}` in {said}"))?;
    let first = ["--topic-partitions", &format!("{topic}:1"), "--time", "earliest"];
    let first = tools.ask("GetOffsetShell", &first)?;
    same("first offset", first.trim(), &format!("{topic}:1:60"))?;
    let left = stage.kcat(&["-C", "-t", topic, "-p", "1", "-o", "beginning", "-e", "-q"], "")?;
    same("records left", left.lines().next(), Some("record 60"))?;
    same("count of records left", left.lines().count(), 40)
}

/// Bytes by partition, from the JSON document that stands on a line of its own.
fn sizes(described: &str) -> Result<Vec<u64>> {
    let Some(line) = described.lines().find(|line| line.starts_with('{')) else {
        return Problem::stop(format!("no JSON in {described}"));
    };
    let value: Value = serde_json::from_str(line).context(|| format!("unreadable: {line}"))?;
    let none = Vec::new();
    let partitions = value["brokers"][0]["logDirs"][0]["partitions"].as_array().unwrap_or(&none);
    let mut sizes: Vec<(&str, u64)> = partitions
        .iter()
        .filter_map(|one| Some((one["partition"].as_str()?, one["size"].as_u64()?)))
        .collect();
    sizes.sort_unstable();
    Ok(sizes.into_iter().map(|(_, size)| size).collect())
}
