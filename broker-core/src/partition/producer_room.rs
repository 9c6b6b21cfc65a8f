//! How many producers all partitions of a broker remember together, and what happened when there
//! was no more room.
//!
//! While there is room, a partition may take what it needs. Once there is none, one that has more
//! than its share forgets those that were silent for longest, and so partitions that rest make
//! room for those that are busy.

use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};

/// How many producers one partition may remember: its snapshot, which is written while producers
/// wait, is then 18 MB. A hundred and sixty new producers a second, each of which writes to this
/// partition, do not fill it with ones that count as recent.
pub(crate) const PRODUCERS_MAX: usize = 100_000;

/// How often it is said in the log that there is no more room.
const TOLD_EVERY_MS: i64 = 60_000;

/// What the partitions of a broker remember together.
#[derive(Debug)]
pub struct ProducerRoom {
    most: usize,
    producers: AtomicUsize,
    /// Partitions that remember any.
    partitions: AtomicUsize,
    forgotten: AtomicU64,
    refused: AtomicU64,
    /// When the log was last told; it is not told at first that nothing has happened.
    told_ms: AtomicI64,
}

/// What there was no room for, since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Crowded {
    /// Producers that were forgotten before their time.
    pub forgotten: u64,
    /// Batches that were refused because their producer would have been one too many.
    pub refused: u64,
}

impl ProducerRoom {
    /// Room for so many. Partitions that have less than their share may take it when there is no
    /// more, so together they may come to twice as many.
    pub fn of(most: usize) -> ProducerRoom {
        ProducerRoom {
            most,
            producers: AtomicUsize::default(),
            partitions: AtomicUsize::default(),
            forgotten: AtomicU64::default(),
            refused: AtomicU64::default(),
            told_ms: AtomicI64::new(i64::MIN),
        }
    }

    /// How many are remembered now, each once for each partition that it wrote to.
    pub fn remembered(&self) -> usize {
        self.producers.load(Ordering::Relaxed)
    }

    /// What there was no room for.
    pub fn crowded(&self) -> Crowded {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Crowded { forgotten: count(&self.forgotten), refused: count(&self.refused) }
    }

    /// How many one partition may have at present.
    pub(super) fn share(&self) -> usize {
        if self.remembered() < self.most {
            return PRODUCERS_MAX;
        }
        let partitions = self.partitions.load(Ordering::Relaxed).max(1);
        (self.most / partitions).clamp(1, PRODUCERS_MAX)
    }

    /// A partition that had `before` has `now`.
    pub(super) fn count(&self, before: usize, now: usize) {
        // Wrapping, so that less is a sum too.
        self.producers.fetch_add(now.wrapping_sub(before), Ordering::Relaxed);
        match (before, now) {
            (0, 1..) => drop(self.partitions.fetch_add(1, Ordering::Relaxed)),
            (1.., 0) => drop(self.partitions.fetch_sub(1, Ordering::Relaxed)),
            _ => {}
        }
    }

    /// So many were forgotten before their time.
    pub(super) fn forgot(&self, many: usize, now_ms: i64) {
        if many > 0 {
            self.forgotten.fetch_add(many as u64, Ordering::Relaxed);
            self.tell(now_ms);
        }
    }

    /// A producer would have been one too many.
    pub(super) fn refuse(&self, now_ms: i64) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        self.tell(now_ms);
    }

    fn tell(&self, now_ms: i64) {
        let told = self.told_ms.load(Ordering::Relaxed);
        let is_due = now_ms.saturating_sub(told) >= TOLD_EVERY_MS;
        let set =
            |now| self.told_ms.compare_exchange(told, now, Ordering::Relaxed, Ordering::Relaxed);
        // Of many that notice at once, one says it.
        if is_due && set(now_ms).is_ok() {
            let Crowded { forgotten, refused } = self.crowded();
            let (remembered, most) = (self.remembered(), self.most);
            tracing::warn!(
                remembered,
                most,
                forgotten,
                refused,
                "{remembered} idempotent producers are remembered, of at most {most}, counted \
                 once for each partition that they write to: since the start {forgotten} were \
                 forgotten early, and {refused} batches of new ones refused"
            );
        }
    }
}
