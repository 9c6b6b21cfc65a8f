//! How many things one request may name.
//!
//! A thing takes a byte or two in a frame and some hundred bytes of memory once it is read; so the
//! length of frames alone, which `frames.rs` bounds, does not bound memory.

use ouzel_wire::ApiKey;
use ouzel_wire::batch::HEADER_BYTES;

use crate::cluster::PARTITIONS_MAX;

/// Enough for any request that names a handful of things.
const FEW: usize = 1_000;
/// The assignments of the largest group, with its members' names beside them.
const MEMBERS: usize = 20_000;
/// A topic, a partition and three more things for each partition that there can be.
const MANY: usize = 5 * PARTITIONS_MAX;

/// Most elements of arrays and tagged fields, all together, in the request of this frame.
pub(super) fn elements_max(frame: &[u8]) -> usize {
    let key = frame.first_chunk().map(|key| i16::from_be_bytes(*key));
    match key.and_then(ApiKey::from_i16) {
        // A partition comes with records, and the smallest batch is a header.
        Some(ApiKey::Produce) => FEW + frame.len() / HEADER_BYTES,
        Some(ApiKey::ApiVersions | ApiKey::JoinGroup | ApiKey::Heartbeat) => FEW,
        Some(ApiKey::SyncGroup | ApiKey::LeaveGroup) => MEMBERS,
        _ => MANY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: ApiKey, bytes: usize) -> usize {
        let mut frame = vec![0; bytes];
        frame[..2].copy_from_slice(&(key as i16).to_be_bytes());
        elements_max(&frame)
    }

    #[test]
    fn a_request_to_produce_names_no_more_partitions_than_its_bytes_can_hold_batches_for() {
        assert_eq!(of(ApiKey::Produce, 10), FEW);
        assert_eq!(of(ApiKey::Produce, 100 * HEADER_BYTES), FEW + 100);
    }

    #[test]
    fn a_commit_for_every_partition_there_can_be_is_taken() {
        let (topics, partitions) = (PARTITIONS_MAX, PARTITIONS_MAX);
        assert!(of(ApiKey::OffsetCommit, 10) >= topics + partitions);
    }
}
