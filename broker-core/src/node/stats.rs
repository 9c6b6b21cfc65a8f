//! How much this node holds, for who watches it.

use crate::partition::Crowded;

use super::Node;

/// What a node holds at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Topics of which it holds partitions.
    pub topics: usize,
    /// Partitions that it holds, those included that are of no use.
    pub partitions: usize,
    /// Partitions that accept nothing more since a write or sync failed.
    pub stopped: usize,
    /// Partitions whose files could not be opened.
    pub failed: usize,
    /// Bytes of all logs.
    pub log_bytes: u64,
    /// Rounds of `fdatasync` since the start.
    pub flush_rounds: u64,
    /// Idempotent producers that are remembered, each once for each partition that it wrote to.
    pub producers: usize,
    /// What there was no room for among them.
    pub producers_crowded: Crowded,
}

impl Node {
    /// What it holds now. Looks at every partition for a moment, and at no file.
    pub fn holdings(&self) -> Holdings {
        let open = self.held.all();
        let (topics, failed) = self.held.topics_and_failed();
        Holdings {
            topics,
            partitions: open.len() + failed,
            stopped: open.iter().filter(|partition| partition.is_stopped()).count(),
            failed,
            log_bytes: open.iter().map(|partition| partition.size_bytes()).sum(),
            flush_rounds: self.env.flusher.rounds(),
            producers: self.env.producers.remembered(),
            producers_crowded: self.env.producers.crowded(),
        }
    }
}
