//! The way out of a search: events handed to whoever receives them, and for how long that may take.
//!
//! Owns the two ways in which a receiver ends a search by being slow. What it is told is `scan`'s.

use std::time::Duration;

use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

use super::Event;

/// How long a receiver may take nothing. A browser that reads nothing for so long is gone, and its
/// search would hold a place that others wait for.
pub const STALL_MAX: Duration = Duration::from_secs(30);

/// Why nothing more goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    /// There is nobody left to tell.
    Gone,
    /// Time was up while the receiver took its time. It may still be told so.
    Late,
}

/// Where events go.
#[derive(Debug)]
pub struct Outlet {
    events: mpsc::Sender<Event>,
    stall_max: Duration,
    /// When time is up.
    pub deadline: Instant,
}

impl Outlet {
    /// To this receiver, who may take nothing for `stall_max`.
    pub fn new(events: mpsc::Sender<Event>, stall_max: Duration, deadline: Instant) -> Outlet {
        Outlet { events, stall_max, deadline }
    }

    /// Waits for room for one event. What is taken out of a plan after that is sure to be sent.
    pub async fn room(&self) -> Result<mpsc::OwnedPermit<Event>, Shut> {
        let stalled = Instant::now() + self.stall_max;
        let room = self.events.clone().reserve_owned();
        match timeout_at(stalled.min(self.deadline), room).await {
            Ok(Ok(room)) => Ok(room),
            Ok(Err(_)) => Err(Shut::Gone),
            Err(_) if stalled <= self.deadline => Err(Shut::Gone),
            Err(_) => Err(Shut::Late),
        }
    }

    /// Sends one event.
    pub async fn send(&self, event: Event) -> Result<(), Shut> {
        self.room().await?.send(event);
        Ok(())
    }

    /// Gives the receiver as long for the ending as for anything else, though time is up.
    pub fn prolong(&mut self) {
        self.deadline = Instant::now() + self.stall_max;
    }

    /// Resolves when the receiver is dropped.
    pub async fn closed(&self) {
        self.events.closed().await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ouzel_api::search::DoneReason;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const NEVER: Duration = Duration::from_secs(3600);

    fn event() -> Event {
        Event::Done { reason: DoneReason::Exhausted, resume: None }
    }

    /// Full, with a receiver that reads nothing.
    async fn full(stall_max: Duration, time: Duration) -> (Outlet, mpsc::Receiver<Event>) {
        let (events, receiver) = mpsc::channel(1);
        let outlet = Outlet::new(events, stall_max, Instant::now() + time);
        outlet.send(event()).await.unwrap();
        (outlet, receiver)
    }

    #[tokio::test]
    async fn whoever_reads_nothing_is_gone_after_the_limit() {
        let (outlet, _receiver) = full(SOON, NEVER).await;
        let sent = tokio::time::timeout(Duration::from_secs(30), outlet.send(event())).await;
        assert_eq!(sent.unwrap(), Err(Shut::Gone));
    }

    #[tokio::test]
    async fn time_is_up_even_while_a_slow_receiver_is_waited_for_and_it_can_be_told() {
        let (mut outlet, mut receiver) = full(NEVER, SOON).await;
        let sent = tokio::time::timeout(Duration::from_secs(30), outlet.send(event())).await;
        assert_eq!(sent.unwrap(), Err(Shut::Late));
        outlet.prolong();
        let (sent, _) = tokio::join!(outlet.send(event()), receiver.recv());
        assert_eq!(sent, Ok(()));
    }

    #[tokio::test]
    async fn a_receiver_that_is_dropped_is_gone_at_once() {
        let (outlet, receiver) = full(NEVER, NEVER).await;
        drop(receiver);
        assert_eq!(outlet.send(event()).await, Err(Shut::Gone));
    }
}
