//! A partition's folder: how its files are called.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::StorageError;
use crate::world::{Disk, OpenMode};

/// The folder and the disk it is on; shared by all that lies in it.
pub(crate) struct Folder {
    pub disk: Arc<dyn Disk>,
    pub path: PathBuf,
}

impl Folder {
    /// Makes the folder's names survive a power cut, and its own.
    ///
    /// A new name lives in the folder, not in the file: until the folder is synced, a power cut
    /// can leave acknowledged records in a file that no longer exists. New files are rare, so
    /// nobody keeps account of which of the two folders is new.
    pub fn sync_names(&self) -> Result<(), StorageError> {
        let sync = |path: &Path| self.disk.sync_dir(path).map_err(StorageError::of("sync", path));
        sync(&self.path)?;
        self.path.parent().map_or(Ok(()), sync)
    }

    /// The path of the file that belongs to the segment from `base`.
    pub fn segment_file(&self, base: i64, kind: Kind) -> PathBuf {
        self.path.join(format!("{base:020}.{}", kind.extension()))
    }
}

/// The files of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Record batches, Kafka's format.
    Log,
    /// Offset → position, Kafka's format.
    Index,
    /// Time → offset, Kafka's format.
    Times,
    /// One entry per Raft log entry, ours.
    Raft,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Log, Kind::Index, Kind::Times, Kind::Raft];

    pub fn extension(self) -> &'static str {
        match self {
            Kind::Log => "log",
            Kind::Index => "index",
            Kind::Times => "timeindex",
            Kind::Raft => "raft",
        }
    }
}

/// The base offset in a file name like `00000000000000000042.log`.
pub(crate) fn base_of(name: &str, extension: &str) -> Option<i64> {
    let digits = name.strip_suffix(extension)?.strip_suffix('.')?;
    let all_digits = digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit());
    all_digits.then(|| digits.parse().ok()).flatten()
}

/// Reads a small file whole; none when it does not exist or is longer than `bytes_max`.
pub(crate) fn read_small(
    disk: &dyn Disk,
    path: &Path,
    bytes_max: usize,
) -> io::Result<Option<Vec<u8>>> {
    let file = match disk.open(path, OpenMode::Existing) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let len = usize::try_from(file.len()?).unwrap_or(usize::MAX);
    if len > bytes_max {
        return Ok(None);
    }
    let mut bytes = vec![0; len];
    let filled = file.read_at(&mut bytes, 0)?;
    bytes.truncate(filled);
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_twenty_digits_and_the_extension_are_a_segment() {
        assert_eq!(base_of("00000000000000000042.log", "log"), Some(42));
        assert_eq!(base_of("00000000000000000042.log", "index"), None);
        assert_eq!(base_of("42.log", "log"), None);
        assert_eq!(base_of("+0000000000000000042.log", "log"), None);
        assert_eq!(base_of("99999999999999999999.log", "log"), None, "no i64");
    }
}
