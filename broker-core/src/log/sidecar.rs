//! The `.raft` sidecar: one fixed-size entry per Raft log entry of a segment.
//!
//! It gives Raft's index and term to batches whose bytes stay Kafka's, and room
//! to entries that are no data and take no offset. Entries stand in the order of
//! their index; each has its own checksum.
//!
//! A round of flushes does not sync this file, because it can be made again from
//! the log: behind an entry that is on disk, every batch is the next index, and its
//! term is the batch's leader epoch. Only an entry that is no data leaves no trace
//! in the log. Such an entry, which comes once in a term, is therefore synced before
//! anything is written behind it: then a batch without an entry never follows one
//! that was lost, and no index is given twice.
//!
//! Format, big-endian: index 8, term 8, base offset 8, position 4, kind 1, zeros 3, CRC-32C 4.

use crate::ids::LogIndex;

/// Bytes of one entry.
pub(crate) const ENTRY_BYTES: usize = 36;

/// What an entry of the Raft log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A record batch.
    Data,
    /// Nothing: a leader's first entry in its term.
    NoOp,
    /// A change of the group's members.
    Configuration,
}

/// One entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RaftEntry {
    /// Its place in the Raft log.
    pub index: LogIndex,
    /// The term in which a leader made it.
    pub term: u64,
    /// What it is.
    pub kind: EntryKind,
    /// The first offset of the batch, or of the batch to come when there is none.
    pub base_offset: i64,
    /// Where in the segment the batch begins, or the one to come will.
    pub position: u32,
}

impl RaftEntry {
    pub(crate) fn bytes(&self) -> [u8; ENTRY_BYTES] {
        let mut bytes = [0; ENTRY_BYTES];
        bytes[..8].copy_from_slice(&self.index.0.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.term.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.base_offset.to_be_bytes());
        bytes[24..28].copy_from_slice(&self.position.to_be_bytes());
        bytes[28] = match self.kind {
            EntryKind::Data => 0,
            EntryKind::NoOp => 1,
            EntryKind::Configuration => 2,
        };
        let crc = crc32c::crc32c(&bytes[..32]);
        bytes[32..].copy_from_slice(&crc.to_be_bytes());
        bytes
    }

    /// The entry in these bytes; none when they are not one.
    pub(crate) fn parse(bytes: &[u8; ENTRY_BYTES]) -> Option<RaftEntry> {
        let word = |from: usize| u64::from_be_bytes(std::array::from_fn(|i| bytes[from + i]));
        let half = |from: usize| u32::from_be_bytes(std::array::from_fn(|i| bytes[from + i]));
        if half(32) != crc32c::crc32c(&bytes[..32]) || bytes[29..32] != [0; 3] {
            return None;
        }
        let kind = match bytes[28] {
            0 => EntryKind::Data,
            1 => EntryKind::NoOp,
            2 => EntryKind::Configuration,
            _ => return None,
        };
        Some(RaftEntry {
            index: LogIndex(word(0)),
            term: word(8),
            kind,
            base_offset: word(16) as i64,
            position: half(24),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_comes_back_as_written_and_any_flipped_bit_makes_it_none() {
        let entry = RaftEntry {
            index: LogIndex(7),
            term: 3,
            kind: EntryKind::Configuration,
            base_offset: 1 << 40,
            position: 4096,
        };
        let bytes = entry.bytes();
        assert_eq!(RaftEntry::parse(&bytes), Some(entry));
        for bit in 0..ENTRY_BYTES * 8 {
            let mut flipped = bytes;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(RaftEntry::parse(&flipped), None, "bit {bit}");
        }
        assert_eq!(RaftEntry::parse(&[0; ENTRY_BYTES]), None, "zeros of a lost page");
    }
}
