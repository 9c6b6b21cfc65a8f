//! Records from a file: read, checked, and written to a topic.
//!
//! Owns what a line means, how far an import came, and who may ask. Everything is read before
//! anything is written, so that a broken line 70,001 leaves the topic as it was. Start at [`read`].

mod check;
mod csv;
mod jsonl;
mod ranges;
mod runs;
mod send;

use ouzel_api::produce::{BrokenLine, ImportFormat};

pub use check::{CheckError, check};
pub use ranges::{Ranges, RangesError};
pub use runs::{Run, Runs, Taken, Watched};
pub use send::{Ending, Failure, Job};

/// Headers in their order; one may have no value.
pub type HeaderList = Vec<(String, Option<Vec<u8>>)>;

/// A record as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Incoming {
    /// The line it begins on, counted from 1.
    pub line: u64,
    /// To this partition; chosen by key if none.
    pub partition: Option<i32>,
    /// Its time; now if none.
    pub timestamp_ms: Option<i64>,
    /// Its key.
    pub key: Option<Vec<u8>>,
    /// Its value; none is a tombstone.
    pub value: Option<Vec<u8>>,
    /// Its headers, in order.
    pub headers: HeaderList,
}

impl Incoming {
    /// Bytes of key, value and headers.
    pub fn size_bytes(&self) -> u64 {
        let length = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
        let header = |(key, value): &(String, Option<Vec<u8>>)| key.len() + length(value);
        let headers: usize = self.headers.iter().map(header).sum();
        (length(&self.key) + length(&self.value) + headers) as u64
    }
}

/// The records in `bytes`, and the lines that are none, in their order. Empty lines are passed
/// over. A CSV that cannot be cut into rows any more ends with its broken line.
pub fn read(
    format: ImportFormat,
    bytes: &[u8],
) -> Box<dyn Iterator<Item = Result<Incoming, BrokenLine>> + Send + '_> {
    // Editors of some systems begin a file with this mark; it is no part of the first line.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match format {
        ImportFormat::Jsonl => Box::new(lines(bytes).map(|(line, text)| jsonl::record(line, text))),
        ImportFormat::Csv => Box::new(csv::records(bytes)),
        ImportFormat::Lines => Box::new(lines(bytes).map(|(line, text)| {
            Ok(Incoming { line, value: Some(text.to_vec()), ..Incoming::default() })
        })),
    }
}

/// The lines that are not empty, with their numbers.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> + Send {
    let lines = bytes.split(|byte| *byte == b'\n').zip(1..);
    let lines = lines.map(|(line, number)| (number, line.strip_suffix(b"\r").unwrap_or(line)));
    lines.filter(|(_, line)| !line.trim_ascii().is_empty())
}

fn broken(line: u64, reason: impl Into<String>) -> BrokenLine {
    BrokenLine { line, reason: reason.into() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_line_is_a_value_and_empty_ones_are_none() {
        let records: Vec<_> = read(ImportFormat::Lines, b"\xef\xbb\xbfa\r\n\n b\xff").collect();
        let values: Vec<_> = records
            .into_iter()
            .map(|it| it.map(|it| (it.line, it.value.unwrap())).unwrap())
            .collect();
        assert_eq!(values, [(1, b"a".to_vec()), (3, b" b\xff".to_vec())]);
    }
}
