//! Answers on their way out: what is to be sent, and sending it to a client that may not read.

use std::future::Future;
use std::io::IoSlice;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::budget::Reservation;
use super::closed::Closed;

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

/// Writes all pieces as long as the client takes some of them every `stall`.
pub(super) async fn send(
    stream: &mut (impl AsyncWrite + Unpin),
    pieces: &[Bytes],
    stall: Duration,
) -> Result<(), Closed> {
    let mut slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
    let mut left = &mut slices[..];
    IoSlice::advance_slices(&mut left, 0);
    while !left.is_empty() {
        let count = left.len().min(PIECES_MAX);
        let taken = timeout(stall, stream.write_vectored(&left[..count])).await;
        match taken.map_err(|_| Closed::NotTaken(stall))?? {
            0 => return Err(Closed::Io(std::io::ErrorKind::WriteZero.into())),
            bytes => IoSlice::advance_slices(&mut left, bytes),
        }
    }
    Ok(())
}
