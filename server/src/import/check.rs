//! What an import would write: counted and shown, without writing anything.

use ouzel_api::produce::{
    BROKEN_MAX, BrokenLine, IMPORT_RECORDS_MAX, ImportCheck, ImportFormat, ImportRow,
    SAMPLE_BYTES_MAX, SAMPLE_MAX,
};

use super::{Incoming, broken, read};

/// Why a body can never be an import, whatever its lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// There are too many records.
    #[error("an import takes at most {IMPORT_RECORDS_MAX} records; cut the file in two")]
    TooMany,
}

/// Reads all of it. A record for a partition that a topic of so many `partitions` has not, is
/// broken.
pub fn check(
    format: ImportFormat,
    bytes: &[u8],
    partitions: usize,
) -> Result<ImportCheck, CheckError> {
    let mut check = ImportCheck {
        records: 0,
        size_bytes: 0,
        sample: Vec::new(),
        broken: 0,
        first_broken: Vec::new(),
    };
    for line in read(format, bytes) {
        match line.and_then(|record| within(record, partitions)) {
            Ok(record) => {
                check.records += 1;
                check.size_bytes += record.size_bytes();
                if check.sample.len() < SAMPLE_MAX {
                    check.sample.push(row(&record));
                }
            }
            Err(broken) => {
                check.broken += 1;
                if check.first_broken.len() < BROKEN_MAX {
                    check.first_broken.push(broken);
                }
            }
        }
        if check.records + check.broken > IMPORT_RECORDS_MAX {
            return Err(CheckError::TooMany);
        }
    }
    Ok(check)
}

fn within(record: Incoming, partitions: usize) -> Result<Incoming, BrokenLine> {
    match record.partition {
        Some(named) if usize::try_from(named).is_ok_and(|named| named < partitions) => Ok(record),
        None => Ok(record),
        Some(named) => {
            let reason = format!("partition {named} is not there; the topic has {partitions}");
            Err(broken(record.line, reason))
        }
    }
}

fn row(record: &Incoming) -> ImportRow {
    ImportRow {
        line: record.line,
        partition: record.partition,
        timestamp_ms: record.timestamp_ms,
        key: record.key.as_deref().map(beginning),
        value: record.value.as_deref().map(beginning),
        headers: record.headers.iter().map(|(key, _)| key.clone()).collect(),
        size_bytes: record.size_bytes(),
    }
}

fn beginning(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SAMPLE_BYTES_MAX)]);
    if bytes.len() > SAMPLE_BYTES_MAX { format!("{text}…") } else { text.into_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fmt::Write;

    use super::*;

    #[test]
    fn the_first_records_are_shown_and_a_broken_line_70_001_is_named() {
        let mut text = String::new();
        for n in 1..=70_000 {
            writeln!(text, r#"{{"key":"k{n}","value":{{"n":{n}}}}}"#).unwrap();
        }
        text.push_str("{\"value\":oops}\n{\"value\":null}\n");
        let check = check(ImportFormat::Jsonl, text.as_bytes(), 1).unwrap();
        assert_eq!((check.records, check.broken), (70_001, 1));
        assert_eq!(check.first_broken[0].line, 70_001);
        assert_eq!(check.sample.len(), SAMPLE_MAX);
        assert_eq!(check.sample[9].value.as_deref(), Some(r#"{"n":10}"#));
    }

    #[test]
    fn a_partition_that_the_topic_has_not_is_a_broken_line() {
        let text = "{\"partition\":2}\n{\"partition\":3}\n{\"partition\":-1}\n";
        let check = check(ImportFormat::Jsonl, text.as_bytes(), 3).unwrap();
        assert_eq!((check.records, check.broken), (1, 2));
        assert_eq!(check.first_broken[0].line, 2);
    }

    #[test]
    fn more_records_than_the_limit_are_refused() {
        let most = usize::try_from(IMPORT_RECORDS_MAX).unwrap();
        assert!(check(ImportFormat::Lines, "x\n".repeat(most).as_bytes(), 1).is_ok());
        let over = "x\n".repeat(most + 1);
        assert_eq!(check(ImportFormat::Lines, over.as_bytes(), 1), Err(CheckError::TooMany));
    }
}
