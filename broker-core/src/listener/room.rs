//! Memory for requests, taken as their bytes come.
//!
//! Requests that each hold a part and wait for the rest could wait for each other for ever. So
//! part of the memory is kept back, enough for the largest request: one that finds the other part
//! used up gets all that it lacks from there, at once and in the order of asking. From then on it
//! waits for its client only.

use crate::config::Limits;

use super::budget::{Budget, Reservation};

/// The memory of all requests.
#[derive(Clone)]
pub(super) struct Requests {
    common: Budget,
    last: Budget,
}

/// What one request holds of it.
#[derive(Default)]
pub(super) struct Room {
    common: Reservation,
    last: Reservation,
}

impl Requests {
    /// Of all memory, `request_bytes_max` are kept back.
    pub fn new(limits: &Limits, request_bytes_max: usize) -> Requests {
        let common = limits.bytes_in_flight.saturating_sub(request_bytes_max);
        Requests { common: Budget::new(common), last: Budget::new(request_bytes_max) }
    }

    /// Bytes that all rooms hold together now.
    pub fn held(&self) -> usize {
        self.common.held() + self.last.held()
    }

    /// Makes a room `bytes` large at least, for a request that will have `whole`.
    pub async fn widen(&self, room: &mut Room, bytes: usize, whole: usize) {
        let missing = bytes.saturating_sub(room.bytes());
        if missing == 0 {
            return;
        }
        match self.common.try_reserve(missing) {
            Some(more) => room.common.add(more),
            None => room.last = self.last.reserve(whole - room.bytes()).await,
        }
    }
}

impl Room {
    fn bytes(&self) -> usize {
        self.common.bytes() + self.last.bytes()
    }

    /// Whether others may be waiting for what this request holds.
    pub fn is_last(&self) -> bool {
        self.last.bytes() > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_two_that_want_more_than_there_is_one_goes_on_and_then_the_other() {
        let limits = Limits { bytes_in_flight: 150, ..Limits::default() };
        let requests = Requests::new(&limits, 100);
        let (mut first, mut second) = (Room::default(), Room::default());
        requests.widen(&mut first, 30, 90).await;
        requests.widen(&mut second, 20, 100).await;
        requests.widen(&mut first, 60, 90).await;
        assert_eq!((first.bytes(), first.is_last()), (90, true), "all that it lacks at once");
        let ended = async {
            tokio::task::yield_now().await;
            drop(first);
        };
        let ((), ()) = tokio::join!(requests.widen(&mut second, 60, 100), ended);
        assert!(second.bytes() >= 60);
    }
}
