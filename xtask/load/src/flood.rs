//! As many records as fit through: how long it took from the first to the last answer.

use std::{sync::Arc, time::Instant};

use serde_json::{Value, json};

use crate::{
    Outcome,
    acks::Acks,
    options::Options,
    producers::Producers,
    record::{VALUE_BYTES, Values},
};

pub fn run(options: &Options) -> Outcome<Value> {
    let acks = Arc::new(Acks::default());
    let producers = Producers::connect(options, &acks)?;
    let values = Values::new();
    // Connections to the partitions' leader are made by the first record of each client.
    let first = options.producers.max(options.partitions);
    for record in 0..first {
        producers.send(record, (record % options.partitions) as i32, values.of(record))?;
    }
    acks.wait(first)?;
    let started = Instant::now();
    for record in first..first + options.records {
        producers.send(record, options.partition_of(record), values.of(record))?;
    }
    acks.wait(first + options.records)?;
    let seconds = started.elapsed().as_secs_f64();
    producers.leave();
    Ok(json!({
        "records": options.records,
        "seconds": seconds,
        "mb_per_second": (options.records * VALUE_BYTES) as f64 / 1e6 / seconds,
        "records_per_second": options.records as f64 / seconds,
    }))
}
