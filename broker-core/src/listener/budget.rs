//! Bytes that many share: whoever wants more than is left waits until others give back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Whoever takes as much as there is leaves this many parts for each that it takes: those who come
/// later find less and less, and none finds nothing because of a few.
const SHARE: usize = 4;

/// A number of bytes to share.
#[derive(Clone)]
pub(super) struct Budget {
    left: Arc<Semaphore>,
    all: usize,
    waiting: Arc<AtomicUsize>,
}

/// Bytes that are ours until this is dropped.
#[derive(Default)]
pub(super) struct Reservation {
    held: Option<OwnedSemaphorePermit>,
    /// How many wait for bytes of the same budget.
    waiting: Option<Arc<AtomicUsize>>,
}

/// One who waits; dropped when it has what it wants, or wants it no more.
struct Waiting<'a>(&'a AtomicUsize);

impl Waiting<'_> {
    fn among(others: &AtomicUsize) -> Waiting<'_> {
        others.fetch_add(1, Ordering::Relaxed);
        Waiting(others)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Budget {
    pub fn new(bytes: usize) -> Budget {
        let all = bytes.min(Semaphore::MAX_PERMITS);
        Budget { left: Arc::new(Semaphore::new(all)), all, waiting: Arc::default() }
    }

    /// All bytes that there are.
    pub fn all(&self) -> usize {
        self.all
    }

    /// Bytes that somebody holds now.
    pub fn held(&self) -> usize {
        self.all.saturating_sub(self.left.available_permits())
    }

    /// Whether somebody waits for more than is left.
    pub fn is_waited_for(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// Waits for this many bytes. Asking for more than there ever are waits for ever, so callers
    /// ask for at most the whole.
    pub async fn reserve(&self, bytes: usize) -> Reservation {
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        if let Ok(held) = self.left.clone().try_acquire_many_owned(permits) {
            return self.holding(Some(held));
        }
        let _waiting = Waiting::among(&self.waiting);
        // Never closed; without a budget nothing is held.
        self.holding(self.left.clone().acquire_many_owned(permits).await.ok())
    }

    fn holding(&self, held: Option<OwnedSemaphorePermit>) -> Reservation {
        Reservation { held, waiting: Some(self.waiting.clone()) }
    }

    /// This many bytes if they are left.
    pub fn try_reserve(&self, bytes: usize) -> Option<Reservation> {
        let permits = u32::try_from(bytes).ok()?;
        let held = self.left.clone().try_acquire_many_owned(permits).ok()?;
        Some(self.holding(Some(held)))
    }

    /// Takes a share of what is left, at most `wanted`, and waits only until that is `floor` at
    /// least.
    pub async fn reserve_up_to(&self, wanted: usize, floor: usize) -> Reservation {
        let left = self.left.available_permits();
        let bytes = wanted.min(floor.max(left / SHARE)).min(left);
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        match self.left.clone().try_acquire_many_owned(permits) {
            Ok(permit) if bytes >= floor => self.holding(Some(permit)),
            _ => self.reserve(floor).await,
        }
    }
}

impl Reservation {
    pub fn bytes(&self) -> usize {
        self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits)
    }

    /// Whether it holds bytes that others wait for.
    pub fn is_wanted(&self) -> bool {
        let waiting = self.waiting.as_ref().map_or(0, |waiting| waiting.load(Ordering::Relaxed));
        waiting > 0 && self.bytes() > 0
    }

    pub fn add(&mut self, more: Reservation) {
        match (&mut self.held, more.held) {
            (Some(mine), Some(more)) => mine.merge(more),
            (None, held) => *self = Reservation { held, waiting: more.waiting },
            (Some(_), None) => {}
        }
    }

    /// Gives back what turned out not to be needed.
    pub fn shrink_to(&mut self, bytes: usize) {
        let surplus = self.bytes().saturating_sub(bytes);
        if let Some(permit) = &mut self.held {
            drop(permit.split(surplus));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_not_needed_is_there_for_others() {
        let budget = Budget::new(100);
        let mut first = budget.reserve_up_to(80, 10).await;
        first.shrink_to(15);
        let second = budget.reserve(85).await;
        assert_eq!((first.bytes(), second.bytes()), (15, 85));
        drop(first);
        assert_eq!(budget.reserve_up_to(200, 15).await.bytes(), 15);
    }

    #[tokio::test]
    async fn whoever_takes_what_there_is_leaves_some_to_others() {
        let budget = Budget::new(100);
        let mut taken = Vec::new();
        for expected in [25, 18, 14, 10, 10, 10] {
            taken.push(budget.reserve_up_to(200, 10).await);
            assert_eq!(taken.last().map(Reservation::bytes), Some(expected));
        }
        assert!(budget.try_reserve(14).is_none());
        assert!(budget.try_reserve(13).is_some());
    }
}
