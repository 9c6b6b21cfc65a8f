//! `kill -9` under load: what a producer was told is on disk must be there afterwards, once.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    stage::{CLIENT_LIMIT, Stage, any_port},
    tools::{self, Background, eventually, holds},
};
use crate::problem::{Context, Problem, Result};

const KILLS: usize = 10;

/// So that each kill meets a server with requests in flight, on every partition.
const ACKNOWLEDGED_BETWEEN_KILLS: usize = 500;

/// The producer reconnects within a second of a restart; a debug build recovers meanwhile.
const PROGRESS_LIMIT: Duration = Duration::from_secs(60);

/// Where a record is, as its producer or its consumer says: partition, offset, number.
type Place = (u32, i64, u64);

pub fn ten_kills(stage: &Stage) -> Result<()> {
    let data = stage.data("ten-kills")?;
    let logs = stage.data("ten-kills-clients")?;
    let mut server = stage.start(&data, any_port())?;
    let kafka = server.kafka;
    stage.create_topic(kafka, "numbered", 4)?;
    let mut script = stage.script("numbered_producer.py", kafka, &["numbered", "4"]);
    let mut producer = Background::start(&mut script, &logs, "producer")?;
    let mut acknowledged = 0;
    for kill in 1..=KILLS {
        let wanted = acknowledged + ACKNOWLEDGED_BETWEEN_KILLS;
        let what = format!("{wanted} acknowledged records before kill {kill}");
        acknowledged = eventually(&what, PROGRESS_LIMIT, || {
            producer.check_alive()?;
            let lines = producer.out().lines().count();
            Ok((lines >= wanted).then_some(lines))
        })?;
        server.kill()?;
        server = stage.start(&data, kafka)?;
    }
    producer.finish(PROGRESS_LIMIT)?;
    let acknowledged = places(&producer.out())?;
    let format = ["-C", "-t", "numbered", "-e", "-q", "-f", "%p %o %s\n"];
    let stored = tools::finish(&mut tools::kcat(kafka, &format), "", CLIENT_LIMIT)?;
    compare(&acknowledged, &places(&stored)?)?;
    server.stop()
}

fn places(text: &str) -> Result<Vec<Place>> {
    text.lines().map(place).collect()
}

fn place(line: &str) -> Result<Place> {
    let words: Vec<&str> = line.split(' ').collect();
    let [partition, offset, number] = words[..] else {
        return Problem::stop(format!("unreadable: {line}"));
    };
    let unreadable = || format!("unreadable: {line}");
    Ok((
        partition.parse().context(unreadable)?,
        offset.parse().context(unreadable)?,
        number.parse().context(unreadable)?,
    ))
}

/// Every acknowledged record is stored, none twice, and each partition is in order.
fn compare(acknowledged: &[Place], stored: &[Place]) -> Result<()> {
    let mut last: BTreeMap<u32, (i64, u64)> = BTreeMap::new();
    for &(partition, offset, number) in stored {
        if let Some(before) = last.insert(partition, (offset, number)) {
            holds(before.0 < offset && before.1 < number, || {
                format!("partition {partition}: {before:?} is followed by {:?}", (offset, number))
            })?;
        }
    }
    let everything: BTreeSet<Place> = stored.iter().copied().collect();
    let lost: Vec<&Place> =
        acknowledged.iter().filter(|place| !everything.contains(place)).take(5).collect();
    holds(lost.is_empty(), || {
        format!("acknowledged but not stored (partition, offset, number): {lost:?} …")
    })?;
    let enough = KILLS * ACKNOWLEDGED_BETWEEN_KILLS;
    holds(acknowledged.len() >= enough, || {
        format!("only {} records were acknowledged", acknowledged.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(stored: &[Place]) -> Vec<Place> {
        (0..5_000).map(|n| (9, n, n as u64)).chain(stored.iter().copied()).collect()
    }

    #[test]
    fn a_lost_a_repeated_and_a_swapped_record_are_each_noticed() {
        let acknowledged = numbers(&[(0, 0, 0), (0, 1, 1), (1, 0, 0)]);
        assert!(compare(&acknowledged, &acknowledged).is_ok());
        for bad in [
            numbers(&[(0, 0, 0), (1, 0, 0)]),
            numbers(&[(0, 0, 0), (0, 1, 1), (0, 2, 1), (1, 0, 0)]),
            numbers(&[(0, 0, 1), (0, 1, 0), (1, 0, 0)]),
        ] {
            assert!(compare(&acknowledged, &bad).is_err());
        }
    }
}
