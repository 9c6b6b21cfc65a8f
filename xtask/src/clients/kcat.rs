//! kcat, as people type it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{
    stage::Stage,
    tools::{self, Background, eventually, holds, same},
};
use crate::problem::{Context, Result};

/// A group forms within two rounds of joining; a busy machine adds.
const GROUP_LIMIT: Duration = Duration::from_secs(40);

pub fn lists(stage: &Stage) -> Result<()> {
    stage.create_topic(stage.server.kafka, "listed", 3)?;
    let listing = stage.kcat(&["-L"], "")?;
    let address = stage.server.kafka.to_string();
    for expected in [address.as_str(), "topic \"listed\" with 3 partitions"] {
        holds(listing.contains(expected), || format!("no `{expected}` in\n{listing}"))?;
    }
    Ok(())
}

pub fn round_trip(stage: &Stage) -> Result<()> {
    stage.create_topic(stage.server.kafka, "round-trip", 3)?;
    let input = keyed(5_000);
    stage.kcat(&["-P", "-t", "round-trip", "-K", ":", "-X", "acks=all"], &input)?;
    let format = "%p %o %k:%s\n";
    let output = stage.kcat(&["-C", "-t", "round-trip", "-e", "-q", "-f", format], "")?;
    let mut next: BTreeMap<&str, u64> = BTreeMap::new();
    let mut home: BTreeMap<&str, &str> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for line in output.lines() {
        let mut words = line.splitn(3, ' ');
        let (Some(partition), Some(offset), Some(record)) =
            (words.next(), words.next(), words.next())
        else {
            return holds(false, || format!("unreadable: {line}"));
        };
        let expected = next.entry(partition).or_default();
        same("offset", offset, &expected.to_string())?;
        *expected += 1;
        let key = record.split(':').next().unwrap_or("");
        same("partition of a key", *home.entry(key).or_insert(partition), partition)?;
        seen.insert(record);
    }
    same("records", seen, input.lines().collect())
}

/// `key-7:value 12`, with 50 keys.
fn keyed(records: usize) -> String {
    let mut text = String::new();
    for n in 0..records {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "key-{}:value {n}", n % 50);
    }
    text
}

pub fn codecs(stage: &Stage) -> Result<()> {
    for codec in ["gzip", "snappy", "lz4", "zstd"] {
        let topic = format!("codec-{codec}");
        stage.create_topic(stage.server.kafka, &topic, 1)?;
        let input = keyed(3_000);
        stage.kcat(&["-P", "-t", &topic, "-z", codec], &input)?;
        let output = stage.kcat(&["-C", "-t", &topic, "-e", "-q", "-X", "check.crcs=true"], "")?;
        same(codec, output, input)?;
    }
    Ok(())
}

pub fn headers(stage: &Stage) -> Result<()> {
    stage.create_topic(stage.server.kafka, "headers", 1)?;
    let with_headers = ["-P", "-t", "headers", "-K", ":", "-H", "trace=42", "-H", "empty="];
    stage.kcat(&with_headers, "k:v\n")?;
    stage.kcat(&["-P", "-t", "headers", "-K", ":", "-Z"], "k:\n")?;
    let format = "%k %S %h\n";
    let output = stage.kcat(&["-C", "-t", "headers", "-e", "-q", "-f", format], "")?;
    // A value of length -1 is null: a tombstone, which an empty value is not.
    same("records", output.as_str(), "k 1 trace=42,empty=\nk -1 \n")
}

pub fn offsets_by_time(stage: &Stage) -> Result<()> {
    stage.create_topic(stage.server.kafka, "times", 1)?;
    stage.kcat(&["-P", "-t", "times"], "a\nb\nc\n")?;
    let between = next_millisecond()?;
    stage.kcat(&["-P", "-t", "times"], "d\ne\n")?;
    for (time, offset) in [(between, 3), (1, 0)] {
        let query = format!("times:0:{time}");
        let answer = stage.kcat(&["-Q", "-t", &query], "")?;
        let expected = format!("offset {offset}");
        holds(answer.contains(&expected), || format!("{query}: no `{expected}` in {answer}"))?;
    }
    let from = format!("s@{between}");
    let output = stage.kcat(&["-C", "-t", "times", "-o", &from, "-e", "-q"], "")?;
    same("records since then", output.as_str(), "d\ne\n")
}

/// A time in milliseconds after everything that happened and before everything that will.
fn next_millisecond() -> Result<u128> {
    let now = || {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map(|time| time.as_millis()).context(|| "the clock".into())
    };
    let chosen = now()? + 2;
    // The one wait for the clock itself: there is nothing else to look at.
    while now()? <= chosen {
        thread::yield_now();
    }
    Ok(chosen)
}

pub fn balanced_group(stage: &Stage) -> Result<()> {
    stage.create_topic(stage.server.kafka, "shared-work", 4)?;
    let folder = stage.data("kcat-group")?;
    let member = |name| {
        let arguments = ["-G", "workers", "-u", "-f", "%p %s\n", "shared-work"];
        let earliest = ["-X", "auto.offset.reset=earliest", "-X", "session.timeout.ms=10000"];
        let mut command = tools::kcat(stage.server.kafka, &[&earliest[..], &arguments].concat());
        Background::start(&mut command, &folder, name)
    };
    let (mut one, mut two) = (member("one")?, member("two")?);
    eventually("two members with two partitions each", GROUP_LIMIT, || {
        one.check_alive()?;
        two.check_alive()?;
        let shares = [assigned(&one.err()), assigned(&two.err())];
        Ok((shares == [2, 2]).then_some(()))
    })?;
    let input = keyed(400);
    stage.kcat(&["-P", "-t", "shared-work", "-K", ":"], &input)?;
    eventually("all records at one member or the other", GROUP_LIMIT, || {
        let got = one.out().lines().count() + two.out().lines().count();
        holds(got <= 400, || format!("{got} records for 400"))?;
        Ok((got == 400).then_some(()))
    })?;
    let partitions = |text: String| -> BTreeSet<String> {
        text.lines().filter_map(|line| line.split(' ').next().map(String::from)).collect()
    };
    let both: Vec<_> =
        partitions(one.out()).intersection(&partitions(two.out())).cloned().collect();
    holds(both.is_empty(), || format!("partitions {both:?} were read by both"))?;
    one.terminate(GROUP_LIMIT)?;
    two.terminate(GROUP_LIMIT)?;
    stage.kcat(&["-P", "-t", "shared-work"], "after\n")?;
    let rest = stage.kcat(&["-G", "workers", "-e", "-q", "-u", "shared-work"], "")?;
    same("what a later member reads", rest.as_str(), "after\n")
}

/// How many partitions kcat last said that it was assigned.
fn assigned(said: &str) -> usize {
    let last = said.lines().rfind(|line| line.contains("rebalanced"));
    let Some((_, list)) = last.and_then(|line| line.split_once("assigned: ")) else { return 0 };
    list.matches('[').count()
}
