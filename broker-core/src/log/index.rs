//! The offset and time indexes: Kafka's formats, and the search both share.
//!
//! An index holds one entry per few kilobytes of log. It says where to begin to
//! look, never what is there: readers check the batch headers they arrive at.

use std::io;

use super::handles::Handle;

/// Bytes of an offset entry: relative offset and position, four bytes each.
pub(crate) const OFFSET_ENTRY_BYTES: usize = 8;
/// Bytes of a time entry: timestamp, eight bytes, and relative offset, four.
pub(crate) const TIME_ENTRY_BYTES: usize = 12;

/// A batch's last offset, relative to the segment's base, and where the batch begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OffsetEntry {
    pub relative: u32,
    pub position: u32,
}

impl OffsetEntry {
    pub fn bytes(self) -> [u8; OFFSET_ENTRY_BYTES] {
        (u64::from(self.relative) << 32 | u64::from(self.position)).to_be_bytes()
    }

    pub fn parse(bytes: [u8; OFFSET_ENTRY_BYTES]) -> OffsetEntry {
        let both = u64::from_be_bytes(bytes);
        OffsetEntry { relative: (both >> 32) as u32, position: both as u32 }
    }
}

/// The largest timestamp up to an offset: nothing up to `relative` is later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeEntry {
    pub timestamp: i64,
    pub relative: u32,
}

impl TimeEntry {
    pub fn bytes(self) -> [u8; TIME_ENTRY_BYTES] {
        let mut bytes = [0; TIME_ENTRY_BYTES];
        bytes[..8].copy_from_slice(&self.timestamp.to_be_bytes());
        bytes[8..].copy_from_slice(&self.relative.to_be_bytes());
        bytes
    }

    pub fn parse(bytes: [u8; TIME_ENTRY_BYTES]) -> TimeEntry {
        let wide = (0..12).fold(0u128, |sum, i| sum << 8 | u128::from(bytes[i]));
        TimeEntry { timestamp: (wide >> 32) as u64 as i64, relative: wide as u32 }
    }
}

/// Decides after which batches an index gets an entry; the same for append and rebuild, so that
/// what is rebuilt can be compared byte by byte with what was written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    bytes_since_entry: u64,
    time_last: i64,
    largest: Option<Largest>,
}

/// The largest timestamp in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Largest {
    pub timestamp: i64,
    /// The last offset of the batch that holds it.
    pub offset: i64,
}

/// What an index gets for one batch.
pub(crate) struct Paced {
    pub offset: Option<OffsetEntry>,
    pub time: Option<TimeEntry>,
}

impl Pace {
    /// For a segment without entries, or one that goes on after its last entries.
    pub fn new(bytes_since_entry: u64, time_last: Option<i64>, largest: Option<Largest>) -> Pace {
        Pace { bytes_since_entry, time_last: time_last.unwrap_or(i64::MIN), largest }
    }

    pub fn largest(&self) -> Option<Largest> {
        self.largest
    }

    /// A batch of `size` bytes begins at `position` and ends with offset `base + relative`.
    pub fn batch(&mut self, at: OffsetEntry, size: u64, largest: Largest, interval: u32) -> Paced {
        if largest.timestamp >= 0 && self.largest.is_none_or(|l| largest.timestamp > l.timestamp) {
            self.largest = Some(largest);
        }
        let due = self.bytes_since_entry > u64::from(interval);
        if due {
            self.bytes_since_entry = 0;
        }
        self.bytes_since_entry += size;
        let base = largest.offset - i64::from(at.relative);
        Paced { offset: due.then_some(at), time: due.then(|| self.time_entry(base)).flatten() }
    }

    /// The entry that makes the time index complete up to here; none when it already is.
    pub fn time_entry(&mut self, base: i64) -> Option<TimeEntry> {
        let largest = self.largest.filter(|l| l.timestamp > self.time_last)?;
        self.time_last = largest.timestamp;
        let relative = u32::try_from(largest.offset - base).expect("a segment's offsets fit");
        Some(TimeEntry { timestamp: largest.timestamp, relative })
    }
}

/// The last of `count` entries of `N` bytes that `belongs` holds for, and its number.
///
/// Entries are sorted, so `belongs` holds for the first ones and for none after them.
pub(crate) fn last_where<const N: usize>(
    file: &Handle,
    count: u64,
    belongs: impl Fn([u8; N]) -> bool,
) -> io::Result<Option<(u64, [u8; N])>> {
    let (mut low, mut high, mut found) = (0, count, None);
    while low < high {
        let middle = low + (high - low) / 2;
        let entry = entry(file, middle)?;
        if belongs(entry) {
            found = Some((middle, entry));
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(found)
}

/// The entry with this number.
pub(crate) fn entry<const N: usize>(file: &Handle, number: u64) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    if file.read_at(&mut bytes, number * N as u64)? < N {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_have_the_bytes_that_kafka_s_tools_read() {
        let offset = OffsetEntry { relative: 0x0102_0304, position: 0x0a0b_0c0d };
        assert_eq!(offset.bytes(), [1, 2, 3, 4, 10, 11, 12, 13]);
        assert_eq!(OffsetEntry::parse(offset.bytes()), offset);
        let time = TimeEntry { timestamp: -2, relative: 7 };
        assert_eq!(time.bytes(), [255, 255, 255, 255, 255, 255, 255, 254, 0, 0, 0, 7]);
        assert_eq!(TimeEntry::parse(time.bytes()), time);
    }

    #[test]
    fn an_entry_is_due_after_the_interval_and_times_only_rise() {
        let mut pace = Pace::new(0, None, None);
        let mut step = |relative: u32, timestamp: i64| {
            let at = OffsetEntry { relative, position: relative * 60 };
            let largest = Largest { timestamp, offset: 100 + i64::from(relative) };
            let paced = pace.batch(at, 60, largest, 100);
            (paced.offset.is_some(), paced.time.map(|t| (t.timestamp, t.relative)))
        };
        assert_eq!(step(0, 50), (false, None));
        assert_eq!(step(1, 40), (false, None));
        assert_eq!(step(2, 30), (true, Some((50, 0))));
        assert_eq!(step(3, 20), (false, None));
        assert_eq!(step(4, 10), (true, None), "no later time since");
    }
}
