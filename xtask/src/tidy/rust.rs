//! Rules for Rust files as a whole: how long, how wide, how they open, and words that are not used.

use super::{Findings, source::Source};

/// rustfmt holds this for code; comments and strings are held here.
const COLUMNS_MAX: usize = 100;

/// More than this is two files.
const LINES_MAX: usize = 400;

/// What is not used before the tests, and what to do instead.
const BANNED: [(&str, &str); 4] = [
    ("mpsc::unbounded", "an unbounded channel: give it a limit and a reason"),
    ("unbounded_channel", "an unbounded channel: give it a limit and a reason"),
    ("todo!", "unfinished code"),
    ("unimplemented!", "unfinished code"),
];

/// How a line of code begins that somebody has put behind `//`.
const CODE_STARTS: [&str; 8] =
    ["let ", "use ", "fn ", "pub ", "return ", "self.", "if let ", "impl "];

pub fn check(findings: &mut Findings, source: &Source) {
    if !source.lines.first().is_some_and(|line| line.starts_with("//!")) {
        findings.add(1, "does not open with `//!` saying what it owns");
    }
    if source.tests_from > LINES_MAX {
        findings.add(
            LINES_MAX + 1,
            format!("{} lines before its tests; {LINES_MAX} are allowed", source.tests_from),
        );
    }
    for (index, line) in source.lines.iter().enumerate() {
        let columns = line.chars().count();
        if columns > COLUMNS_MAX {
            findings.add(index + 1, format!("{columns} columns; {COLUMNS_MAX} are allowed"));
        }
        if is_dead_code(line) {
            findings.add(index + 1, "commented-out code");
        }
    }
    for (number, line) in source.code.lines().enumerate() {
        if line.contains("#[ignore") {
            findings.add(number + 1, "an ignored test");
        }
    }
    for (number, line) in source.code_lines() {
        for (word, why) in BANNED {
            if line.contains(word) {
                findings.add(number, format!("`{word}`: {why}"));
            }
        }
    }
}

fn is_dead_code(line: &str) -> bool {
    let Some(comment) = line.trim_start().strip_prefix("// ") else { return false };
    let starts = CODE_STARTS.iter().any(|start| comment.starts_with(start));
    starts && (comment.ends_with(';') || comment.ends_with('{'))
}

#[cfg(test)]
mod tests {
    use crate::tidy::tests::broken;

    #[test]
    fn size_width_opening_and_banned_words_are_held() {
        let wide = format!("//! {}\n", "x".repeat(100));
        assert_eq!(broken("example/src/a.rs", &wide), ["1: 104 columns; 100 are allowed"]);
        let long = format!("//! x\n{}", "\n".repeat(400));
        assert_eq!(
            broken("example/src/a.rs", &long),
            ["401: 401 lines before its tests; 400 are allowed"]
        );
        let unopened = "fn a() {\n    todo!()\n}\n";
        assert_eq!(broken("example/src/a.rs", unopened).len(), 2);
    }

    #[test]
    fn a_sentence_is_no_code_and_code_is_no_sentence() {
        let text = "//! x\n// let the reader see; it helps\n// let x = 1;\n";
        assert_eq!(broken("example/src/a.rs", text), ["3: commented-out code"]);
    }
}
