//! Bytes that many share: whoever wants more than is left waits until others give back.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A number of bytes to share.
#[derive(Clone)]
pub(super) struct Budget(Arc<Semaphore>);

/// Bytes that are ours until this is dropped.
#[derive(Default)]
pub(super) struct Reservation(Option<OwnedSemaphorePermit>);

impl Budget {
    pub fn new(bytes: usize) -> Budget {
        Budget(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    /// Waits for this many bytes. Asking for more than there ever are waits for ever, so callers
    /// ask for at most the whole.
    pub async fn reserve(&self, bytes: usize) -> Reservation {
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        match self.0.clone().acquire_many_owned(permits).await {
            Ok(permit) => Reservation(Some(permit)),
            // Never closed; without a budget nothing is held.
            Err(_) => Reservation(None),
        }
    }

    /// Takes as much of `wanted` as is left, and waits only until that is `floor` at least.
    pub async fn reserve_up_to(&self, wanted: usize, floor: usize) -> Reservation {
        let bytes = self.0.available_permits().min(wanted);
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        match self.0.clone().try_acquire_many_owned(permits) {
            Ok(permit) if bytes >= floor => Reservation(Some(permit)),
            _ => self.reserve(floor).await,
        }
    }
}

impl Reservation {
    pub fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits)
    }

    pub fn add(&mut self, more: Reservation) {
        match (&mut self.0, more.0) {
            (Some(mine), Some(more)) => mine.merge(more),
            (mine @ None, more) => *mine = more,
            (Some(_), None) => {}
        }
    }

    /// Gives back what turned out not to be needed.
    pub fn shrink_to(&mut self, bytes: usize) {
        let surplus = self.bytes().saturating_sub(bytes);
        if let Some(permit) = &mut self.0 {
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
        let second = budget.reserve_up_to(200, 10).await;
        assert_eq!((first.bytes(), second.bytes()), (15, 85));
        drop(first);
        assert_eq!(budget.reserve_up_to(200, 15).await.bytes(), 15);
    }
}
