//! Reads one partition of `__consumer_offsets` from its start and makes the groups of it.

use std::collections::HashMap;

use ouzel_wire::batch::batches;
use thiserror::Error;

use crate::partition::{PartitionHandle, ReadError, ReadLimits};

use super::effect::{Env, GroupRecord, Record};
use super::offsets::Offsets;
use super::record::{BadRecord, parse};
use super::state::Group;

/// Bytes that are read at a time: large enough for the disk, small beside what groups take.
const CHUNK_BYTES: usize = 1024 * 1024;

/// Why a partition's groups cannot be had.
#[derive(Debug, Error)]
pub(super) enum LoadError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Record(#[from] BadRecord),
    #[error("batch behind offset {after} cannot be read: {why}")]
    Batch { after: i64, why: String },
    #[error("nothing can be read at offset {at}, and the end is {end}")]
    Nothing { at: i64, end: i64 },
}

#[derive(Default)]
struct Read {
    record: Option<GroupRecord>,
    offsets: Offsets,
}

/// The last record of each key wins. Blocks for as long as reading takes.
pub(super) fn load(
    partition: &PartitionHandle,
    env: Env<'_>,
) -> Result<HashMap<String, Group>, LoadError> {
    let mut read: HashMap<String, Read> = HashMap::new();
    let (mut at, end) = (partition.offsets().log_start, partition.offsets().high_watermark);
    while at < end {
        let limits = ReadLimits { bytes_max: CHUNK_BYTES, at_least_one: true };
        let chunk = partition.read(at, limits)?;
        let before = at;
        for batch in batches(chunk.records) {
            let batch = batch.map_err(|e| LoadError::Batch { after: at, why: e.to_string() })?;
            for (group, record) in parse(&batch)? {
                take(read.entry(group).or_default(), record);
            }
            at = batch.header.next_offset();
        }
        if at == before {
            return Err(LoadError::Nothing { at, end });
        }
    }
    Ok(read.into_iter().filter_map(|(id, read)| group(id, read, env)).collect())
}

fn take(read: &mut Read, record: Record) {
    match record {
        Record::Group(record) => read.record = Some(record),
        Record::GroupGone => read.record = None,
        Record::Offset(key, committed) => read.offsets.restore(key, Some(committed)),
        Record::OffsetGone(key) => read.offsets.restore(key, None),
    }
}

fn group(id: String, read: Read, env: Env<'_>) -> Option<(String, Group)> {
    let mut group = match read.record {
        Some(record) => Group::restore(&id, record, env),
        None if read.offsets.is_empty() => return None,
        None => Group::new(&id, env),
    };
    group.offsets = read.offsets;
    Some((id, group))
}
