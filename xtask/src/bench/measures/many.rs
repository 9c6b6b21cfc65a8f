//! What partitions cost that nobody uses. On brokers of their own.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    bench::{
        broker::Side,
        first_ack,
        stand::{Stand, settle},
        topics,
    },
    problem::Result,
};

const TOPICS: u64 = 10_000;

const IDLE_PARTITIONS: i32 = 1_000;

/// Until what creating partitions leaves to do is done.
const RESTS_AFTER: Duration = Duration::from_secs(10);

/// CPU time is counted in hundredths of a second: 0.03 % of this.
const IDLE_SECONDS: u64 = 30;

/// Odd, so that there is one in the middle.
const LISTS: usize = 11;

pub fn idle(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    let broker = stand.start_fresh(side, "idle")?;
    topics::create(broker.address, "idle", IDLE_PARTITIONS, &[])?;
    thread::sleep(RESTS_AFTER);
    let seconds = stand.scaled(IDLE_SECONDS);
    let before = broker.usage()?;
    thread::sleep(Duration::from_secs(seconds));
    let after = broker.usage()?;
    broker.stop()?;
    stand.remove(side, "idle")?;
    let share = (after.cpu - before.cpu).as_secs_f64() / seconds as f64;
    Ok(vec![share * 100.0, after.resident_bytes as f64 / 1e6])
}

pub fn topics(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    let name = "topics";
    let names: Vec<_> = (0..stand.scaled(TOPICS)).map(|n| format!("topic-{n:05}")).collect();
    let broker = stand.start_fresh(side, name)?;
    let started = Instant::now();
    topics::create_many(broker.address, &names)?;
    let created = started.elapsed();
    let mut lists = Vec::new();
    for _ in 0..LISTS {
        lists.push(topics::list_in_full(broker.address)?);
    }
    lists.sort_unstable();
    thread::sleep(RESTS_AFTER);
    let memory = broker.usage()?.resident_bytes;
    broker.stop()?;
    settle();
    let broker = stand.start(side, name)?;
    first_ack::wait(broker.address, &names[names.len() / 2], 1)?;
    let served = broker.started.elapsed();
    broker.stop()?;
    stand.remove(side, name)?;
    Ok(vec![
        created.as_secs_f64(),
        lists[LISTS / 2].as_secs_f64() * 1e3,
        memory as f64 / 1e6,
        served.as_secs_f64(),
    ])
}
