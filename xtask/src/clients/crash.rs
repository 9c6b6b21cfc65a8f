//! `kill -9` under load: what a producer was told is on disk must be there afterwards, once, and
//! what a consumer has committed too.

use std::{env, time::Duration};

use super::{
    history,
    stage::{Stage, any_port},
    tools::{Background, eventually, holds},
};
use crate::problem::{Context, Result};

/// Takes well under a minute; `OUZEL_KILLS=100` takes longer and finds more.
const KILLS: usize = 20;

/// So that each kill meets a server with requests in flight, on every partition.
const ACKNOWLEDGED_BETWEEN_KILLS: usize = 500;
/// A commit names all partitions.
const COMMITTED_BETWEEN_KILLS: usize = 8;

/// The producer reconnects within a second of a restart; a debug build recovers meanwhile.
const PROGRESS_LIMIT: Duration = Duration::from_secs(60);

pub fn kills(stage: &Stage) -> Result<()> {
    let kills = how_many()?;
    let data = stage.data("kills")?;
    let logs = stage.data("kills-clients")?;
    let mut server = stage.start(&data, any_port())?;
    let kafka = server.kafka;
    stage.create_topic(kafka, "numbered", 4)?;
    let start = |script, name| {
        let mut command = stage.script(script, kafka, &["numbered", "4"]);
        Background::start(&mut command, &logs, name)
    };
    let mut producer = start("numbered_producer.py", "producer")?;
    let mut consumer = start("committing_consumer.py", "consumer")?;
    let mut done = (0, 0);
    for kill in 1..=kills {
        let wanted = (done.0 + ACKNOWLEDGED_BETWEEN_KILLS, done.1 + COMMITTED_BETWEEN_KILLS);
        let what = format!("{wanted:?} acknowledged records and commits before kill {kill}");
        done = eventually(&what, PROGRESS_LIMIT, || {
            producer.check_alive()?;
            consumer.check_alive()?;
            let lines = (producer.out().lines().count(), consumer.out().lines().count());
            Ok((lines.0 >= wanted.0 && lines.1 >= wanted.1).then_some(lines))
        })?;
        server.kill()?;
        server = stage.start(&data, kafka)?;
    }
    producer.finish(PROGRESS_LIMIT)?;
    consumer.finish(PROGRESS_LIMIT)?;
    let acknowledged = history::acknowledged(&producer.out())?;
    history::compare(&acknowledged, &history::stored(&server, "numbered")?)?;
    let enough = kills * ACKNOWLEDGED_BETWEEN_KILLS;
    holds(acknowledged.len() >= enough, || {
        format!("only {} records were acknowledged", acknowledged.len())
    })?;
    server.stop()
}

fn how_many() -> Result<usize> {
    match env::var("OUZEL_KILLS") {
        Ok(text) => text.parse().context(|| format!("OUZEL_KILLS={text}")),
        Err(_) => Ok(KILLS),
    }
}
