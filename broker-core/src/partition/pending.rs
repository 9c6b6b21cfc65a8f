//! Appends on their way to the disk, and who waits for them.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::sync::oneshot;

use super::Appended;
use super::error::AppendError;

/// An append on its way to the disk. Dropping it does not take the append back.
#[must_use = "the append is not acknowledged before this resolves"]
pub struct PendingAppend {
    appended: Appended,
    /// None when there is nothing to wait for.
    flushed: Option<oneshot::Receiver<Outcome>>,
}

impl PendingAppend {
    /// Where the records are; that they are on disk is known when the future resolves.
    pub fn appended(&self) -> Appended {
        self.appended
    }

    pub(super) fn settled(appended: Appended) -> PendingAppend {
        PendingAppend { appended, flushed: None }
    }
}

impl Future for PendingAppend {
    type Output = Result<Appended, AppendError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(flushed) = &mut self.flushed else { return Poll::Ready(Ok(self.appended)) };
        Poll::Ready(match ready!(Pin::new(flushed).poll(context)) {
            Ok(Outcome::Flushed) => Ok(self.appended),
            Ok(Outcome::Stopped) => Err(AppendError::Stopped),
            Err(_) => Err(AppendError::Closed),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Flushed,
    Stopped,
}

/// Those who wait, in the order of what they wait for, but for repeats of batches that are still
/// on their way: these come later and wait for less. Each is a request that the listener holds
/// memory for, and so there are no more than its limits let in.
#[derive(Default)]
pub(super) struct Waiting(VecDeque<Waiter>);

struct Waiter {
    /// What is flushed must reach this offset.
    end: i64,
    tell: oneshot::Sender<Outcome>,
}

impl Waiting {
    /// Waits until all before `end` is flushed.
    pub fn wait(&mut self, appended: Appended, end: i64) -> PendingAppend {
        let (tell, flushed) = oneshot::channel();
        let at = self.0.partition_point(|waiter| waiter.end <= end);
        self.0.insert(at, Waiter { end, tell });
        PendingAppend { appended, flushed: Some(flushed) }
    }

    /// Tells those for whom enough is flushed.
    pub fn flushed(&mut self, upto: i64) {
        while let Some(waiter) = self.0.pop_front_if(|waiter| waiter.end <= upto) {
            // Whoever went away meanwhile needs no answer.
            let _ = waiter.tell.send(Outcome::Flushed);
        }
    }

    /// Tells all that there will be no flush.
    pub fn stopped(&mut self) {
        for waiter in self.0.drain(..) {
            let _ = waiter.tell.send(Outcome::Stopped);
        }
    }

    /// Lets all go: their futures resolve to `Closed`.
    pub fn closed(&mut self) {
        self.0.clear();
    }
}
