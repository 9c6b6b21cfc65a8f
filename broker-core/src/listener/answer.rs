//! Answers on their way out: what is to be sent, and sending it to a client that may not read.

use std::collections::VecDeque;
use std::future::Future;
use std::io::IoSlice;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout};

use super::budget::Reservation;
use super::closed::Closed;
use super::standing::Standing;

/// What a request leads to.
pub(super) enum Answer {
    /// Pieces to write one behind the other, and the bytes of budget they hold.
    Send(Vec<Bytes>, Reservation),
    /// The client wants none.
    Nothing,
}

/// An answer that may take its time. The in-order part of a request is done before this exists.
pub(super) type Pending = Pin<Box<dyn Future<Output = Result<Answer, Closed>> + Send>>;

/// Pieces handed to the system at once; more than this it does not take.
const PIECES_MAX: usize = 64;

/// A client that takes nothing for so long while others wait for the memory of its answer is let
/// go: long enough for a pause of its program, and short enough that nobody is kept from reading.
const HURRY: Duration = Duration::from_secs(1);

/// Writes all pieces as long as the client takes some of them every `stall`. What a piece has
/// taken of the budget is free again once all of it is out.
pub(super) async fn send(
    stream: &mut (impl AsyncWrite + Unpin),
    pieces: Vec<Bytes>,
    mut held: Reservation,
    standing: &Standing,
    stall: Duration,
) -> Result<(), Closed> {
    let mut left: VecDeque<Bytes> = pieces.into_iter().filter(|p| !p.is_empty()).collect();
    let mut in_memory: usize = left.iter().map(Bytes::len).sum();
    // Bytes of the first piece that are out.
    let mut out = 0;
    let began = Instant::now();
    while let Some(first) = left.front() {
        let rest = left.iter().skip(1).take(PIECES_MAX - 1).map(|piece| IoSlice::new(piece));
        let slices: Vec<_> = std::iter::once(IoSlice::new(&first[out..])).chain(rest).collect();
        let taken = taken(stream, &slices, &held, standing, stall).await?;
        standing.took(taken);
        out += taken;
        while let Some(piece) = left.pop_front_if(|piece| piece.len() <= out) {
            out -= piece.len();
            in_memory -= piece.len();
        }
        held.shrink_to(in_memory);
        // A byte now and then is not enough either.
        if held.is_wanted() && began.elapsed() > stall {
            return Err(Closed::NotTaken(stall));
        }
    }
    Ok(())
}

/// Waits until the client takes some bytes; says how many.
async fn taken(
    stream: &mut (impl AsyncWrite + Unpin),
    slices: &[IoSlice<'_>],
    held: &Reservation,
    standing: &Standing,
    stall: Duration,
) -> Result<usize, Closed> {
    let began = Instant::now();
    loop {
        let left = stall.saturating_sub(began.elapsed());
        match timeout(left.min(HURRY), stream.write_vectored(slices)).await {
            Ok(Ok(0)) => return Err(Closed::Io(std::io::ErrorKind::WriteZero.into())),
            Ok(taken) => return Ok(taken?),
            Err(_) if began.elapsed() >= stall => return Err(Closed::NotTaken(stall)),
            Err(_) if held.is_wanted() => return Err(Closed::NotTakenInNeed(HURRY)),
            Err(_) => standing.stuck(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tokio::io::{AsyncReadExt, duplex};

    use super::super::budget::Budget;
    use super::*;

    #[tokio::test]
    async fn what_is_out_is_free_again_while_the_rest_is_on_its_way() {
        let budget = Budget::new(100);
        let held = budget.reserve(100).await;
        let (mut ours, mut theirs) = duplex(50);
        let pieces = vec![vec![1; 40].into(), Bytes::new(), vec![2; 60].into()];
        let expected = [[1; 40].as_slice(), &[2; 60]].concat();
        let patience = Duration::from_secs(30);
        let standing = Standing::default();
        let sending = send(&mut ours, pieces, held, &standing, patience);
        let taking = async {
            timeout(patience, budget.reserve(40)).await.unwrap();
            assert!(budget.try_reserve(41).is_none(), "the second piece is still there");
            let mut taken = vec![0; 100];
            theirs.read_exact(&mut taken).await.unwrap();
            assert_eq!(taken, expected);
        };
        let (sent, ()) = tokio::join!(sending, taking);
        sent.unwrap();
        assert!(budget.try_reserve(100).is_some());
    }

    #[tokio::test]
    async fn who_takes_nothing_is_let_go_soon_only_when_others_wait() {
        let budget = Budget::new(100);
        let (standing, (mut ours, _theirs)) = (Standing::default(), duplex(10));
        let held = budget.reserve(100).await;
        let stall = Duration::from_millis(50);
        let alone = send(&mut ours, vec![vec![1; 100].into()], held, &standing, stall).await;
        assert!(matches!(alone, Err(Closed::NotTaken(_))), "{alone:?}");
        let held = budget.reserve(100).await;
        // Longer than any test takes.
        let stall = Duration::from_secs(3_600);
        let sending = send(&mut ours, vec![vec![1; 100].into()], held, &standing, stall);
        let (sent, _) = tokio::join!(sending, budget.reserve(1));
        assert!(matches!(sent, Err(Closed::NotTakenInNeed(_))), "{sent:?}");
    }
}
