//! Consumer groups by Kafka's own tool.

use super::{
    super::tools::{holds, same},
    Tools,
};
use crate::problem::{Problem, Result};

const TOOL: &str = "consumer.group.ConsumerGroupCommand";

pub fn tool(tools: &Tools) -> Result<()> {
    let topic = ["--topic", "grouped"];
    tools.ask("TopicCommand", &[&["--create", "--partitions", "2"][..], &topic].concat())?;
    for (partition, records) in [("0", "a\nb\nc\n"), ("1", "d\n")] {
        tools.stage.kcat(&["-P", "-t", topic[1], "-p", partition], records)?;
    }
    let name = ["--group", "kafkas-readers"];
    let group = |arguments: &[&str]| tools.ask(TOOL, &[arguments, &name].concat());
    let read = ["--from-beginning", "--max-messages", "4"];
    let read = tools.ask("consumer.ConsoleConsumer", &[&topic[..], &name, &read].concat())?;
    same("records", sorted(&read), vec!["a", "b", "c", "d"])?;

    let listed = tools.ask(TOOL, &["--list"])?;
    holds(listed.lines().any(|line| line == name[1]), || format!("not listed: {listed}"))?;
    let described = group(&["--describe"])?;
    same("partition 0", progress(&described, "0")?, vec!["3", "3", "0"])?;
    same("partition 1", progress(&described, "1")?, vec!["1", "1", "0"])?;

    group(&[&["--reset-offsets", "--to-offset", "1", "--execute"][..], &topic].concat())?;
    let described = group(&["--describe"])?;
    same("partition 0 after its reset", progress(&described, "0")?, vec!["1", "3", "2"])?;
    let read = ["--max-messages", "2"];
    let read = tools.ask("consumer.ConsoleConsumer", &[&topic[..], &name, &read].concat())?;
    same("records from there", sorted(&read), vec!["b", "c"])?;

    group(&["--delete"])?;
    let listed = tools.ask(TOOL, &["--list"])?;
    holds(!listed.contains(name[1]), || format!("still listed: {listed}"))
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

/// Committed offset, end and lag, from a row `GROUP TOPIC PARTITION CURRENT-OFFSET …`.
fn progress<'a>(described: &'a str, partition: &str) -> Result<Vec<&'a str>> {
    let mut rows = described.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    match rows.find(|row| row.get(2) == Some(&partition)) {
        Some(row) if row.len() > 5 => Ok(row[3..6].to_vec()),
        _ => Problem::stop(format!("no row of partition {partition} in\n{described}")),
    }
}
