//! Partitions that are named in files and flags: `TOPIC PARTITION [OFFSET]` on each line, or
//! `TOPIC:PARTITION,…`.

use std::{collections::BTreeMap, fs, path::Path};

use super::Failure;
use crate::kafka::TopicPartition;

/// Largest file that is read: a million partitions are named in less.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The partitions in a file, each line `TOPIC PARTITION`.
pub fn places_in(file: &Path) -> Result<Vec<TopicPartition>, Failure> {
    let places = lines(file)?.into_iter().map(|line| match line.words.as_slice() {
        [topic, partition] => Ok(TopicPartition::new(topic, line.number(partition)?)),
        _ => Err(line.wrong("TOPIC PARTITION")),
    });
    places.collect()
}

/// The offsets in a file, each line `TOPIC PARTITION OFFSET`.
pub fn offsets_in(file: &Path) -> Result<BTreeMap<TopicPartition, i64>, Failure> {
    let offsets = lines(file)?.into_iter().map(|line| match line.words.as_slice() {
        [topic, partition, offset] => {
            let place = TopicPartition::new(topic, line.number(partition)?);
            Ok((place, line.number(offset)?))
        }
        _ => Err(line.wrong("TOPIC PARTITION OFFSET")),
    });
    offsets.collect()
}

/// A topic and some of its partitions: `orders:0,1`. Without a list all of them: none.
pub fn topic_and_partitions(text: &str) -> Result<(String, Option<Vec<i32>>), Failure> {
    let Some((topic, list)) = text.rsplit_once(':') else { return Ok((text.to_owned(), None)) };
    let numbers: Result<Vec<i32>, _> = list.split(',').map(str::parse).collect();
    match numbers {
        Ok(numbers) if !topic.is_empty() => Ok((topic.to_owned(), Some(numbers))),
        _ => Err(Failure::Usage(format!("`{text}` is not TOPIC or TOPIC:PARTITION,…"))),
    }
}

/// A line that says something, in words.
struct Line {
    file: String,
    at: usize,
    words: Vec<String>,
}

impl Line {
    fn number<N: std::str::FromStr>(&self, text: &str) -> Result<N, Failure> {
        let Line { file, at, .. } = self;
        text.parse().map_err(|_| Failure::Usage(format!("{file}:{at}: `{text}` is not a number")))
    }

    fn wrong(&self, wanted: &str) -> Failure {
        let Line { file, at, words } = self;
        Failure::Usage(format!("{file}:{at}: `{}` is not {wanted}", words.join(" ")))
    }
}

fn lines(path: &Path) -> Result<Vec<Line>, Failure> {
    let file = path.display().to_string();
    let failed = |error: std::io::Error| Failure::Usage(format!("cannot read {file}: {error}"));
    let length = fs::metadata(path).map_err(failed)?.len();
    if length > FILE_BYTES_MAX {
        return Err(Failure::Usage(format!(
            "{file} has {length} bytes; {FILE_BYTES_MAX} are read"
        )));
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    let line = |(at, line): (usize, &str)| Line {
        file: file.clone(),
        at: at + 1,
        words: line.split_whitespace().map(str::to_owned).collect(),
    };
    Ok(text.lines().enumerate().map(line).filter(|line| !line.words.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn written(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn a_line_names_a_partition_and_blank_lines_name_nothing() {
        let file = written("orders 0 42\n\n  payments\t1 -1\n");
        let offsets = offsets_in(file.path()).unwrap();
        let wanted =
            [(TopicPartition::new("orders", 0), 42), (TopicPartition::new("payments", 1), -1)];
        assert_eq!(offsets, BTreeMap::from(wanted));
        let file = written("orders 0\n");
        assert_eq!(places_in(file.path()).unwrap(), [TopicPartition::new("orders", 0)]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let told = |wrong: Failure| match wrong {
            Failure::Usage(told) | Failure::Failed(told) => told,
        };
        let file = written("orders 0 1\norders one 2\n");
        assert!(told(offsets_in(file.path()).unwrap_err()).contains(":2: `one` is not a number"));
        let file = written("orders 0 1\n");
        let short = told(places_in(file.path()).unwrap_err());
        assert!(short.contains(":1: `orders 0 1` is not TOPIC PARTITION"), "{short}");
        assert!(told(places_in(Path::new("nowhere")).unwrap_err()).contains("cannot read nowhere"));
    }

    #[test]
    fn a_topic_may_be_followed_by_partitions() {
        let read = |text: &str| topic_and_partitions(text).ok();
        assert_eq!(read("orders"), Some(("orders".to_owned(), None)));
        assert_eq!(read("orders:0,2"), Some(("orders".to_owned(), Some(vec![0, 2]))));
        for wrong in ["orders:", "orders:x", ":1", "orders:1,"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
