//! A Rust file as the rules see it: its lines, and the same lines without comments and literals,
//! so that a word in a sentence is not taken for code.

use std::path::{Path, PathBuf};

pub struct Source<'a> {
    /// Relative to the root.
    pub path: PathBuf,
    pub lines: Vec<&'a str>,
    /// As long as the text, with comments and the insides of literals blanked.
    pub code: String,
    /// Index of the line where the file's tests begin; the number of lines where it has none.
    pub tests_from: usize,
}

impl<'a> Source<'a> {
    pub fn read(path: &Path, text: &'a str) -> Source<'a> {
        let lines: Vec<&str> = text.lines().collect();
        let is_test_file = path
            .components()
            .any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs");
        let first_test = (0..lines.len()).find(|&at| begins_tests(&lines[at..]));
        let tests_from = if is_test_file { 0 } else { first_test.unwrap_or(lines.len()) };
        Source { path: path.to_owned(), lines, code: blank(text), tests_from }
    }

    /// The code before the tests.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self.code.lines().enumerate().take(self.tests_from);
        numbered.map(|(index, line)| (index + 1, line))
    }
}

/// Blanks comments and the insides of literals, byte for byte, keeping line breaks.
fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = match skipped(bytes, at) {
            Some(end) => end,
            None => {
                out.push(bytes[at]);
                at += 1;
                continue;
            }
        };
        out.extend(bytes[at..end].iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }));
        at = end;
    }
    // What was kept is ASCII, or whole characters between two skipped parts.
    String::from_utf8_lossy(&out).into_owned()
}

/// Where the comment or literal that begins here ends; none where none begins.
fn skipped(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let after_word = at > 0 && is_word(&bytes[at - 1]);
    match rest {
        [b'/', b'/', ..] => Some(at + find(rest, b"\n").unwrap_or(rest.len())),
        [b'/', b'*', ..] => Some(at + block_comment(rest)),
        [b'"', ..] => Some(at + quoted(rest, b'"')),
        [b'r', b'"' | b'#', ..] if !after_word => Some(at + raw_string(rest)?),
        [b'\'', b'\\', ..] => Some(at + quoted(rest, b'\'')),
        // A character is followed by a quote, a lifetime is not.
        [b'\'', ..] => {
            let length = std::str::from_utf8(&rest[1..rest.len().min(5)])
                .map_or_else(|error| error.valid_up_to(), str::len);
            let character = std::str::from_utf8(&rest[1..1 + length]).ok()?.chars().next()?;
            let close = 1 + character.len_utf8();
            (rest.get(close) == Some(&b'\'')).then_some(at + close + 1)
        }
        _ => None,
    }
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

/// Block comments nest.
fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`; none for a raw identifier.
fn raw_string(rest: &[u8]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(vec![b'#'; hashes]).collect();
    let body = 2 + hashes;
    let length = find(&rest[body..], &close).map_or(rest.len() - body, |at| at + close.len());
    Some(body + length)
}

/// Whether tests begin here and go on to the end. A `mod name;` only names a file of tests, and
/// what stands behind it is code.
fn begins_tests(lines: &[&str]) -> bool {
    let Some((&"#[cfg(test)]", rest)) = lines.split_first() else { return false };
    let item = rest.iter().find(|line| !line.starts_with("#["));
    item.is_some_and(|item| !(item.starts_with("mod ") && item.ends_with(';')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked_and_nothing_else() {
        let text = "let a = \"fn b() {\"; // fn c() {\n/* { /* { */ { */ let d = r#\"{\"}\"#;";
        let blanked = blank(text);
        assert_eq!(blanked.len(), text.len());
        let words: Vec<&str> = blanked.split_whitespace().collect();
        assert_eq!(words, ["let", "a", "=", ";", "let", "d", "=", ";"]);
    }

    #[test]
    fn a_lifetime_is_not_the_start_of_a_character() {
        let text = "fn f<'a>(x: &'a str) -> char { if x == \"\" { '{' } else { '\\'' } }";
        let blanked = blank(text);
        assert!(blanked.contains("<'a>"), "{blanked}");
        assert_eq!(blanked.matches('{').count(), blanked.matches('}').count(), "{blanked}");
    }

    #[test]
    fn tests_in_a_file_of_their_own_hide_nothing_behind_their_name() {
        let text = "//! x\n#[cfg(test)]\nmod contrast;\nmod field;\nfn a() {}\n";
        assert_eq!(Source::read(Path::new("frontend/src/ui/mod.rs"), text).tests_from, 5);
        let text = "//! x\n#[cfg(test)]\n#[allow(unused)]\nmod tests {\n}\n";
        assert_eq!(Source::read(Path::new("server/src/a.rs"), text).tests_from, 1);
    }

    #[test]
    fn tests_begin_at_their_attribute_or_with_the_file() {
        let text = "//! x\nfn a() {}\n#[cfg(test)]\nmod tests {}\n";
        assert_eq!(Source::read(Path::new("server/src/a.rs"), text).tests_from, 2);
        assert_eq!(Source::read(Path::new("server/tests/a.rs"), text).tests_from, 0);
    }
}
