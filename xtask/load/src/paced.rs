//! Records at a steady rate, whether or not earlier ones are answered: how long each took.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    Outcome,
    acks::Acks,
    drain,
    options::Options,
    producers::Producers,
    record::Values,
    times::{Schedule, Times},
};

/// Between connecting and the first record, so that a consumer is in place.
const LEAD: Duration = Duration::from_secs(1);

pub fn run(options: &Options) -> Outcome<Value> {
    let warm = (options.rate * options.warm_seconds) as usize;
    let records = warm + (options.rate * options.seconds) as usize;
    let acks = Arc::new(Acks::default());
    let producers = Producers::connect(options, &acks)?;
    let consumer = options.consume.then(|| drain::consumer(options)).transpose()?;
    let schedule = Schedule::new(Instant::now() + LEAD, options.rate);
    acks.timed(Times::new(schedule, records));
    let (sent, seen) = (Times::new(schedule, records), Times::new(schedule, records));
    thread::scope(|scope| -> Outcome<()> {
        let seeing = consumer.as_ref().map(|consumer| {
            let seen = &seen;
            scope.spawn(move || drain::note_all(consumer, seen, records))
        });
        send(options, &producers, &sent, schedule, records)?;
        acks.wait(records)?;
        match seeing.map(|thread| thread.join()) {
            Some(Ok(Err(cause))) => Err(cause.into()),
            Some(Err(_)) => Err("the consumer panicked".into()),
            _ => Ok(()),
        }
    })?;
    producers.leave();
    let mut figures = json!({
        "records": records - warm,
        "sent_late_ms": sent.shares(warm),
        "ack_ms": acks.times().map(|times| times.shares(warm)),
    });
    if options.consume {
        figures["seen_ms"] = seen.shares(warm);
    }
    Ok(figures)
}

fn send(
    options: &Options,
    producers: &Producers,
    sent: &Times,
    schedule: Schedule,
    records: usize,
) -> Outcome<()> {
    let mut values = Values::new();
    for record in 0..records {
        thread::sleep(schedule.due(record).saturating_duration_since(Instant::now()));
        producers.send(record, options.partition_of(record), values.numbered(record))?;
        sent.note(record);
    }
    Ok(())
}
