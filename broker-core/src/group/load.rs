//! Reads one partition of `__consumer_offsets` from its start and makes the groups of it. A read
//! that failed for want of descriptors is made again: nobody has to help.

use std::collections::HashMap;

use ouzel_wire::batch::batches;
use thiserror::Error;
use tokio::task::spawn_blocking;
use tokio::time::{Duration, sleep};
use tokio_util::sync::CancellationToken;

use crate::partition::{PartitionHandle, ReadError, ReadLimits};

use super::effect::{Env, GroupRecord, Record};
use super::offsets::Offsets;
use super::record::{BadRecord, parse};
use super::rules::Rules;
use super::shard::Clocks;
use super::state::Group;

/// Bytes that are read at a time: large enough for the disk, small beside what groups take.
const CHUNK_BYTES: usize = 1024 * 1024;

/// How long after a read that found no descriptor the next one comes: by then connections may have
/// ended and logs closed files, and clients that are told to come again ask about as often.
const READ_AGAIN_AFTER: Duration = Duration::from_secs(1);

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
    #[error("reading ended early: {0}")]
    Ended(String),
}

impl LoadError {
    /// Whether the same may go well a moment later.
    pub fn is_passing(&self) -> bool {
        matches!(self, LoadError::Read(cause) if cause.is_passing())
    }
}

#[derive(Default)]
struct Read {
    record: Option<GroupRecord>,
    offsets: Offsets,
}

/// Reads as often as it takes while only descriptors are missing; until then the groups' clients
/// are told to come again.
pub(super) async fn load(
    partition: &PartitionHandle,
    rules: &Rules,
    clocks: &Clocks,
    stop: &CancellationToken,
) -> Result<HashMap<String, Group>, LoadError> {
    let name = partition.name();
    let mut is_told = false;
    loop {
        let (of, rules, clocks) = (partition.clone(), rules.clone(), clocks.clone());
        let reading = spawn_blocking(move || read(&of, clocks.env(&rules.now())));
        let outcome = reading.await.unwrap_or_else(|e| Err(LoadError::Ended(e.to_string())));
        let failure = match outcome {
            Err(failure) if failure.is_passing() => failure,
            outcome => return outcome,
        };
        if !std::mem::replace(&mut is_told, true) {
            tracing::warn!(partition = %name, %failure,
                "the consumer groups of `{name}` cannot be read yet: {failure}");
        }
        tokio::select! {
            () = sleep(READ_AGAIN_AFTER) => {}
            () = stop.cancelled() => return Err(failure),
        }
    }
}

/// The last record of each key wins. Blocks for as long as reading takes.
fn read(partition: &PartitionHandle, env: Env<'_>) -> Result<HashMap<String, Group>, LoadError> {
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
