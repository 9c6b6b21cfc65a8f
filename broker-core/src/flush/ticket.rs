//! A target's place in the queue: at most one, and at most one round at a time.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

const IDLE: u8 = 0;
const QUEUED: u8 = 1;
const RUNNING: u8 = 2;
/// A round runs, and something was written that it may have missed.
const RUNNING_AGAIN: u8 = 3;

/// Where a target stands; each target has one.
#[derive(Debug, Default)]
pub struct Ticket {
    state: AtomicU8,
    /// It waits among those that come later.
    later: AtomicBool,
}

impl Ticket {
    /// Notes that there is something to flush; true when the caller must queue the target.
    pub(super) fn request(&self) -> bool {
        let next = |state| match state {
            IDLE => Some(QUEUED),
            RUNNING => Some(RUNNING_AGAIN),
            // The round to come will see it.
            _ => None,
        };
        let before = self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, next);
        before == Ok(IDLE)
    }

    /// Notes that there is something to flush later; true when the caller must see to that.
    pub(super) fn postpone(&self) -> bool {
        !self.later.swap(true, Ordering::AcqRel)
    }

    /// Its time has come: what is written from now on asks anew.
    pub(super) fn due(&self) {
        self.later.store(false, Ordering::Release);
    }

    /// The round begins: what is written from now on needs another.
    pub(super) fn begin(&self) {
        let before = self.state.swap(RUNNING, Ordering::AcqRel);
        assert_eq!(before, QUEUED, "a round begins only for a target that was queued");
    }

    /// The round is over; true when the target must be queued again.
    pub(super) fn end(&self) -> bool {
        let next = |state| Some(if state == RUNNING_AGAIN { QUEUED } else { IDLE });
        let before = self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, next);
        before == Ok(RUNNING_AGAIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_during_a_round_leads_to_exactly_one_more() {
        let ticket = Ticket::default();
        assert!(ticket.request());
        assert!(!ticket.request(), "queued once");
        ticket.begin();
        assert!(!ticket.request());
        assert!(!ticket.request());
        assert!(ticket.end(), "one more round");
        ticket.begin();
        assert!(!ticket.end(), "and then rest");
        assert!(ticket.request());
    }
}
