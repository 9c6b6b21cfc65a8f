//! The words after `cargo xtask bench`.

use std::path::PathBuf;

use crate::problem::{Problem, Result};

pub const USAGE: &str = "\
cargo xtask bench [options]

  --against kafka   measure Apache Kafka in the same go (a JVM and Maven are needed)
  --only NAME       one measure of the table, or every one whose name begins so; `basics` are the
                    codec, one connection and one search; `pages` are the console's first
                    rows in Chromium; `list` names the measures
  --quick           a tenth of the load: whether it works, not how fast it is
  --rounds N        how often each measure is taken, the sides in turn first [2 against, else 1]
  --json FILE       the figures of every round as JSON
  --debug           a debug build of everything";

/// What is wanted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    pub debug: bool,
    pub quick: bool,
    pub against_kafka: bool,
    pub only: Option<String>,
    rounds: Option<usize>,
    pub json: Option<PathBuf>,
}

impl Options {
    pub fn read(words: &[&str]) -> Result<Options> {
        let mut options = Options::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            let mut value = || rest.next().copied().ok_or(Problem::new(USAGE));
            match *word {
                "--debug" => options.debug = true,
                "--quick" => options.quick = true,
                "--against" if value()? == "kafka" => options.against_kafka = true,
                "--only" => options.only = Some(value()?.to_owned()),
                "--rounds" => options.rounds = value()?.parse().ok().filter(|rounds| *rounds > 0),
                "--json" => options.json = Some(value()?.into()),
                _ => return Problem::stop(format!("`{}`?\n{USAGE}", words.join(" "))),
            }
        }
        Ok(options)
    }

    /// Two, so that each side is first once, where there are two sides.
    pub fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.against_kafka && !self.quick { 2 } else { 1 })
    }

    /// Whether a measure of this name is wanted.
    pub fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.starts_with(only.as_str()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_choose_and_unknown_ones_are_refused() {
        let options = Options::read(&["--against", "kafka", "--only", "fsync"]).unwrap();
        assert_eq!(options.rounds(), 2);
        assert!(options.wants("fsync-1000") && !options.wants("consume"));
        for wrong in [&["--against", "pulsar"][..], &["--only"], &["fast"]] {
            assert!(Options::read(wrong).is_err(), "{wrong:?}");
        }
    }
}
