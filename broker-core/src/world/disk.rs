//! Files and folders, as few operations as a log needs.
//!
//! Owns the two traits and the version over this machine's file system. What is
//! written is in the page cache only; what must survive a power cut is synced by
//! whoever promised it, the file for its bytes and the folder for its name.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IoSlice};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use rustix::fs::FallocateFlags;

/// Whether a file must exist, must not, or may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// It must exist.
    Existing,
    /// It is created when it is missing.
    OrCreate,
    /// It is created, or emptied when it exists.
    Truncated,
}

/// What a folder knows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meta {
    /// Its length in bytes.
    pub len: u64,
    /// When it was last written, in milliseconds since 1970.
    pub modified_ms: i64,
}

/// How much a file system holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// All its bytes.
    pub total_bytes: u64,
    /// Bytes that this process may still write.
    pub usable_bytes: u64,
}

/// A file system.
pub trait Disk: Send + Sync + 'static {
    /// Opens a file for reading and writing.
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>>;
    /// Creates a folder; that it exists already is fine.
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// The names in a folder, in no particular order.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;
    /// What the folder knows of a file, without opening it.
    fn meta(&self, path: &Path) -> io::Result<Meta>;
    /// Gives a file or folder another name, replacing a file that has it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder and all in it.
    fn remove_dir_all(&self, path: &Path) -> io::Result<()>;
    /// Makes the names in a folder survive a power cut.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// Makes everything in the file system that holds this folder survive a power cut.
    fn sync_file_system(&self, path: &Path) -> io::Result<()>;
    /// The room in the file system that holds this folder.
    fn space(&self, path: &Path) -> io::Result<Space>;
}

/// An open file. Positions are explicit, so one file serves many readers at once.
pub trait DiskFile: Send + Sync {
    /// Fills as much of `buffer` as the file has from `at`; returns how much that was.
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize>;
    /// Writes all parts one behind the other from `at`, or fails.
    fn write_at(&self, parts: &mut [IoSlice<'_>], at: u64) -> io::Result<()>;
    /// Holds room for the first `len` bytes, whatever the file's length, so that writes there find
    /// it. Where the file system cannot, nothing is held.
    fn reserve(&self, len: u64) -> io::Result<()>;
    /// Cuts the file, or extends it with zeros; room held behind that is given back.
    fn truncate(&self, len: u64) -> io::Result<()>;
    /// Makes the bytes survive a power cut.
    fn sync(&self) -> io::Result<()>;
    /// The length in bytes.
    fn len(&self) -> io::Result<u64>;
    /// Whether there are no bytes.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
}

/// This machine's file system.
pub struct RealDisk;

impl Disk for RealDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        options.create(mode != OpenMode::Existing).truncate(mode == OpenMode::Truncated);
        Ok(Arc::new(RealFile(options.open(path)?)))
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(dir)? {
            // A name that is not text is none of ours.
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    }

    fn meta(&self, path: &Path) -> io::Result<Meta> {
        let meta = fs::metadata(path)?;
        let age = meta.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Meta {
            len: meta.len(),
            modified_ms: i64::try_from(age.as_millis()).unwrap_or(i64::MAX),
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn sync_file_system(&self, path: &Path) -> io::Result<()> {
        Ok(rustix::fs::syncfs(File::open(path)?)?)
    }

    fn space(&self, path: &Path) -> io::Result<Space> {
        let found = rustix::fs::statvfs(path)?;
        let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
        Ok(Space { total_bytes: bytes(found.f_blocks), usable_bytes: bytes(found.f_bavail) })
    }
}

struct RealFile(File);

impl DiskFile for RealFile {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.0.read_at(&mut buffer[filled..], at + filled as u64) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(filled)
    }

    fn write_at(&self, parts: &mut [IoSlice<'_>], mut at: u64) -> io::Result<()> {
        let mut parts = parts;
        // Empty parts go first: to write nothing would look like a disk that takes nothing.
        IoSlice::advance_slices(&mut parts, 0);
        while !parts.is_empty() {
            match rustix::io::pwritev(&self.0, parts, at) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => {
                    IoSlice::advance_slices(&mut parts, n);
                    at += n as u64;
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }

    fn reserve(&self, len: u64) -> io::Result<()> {
        use rustix::io::Errno;
        match rustix::fs::fallocate(&self.0, FallocateFlags::KEEP_SIZE, 0, len) {
            Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_one_behind_the_other() {
        let dir = tempfile::tempdir().unwrap();
        let file = RealDisk.open(&dir.path().join("f"), OpenMode::OrCreate).unwrap();
        let mut parts = [IoSlice::new(b""), IoSlice::new(b"ab"), IoSlice::new(b"cde")];
        file.write_at(&mut parts, 2).unwrap();
        file.write_at(&mut [IoSlice::new(b"")], 0).unwrap();
        let mut buffer = [9; 8];
        assert_eq!(file.read_at(&mut buffer, 1).unwrap(), 6);
        assert_eq!(&buffer[..6], b"\0abcde");
    }

    #[test]
    fn a_file_system_has_room_and_says_how_much() {
        let dir = tempfile::tempdir().unwrap();
        let Space { total_bytes, usable_bytes } = RealDisk.space(dir.path()).unwrap();
        assert!(usable_bytes > 0 && usable_bytes <= total_bytes, "{usable_bytes} {total_bytes}");
        assert!(RealDisk.space(&dir.path().join("nowhere")).is_err());
    }
}
