//! What the broker has said about the records that were sent.

use std::{
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rdkafka::{ClientContext, producer::DeliveryResult, producer::ProducerContext};

use crate::{Outcome, times::Times};

/// No answer for so long means that none will come.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// Short against any run, long against the cost of a look.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// Counts answers; with [`Acks::timed`] it also notes when each came.
#[derive(Default)]
pub struct Acks {
    answered: AtomicUsize,
    failed: Mutex<Option<String>>,
    times: OnceLock<Times>,
}

impl Acks {
    /// From now on a record's number is its place in `times`.
    pub fn timed(&self, times: Times) {
        // Only the first of two would count; there is one caller.
        let _ = self.times.set(times);
    }

    pub fn times(&self) -> Option<&Times> {
        self.times.get()
    }

    /// Waits until so many were answered well; fails with the first that was not.
    pub fn wait(&self, records: usize) -> Outcome<()> {
        let (mut seen, mut since) = (0, Instant::now());
        loop {
            let answered = self.answered.load(Ordering::Acquire);
            if let Some(failure) = self.failed.lock().map_err(|e| e.to_string())?.as_ref() {
                return Err(format!("a record was refused: {failure}").into());
            }
            if answered >= records {
                return Ok(());
            }
            if answered > seen {
                (seen, since) = (answered, Instant::now());
            } else if since.elapsed() > SILENCE_MAX {
                return Err(format!("{} of {records} were not answered", records - seen).into());
            }
            thread::sleep(LOOK_EVERY);
        }
    }
}

/// What librdkafka calls, once for each record.
pub struct Listener(pub std::sync::Arc<Acks>);

impl ClientContext for Listener {}

impl ProducerContext for Listener {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, record: usize) {
        if let Err((cause, _)) = result {
            if let Ok(mut failed) = self.0.failed.lock() {
                failed.get_or_insert(cause.to_string());
            }
        } else if let Some(times) = self.0.times.get() {
            times.note(record);
        }
        self.0.answered.fetch_add(1, Ordering::Release);
    }
}
