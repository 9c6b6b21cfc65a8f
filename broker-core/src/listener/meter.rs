//! What has gone through the door since the start, counted as it passes, for who watches a broker.
//!
//! Counting is a relaxed addition on the way; only an error takes a lock, for a moment. What the
//! numbers are called outside is the reader's business.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use ouzel_wire::ApiKey;
use ouzel_wire::batch::{Batch, batches};
use parking_lot::Mutex;

use super::room::Requests;
use super::standing::Answers;

/// Numbers of APIs that are counted: all that Kafka has given out, and room for some more.
const KEYS: usize = 128;

/// Counts up.
#[derive(Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How much a set of whole batches holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Load {
    records: u64,
    bytes: u64,
}

impl Load {
    /// By what the batches' headers say; nothing is unpacked.
    pub fn of(set: &Bytes) -> Load {
        let count = |batch: Batch| u64::from(batch.header.record_count.max(0).unsigned_abs());
        let records = batches(set.clone()).map_while(Result::ok).map(count).sum();
        Load { records, bytes: set.len() as u64 }
    }
}

/// Records on their way in or out.
#[derive(Default)]
pub(super) struct Flow {
    records: Counter,
    bytes: Counter,
}

impl Flow {
    /// Notes what has passed.
    pub fn note(&self, load: Load) {
        self.records.add(load.records);
        self.bytes.add(load.bytes);
    }
}

/// One connection that was let in; dropped when it ends, however it ends.
pub(super) struct Inside(Arc<Counters>);

impl Inside {
    pub fn enter(counters: &Arc<Counters>) -> Inside {
        counters.accepted.add(1);
        Inside(counters.clone())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.ended.add(1);
    }
}

/// All counters of a listener.
pub(super) struct Counters {
    requests: [Counter; KEYS],
    /// By API and error code. Bounded: both come from us, not from clients.
    errors: Mutex<BTreeMap<(i16, i16), u64>>,
    pub produced: Flow,
    pub fetched: Flow,
    accepted: Counter,
    pub refused: Counter,
    ended: Counter,
}

impl Default for Counters {
    fn default() -> Counters {
        Counters {
            requests: std::array::from_fn(|_| Counter::default()),
            errors: Mutex::default(),
            produced: Flow::default(),
            fetched: Flow::default(),
            accepted: Counter::default(),
            refused: Counter::default(),
            ended: Counter::default(),
        }
    }
}

impl Counters {
    pub fn request(&self, key: ApiKey) {
        if let Some(counter) = usize::try_from(key as i16).ok().and_then(|at| self.requests.get(at))
        {
            counter.add(1);
        }
    }

    /// Notes the error codes that an answer holds.
    pub fn errors(&self, key: ApiKey, codes: &[i16]) {
        if codes.is_empty() {
            return;
        }
        let mut errors = self.errors.lock();
        for code in codes {
            *errors.entry((key as i16, *code)).or_default() += 1;
        }
    }
}

/// Where a listener's counters are read. Cheap to clone; it keeps nothing else of the broker alive.
#[derive(Clone)]
pub struct Meter {
    pub(super) counters: Arc<Counters>,
    pub(super) requests: Requests,
    pub(super) answers: Answers,
}

/// What a [`Meter`] showed at one moment. Counters count from the start of the broker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests by the number of their API; those without a request are left out.
    pub requests: Vec<(i16, u64)>,
    /// Error codes in answers, by the number of the API: one for each topic, partition or group
    /// that was refused.
    pub errors: Vec<((i16, i16), u64)>,
    /// Records that producers wrote.
    pub produced_records: u64,
    /// Bytes of the batches that producers wrote, as they came.
    pub produced_bytes: u64,
    /// Records in answers to Fetch.
    pub fetched_records: u64,
    /// Bytes of the batches in answers to Fetch.
    pub fetched_bytes: u64,
    /// Connections that were let in.
    pub connections_accepted: u64,
    /// Connections that were turned away because too many were open.
    pub connections_refused: u64,
    /// Connections that are open now.
    pub connections_open: u64,
    /// Bytes of requests that are not answered yet.
    pub request_bytes_in_flight: u64,
    /// Bytes of answers that their clients have not taken yet.
    pub answer_bytes_in_flight: u64,
}

impl Meter {
    /// What it shows now.
    pub fn read(&self) -> Traffic {
        let counters = &self.counters;
        let asked = (0..).zip(&counters.requests).map(|(key, counter)| (key, counter.get()));
        let errors = counters.errors.lock().iter().map(|(what, count)| (*what, *count)).collect();
        let (accepted, ended) = (counters.accepted.get(), counters.ended.get());
        Traffic {
            requests: asked.filter(|(_, count)| *count > 0).collect(),
            errors,
            produced_records: counters.produced.records.get(),
            produced_bytes: counters.produced.bytes.get(),
            fetched_records: counters.fetched.records.get(),
            fetched_bytes: counters.fetched.bytes.get(),
            connections_accepted: accepted,
            connections_refused: counters.refused.get(),
            connections_open: accepted.saturating_sub(ended),
            request_bytes_in_flight: self.requests.held() as u64,
            answer_bytes_in_flight: self.answers.held() as u64,
        }
    }
}
