//! One process per data folder: a lock file that names its holder.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

/// The file that is locked; its text is the holder's process id.
pub const LOCK_FILE: &str = ".lock";

/// Held for as long as this process owns the folder; the kernel frees it when the process ends,
/// however it ends.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

/// Why the folder cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("data folder {} is in use by process {pid}", folder.display())]
    Held {
        /// The folder.
        folder: PathBuf,
        /// What the holder wrote into the lock file: its process id, or `unknown`.
        pid: String,
    },
    /// The folder cannot be made or its lock file cannot be written.
    #[error("cannot lock data folder {}: {source}", folder.display())]
    Io {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl DataLock {
    /// Creates the folder when it is missing and takes it for this process.
    pub fn acquire(folder: &Path) -> Result<DataLock, LockError> {
        let failed = |source| LockError::Io { folder: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut file = open(&folder.join(LOCK_FILE)).map_err(failed)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => write_pid(&mut file).map_err(failed)?,
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let pid = holder(&mut file);
                return Err(LockError::Held { folder: folder.to_owned(), pid });
            }
            Err(e) => return Err(failed(e.into())),
        }
        Ok(DataLock { _file: file })
    }
}

fn open(path: &Path) -> io::Result<File> {
    // Not truncated: before the lock is ours the text belongs to its holder.
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(32).read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => "unknown".to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_told_the_pid_of_the_first_and_may_have_it_afterwards() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataLock::acquire(dir.path()).unwrap();
        let text = DataLock::acquire(dir.path()).unwrap_err().to_string();
        assert!(text.ends_with(&format!("process {}", std::process::id())), "{text}");
        drop(first);
        DataLock::acquire(dir.path()).unwrap();
    }
}
