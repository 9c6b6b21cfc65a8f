//! One pass of a Fetch over its partitions: what there is right now.

use bytes::Bytes;
use ouzel_wire::ErrorCode;
use ouzel_wire::messages::{EpochEndOffset, PartitionData};

use crate::listener::Shared;
use crate::listener::error_code::Code;
use crate::partition::{PartitionHandle, ReadError, ReadLimits};
use crate::session::Ask;

use super::check_epoch;

/// One partition that a client wants to read.
pub(super) struct Wanted {
    pub ask: Ask,
    /// The partition, or why there is none.
    pub partition: Result<PartitionHandle, ErrorCode>,
    pub committed_only: bool,
}

/// What a pass came to.
pub(super) struct Pass {
    pub answers: Vec<PartitionData>,
    /// Bytes of records in the answers.
    pub bytes: usize,
}

/// Reads every partition, at most `bytes_max` in all; the first batch comes whole whatever its
/// size, so that no batch is ever too large to be read (S23). Blocks. Without a number it only
/// says where the partitions stand.
pub(super) fn pass(wanted: &[Wanted], bytes_max: Option<usize>) -> Pass {
    let mut pass = Pass { answers: Vec::with_capacity(wanted.len()), bytes: 0 };
    for one in wanted {
        let left = bytes_max.map(|most| most.saturating_sub(pass.bytes));
        let answer = match left {
            Some(left) => read(one, left, pass.bytes == 0),
            None => stand(one),
        };
        pass.bytes += answer.records.as_ref().map_or(0, Bytes::len);
        pass.answers.push(answer);
    }
    pass
}

/// Whether a client must hear of this at once.
pub(super) fn is_urgent(answer: &PartitionData) -> bool {
    answer.error_code != ErrorCode::None.code() || answer.diverging_epoch.epoch >= 0
}

fn read(one: &Wanted, left: usize, is_first: bool) -> PartitionData {
    let answer = stand(one);
    let Ok(partition) = &one.partition else { return answer };
    if is_urgent(&answer) || one.ask.offset >= answer.high_watermark {
        return answer;
    }
    match records(partition, one, left, is_first) {
        Ok(records) => PartitionData { records: Some(records), ..answer },
        Err(code) => PartitionData { error_code: code.code(), ..answer },
    }
}

/// An answer without records: where the partition stands, or what is wrong.
pub(super) fn stand(one: &Wanted) -> PartitionData {
    let answer = PartitionData {
        partition_index: one.ask.partition,
        high_watermark: -1,
        aborted_transactions: one.committed_only.then(Vec::new),
        records: Some(Bytes::new()),
        ..Default::default()
    };
    let failed = |code: ErrorCode| PartitionData { error_code: code.code(), ..answer.clone() };
    let partition = match &one.partition {
        Ok(partition) => partition,
        Err(code) => return failed(*code),
    };
    let stands = partition.offsets();
    if let Err(code) = check_epoch(one.ask.leader_epoch, stands.leader_epoch) {
        return failed(code);
    }
    let answer = PartitionData {
        high_watermark: stands.high_watermark,
        last_stable_offset: stands.high_watermark,
        log_start_offset: stands.log_start,
        ..answer
    };
    match diverging(partition, &one.ask) {
        Ok(None) => {}
        Ok(Some(diverging_epoch)) => return PartitionData { diverging_epoch, ..answer },
        Err(code) => return PartitionData { error_code: code.code(), ..answer },
    }
    match partition.stands(one.ask.offset) {
        Ok(_) => answer,
        Err(e) => PartitionData { error_code: e.code().code(), ..answer },
    }
}

fn records(
    partition: &PartitionHandle,
    one: &Wanted,
    left: usize,
    is_first: bool,
) -> Result<Bytes, ErrorCode> {
    let from = one.ask.offset;
    let own = usize::try_from(one.ask.bytes_max).unwrap_or(0);
    let limits = ReadLimits { bytes_max: own.min(left), at_least_one: is_first };
    let read = partition.read(from, limits).map_err(|e| {
        if !matches!(e, ReadError::OutOfRange { .. } | ReadError::Closed) {
            tracing::error!(offset = from, failure = %e, "records cannot be read: {e}");
        }
        e.code()
    })?;
    Ok(read.records)
}

/// Where the reader's history ends in ours, if it read something that we do not have (KIP-595).
fn diverging(partition: &PartitionHandle, ask: &Ask) -> Result<Option<EpochEndOffset>, ErrorCode> {
    let last = ask.last_fetched_epoch;
    if last < 0 {
        return Ok(None);
    }
    match partition.end_offset_for_epoch(last) {
        None => Err(ErrorCode::OffsetOutOfRange),
        Some((epoch, end_offset)) if epoch < last || end_offset < ask.offset => {
            Ok(Some(EpochEndOffset { epoch, end_offset, ..Default::default() }))
        }
        Some(_) => Ok(None),
    }
}

/// Finds the partition under the name or id that the client gave.
pub(super) fn find(
    shared: &Shared,
    topic: Result<&str, ErrorCode>,
    number: i32,
) -> Result<PartitionHandle, ErrorCode> {
    shared.node.partition(topic?, number).map_err(|e| e.code())
}
