//! The end of the newest segment, where everything is written.

use std::io::IoSlice;
use std::sync::Arc;

use ouzel_wire::batch::{Batch, BatchHeader, HEADER_BYTES, set_base_offset, set_leader_epoch};

use super::config::LogConfig;
use super::error::{SegmentError, StorageError, storage};
use super::folder::Kind;
use super::handles::Handle;
use super::index::{
    self, Largest, OFFSET_ENTRY_BYTES, OffsetEntry, Pace, Paced, TIME_ENTRY_BYTES, TimeEntry,
};
use super::segment::Segment;
use super::sidecar::{ENTRY_BYTES, RaftEntry};
use super::walk::{SEEK_WINDOW_BYTES, Walk};

pub(crate) struct Tail {
    segment: Arc<Segment>,
    position: u64,
    /// Entries of the sidecar.
    raft_entries: u64,
    pace: Pace,
    /// None while there is no batch.
    begun: Option<Begun>,
}

/// When a segment began, from which its age is counted.
#[derive(Debug, Clone, Copy)]
enum Begun {
    /// Its first batch's largest timestamp: age in the records' own time.
    Records(i64),
    /// Its first batch has no time: then it was written at this one.
    Clock(i64),
}

impl Begun {
    fn with(first: &BatchHeader, clock_ms: i64) -> Begun {
        match first.max_timestamp {
            0.. => Begun::Records(first.max_timestamp),
            _ => Begun::Clock(clock_ms),
        }
    }
}

/// A tail before a write, to go back to.
pub(crate) struct Before {
    raft_entries: u64,
    pace: Pace,
    begun: Option<Begun>,
    /// Bytes of each file.
    lengths: [u64; 4],
}

impl Tail {
    /// The tail of a segment without a file: creates it, so that its name can be synced.
    pub fn create(segment: Arc<Segment>) -> Result<Tail, StorageError> {
        for kind in Kind::ALL {
            segment.create(kind).map_err(|e| storage("create", e))?;
        }
        let pace = Pace::new(0, None, None);
        Ok(Tail { segment, position: 0, raft_entries: 0, pace, begun: None })
    }

    /// The tail of a segment whose files are in order.
    pub fn resume(segment: Arc<Segment>) -> Result<Tail, StorageError> {
        Tail::read(segment).map_err(|e| storage("go on with", e))
    }

    fn read(segment: Arc<Segment>) -> Result<Tail, SegmentError> {
        let position = segment.len();
        let sidecar = segment.file(Kind::Raft)?.len().map_err(segment.io(Kind::Raft))?;
        let last = match segment.entries(Kind::Index)?.checked_sub(1) {
            Some(last) => {
                let entry = index::entry::<OFFSET_ENTRY_BYTES>(&segment.file(Kind::Index)?, last);
                OffsetEntry::parse(entry.map_err(segment.io(Kind::Index))?).position.into()
            }
            None => 0,
        };
        let time_last = segment.last_time()?.map(|entry| entry.timestamp);
        let begun = match Walk::new(&segment, 0, SEEK_WINDOW_BYTES)?.next()? {
            // It is no younger than what was written last.
            Some(first) => Some(Begun::with(&first.header, segment.modified_ms()?)),
            None => None,
        };
        Ok(Tail {
            position,
            raft_entries: sidecar / ENTRY_BYTES as u64,
            pace: Pace::new(position - last, time_last, segment.largest()?),
            begun,
            segment,
        })
    }

    /// Where the next batch begins.
    pub fn position(&self) -> u32 {
        // `is_full_for` rolls long before.
        u32::try_from(self.position).expect("a segment is shorter than 4 GiB")
    }

    /// Whether this batch, which will begin at offset `next` and comes at `now_ms`, belongs into
    /// another segment.
    pub fn is_full_for(
        &self,
        header: &BatchHeader,
        (next, now_ms): (i64, i64),
        config: &LogConfig,
    ) -> Result<bool, StorageError> {
        if self.position == 0 {
            return Ok(false);
        }
        let last = next + i64::from(header.last_offset_delta);
        let too_long = self.position + header.size() as u64 > u64::from(config.segment_bytes);
        let too_many = last - self.segment.base() > i64::from(i32::MAX);
        let too_old = self.age_ms(header, now_ms) > config.segment_ms;
        Ok(too_long || too_many || too_old || self.is_indexed(config)?)
    }

    /// As in Kafka (`LogSegment.timeWaitedForRoll`): a segment whose first batch has no time ages
    /// by the clock, or it would never end by its age.
    fn age_ms(&self, header: &BatchHeader, now_ms: i64) -> i64 {
        match self.begun {
            None => 0,
            Some(Begun::Records(first)) if header.max_timestamp >= 0 => {
                header.max_timestamp.saturating_sub(first)
            }
            Some(Begun::Records(_)) => 0,
            Some(Begun::Clock(written)) => now_ms.saturating_sub(written),
        }
    }

    fn is_indexed(&self, config: &LogConfig) -> Result<bool, StorageError> {
        let entries = |kind| self.segment.entries(kind).map_err(|e| storage("read", e));
        let max = u64::from(config.segment_index_bytes);
        Ok((entries(Kind::Index)? + 1) * OFFSET_ENTRY_BYTES as u64 > max
            || (entries(Kind::Times)? + 1) * TIME_ENTRY_BYTES as u64 > max)
    }

    /// Writes a batch, its sidecar entry and what the indexes are due.
    pub fn append(
        &mut self,
        batch: &Batch,
        entry: &RaftEntry,
        (epoch, now_ms): (i32, i64),
        config: &LogConfig,
    ) -> Result<Arc<Segment>, StorageError> {
        let header = &batch.header;
        let last = entry.base_offset + i64::from(header.last_offset_delta);
        self.write_batch(batch, entry.base_offset, epoch)?;
        self.append_entry(entry)?;
        let at = self.offset_entry(last);
        let largest = Largest { timestamp: header.max_timestamp, offset: last };
        let size = header.size() as u64;
        let paced = self.pace.batch(at, size, largest, config.index_interval_bytes);
        self.write_index(&paced)?;
        self.begun.get_or_insert_with(|| Begun::with(header, now_ms));
        self.position += size;
        self.segment.set_largest(self.pace.largest());
        // Last, because readers go by it.
        self.segment.set_len(self.position);
        Ok(self.segment.clone())
    }

    /// Writes a sidecar entry alone.
    pub fn append_entry(&mut self, entry: &RaftEntry) -> Result<Arc<Segment>, StorageError> {
        let at = self.raft_entries * ENTRY_BYTES as u64;
        self.write(Kind::Raft, &mut [IoSlice::new(&entry.bytes())], at)?;
        self.raft_entries += 1;
        Ok(self.segment.clone())
    }

    /// Completes the time index of a segment that gets no more batches.
    pub fn finish(&mut self) -> Result<Arc<Segment>, StorageError> {
        let time = self.pace.time_entry(self.segment.base());
        self.write_index(&Paced { offset: None, time })?;
        Ok(self.segment.clone())
    }

    /// Its files, open for as long as they are held.
    pub fn open(&self) -> Result<[Handle; 4], StorageError> {
        let [log, index, times, raft] = Kind::ALL.map(|kind| self.handle(kind));
        Ok([log?, index?, times?, raft?])
    }

    /// Where the files end.
    pub fn before(&self) -> Result<Before, StorageError> {
        let entries = |kind| self.segment.entries(kind).map_err(|e| storage("read", e));
        let index = entries(Kind::Index)? * OFFSET_ENTRY_BYTES as u64;
        let times = entries(Kind::Times)? * TIME_ENTRY_BYTES as u64;
        let raft = self.raft_entries * ENTRY_BYTES as u64;
        Ok(Before {
            raft_entries: self.raft_entries,
            pace: self.pace,
            begun: self.begun,
            lengths: [self.position, index, times, raft],
        })
    }

    /// Takes back what a write that failed has left in the files.
    pub fn undo(&mut self, before: &Before) -> Result<(), StorageError> {
        for (kind, len) in Kind::ALL.into_iter().zip(before.lengths) {
            let cut = self.handle(kind)?.truncate(len);
            cut.map_err(StorageError::of("cut", &self.segment.path(kind)))?;
        }
        let [_, index, times, _] = before.lengths;
        self.segment.set_entries(Kind::Index, index / OFFSET_ENTRY_BYTES as u64);
        self.segment.set_entries(Kind::Times, times / TIME_ENTRY_BYTES as u64);
        self.segment.set_largest(before.pace.largest());
        self.raft_entries = before.raft_entries;
        (self.pace, self.begun) = (before.pace, before.begun);
        Ok(())
    }

    fn offset_entry(&self, last_offset: i64) -> OffsetEntry {
        let relative = u32::try_from(last_offset - self.segment.base());
        OffsetEntry {
            relative: relative.expect("checked by is_full_for"),
            position: self.position(),
        }
    }

    fn write_batch(&self, batch: &Batch, base_offset: i64, epoch: i32) -> Result<(), StorageError> {
        // Only the header is copied; the records go from the client's frame to the page cache.
        let (head, body) = batch.bytes.split_at(HEADER_BYTES);
        let mut head: [u8; HEADER_BYTES] = head.try_into().expect("split there");
        set_base_offset(&mut head, base_offset);
        set_leader_epoch(&mut head, epoch);
        let mut parts = [IoSlice::new(&head), IoSlice::new(body)];
        self.write(Kind::Log, &mut parts, self.position)
    }

    fn write_index(&self, paced: &Paced) -> Result<(), StorageError> {
        if let Some(entry) = paced.offset {
            self.write_entry(Kind::Index, &OffsetEntry::bytes(entry))?;
        }
        if let Some(entry) = paced.time {
            self.write_entry(Kind::Times, &TimeEntry::bytes(entry))?;
        }
        Ok(())
    }

    fn write_entry(&self, kind: Kind, bytes: &[u8]) -> Result<(), StorageError> {
        let entries = self.segment.entries(kind).map_err(|e| storage("read", e))?;
        self.write(kind, &mut [IoSlice::new(bytes)], entries * bytes.len() as u64)?;
        self.segment.set_entries(kind, entries + 1);
        Ok(())
    }

    fn write(&self, kind: Kind, parts: &mut [IoSlice<'_>], at: u64) -> Result<(), StorageError> {
        let written = self.handle(kind)?.write_at(parts, at);
        written.map_err(StorageError::of("write to", &self.segment.path(kind)))
    }

    fn handle(&self, kind: Kind) -> Result<Handle, StorageError> {
        self.segment.file(kind).map_err(|e| storage("open", e))
    }
}
