//! The two lists of `xtask/clients/librdkafka.md`: what must pass, and what does not, with why.

use std::collections::BTreeMap;

use super::{Test, run::Length};
use crate::problem::{Problem, Result};

/// A test is in one of both.
#[derive(Debug, PartialEq)]
pub struct Lists {
    pub pass: BTreeMap<Test, Length>,
    /// Each with its reason.
    pub left_out: BTreeMap<Test, String>,
}

impl Lists {
    /// Reads lines `- 0005_order` or `- 0005_order quick`, and rows `| 0098_consumer_txn | why |`.
    pub fn parse(text: &str) -> Result<Lists> {
        let mut lists = Lists { pass: BTreeMap::new(), left_out: BTreeMap::new() };
        for line in text.lines() {
            let fresh = if let Some((test, length)) = point(line) {
                lists.pass.insert(test, length).is_none()
            } else if let Some((test, why)) = row(line) {
                lists.left_out.insert(test, why).is_none()
            } else {
                continue;
            };
            if !fresh {
                return Problem::stop(format!("listed twice: {line}"));
            }
        }
        match lists.pass.keys().find(|test| lists.left_out.contains_key(*test)) {
            None => Ok(lists),
            Some(test) => Problem::stop(format!("{test} is in both lists")),
        }
    }
}

fn point(line: &str) -> Option<(Test, Length)> {
    let words = line.strip_prefix("- ")?;
    match words.strip_suffix(" quick") {
        Some(name) => Some((Test::parse(name)?, Length::Quick)),
        None => Some((Test::parse(words)?, Length::Full)),
    }
}

fn row(line: &str) -> Option<(Test, String)> {
    let (name, why) = line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
    Some((Test::parse(name)?, why.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const LISTS: &str = include_str!("../../../clients/librdkafka.md");

    #[test]
    fn a_test_is_in_one_list_and_prose_is_in_none() {
        let text = "# Title\n\n- some point\n- 0005_order\n- 0007_autotopic quick\n\n\
                    | test | why |\n|---|---|\n\
                    | 0098_consumer_txn | transactions |\n";
        let lists = Lists::parse(text).unwrap();
        let lengths: Vec<_> = lists.pass.values().collect();
        assert_eq!(lengths, [&Length::Full, &Length::Quick]);
        let why: Vec<_> = lists.left_out.values().collect();
        assert_eq!(why, ["transactions"]);
        let both = format!("{text}- 0098_consumer_txn\n");
        assert!(Lists::parse(&both).is_err());
    }

    #[test]
    fn the_readme_counts_as_the_lists_do() {
        let lists = Lists::parse(LISTS).unwrap();
        let readme = include_str!("../../../../README.md");
        let all = lists.pass.len() + lists.left_out.len();
        let claim = format!("{} of the {all} tests", lists.pass.len());
        for (file, text) in [("README.md", readme), ("librdkafka.md", LISTS)] {
            assert!(text.contains(&claim), "{file} does not say `{claim}`");
        }
    }
}
