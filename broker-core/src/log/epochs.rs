//! Which leader epoch began at which offset: Kafka's `leader-epoch-checkpoint`.
//!
//! The epoch is the Raft term. An epoch stands here from its first record on; the
//! file is on disk before such a record is acknowledged, so that no epoch is used
//! for two different histories.

use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::Arc;

use super::folder::{Folder, read_small};
use crate::world::OpenMode;

/// The file's name, Kafka's.
pub(crate) const FILE: &str = "leader-epoch-checkpoint";
/// A million epochs, one line each; more is no file of ours.
const FILE_BYTES_MAX: usize = 32 << 20;

/// Epochs and their first offsets; both rise from entry to entry. Cheap to clone, and a clone stays
/// as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Epochs(Arc<Vec<(i32, i64)>>);

impl Epochs {
    /// The epochs in the folder's file; none when there is no file or it is not whole.
    pub fn read(folder: &Folder) -> io::Result<Option<Epochs>> {
        let bytes = read_small(&*folder.disk, &folder.path.join(FILE), FILE_BYTES_MAX)?;
        Ok(bytes.and_then(|bytes| parse(std::str::from_utf8(&bytes).ok()?)))
    }

    /// A record of this epoch lies at this offset; true when the epoch is new.
    pub fn note(&mut self, epoch: i32, offset: i64) -> bool {
        let new = self.last().is_none_or(|last| epoch > last);
        if new {
            self.entries().push((epoch, offset));
        }
        new
    }

    /// Whether the other one is a clone of this, and neither was changed since.
    pub fn is_same(&self, other: &Epochs) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The last epoch that has records.
    pub fn last(&self) -> Option<i32> {
        self.0.last().map(|(epoch, _)| *epoch)
    }

    /// The log now ends here: epochs that begin at or behind it are gone; true when some were.
    pub fn truncate(&mut self, end: i64) -> bool {
        let before = self.0.len();
        self.entries().retain(|(_, start)| *start < end);
        self.0.len() < before
    }

    /// The log now begins here: of the epochs before it only the one that reaches it stays.
    pub fn trim(&mut self, start: i64) {
        let reached = self.0.iter().rposition(|(_, first)| *first <= start).unwrap_or(0);
        let entries = self.entries();
        entries.drain(..reached);
        if let Some((_, first)) = entries.first_mut() {
            *first = start.max(*first);
        }
    }

    /// The epoch of the record at this offset.
    pub fn of(&self, offset: i64) -> Option<i32> {
        let behind = self.0.partition_point(|(_, start)| *start <= offset);
        Some(self.0[behind.checked_sub(1)?].0)
    }

    /// The largest known epoch that is not above `epoch`, and where the next one begins.
    ///
    /// `current` is the epoch that the next record will carry, `end` the log's end. None when
    /// `epoch` is above the current one or nothing is known.
    pub fn end_of(&self, epoch: i32, current: i32, end: i64) -> Option<(i32, i64)> {
        if epoch == current {
            return Some((current, end));
        }
        if epoch > current || epoch < 0 {
            return None;
        }
        let above = self.0.partition_point(|(known, _)| *known <= epoch);
        let end = self.0.get(above).map_or(end, |(_, start)| *start);
        // Below all that is known: the asked epoch's records, if any, are gone.
        let known = above.checked_sub(1).map_or(epoch, |at| self.0[at].0);
        Some((known, end))
    }

    /// Replaces the file, so that it is the old one or the new one whatever happens.
    pub fn write(&self, folder: &Folder) -> io::Result<()> {
        let (path, new) = (folder.path.join(FILE), folder.path.join(format!("{FILE}.tmp")));
        let file = folder.disk.open(&new, OpenMode::Truncated)?;
        file.write_at(&mut [IoSlice::new(self.text().as_bytes())], 0)?;
        file.sync()?;
        folder.disk.rename(&new, &path)?;
        folder.disk.sync_dir(&folder.path)
    }

    fn entries(&mut self) -> &mut Vec<(i32, i64)> {
        Arc::make_mut(&mut self.0)
    }

    fn text(&self) -> String {
        let lines = self.0.iter().map(|(epoch, start)| format!("{epoch} {start}\n"));
        format!("0\n{}\n{}", self.0.len(), lines.collect::<String>())
    }
}

/// Whether a file name is one that an interrupted [`Epochs::write`] leaves.
pub(crate) fn is_temporary(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|e| e == "tmp")
}

fn parse(text: &str) -> Option<Epochs> {
    let mut lines = text.lines();
    if lines.next()? != "0" {
        return None;
    }
    let count: usize = lines.next()?.parse().ok()?;
    let mut epochs = Epochs::default();
    for line in lines {
        let (epoch, start) = line.split_once(' ')?;
        let (epoch, start) = (epoch.parse().ok()?, start.parse().ok()?);
        let rises = epochs.0.last().is_none_or(|(e, s)| epoch > *e && start >= *s);
        if !rises || !epochs.note(epoch, start) {
            return None;
        }
    }
    (epochs.0.len() == count).then_some(epochs)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn epochs(entries: &[(i32, i64)]) -> Epochs {
        Epochs(Arc::new(entries.to_vec()))
    }

    #[test]
    fn the_file_is_kafka_s_and_comes_back() {
        let known = epochs(&[(0, 0), (3, 57)]);
        assert_eq!(known.text(), "0\n2\n0 0\n3 57\n");
        assert_eq!(parse(&known.text()), Some(known));
        for bad in ["", "0\n2\n0 0\n", "1\n0\n", "0\n2\n3 5\n1 9\n", "0\n1\nx y\n"] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_epoch_ends_where_the_next_one_begins() {
        let known = epochs(&[(2, 10), (5, 30)]);
        assert_eq!(known.end_of(7, 7, 99), Some((7, 99)), "the current one");
        assert_eq!(known.end_of(6, 7, 99), Some((5, 99)));
        assert_eq!(known.end_of(5, 7, 99), Some((5, 99)));
        assert_eq!(known.end_of(4, 7, 99), Some((2, 30)));
        assert_eq!(known.end_of(1, 7, 99), Some((1, 10)), "below all");
        assert_eq!(known.end_of(8, 7, 99), None, "above all");
        assert_eq!(known.end_of(-1, 7, 99), None);
    }

    #[test]
    fn a_record_has_the_epoch_that_began_before_it_last() {
        let known = epochs(&[(2, 10), (5, 30)]);
        for (offset, epoch) in [(9, None), (10, Some(2)), (29, Some(2)), (30, Some(5))] {
            assert_eq!(known.of(offset), epoch, "{offset}");
        }
        assert_eq!(epochs(&[]).of(0), None);
    }

    #[test]
    fn trimming_keeps_the_epoch_that_reaches_the_new_start() {
        let mut known = epochs(&[(0, 0), (2, 10), (5, 30)]);
        known.trim(15);
        assert_eq!(known, epochs(&[(2, 15), (5, 30)]));
        assert!(known.truncate(30));
        assert_eq!(known, epochs(&[(2, 15)]));
        assert!(!known.truncate(30));
    }
}
