//! Starting: empty, and after a crash. On brokers of their own.

use std::{thread, time::Duration};

use crate::{
    bench::{
        broker::{Class, Side},
        first_ack,
        stand::{Stand, settle},
        topics,
    },
    problem::Result,
};

/// Until what a start leaves to do is done.
const RESTS_AFTER: Duration = Duration::from_secs(5);

const PARTITIONS: i32 = 6;

pub fn start(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    let name = "start";
    stand.prepare(side, name)?;
    let broker = stand.start(side, name)?;
    first_ack::create_and_wait(broker.address, "first")?;
    let served = broker.started.elapsed();
    thread::sleep(RESTS_AFTER);
    let memory = broker.usage()?.resident_bytes;
    broker.stop()?;
    stand.remove(side, name)?;
    Ok(vec![served.as_secs_f64(), memory as f64 / 1e6])
}

/// The first ack is one of every partition that was written to: a broker may open some later.
pub fn kill_and_restart(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    let (name, topic) = ("kill", "kept");
    let broker = stand.start_fresh(side, name)?;
    topics::create(broker.address, topic, PARTITIONS, Class::Cache.configs(side))?;
    let records = stand.scaled(3_000_000);
    let words = format!("topic={topic} partitions={PARTITIONS} linger_ms=5 records={records}");
    stand.load(&broker, "flood", &words)?;
    broker.kill()?;
    settle();
    let broker = stand.start(side, name)?;
    first_ack::wait(broker.address, topic, PARTITIONS)?;
    let served = broker.started.elapsed();
    broker.stop()?;
    stand.remove(side, name)?;
    Ok(vec![served.as_secs_f64()])
}
