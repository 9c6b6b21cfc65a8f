//! Memory for answers, and who may have how much of it.
//!
//! An answer holds memory until its client has taken it, so clients that never read could keep
//! all of it from those that do. Two things bound that. Who has not shown yet that it reads shares
//! a half with others like it: those that do read always have the other half.
//! And who takes nothing while others wait for its memory is let go soon (`answer.rs`).

use std::sync::atomic::{AtomicUsize, Ordering};

use super::budget::{Budget, Reservation};

/// A client that has taken this much reads its answers: far more than sockets on both sides hold
/// for one that does not.
const SHOWN_BYTES: usize = 16 * 1024 * 1024;

/// An answer waits until this much is free, and a newcomer's gets no more while others like it wait
/// for memory: enough for a batch of the default size.
const ANSWER_BYTES_MIN: usize = 1024 * 1024;

/// What sockets hold for a client that never reads is more.
const SMALL_BYTES: usize = 64 * 1024;

/// How one client has taken its answers so far.
#[derive(Default)]
pub(super) struct Standing(AtomicUsize);

impl Standing {
    /// It took this much, and in good time.
    pub fn took(&self, bytes: usize) {
        if !self.is_known() {
            self.0.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    /// It kept an answer waiting, and has to show anew that it reads.
    pub fn stuck(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn is_known(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= SHOWN_BYTES
    }
}

/// The memory of all answers with records or long lists.
#[derive(Clone)]
pub(super) struct Answers {
    known: Budget,
    newcomers: Budget,
}

impl Answers {
    pub fn new(bytes: usize) -> Answers {
        Answers { known: Budget::new(bytes - bytes / 2), newcomers: Budget::new(bytes / 2) }
    }

    /// Bytes that answers hold now.
    pub fn held(&self) -> usize {
        self.known.held() + self.newcomers.held()
    }

    /// Memory for an answer of at most `wanted` bytes; waits until there is some.
    pub async fn reserve(&self, standing: &Standing, wanted: usize) -> Reservation {
        let budget = if standing.is_known() { &self.known } else { &self.newcomers };
        let floor = ANSWER_BYTES_MIN.min(budget.all());
        match standing.is_known() || !budget.is_waited_for() {
            true => budget.reserve_up_to(wanted, floor).await,
            false => budget.reserve(floor).await,
        }
    }

    /// Memory for an answer that is there already; one of a few kilobytes needs none.
    pub async fn hold(&self, standing: &Standing, bytes: usize) -> Reservation {
        if bytes <= SMALL_BYTES {
            return Reservation::default();
        }
        let budget = if standing.is_known() { &self.known } else { &self.newcomers };
        budget.reserve(bytes.min(budget.all())).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1024 * 1024;

    #[tokio::test]
    async fn a_newcomer_gets_what_it_asks_for_while_nobody_waits() {
        let answers = Answers::new(64 * MIB);
        let newcomer = Standing::default();
        let first = answers.reserve(&newcomer, 4 * MIB).await;
        assert_eq!(first.bytes(), 4 * MIB);
        let most = answers.reserve(&newcomer, 55 * MIB).await;
        assert_eq!(most.bytes(), 7 * MIB, "a quarter of what is left to newcomers");
        let rest = answers.newcomers.reserve(21 * MIB).await;
        let waiting = answers.reserve(&newcomer, 4 * MIB);
        tokio::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending());
        drop((first, most, rest));
        assert_eq!(waiting.await.bytes(), MIB, "who had to wait gets a little, like the others");
    }

    #[tokio::test]
    async fn who_reads_finds_memory_though_newcomers_hold_all_of_theirs() {
        let answers = Answers::new(8 * MIB);
        let (newcomer, known) = (Standing::default(), Standing::default());
        known.took(SHOWN_BYTES);
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(answers.reserve(&newcomer, 55 * MIB).await);
            assert_eq!(held.last().map(Reservation::bytes), Some(MIB));
        }
        let waiting = answers.reserve(&newcomer, 1);
        tokio::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending());
        assert!(held[0].is_wanted(), "whoever waits for it is seen");
        let good = answers.reserve(&known, 55 * MIB).await;
        assert_eq!(good.bytes(), MIB, "a quarter of what is left, and others get the rest");
        assert!(!good.is_wanted());
        drop(held);
        waiting.await;
        known.stuck();
        assert!(!known.is_known());
    }

    #[tokio::test]
    async fn a_long_list_holds_memory_and_a_short_one_needs_none() {
        let answers = Answers::new(8 * MIB);
        let newcomer = Standing::default();
        assert_eq!(answers.hold(&newcomer, SMALL_BYTES).await.bytes(), 0);
        assert_eq!(answers.hold(&newcomer, 3 * MIB).await.bytes(), 3 * MIB);
        let all = answers.hold(&newcomer, 100 * MIB).await;
        assert_eq!(all.bytes(), 4 * MIB, "one that is larger than all there is waits for that");
        let waiting = answers.hold(&newcomer, SMALL_BYTES + 1);
        tokio::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending());
        assert!(all.is_wanted(), "who takes none of it is let go soon");
        drop(all);
        waiting.await;
    }
}
