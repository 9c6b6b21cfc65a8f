//! When each record of a paced load was due, and how long after that something happened to it.
//!
//! A record's time begins when it was due and not when it was sent: a stall then shows in every
//! record that it held up, and not only in the one that met it (coordinated omission).

use std::{
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// Records due one after the other at even distances.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    started: Instant,
    nanos_apart: u64,
}

impl Schedule {
    pub fn new(started: Instant, rate: u64) -> Schedule {
        Schedule { started, nanos_apart: 1_000_000_000 / rate }
    }

    pub fn due(&self, record: usize) -> Instant {
        self.started + Duration::from_nanos(self.nanos_apart * record as u64)
    }
}

/// One event of each record, noted by any thread.
pub struct Times {
    schedule: Schedule,
    /// Nanoseconds after the record was due, plus one; 0 where nothing happened yet.
    after: Vec<AtomicU64>,
    noted: AtomicUsize,
}

impl Times {
    pub fn new(schedule: Schedule, records: usize) -> Times {
        let after = (0..records).map(|_| AtomicU64::new(0)).collect();
        Times { schedule, after, noted: AtomicUsize::new(0) }
    }

    /// It happened now. A second time for the same record counts for nothing.
    pub fn note(&self, record: usize) {
        let late = self.schedule.due(record).elapsed().as_nanos() as u64 + 1;
        let Some(slot) = self.after.get(record) else { return };
        if slot.compare_exchange(0, late, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.noted.fetch_add(1, Ordering::Release);
        }
    }

    /// To how many records it has happened.
    pub fn noted(&self) -> usize {
        self.noted.load(Ordering::Acquire)
    }

    /// Exact shares of the times from a record on, in milliseconds.
    pub fn shares(&self, from: usize) -> Value {
        let mut nanos: Vec<u64> =
            self.after[from..].iter().map(|slot| slot.load(Ordering::Relaxed)).collect();
        nanos.sort_unstable();
        let at = |share: f64| match nanos.len() {
            0 => f64::NAN,
            count => nanos[((count - 1) as f64 * share).round() as usize] as f64 / 1e6,
        };
        json!({ "p50": at(0.5), "p99": at(0.99), "p999": at(0.999), "max": at(1.0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_counts_for_every_record_that_was_due_meanwhile() {
        // Ten records were due in the last second, and all are answered only now.
        let started = Instant::now() - Duration::from_secs(1);
        let times = Times::new(Schedule::new(started, 10), 10);
        (0..10).for_each(|record| times.note(record));
        let shares = times.shares(0);
        let at = |name: &str| shares[name].as_f64().unwrap_or_default();
        assert_eq!(times.noted(), 10);
        assert!((500.0..700.0).contains(&at("p50")), "{shares}");
        assert!((1000.0..1200.0).contains(&at("max")), "{shares}");
    }
}
