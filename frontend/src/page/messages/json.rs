//! JSON as it was written: tokens for colouring, and lines for reading. Pure and lossless: a number
//! is the text between its neighbours and never becomes a float.
//!
//! The text may be cut at any place, or be no JSON at all; then the rest is plain text.

use std::ops::Range;

/// Deepest nesting that is indented further; deeper lines stay at that depth.
pub const INDENT_MAX: u16 = 40;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `{`, `[`, `}`, `]`, `,`, `:`.
    Mark,
    /// A member's name, quotes included.
    Key,
    /// A string, quotes included.
    Str,
    /// A number.
    Num,
    /// `true`, `false`, `null`.
    Literal,
    /// What is none of these.
    Text,
}

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub at: Range<usize>,
}

/// The tokens of `text`, without the white space between them.
pub fn tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += blank(&text[at..]);
        let token = next(text, at)?;
        at = token.at.end;
        Some(token)
    })
}

fn blank(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\n', '\r']).len()
}

fn next(text: &str, at: usize) -> Option<Token> {
    let rest = &text[at..];
    let first = rest.chars().next()?;
    let (kind, length) = match first {
        '{' | '}' | '[' | ']' | ',' | ':' => (Kind::Mark, 1),
        '"' => string(rest),
        '-' | '0'..='9' => (Kind::Num, run(rest, |c| c.is_ascii_digit() || "+-.eE".contains(c))),
        c if c.is_ascii_lowercase() => (Kind::Literal, run(rest, |c| c.is_ascii_lowercase())),
        _ => (Kind::Text, rest.len()),
    };
    Some(Token { kind, at: at..at + length })
}

/// A string's length, and whether a colon after it makes it a name.
fn string(rest: &str) -> (Kind, usize) {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find_map(|(at, c)| match (escaped, c) {
        (false, '"') => Some(at + 1),
        _ => {
            escaped = !escaped && c == '\\';
            None
        }
    });
    let length = end.unwrap_or(rest.len());
    let after = &rest[length..];
    let kind = if after[blank(after)..].starts_with(':') { Kind::Key } else { Kind::Str };
    (kind, length)
}

fn run(rest: &str, belongs: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !belongs(c)).unwrap_or(rest.len())
}

/// A line of indented JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How deep it stands.
    pub indent: u16,
    /// Its tokens, in order.
    pub tokens: Vec<Token>,
    /// If it opens an object or array: the line that closes it.
    pub closed_by: Option<usize>,
}

/// Breaks `text` into one line per member or element, but into no more than about `most` lines.
/// Empty objects and arrays stay on their line. Answers also how many bytes were laid out.
pub fn lines(text: &str, most: usize) -> (Vec<Line>, usize) {
    let mut layout = Layout::default();
    let mut tokens = tokens(text).peekable();
    while let Some(token) = tokens.next() {
        if layout.lines.len() > most {
            return (layout.lines, token.at.start);
        }
        let mark = |token: &Token| match token.kind {
            Kind::Mark => text.as_bytes()[token.at.start],
            _ => 0,
        };
        let next = tokens.peek().map_or(0, mark);
        match (mark(&token), next) {
            (b'{', b'}') | (b'[', b']') => {
                layout.put(token);
                tokens.next().into_iter().for_each(|end| layout.put(end));
            }
            (b'{' | b'[', _) => layout.open(token),
            (b'}' | b']', _) => layout.close(token),
            (b',', _) => layout.separate(token),
            _ => layout.put(token),
        }
    }
    (layout.lines, text.len())
}

#[derive(Default)]
struct Layout {
    lines: Vec<Line>,
    /// Lines whose object or array is not closed yet.
    open: Vec<usize>,
    /// The next token begins a line.
    broken: bool,
}

impl Layout {
    fn put(&mut self, token: Token) {
        if self.broken || self.lines.is_empty() {
            let indent = u16::try_from(self.open.len()).unwrap_or(u16::MAX).min(INDENT_MAX);
            self.lines.push(Line { indent, tokens: Vec::new(), closed_by: None });
            self.broken = false;
        }
        if let Some(line) = self.lines.last_mut() {
            line.tokens.push(token);
        }
    }

    fn open(&mut self, token: Token) {
        self.put(token);
        self.open.push(self.lines.len() - 1);
        self.broken = true;
    }

    fn close(&mut self, token: Token) {
        let opener = self.open.pop();
        self.broken = true;
        self.put(token);
        let here = self.lines.len() - 1;
        if let Some(opener) = opener {
            self.lines[opener].closed_by = Some(here);
        }
    }

    fn separate(&mut self, token: Token) {
        self.put(token);
        self.broken = true;
    }
}

/// The text of a line's tokens, with a space after a colon.
#[cfg(test)]
fn written(text: &str) -> String {
    let mut out = String::new();
    for line in lines(text, usize::MAX).0 {
        out.push_str(&"  ".repeat(usize::from(line.indent)));
        for token in line.tokens {
            let token = &text[token.at];
            out.push_str(token);
            out.push_str(if token == ":" { " " } else { "" });
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_and_escape_stays_as_it_was_written() {
        let text = r#"{"id":9223372036854775807,"amount":519.50,"e":1E+400,"s":"a\"b\\","n":-0.0}"#;
        let wanted = [
            "{",
            r#"  "id": 9223372036854775807,"#,
            r#"  "amount": 519.50,"#,
            r#"  "e": 1E+400,"#,
            r#"  "s": "a\"b\\","#,
            r#"  "n": -0.0"#,
            "}",
            "",
        ]
        .join("\n");
        assert_eq!(written(text), wanted);
    }

    #[test]
    fn the_tokens_are_the_whole_text_without_its_white_space() {
        let text = " { \"a b\" : [ 1 , true , null , \"x\\u0041\" ] , \"ü\" : { } } ";
        let joined: String = tokens(text).map(|token| &text[token.at]).collect();
        assert_eq!(joined, "{\"a b\":[1,true,null,\"x\\u0041\"],\"ü\":{}}");
        let kinds: Vec<Kind> = tokens(text).map(|token| token.kind).take(8).collect();
        use Kind::{Key, Literal, Mark, Num};
        assert_eq!(kinds, [Mark, Key, Mark, Mark, Num, Mark, Literal, Mark]);
    }

    #[test]
    fn a_line_that_opens_knows_the_line_that_closes_it() {
        let (lines, _) = lines(r#"{"a":[1,2],"b":{},"c":{"d":[]}}"#, 100);
        let closed: Vec<Option<usize>> = lines.iter().map(|line| line.closed_by).collect();
        let none = None;
        assert_eq!(closed, [Some(9), Some(4), none, none, none, none, Some(8), none, none, none]);
    }

    #[test]
    fn a_text_that_was_cut_anywhere_keeps_all_it_has() {
        let text = r#"{"a":[1,{"b":"ü\"c"}],"d":-1.5e3,"e":true}"#;
        for cut in (0..text.len()).filter(|&cut| text.is_char_boundary(cut)) {
            let part = &text[..cut];
            let joined: String = tokens(part).map(|token| &part[token.at]).collect();
            assert_eq!(joined, part);
            assert!(lines(part, 100).0.iter().all(|line| !line.tokens.is_empty()));
        }
    }

    #[test]
    fn what_is_no_json_is_shown_as_it_is() {
        for text in ["", "]]}", "hello", "\u{feff}{}", "{,}", "::"] {
            let joined: String = tokens(text).map(|token| &text[token.at]).collect();
            assert_eq!(joined, text);
            assert_eq!(lines(text, 100).1, text.len());
        }
    }

    #[test]
    fn deep_nesting_needs_no_stack_and_no_endless_indent() {
        let text = "[".repeat(200_000);
        let (all, _) = lines(&text, usize::MAX);
        assert_eq!(all.len(), 200_000);
        assert_eq!(all.last().map(|line| line.indent), Some(INDENT_MAX));
        let (some, bytes) = lines(&text, 1_000);
        assert_eq!((some.len(), bytes), (1_001, 1_001));
    }
}
