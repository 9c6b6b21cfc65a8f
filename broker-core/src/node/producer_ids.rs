//! Numbers for producers, each given out once in the life of the cluster.

use parking_lot::Mutex;

use crate::cluster::{Cluster, Command, Event, ProposeError};

/// How many are reserved at a time. Reserving costs a sync; a restart loses what was reserved
/// and not given out, which is of no account among 2⁶³.
const BLOCK: u32 = 1_000;

/// The block that this node gives out at present.
#[derive(Default)]
pub(super) struct ProducerIds(Mutex<Block>);

#[derive(Default)]
struct Block {
    next: i64,
    end: i64,
}

impl ProducerIds {
    /// The next number. Blocks while a block is reserved, once in a thousand calls.
    pub fn next(&self, cluster: &Cluster) -> Result<i64, ProposeError> {
        let mut block = self.0.lock();
        if block.next == block.end {
            let event = cluster.propose(&Command::ReserveProducerIds { count: BLOCK })?;
            let Event::ProducerIds { first, count } = event else {
                panic!("producer ids were reserved and {event:?} came of it");
            };
            *block = Block { next: first, end: first + i64::from(count) };
        }
        block.next += 1;
        Ok(block.next - 1)
    }
}
