//! What opening a log found and did, for the log lines and for who asks.

use std::path::PathBuf;

/// What opening a log found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecoveryReport {
    /// The log had been closed in order, and its files were taken at their word.
    pub clean: bool,
    /// Bytes of log that were read and checked.
    pub bytes_scanned: u64,
    /// The end that was cut off because it was not whole; it had not been acknowledged.
    pub cut: Option<CutTail>,
    /// Index and sidecar files that were missing or wrong, and were made anew from the log.
    pub rebuilt: Vec<PathBuf>,
}

/// A torn end of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutTail {
    /// The segment file.
    pub file: PathBuf,
    /// Where it now ends.
    pub position: u64,
    /// How many bytes were behind that, in this file and later ones.
    pub bytes: u64,
    /// What was wrong with them.
    pub why: String,
}
