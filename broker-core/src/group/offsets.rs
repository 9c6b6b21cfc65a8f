//! The committed positions of one group.
//!
//! Owns what a commit must look like, what may be shown, and when a position has expired.
//! A position is shown only once its record is on disk.

use std::collections::BTreeMap;

/// Which position: topic and partition.
pub type OffsetKey = (String, i32);

/// A position as it was committed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Committed {
    /// The next record to read.
    pub offset: i64,
    /// The leader epoch of the last record read, or -1.
    pub leader_epoch: i32,
    /// The client's own note.
    pub metadata: String,
    /// When it was committed.
    pub at_ms: i64,
    /// When it lapses, if the client asked for that (versions 2 to 4).
    pub lapses_at_ms: Option<i64>,
}

/// All positions of a group, and which of them are on their way to the disk.
#[derive(Debug, Default)]
pub struct Offsets {
    settled: BTreeMap<OffsetKey, Committed>,
    /// How many commits of a position are being written.
    in_flight: BTreeMap<OffsetKey, u32>,
}

impl Offsets {
    /// The last position that is on disk.
    pub fn get(&self, topic: &str, partition: i32) -> Option<&Committed> {
        self.settled.get(&(topic.to_owned(), partition))
    }

    /// Every position that is on disk, by topic and partition.
    pub fn iter(&self) -> impl Iterator<Item = (&OffsetKey, &Committed)> {
        self.settled.iter()
    }

    /// Whether there is nothing, not even on its way.
    pub fn is_empty(&self) -> bool {
        self.settled.is_empty() && self.in_flight.is_empty()
    }

    /// Notes that commits have been handed to the disk.
    pub fn begin<'a>(&mut self, keys: impl Iterator<Item = &'a OffsetKey>) {
        for key in keys {
            *self.in_flight.entry(key.clone()).or_default() += 1;
        }
    }

    /// The write has ended: if it went well, the positions count from now on.
    pub fn settle(&mut self, offsets: Vec<(OffsetKey, Committed)>, on_disk: bool) {
        for (key, committed) in offsets {
            if let Some(count) = self.in_flight.get_mut(&key) {
                *count -= 1;
                if *count == 0 {
                    self.in_flight.remove(&key);
                }
            }
            if on_disk {
                self.settled.insert(key, committed);
            }
        }
    }

    /// Puts a position there as it was read from the log.
    pub fn restore(&mut self, key: OffsetKey, committed: Option<Committed>) {
        match committed {
            Some(committed) => self.settled.insert(key, committed),
            None => self.settled.remove(&key),
        };
    }

    /// Drops positions whose tombstones are on disk.
    pub fn forget(&mut self, keys: &[OffsetKey]) {
        for key in keys {
            self.settled.remove(key);
        }
    }

    /// Every position there is, on disk or on its way there.
    pub fn keys(&self) -> Vec<OffsetKey> {
        let mut keys: Vec<OffsetKey> = self.settled.keys().cloned().collect();
        keys.extend(self.in_flight.keys().filter(|k| !self.settled.contains_key(*k)).cloned());
        keys
    }

    /// Positions that nobody has a claim to any more. `idle_since_ms` is when the group became
    /// empty, if it ever had members. A position that is being committed anew is kept: its
    /// tombstone would be written after the commit and take the new one with it.
    pub fn expired(
        &self,
        now_ms: i64,
        idle_since_ms: Option<i64>,
        retention_ms: i64,
    ) -> Vec<OffsetKey> {
        let lapsed = |committed: &Committed| match committed.lapses_at_ms {
            Some(at_ms) => now_ms >= at_ms,
            None => {
                let base_ms = idle_since_ms.unwrap_or(committed.at_ms).max(committed.at_ms);
                now_ms.saturating_sub(base_ms) >= retention_ms
            }
        };
        let expired = self.settled.iter().filter(|(_, committed)| lapsed(committed));
        let expired = expired.filter(|(key, _)| !self.in_flight.contains_key(*key));
        expired.map(|(key, _)| key.clone()).collect()
    }
}
