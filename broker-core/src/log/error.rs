//! What can go wrong with a log's files; each names the file and what was tried.

use std::io;
use std::path::{Path, PathBuf};

use crate::world::shortage::{is_full, is_out_of_descriptors};

/// The disk refused; the log accepts nothing more until it is opened anew.
#[derive(Debug, thiserror::Error)]
#[error("cannot {act} {}: {source}", file.display())]
pub struct StorageError {
    /// What was tried, as a verb.
    pub act: &'static str,
    /// With which file or folder.
    pub file: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl StorageError {
    /// Whether the disk had no room left. Then what is there already is as it was.
    pub fn is_full(&self) -> bool {
        is_full(&self.source)
    }

    /// Whether the process had no file descriptor left for what was to be opened. Then too.
    pub fn is_out_of_descriptors(&self) -> bool {
        is_out_of_descriptors(&self.source)
    }

    /// Whether it was for want of something that may be there again: nothing is spoiled, and the
    /// log goes on.
    pub fn is_passing(&self) -> bool {
        is_passing(&self.source)
    }

    /// For `map_err`: what was tried with which file.
    pub(crate) fn of(act: &'static str, file: &Path) -> impl FnOnce(io::Error) -> StorageError {
        move |source| StorageError { act, file: file.to_owned(), source }
    }
}

/// [`StorageError::is_passing`] of what the system said.
pub(crate) fn is_passing(error: &io::Error) -> bool {
    is_full(error) || is_out_of_descriptors(error)
}

/// Why a log cannot be opened. The files are left as they are.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Records that were on disk are there no more, or not as they were written.
    #[error(
        "{} is damaged at byte {position} ({why}), before offset {flushed} up to which records \
         had been acknowledged; nothing was cut", file.display()
    )]
    Damaged {
        /// The segment file.
        file: PathBuf,
        /// Where the first bad batch begins.
        position: u64,
        /// What is wrong there.
        why: String,
        /// Up to this offset all was on disk once.
        flushed: i64,
    },
    /// The disk does not do what it must.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why a segment does not give what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// Its bytes are not what was written.
    #[error("{} is corrupt at byte {position}: {why}", file.display())]
    Corrupt {
        /// The segment file.
        file: PathBuf,
        /// Where the bad batch begins.
        position: u64,
        /// What is wrong with it.
        why: String,
    },
    /// The disk does not give them.
    #[error("cannot read {}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A file that was meant to be written cannot even be read.
pub(crate) fn storage(act: &'static str, error: SegmentError) -> StorageError {
    match error {
        SegmentError::Io { file, source } => StorageError { act, file, source },
        SegmentError::Corrupt { ref file, .. } => {
            let file = file.clone();
            StorageError { act, file, source: io::Error::other(error.to_string()) }
        }
    }
}
