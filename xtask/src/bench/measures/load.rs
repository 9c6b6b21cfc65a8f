//! Measures under load, on brokers that are warm: each on a topic of its own, gone afterwards.

use serde_json::Value;

use crate::{
    bench::{
        broker::{Broker, Class, Side},
        stand::{Stand, settle},
        topics,
    },
    problem::{Problem, Result},
};

/// Of one kilobyte each: three gigabytes.
const RECORDS: u64 = 3_000_000;

/// Enough for p99.9 of a thousand a second to stand on twenty records.
const PACED_SECONDS: u64 = 20;

pub(super) const PARTITIONS: i32 = 6;

pub fn fsync_1000(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    paced(stand, side, Class::Fsync, "rate=1000")
}

pub fn fsync_5000(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    paced(stand, side, Class::Fsync, "rate=5000")
}

/// From when a record was due until it was consumed.
pub fn end_to_end(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    paced(stand, side, Class::Cache, "rate=1000 consume=true")
}

fn paced(stand: &mut Stand, side: Side, class: Class, how: &str) -> Result<Vec<f64>> {
    let seconds = stand.scaled(PACED_SECONDS);
    let told = with_topic(stand, side, class, 1, |stand, broker, topic| {
        stand.load(broker, "paced", &format!("{topic} {how} seconds={seconds} warm_seconds=3"))
    })?;
    let times = told.get("seen_ms").unwrap_or(&told["ack_ms"]);
    ["p50", "p99", "p999", "max"].iter().map(|share| number(times, share)).collect()
}

pub fn fsync_max(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    flood(stand, side, Class::Fsync, RECORDS, "batch_bytes=1048576")
}

pub fn cache_plain(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    flood(stand, side, Class::Cache, RECORDS, "batch_bytes=1048576")
}

pub fn cache_lz4(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    flood(stand, side, Class::Cache, RECORDS, "batch_bytes=1048576 codec=lz4")
}

pub fn cache_16k(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    flood(stand, side, Class::Cache, RECORDS / 2, "batch_bytes=16384")
}

fn flood(stand: &mut Stand, side: Side, class: Class, records: u64, how: &str) -> Result<Vec<f64>> {
    let records = stand.scaled(records);
    with_topic(stand, side, class, PARTITIONS, |stand, broker, topic| {
        let words = format!("{topic} {how} linger_ms=5 records={records}");
        rate_and_cost(stand, broker, "flood", &words)
    })
}

pub fn consume(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    let records = stand.scaled(RECORDS);
    with_topic(stand, side, Class::Cache, PARTITIONS, |stand, broker, topic| {
        let words = format!("{topic} linger_ms=5 records={records}");
        stand.load(broker, "flood", &words)?;
        settle();
        rate_and_cost(stand, broker, "drain", &words)
    })
}

/// Megabytes a second, and the broker's CPU seconds for a million records.
fn rate_and_cost(stand: &Stand, broker: &Broker, kind: &str, words: &str) -> Result<Vec<f64>> {
    let before = broker.usage()?;
    let told = stand.load(broker, kind, words)?;
    let cpu = (broker.usage()?.cpu - before.cpu).as_secs_f64();
    Ok(vec![number(&told, "mb_per_second")?, cpu * 1e6 / number(&told, "records")?])
}

/// Many small producers at once, first at a rate that both sides can hold, then all they can.
pub fn crowd(stand: &mut Stand, side: Side) -> Result<Vec<f64>> {
    let (seconds, records) = (stand.scaled(PACED_SECONDS), stand.scaled(200_000));
    with_topic(stand, side, Class::Fsync, 1_000, |stand, broker, topic| {
        let many = format!("{topic} producers=200");
        let words = format!("{many} rate=1000 warm_seconds=5 seconds={seconds}");
        let told = stand.load(broker, "paced", &words)?;
        let mut figures = Vec::new();
        for share in ["p50", "p99", "p999"] {
            figures.push(number(&told["ack_ms"], share)?);
        }
        let before = broker.usage()?;
        let told = stand.load(broker, "flood", &format!("{many} linger_ms=5 records={records}"))?;
        let cpu = (broker.usage()?.cpu - before.cpu).as_secs_f64();
        figures.push(number(&told, "records_per_second")?);
        figures.push(cpu * 1e6 / number(&told, "records")?);
        Ok(figures)
    })
}

/// Works on a new topic of the side's warm broker; `topic` are words for the load generator.
pub(super) fn with_topic<T>(
    stand: &mut Stand,
    side: Side,
    class: Class,
    partitions: i32,
    work: impl FnOnce(&Stand, &Broker, &str) -> Result<T>,
) -> Result<T> {
    let name = "measured";
    stand.open()?;
    let (stand, broker) = (&*stand, stand.live(side)?);
    topics::create(broker.address, name, partitions, class.configs(side))?;
    settle();
    let done = work(stand, broker, &format!("topic={name} partitions={partitions}"))?;
    topics::delete(broker.address, name)?;
    settle();
    Ok(done)
}

pub(super) fn number(told: &Value, name: &str) -> Result<f64> {
    told[name].as_f64().ok_or_else(|| Problem::new(format!("no {name} in {told}")))
}
