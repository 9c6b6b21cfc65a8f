//! What must be true of the partition.

use super::super::super::*;
use super::super::support::*;

#[derive(Default)]
pub struct History {
    /// The value at each offset, as far as anything may be there.
    log: Vec<String>,
    /// Offsets before this were acknowledged or shown to a consumer.
    kept: i64,
    /// The first offset is at or behind this one: so much was deleted and that was acknowledged.
    start: i64,
    /// No more than this was ever to be deleted.
    start_max: i64,
}

impl History {
    /// These values were put at `offset`, or may have been.
    pub fn put(&mut self, offset: i64, values: &[String]) {
        assert!(offset >= self.kept, "offset {offset} is given again, {} are kept", self.kept);
        self.log.truncate(offset as usize);
        assert_eq!(self.log.len() as i64, offset, "a hole in the offsets");
        self.log.extend_from_slice(values);
    }

    /// A producer was told that its values are on disk at `offset`.
    pub fn acknowledge(&mut self, offset: i64, values: &[String]) {
        let end = offset as usize + values.len();
        assert_eq!(self.log.get(offset as usize..end), Some(values), "at offset {offset}");
        self.kept = self.kept.max(end as i64);
    }

    /// What consumers may see now may never go away.
    pub fn see(&mut self, partition: &PartitionHandle) {
        let PartitionOffsets { high_watermark, log_end, .. } = partition.offsets();
        assert!(high_watermark <= log_end && log_end <= self.log.len() as i64);
        self.kept = self.kept.max(high_watermark);
    }

    /// The start was moved, or that was tried.
    pub fn started(&mut self, offset: i64, done: bool) {
        self.start_max = self.start_max.max(offset);
        if done {
            self.start = self.start.max(offset);
        }
    }

    /// What a consumer reads is what was put there, from the start to the high watermark.
    pub fn check_read(&self, partition: &PartitionHandle) {
        let PartitionOffsets { log_start, high_watermark, .. } = partition.offsets();
        let there = &self.log[log_start as usize..high_watermark as usize];
        let expected: Vec<_> = (log_start..).zip(there.iter().cloned()).collect();
        assert_eq!(read_from(partition, log_start), expected);
    }

    /// After a restart a prefix is there, with all that was kept; the rest is gone for good.
    pub fn reopened(&mut self, partition: &PartitionHandle) {
        let PartitionOffsets { log_start, high_watermark, log_end, .. } = partition.offsets();
        assert_eq!(high_watermark, log_end);
        assert!(log_end >= self.kept, "{log_end} of {} kept are there", self.kept);
        assert!(log_end <= self.log.len() as i64, "{log_end} of {} put", self.log.len());
        let starts = self.start..=self.start_max;
        assert!(starts.contains(&log_start), "it begins at {log_start}, not in {starts:?}");
        self.log.truncate(log_end as usize);
        self.kept = log_end;
        self.check_read(partition);
    }
}
