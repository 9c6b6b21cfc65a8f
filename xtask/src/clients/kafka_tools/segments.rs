//! Our files, read by Kafka's own reader of log segments.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    super::tools::{holds, same},
    Tools,
};
use crate::problem::{Context, Problem, Result};

const TOOL: &str = "DumpLogSegments";

/// Enough for several entries of an index, which has one for every 4 KiB.
const RECORDS: usize = 2_000;

pub fn dump(tools: &Tools) -> Result<()> {
    tools.stage.create_topic(tools.stage.server.kafka, "dumped", 1)?;
    let input: String =
        (0..RECORDS).map(|n| format!("key {n}:value {n} {:>20}\n", n * n)).collect();
    let batches = ["-X", "batch.num.messages=50", "-z", "gzip"];
    tools.stage.kcat(&[&["-P", "-t", "dumped", "-K:"][..], &batches].concat(), &input)?;

    let folder = tools.stage.shared_data().join("dumped-0");
    let log = folder.join(format!("{:020}.log", 0));
    let text = tools.run(TOOL, &["--print-data-log", "--files", text_of(&log)?], "")?;
    let batches = text.lines().filter(|line| line.starts_with("baseOffset: "));
    holds(batches.clone().all(|line| line.contains("isvalid: true")), || {
        format!("an invalid batch in\n{text}")
    })?;
    holds(batches.count() >= RECORDS / 50, || "fewer batches than were sent".into())?;
    let records = text.lines().filter_map(|line| line.strip_prefix("| offset: "));
    let found: Vec<String> = records.filter_map(record).collect();
    let wanted = input.lines().enumerate().map(|(offset, line)| format!("{offset}:{line}"));
    holds(found == wanted.collect::<Vec<_>>(), || {
        format!("other records than were sent; the last is {:?}", found.last())
    })?;
    for kind in ["index", "timeindex"] {
        let file = folder.join(format!("{:020}.{kind}", 0));
        let check = ["--index-sanity-check", "--files", text_of(&file)?];
        let said = tools.run(TOOL, &check, "")?;
        holds(said.contains("passed sanity check"), || format!("{kind}: {said}"))?;
    }
    commits(tools)
}

/// `7 CreateTime: … key: k payload: v` as `7:k:v`.
fn record(line: &str) -> Option<String> {
    let (offset, rest) = line.split_once(' ')?;
    let (key, payload) = rest.split_once(" key: ")?.1.split_once(" payload: ")?;
    Some(format!("{offset}:{key}:{payload}"))
}

/// A group's commits lie in `__consumer_offsets` as Kafka's own broker would have written them.
fn commits(tools: &Tools) -> Result<()> {
    let read = ["-G", "dumped-readers", "-X", "auto.offset.reset=earliest", "-e", "-q", "dumped"];
    let lines = tools.stage.kcat(&read, "")?.lines().count();
    same("records", lines, RECORDS)?;
    let files = written_offsets(&tools.stage.shared_data())?;
    let text = tools.run(TOOL, &["--offsets-decoder", "--files", &files.join(",")], "")?;
    let ours = |line: &&str| line.contains(r#""group":"dumped-readers","topic":"dumped""#);
    let last = text.lines().rfind(ours).unwrap_or("none");
    let offset = format!(r#""offset":{RECORDS},"#);
    holds(last.contains(&offset), || format!("the last commit is {last}"))
}

/// The first segments of the partitions of `__consumer_offsets` that hold something.
fn written_offsets(data: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(data).context(|| format!("reading {}", data.display()))?;
    let partitions = entries.flatten().map(|entry| entry.path()).filter(|path| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("__consumer_offsets-"))
    });
    let segments = partitions.map(|path: PathBuf| path.join(format!("{:020}.log", 0)));
    let written = segments.filter(|path| path.metadata().is_ok_and(|data| data.len() > 0));
    written.map(|path| text_of(&path).map(String::from)).collect()
}

fn text_of(path: &Path) -> Result<&str> {
    match path.to_str() {
        Some(text) => Ok(text),
        None => Problem::stop(format!("{} is no text", path.display())),
    }
}
