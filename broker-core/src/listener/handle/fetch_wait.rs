//! A Fetch that waits for enough bytes, and counts them without reading.
//!
//! Each partition's reader has a mark in the files, and the high watermark has a place there: what
//! lies between is known from lengths alone. Only a reader that comes from behind needs one look
//! at the log to find its mark.

use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use ouzel_wire::batch::HEADER_BYTES;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::listener::call::Ctx;
use crate::partition::{Mark, PartitionHandle};

use super::fetch_read::{Wanted, is_urgent, stand};

/// Bytes that are read where the fetch waits: to copy them takes less time than to wake another
/// thread does.
const FRESH_BYTES_MAX: u64 = 64 << 10;

/// What there is to read once a fetch has waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    Nothing,
    /// A little, and all of it was written while the fetch waited: the page cache has it.
    Fresh,
    /// Reading it may have to wait for the disk.
    Some,
}

pub(super) struct Wait<'a> {
    ctx: &'a Ctx,
    wanted: Arc<Vec<Wanted>>,
    bytes_min: u64,
    deadline: Instant,
    counts: Vec<Count>,
    /// Of all partitions.
    total: u64,
}

/// What one partition has for its reader.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    mark: Option<Mark>,
    bytes: u64,
    /// There is more than `bytes` says, and only the mark can tell how much.
    is_rough: bool,
    /// There is an error or a history that parts.
    is_urgent: bool,
}

type Change = BoxFuture<'static, (usize, watch::Receiver<i64>)>;

impl<'a> Wait<'a> {
    pub fn new(
        ctx: &'a Ctx,
        wanted: Arc<Vec<Wanted>>,
        bytes_min: u64,
        deadline: Instant,
    ) -> Wait<'a> {
        let counts = vec![Count::default(); wanted.len()];
        Wait { ctx, wanted, bytes_min, deadline, counts, total: 0 }
    }

    /// Returns when there is enough, when something must be said at once, or when waiting is over;
    /// and what there is to read then.
    pub async fn run(mut self) -> News {
        self.count_all();
        let was_at_end = self.total == 0;
        if !self.is_enough() && !self.is_over() {
            self.wait().await;
        }
        match self.total {
            0 => News::Nothing,
            bytes if was_at_end && bytes <= FRESH_BYTES_MAX => News::Fresh,
            _ => News::Some,
        }
    }

    async fn wait(&mut self) {
        let mut changes = self.watch_all();
        // Once more, lest a change before the watch be missed.
        self.count_all();
        while !self.is_enough() && !self.is_over() {
            if self.counts.iter().any(|count| count.is_rough) {
                self.look().await;
                continue;
            }
            tokio::select! {
                Some((at, watch)) = changes.next() => {
                    self.count(at);
                    if !self.counts[at].is_urgent {
                        changes.push(changed(at, watch));
                    }
                }
                () = sleep_until(self.deadline) => {}
                () = self.ctx.shared.stop.cancelled() => {}
            }
        }
    }

    fn is_enough(&self) -> bool {
        self.total >= self.bytes_min || self.wanted.is_empty() || self.is_urgent()
    }

    fn is_urgent(&self) -> bool {
        self.counts.iter().any(|count| count.is_urgent)
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.deadline || self.ctx.shared.stop.is_cancelled()
    }

    fn count_all(&mut self) {
        (0..self.counts.len()).for_each(|at| self.count(at));
    }

    fn count(&mut self, at: usize) {
        let count = count(&self.wanted[at], self.counts[at].mark);
        self.total = self.total - self.counts[at].bytes + count.bytes;
        self.counts[at] = count;
    }

    /// Finds the marks that are missing. This reads headers, and so it may block.
    async fn look(&mut self) {
        let (wanted, mut counts) = (self.wanted.clone(), std::mem::take(&mut self.counts));
        let look = move || {
            for (one, known) in wanted.iter().zip(&mut counts).filter(|(_, known)| known.is_rough) {
                let partition = one.partition.as_ref().ok();
                match partition.map(|partition| partition.mark(one.ask.offset)) {
                    Some(Ok(mark)) => *known = count(one, Some(mark)),
                    // Reading says why.
                    _ => known.is_urgent = true,
                }
                known.is_rough = false;
            }
            counts
        };
        self.counts = self.ctx.blocking(move |_| look()).await;
        self.total = self.counts.iter().map(|count| count.bytes).sum();
    }

    fn watch_all(&self) -> FuturesUnordered<Change> {
        let open = self.wanted.iter().enumerate();
        let open = open.filter_map(|(at, one)| Some((at, one.partition.as_ref().ok()?)));
        open.map(|(at, partition): (usize, &PartitionHandle)| changed(at, partition.changes()))
            .collect()
    }
}

/// Resolves when the partition's high watermark moves on, or when the partition is closed.
fn changed(at: usize, mut watch: watch::Receiver<i64>) -> Change {
    Box::pin(async move {
        let _ = watch.changed().await;
        (at, watch)
    })
}

fn count(one: &Wanted, mut mark: Option<Mark>) -> Count {
    let answer = stand(one);
    let urgent = Count { is_urgent: true, ..Count::default() };
    let Ok(partition) = &one.partition else { return urgent };
    if is_urgent(&answer) {
        return urgent;
    }
    let most = u64::try_from(one.ask.bytes_max).unwrap_or(0);
    match partition.bytes_ahead(one.ask.offset, &mut mark) {
        Ok(Some(bytes)) => Count { mark, bytes: bytes.min(most), ..Count::default() },
        // At least the header of a batch.
        Ok(None) => Count { bytes: HEADER_BYTES as u64, is_rough: true, ..Count::default() },
        Err(_) => urgent,
    }
}
